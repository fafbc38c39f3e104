// A key for somebody: made, shown once, good for signing in, and then revoked.
import assert from "node:assert/strict";
import { go, KEY, signIn, story, URL_OF } from "./browser.mjs";

const overview = (key) => fetch(`${URL_OF}/api/v1/overview`, { headers: { "X-API-Key": key } });

await story(async (page) => {
    await go(page, "#/keys");
    await page.getByLabel("Label").fill("for the browser");
    await page.getByRole("button", { name: "Make a key" }).click();
    const key = await page.getByLabel("The new key").innerText();
    assert.equal((await overview(key)).status, 200);
    await page.getByRole("button", { name: "Close" }).click();
    const row = page.getByRole("row", { name: /for the browser/ });
    await row.waitFor();
    assert.ok(!(await page.locator("body").innerText()).includes(key), "it is shown once");
    const other = await (await page.context().browser().newContext()).newPage();
    await signIn(other, key);
    await other.goto(`${URL_OF}/#/keys`);
    await other.getByText("a key with the role admin is needed").waitFor();
    page.removeAllListeners("dialog");
    page.once("dialog", (dialog) => void dialog.accept());
    await row.getByRole("button", { name: "Revoke" }).click();
    await row.getByText("revoked").waitFor();
    assert.equal((await overview(key)).status, 401);
    assert.equal((await overview(KEY)).status, 200);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("button", { name: "Sign in" }).waitFor();
});
