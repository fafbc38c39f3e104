// For tests/bench/console: when the first screen is of use, and what it takes to get there. One line of
// JSON for a browser that has never been here, and one for a browser that has.
import { chromium } from "playwright-core";
import { ARGUMENTS, KEY, URL_OF } from "./browser.mjs";

const ROUNDS = 5;
const MARKS = {
    accounts: "section[aria-label='Accounts'] tbody tr",
    failures: "section[aria-label='Failing now'] li",
    panes: "section[aria-label='Idle hardware'], section[aria-label='Running long']",
};

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

/* Each mark is timed by the page itself, from the start of its navigation. */
async function visit(context) {
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    const seen = { bytes: 0, requests: 0 };
    await session.send("Network.enable");
    session.on("Network.loadingFinished", (one) => { seen.bytes += one.encodedDataLength; seen.requests += 1; });
    await page.addInitScript((marks) => {
        window.seenAt = {};
        const look = () => {
            for (const [name, where] of Object.entries(marks))
                if (window.seenAt[name] === undefined && document.querySelector(where)) window.seenAt[name] = performance.now();
            if (Object.keys(window.seenAt).length < Object.keys(marks).length) requestAnimationFrame(look);
        };
        look();
    }, MARKS);
    await page.goto(`${URL_OF}/`);
    await page.waitForFunction((count) => Object.keys(window.seenAt).length === count, Object.keys(MARKS).length, { timeout: 30000 });
    const times = await page.evaluate(() => window.seenAt);
    await page.waitForTimeout(200); /* what is still on its way counts, too */
    await page.close();
    return { ...times, ...seen };
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ARGUMENTS });
const rounds = { "never been here": [], "been here before": [] };
for (let round = 0; round < ROUNDS; round++) {
    const first = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    await first.request.post(`${URL_OF}/session`, { data: { key: KEY } });
    rounds["never been here"].push(await visit(first));
    rounds["been here before"].push(await visit(first));
    await first.close();
}
await browser.close();
for (const [name, visits] of Object.entries(rounds)) {
    const row = { visit: name };
    for (const figure of ["accounts", "failures", "panes", "bytes", "requests"]) row[figure] = median(visits.map((one) => one[figure]));
    console.log(JSON.stringify(row));
}
