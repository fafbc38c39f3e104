// Every view at one width, in light and, as one who switches sees it, in dark: nothing sticks out, and axe finds
// nothing serious. With PICTURES, a folder, each is also kept as a picture.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";
import { readFileSync } from "node:fs";
import { go, story, URL_OF } from "./browser.mjs";

const { NAME, STEADY, PICTURES } = process.env;
const width = Number(process.env.WIDTH);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

async function places(page) {
    const asked = await page.request.get(`${URL_OF}/api/v1/jobs?name_prefix=${NAME}`);
    const job = (await asked.json()).data[0].id;
    const first = async (path) => (await (await page.request.get(`${URL_OF}/api/v1/${path}`)).json()).data[0].id;
    const [made, slow] = [await first("jobs?name_prefix=scorer-fit"), await first("inferences?sort=-elapse")];
    const steady = await first(`jobs?name_prefix=${STEADY}`);
    const limits = "namespace=%2Flending%2Flimits";
    return { models: "#/models", model: `#/models/limits?${limits}&version=2`, deployments: "#/deployments", deployment: `#/deployments/2?model=limits&${limits}`,
        inferences: "#/inferences?group_by=version", inference: `#/inferences/${slow}`, made: `#/jobs/${made}`, begin: "#/lineage", no_model: "#/models?q=no-such-model",
        overview: "#/", jobs: "#/jobs", job: `#/jobs/${job}`, steady: `#/jobs/${steady}`, pipelines: "#/pipelines", resources: "#/resources", endpoint: `#/resources/${await first("resources?kind=endpoint")}`,
        accounts: "#/accounts", account: "#/accounts/444455556666", events: "#/events", quarantine: "#/quarantine?replayed=all", errands: "#/errands",
        keys: "#/keys", nothing: "#/jobs?name_prefix=no-such-job" };
}

/* What axe finds; of all rules, only those of colours have something new to say about another scheme. */
const RULES = { light: {}, dark: { runOnly: { type: "rule", values: ["color-contrast", "link-in-text-block"] } } };

async function serious(page, scheme) {
    const found = await page.evaluate((rules) => window.axe.run(document, { resultTypes: ["violations"], ...rules }), RULES[scheme]);
    return found.violations.filter((one) => ["serious", "critical"].includes(one.impact))
        .map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => `${node.html.slice(0, 160)} ${node.any[0]?.message ?? ""}`).join(" | ")}`);
}

const findings = [];
await story(async (page) => {
    for (const [name, hash] of Object.entries(await places(page))) {
        await page.emulateMedia({ colorScheme: "light" });
        await go(page, hash);
        await page.waitForLoadState("load");
        await page.evaluate(axe); /* by the debugger, which no policy of the page can refuse */
        for (const scheme of Object.keys(RULES)) {
            await page.emulateMedia({ colorScheme: scheme });
            await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
            const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
            if (over > 0) findings.push(`${name} ${scheme} ${width}: ${over} px stick out`);
            findings.push(...(await serious(page, scheme)).map((one) => `${name} ${scheme} ${width}: ${one}`));
            if (PICTURES) await page.screenshot({ path: join(PICTURES, `${name}-${scheme}-${width}.png`), fullPage: true });
        }
    }
}, { width });
assert.deepEqual(findings, []);
