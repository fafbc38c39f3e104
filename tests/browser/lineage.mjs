// Where did this job's work go, and how does it do there? And back again, also without a mouse.
import assert from "node:assert/strict";
import { go, story, URL_OF } from "./browser.mjs";

const { JOB, ENDPOINT, FAILED } = process.env;

const idOf = async (page, name) =>
    (await (await page.request.get(`${URL_OF}/api/v1/jobs?name_prefix=${name}`)).json()).data[0].id;

/* One way through: the links from the job on are in the order in which one came of the other. */
async function follow(page) {
    const lineage = page.getByRole("region", { name: "Lineage", exact: true });
    const endpoint = lineage.getByRole("link", { name: new RegExp(`endpoint (?!config).*${ENDPOINT}`) }).first();
    await endpoint.getByText(/p99 4\.1\d? s/).waitFor();
    const types = await lineage.locator("a[data-row] .what").allInnerTexts();
    const at = (type) => types.findIndex((text) => new RegExp(`\\b${type}\\b`).test(text));
    assert.ok(at("job") < at("artifact") && at("artifact") < at("package") && at("package") < at("version")
        && at("version") < at("deployment"), `in order: ${types.join(" | ")}`);
    return lineage;
}

for (const width of [1440, 360])
    await story(async (page) => {
        await go(page, `#/jobs/${await idOf(page, FAILED)}`);
        const failed = page.getByRole("region", { name: "Lineage", exact: true });
        await failed.getByRole("link", { name: /image/ }).first().waitFor();
        assert.equal(await failed.getByRole("link", { name: /artifact|endpoint/ }).count(), 0, "nothing came of what failed");

        await go(page, `#/jobs/${await idOf(page, JOB)}`);
        let lineage = await follow(page);
        await lineage.getByRole("link", { name: /deployment/ }).first().click();
        await page.getByRole("heading", { name: "scorer deployment 1" }).waitFor();
        await page.getByRole("region", { name: "Rollout" }).getByText("promoted").waitFor();
        lineage = page.getByRole("region", { name: "Lineage", exact: true });
        await lineage.getByRole("link", { name: /^.*version.*scorer version 1/ }).first().click();
        await page.getByRole("heading", { name: "scorer", exact: true }).waitFor();
        await page.getByRole("region", { name: "Version 1" }).getByRole("link", { name: new RegExp(JOB.slice(0, 6)) }).first().waitFor();

        await page.getByRole("region", { name: "Version 1" }).getByRole("link", { name: "on its own" }).click();
        await page.getByRole("heading", { name: "Lineage of scorer version 1" }).waitFor();
        await page.locator("a[data-row]").first().waitFor();
        await page.getByLabel("Direction").selectOption("down");
        await page.getByRole("link", { name: /job/ }).and(page.locator("[data-row]")).waitFor({ state: "detached" });
        await page.locator("main h1").click();
        await page.keyboard.press("j");
        assert.match(await page.evaluate(() => document.activeElement?.getAttribute("href") ?? ""), /^#\//, "nodes are reached by the keyboard");
    }, { width });
