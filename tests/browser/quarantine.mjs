// What could not be understood: why, what it was, and again.
import assert from "node:assert/strict";
import { go, story } from "./browser.mjs";

const { NAME } = process.env;

await story(async (page) => {
    await page.getByRole("link", { name: "Quarantine" }).click();
    const kept = page.getByRole("button", { name: /not understood yet/ });
    await kept.click();
    await page.getByLabel("The post as it came").getByText(NAME).first().waitFor();
    await page.getByRole("button", { name: "Replay" }).click();
    await page.getByText("Nothing waits").waitFor();
    await go(page, `#/jobs?name_prefix=${NAME}`);
    await page.getByRole("link", { name: NAME }).waitFor();
    await go(page, "#/quarantine?replayed=true");
    assert.match(await page.locator(".kept").innerText(), /taken in/);
});
