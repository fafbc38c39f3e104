// Names that would be markup, turn lines around, colour terminals or run in a spreadsheet.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { go, story, URL_OF } from "./browser.mjs";

const names = JSON.parse(process.env.NAMES);
const { ACCOUNT } = process.env;

/* No element came out of a name, and nothing invisible stands in what is shown. */
async function isInert(page) {
    assert.equal(await page.locator("main img, main script, main iframe").count(), 0);
    const shown = await page.locator("body").innerText();
    assert.ok(!/[\u0000-\u0008\u000b-\u001f\u202a-\u202e\u2066-\u2069]/.test(shown), "nothing invisible is shown as it is");
    const titles = await page.evaluate(() => [...document.querySelectorAll("[title], [aria-label]")].map((one) => `${one.getAttribute("title")}${one.getAttribute("aria-label")}`).join(""));
    assert.ok(!/[\u0000-\u0008\u000b-\u001f\u202a-\u202e]/.test(titles + (await page.title())), "nor in a title");
}

async function exported(page, how) {
    const saved = page.waitForEvent("download");
    await page.getByRole("button", { name: how, exact: true }).click();
    return readFileSync(await (await saved).path(), "utf8");
}

const hasFormula = (csv) => csv.split("\r\n").some((line) => line.split(",").some((field) => /^"?[=+@\t]/.test(field)));

/* Where there is a table to take, none of its fields is a formula. */
async function isHarmless(page) {
    if (!(await page.getByRole("button", { name: "CSV", exact: true }).count())) return;
    assert.ok(!hasFormula(await exported(page, "CSV")), "no formula");
}

await story(async (page) => {
    const one = async (path) => (await (await page.request.get(`${URL_OF}/api/v1/${path}`)).json()).data[0].id;
    const [endpoint, slow, made] = [await one("resources?kind=endpoint"), await one("inferences?sort=-elapse"), await one("jobs?name_prefix=scorer-fit")];
    const limits = "namespace=%2Flending%2Flimits";
    await isInert(page);
    for (const hash of [`#/jobs?account=${ACCOUNT}`, `#/accounts/${ACCOUNT}`, "#/accounts", "#/events", "#/pipelines", "#/resources", `#/resources/${endpoint}`, "#/errands",
        "#/quarantine?replayed=all", "#/keys", "#/models", `#/models/limits?${limits}&version=2`, "#/deployments", `#/deployments/2?model=limits&${limits}`,
        "#/inferences?group_by=version", `#/inferences/${slow}`, `#/jobs/${made}`, "#/lineage",
        `#/jobs?name_prefix=${encodeURIComponent(names[0])}`]) {
        await go(page, hash);
        await isInert(page);
        await isHarmless(page);
    }
    await go(page, `#/jobs?name_prefix=${encodeURIComponent(names[0])}&status=${encodeURIComponent(names[4])}`);
    await page.getByText("is not a status that was ever heard").first().waitFor();
    await page.getByRole("button", { name: "CSV", exact: true }).click();
    await page.getByRole("status").getByText("not saved: ").waitFor();
    await isInert(page);
    await go(page, `#/jobs?account=${ACCOUNT}&status=Failed`);
    await page.getByText("U+202E").first().waitFor();
    await page.getByText("U+001B").first().waitFor();
    const csv = await exported(page, "CSV");
    assert.match(csv, /"'=HYPERLINK\(""x""\)"/);
    assert.ok(!hasFormula(csv), "no formula");
    assert.ok(JSON.parse(await exported(page, "JSON")).some((row) => row.name === names[1]), "JSON tells names as they are");
    const jobs = await (await page.request.get(`${URL_OF}/api/v1/jobs?account=${ACCOUNT}&status=Failed&limit=100`)).json();
    for (const job of jobs.data.filter((one) => names.includes(one.name))) {
        await go(page, `#/jobs/${job.id}`);
        await page.getByRole("region", { name: "Events" }).getByRole("button").first().click();
        await page.getByLabel("The event as it came").waitFor();
        await isInert(page);
    }
}, { provokes: [400] });
