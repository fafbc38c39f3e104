// Is that endpoint busy? Nobody knows until somebody asks; then it is seen per variant, and over time.
import assert from "node:assert/strict";
import { go, KEY, story, URL_OF } from "./browser.mjs";

const { NAME, FOUND } = process.env;
const headers = { "X-API-Key": KEY };

/* What a collector does, when it has asked CloudWatch. */
async function answer(request) {
    const post = async (path, data) => (await request.post(`${URL_OF}/collect/v1/${path}`, { headers, data })).json();
    const asked = { worker: "story", deeds: ["enrich"], most: 64, wait_ms: 0, lease_ms: 60000 };
    const errand = (await post("lease", asked)).errands.find(({ job }) => job.kind === "endpoint" && job.name === NAME);
    const outcomes = [{ id: errand.id, fence: errand.fence, result: "done", utilization: JSON.parse(FOUND) }];
    assert.ok((await post("finish", { worker: "story", outcomes })).results[0].accepted);
}

await story(async (page, context) => {
    await go(page, "#/resources?kind=endpoint");
    await page.getByRole("link", { name: NAME, exact: true }).click();
    const use = page.getByRole("region", { name: "Utilization", exact: true });
    await use.getByText("Not measured yet").waitFor();
    const measure = use.getByRole("button", { name: "Measure the last hour" });
    await measure.click();
    await use.getByText("asked; CloudWatch answers within a minute").waitFor();
    assert.ok(await measure.isDisabled(), "one question at a time");
    await answer(context.request);
    await use.getByRole("rowheader", { name: "green" }).waitFor();
    assert.match(await use.getByRole("row", { name: /blue/ }).innerText(), /64 %/);
    await use.getByRole("img", { name: /^GPU of 2 variants from / }).waitFor();
    await use.getByText(/^green: GPU at 1\.5 % from .* until the end, while the others were at 6[45] %$/).waitFor();
    assert.ok(await measure.isEnabled(), "it can be asked again");
});
