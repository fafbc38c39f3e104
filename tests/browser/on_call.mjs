// It is three in the morning: what fails, why, and how was its hardware?
import assert from "node:assert/strict";
import { story, WITHIN } from "./browser.mjs";

const { NAME, REASON, LONG, IDLE } = process.env;

await story(async (page) => {
    const long = page.getByRole("region", { name: "Running long" });
    await long.getByRole("link", { name: LONG }).waitFor();
    await page.getByRole("region", { name: "Idle hardware" }).getByRole("link", { name: IDLE }).waitFor();
    await page.getByRole("region", { name: "Accounts by kind" }).getByText("444455556666").waitFor();

    const numbers = await page.locator(".numbers").innerText();
    const listed = await page.getByRole("region", { name: "Failing now" }).getByRole("heading").innerText();
    const [, jobs, steps] = /24 hours\s+(\d+), and (\d+) step of pipelines/.exec(listed) ?? [];
    assert.ok(jobs, listed);
    assert.match(numbers, new RegExp(`\\b${Number(jobs) + Number(steps)} failed`), `${numbers} are those of: ${listed}`);

    let clicks = 0;
    const click = async (what) => { clicks += 1; await what.click(); };
    await click(page.getByRole("region", { name: "Failing now" }).getByRole("link", { name: NAME }));
    await page.getByRole("region", { name: "Why it failed" }).getByText(REASON).waitFor();
    assert.ok(clicks <= 2, "from the first screen to the reason in two clicks");

    const usage = page.getByRole("region", { name: "Utilization", exact: true });
    await usage.getByText("algo-2").waitFor();
    assert.match(await usage.innerText(), /93 %/);

    const course = page.getByRole("region", { name: "Utilization over time" });
    await course.getByText(/^algo-2: GPU at 1\.5 % from .* until the end, while the others were at 93 %$/).waitFor();
    await course.getByRole("img", { name: /^GPU of 2 hosts from .*, least on algo-2 with/ }).waitFor();
    const moment = course.getByRole("slider", { name: "Moment" });
    await moment.focus();
    for (let step = 0; step < 20; step++) await page.keyboard.press("ArrowRight");
    assert.match(await moment.getAttribute("aria-valuetext"), /^\d\d:\d\d: GPU 47 %, CPU 45 %, Memory/);
    assert.match(await course.innerText(), /algo-1\s+93 %\s+algo-2\s+1\.5 %/);
    await page.keyboard.press("Escape");
    await course.getByText("none: averages").waitFor();

    const first = page.getByRole("region", { name: "Events" }).getByRole("button").first();
    await first.click();
    await page.getByLabel("The event as it came").getByText("TrainingJobName").waitFor({ timeout: WITHIN });

    await page.getByRole("button", { name: "as curl" }).click();
    assert.match(await page.getByRole("dialog").innerText(), /curl -sS .*\/api\/v1\/jobs\//);
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
});
