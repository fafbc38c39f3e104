// Without a mouse: to the list, through it, into a job, back, and help.
import assert from "node:assert/strict";
import { story } from "./browser.mjs";

const { NAME } = process.env;
const focused = (page) => page.evaluate(() => document.activeElement?.textContent ?? "");

await story(async (page) => {
    await page.reload(); /* with a session there is nothing to type a key into */
    await page.getByRole("heading", { name: "Overview", exact: true }).waitFor();
    await page.keyboard.press("Tab");
    assert.match(await focused(page), /Skip to the content/);
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement?.id), "main");
    await page.keyboard.press("g");
    await page.keyboard.press("j");
    await page.getByRole("heading", { name: "Jobs", exact: true }).waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type(NAME.slice(0, 8));
    await page.waitForURL(/name_prefix=/);
    await page.getByText("1", { exact: true }).first().waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("j");
    assert.equal(await focused(page), NAME);
    const ring = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
    assert.equal(ring, "solid", "where one is can be seen");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: NAME }).waitFor();
    await page.keyboard.press("u");
    await page.getByRole("heading", { name: "Jobs", exact: true }).waitFor();
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keyboard" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
});
