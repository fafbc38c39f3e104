// Every view in one scheme of colours, narrow and wide: nothing sticks out, and axe finds nothing serious.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";
import { readFileSync } from "node:fs";
import { go, story, URL_OF } from "./browser.mjs";

const { NAME, STEADY, PICTURES, SCHEME: colorScheme } = process.env;
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

/* axe is injected by the debugger, which no policy of the page can refuse. */
async function serious(page) {
    await page.evaluate(axe);
    const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
    return found.violations.filter((one) => ["serious", "critical"].includes(one.impact))
        .map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => `${node.html.slice(0, 160)} ${node.any[0]?.message ?? ""}`).join(" | ")}`);
}

const findings = [];
for (const width of [1440, 360])
    await story(async (page) => {
        for (const [name, hash] of Object.entries(await places(page))) {
            await go(page, hash);
            await page.waitForLoadState("load");
            await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
            const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
            if (over > 0) findings.push(`${name} ${colorScheme} ${width}: ${over} px stick out`);
            findings.push(...(await serious(page)).map((one) => `${name} ${colorScheme} ${width}: ${one}`));
            await page.screenshot({ path: join(PICTURES, `${name}-${colorScheme}-${width}.png`), fullPage: true });
        }
    }, { width, colorScheme });
assert.deepEqual(findings, []);
