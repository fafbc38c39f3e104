// A model on a bad day: what ran when, how it answered, what it is made of, and what was slow.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { go, story } from "./browser.mjs";

const { MOMENT, SECRET } = process.env; /* half past: all of it was version 1 */

const region = (page, name) => page.getByRole("region", { name, exact: true });

async function exported(page, how) {
    const saved = page.waitForEvent("download");
    await page.getByRole("button", { name: how, exact: true }).click();
    return readFileSync(await (await saved).path(), "utf8");
}

/* No element came out of a text, and nothing that turns lines around stands in what is shown. */
async function isInert(page) {
    assert.equal(await page.locator("main img, main script, main iframe").count(), 0);
    const shown = await page.evaluate(() => document.body.innerText
        + [...document.querySelectorAll("[title], [aria-label]")].map((one) => `${one.getAttribute("title")}${one.getAttribute("aria-label")}`).join("") + document.title);
    assert.ok(!/[\u0000-\u0008\u000b-\u001f\u202a-\u202e\u2066-\u2069]/.test(shown), "nothing invisible is shown as it is");
    assert.ok(!shown.includes(SECRET), "no value of a variable is shown");
}

async function findIt(page) {
    await go(page, "#/models");
    await page.getByRole("navigation", { name: "Namespaces" }).getByRole("link", { name: "limits" }).click();
    const row = page.getByRole("region", { name: "Models" }).getByRole("row").filter({ hasText: "limits" });
    await row.getByText("4.1 s").waitFor();
    await row.getByText("75 %").waitFor();
    assert.equal(await page.getByRole("region", { name: "Models" }).getByRole("row").filter({ hasText: "scorer" }).count(), 0);
    await isInert(page);
    await row.getByRole("link", { name: "limits", exact: true }).click();
    await page.getByRole("heading", { name: "limits", exact: true }).waitFor();
}

async function whatRanThen(page) {
    const ran = region(page, "What ran when");
    const answer = ran.getByRole("status");
    await answer.getByText("v2 25 %").waitFor();
    await page.evaluate((moment) => { location.hash += `&at=${encodeURIComponent(moment)}`; }, MOMENT);
    await answer.getByText("v1 100 %").waitFor();
    assert.ok(!/v2/.test(await answer.innerText()), "the canary had not begun");
    await ran.getByRole("slider", { name: "Moment" }).press("End");
    await answer.getByText("v2 25 %").waitFor();
    await ran.getByRole("button", { name: "Now" }).click();
    await page.waitForURL((url) => !url.hash.includes("at="));
}

async function whatItIs(page) {
    await region(page, "Versions").getByRole("link", { name: "v2" }).click();
    await region(page, "Version 2").getByText("2a".repeat(32)).waitFor();
    await region(page, "Aliases").getByRole("button", { name: "Moves of champion" }).click();
    await region(page, "Aliases").getByText("nothing →").waitFor();
    await region(page, "Error budget").getByText("It has no objective").waitFor();
    assert.match(await region(page, "Error budget").innerText(), /curl -sS -X PATCH/);
    await region(page, "Drift").getByText(/The reference is still being taken|PSI/).waitFor();
    await isInert(page);
    const csv = await exported(page, "CSV");
    assert.ok(!csv.split("\r\n").some((line) => line.split(",").some((field) => /^"?[=+@\t]/.test(field))), "no formula");
}

async function whatWasSlow(page) {
    await region(page, "Slowest").getByRole("link", { name: "all" }).click();
    await page.getByRole("heading", { name: "Inferences" }).waitFor();
    await page.getByLabel("Took at least, ms").fill("3000");
    await page.waitForURL(/min_elapse_ms=3000/);
    const rows = region(page, "Transactions").locator("tbody tr");
    await rows.nth(3).waitFor();
    assert.equal(await rows.filter({ hasText: "4.1 s" }).count(), 4);
    await isInert(page);
    for (const [language, word] of [["Insights", /filter .*3000/], ["SQL", /SELECT[\s\S]*elapse >= 3000/], ["Elasticsearch", /"gte": 3000/]]) {
        await page.getByRole("button", { name: `as ${language}` }).click();
        await page.getByLabel("These transactions, as text").waitFor();
        assert.match(await page.getByLabel("These transactions, as text").innerText(), word);
        await page.keyboard.press("Escape");
        await page.getByRole("dialog").waitFor({ state: "detached" });
    }
    await rows.first().getByRole("link").first().click();
    await region(page, "Why it failed").getByText("ModelError").waitFor();
    await isInert(page);
    await go(page, "#/inferences?group_by=model");
    await region(page, "By model").getByRole("link", { name: "scorer" }).click();
    await page.waitForURL(/model=scorer/);
}

async function itsDeployment(page) {
    await go(page, "#/deployments?namespace=%2Flending%2Flimits");
    await page.getByRole("link", { name: "deployment 2" }).click();
    await page.getByRole("heading", { name: "limits deployment 2" }).waitFor();
    await region(page, "Environment variables").getByText("TOKEN").waitFor();
    await region(page, "Rollout").getByText("0 → 25 %").waitFor();
    await isInert(page);
}

await story(async (page) => {
    await findIt(page);
    await whatRanThen(page);
    await whatItIs(page);
    await whatWasSlow(page);
    await itsDeployment(page);
});
