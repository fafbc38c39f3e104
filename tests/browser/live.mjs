// A job begins while one looks at the list.
import assert from "node:assert/strict";
import { go, KEY, story, URL_OF } from "./browser.mjs";

const { EVENT, NAME } = process.env;

await story(async (page) => {
    await go(page, "#/jobs?status=InProgress");
    await page.getByText("live", { exact: true }).waitFor();
    await page.evaluate(() => { window.isTheSamePage = true; });
    assert.equal(await page.getByRole("link", { name: NAME }).count(), 0);
    const posted = await fetch(`${URL_OF}/ingest/eventbridge`, {
        method: "POST", body: EVENT, headers: { "X-API-Key": KEY, "Content-Type": "application/json" } });
    assert.equal(posted.status, 200);
    await page.getByRole("link", { name: NAME }).waitFor();
    assert.equal(await page.evaluate(() => window.isTheSamePage), true);
});
