// A Chromium that is signed in, and a few words for stories.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

export const URL_OF = process.env.SMON_URL;
export const KEY = process.env.SMON_KEY;
export const WITHIN = 10000;

export const ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/* Anything the page complains about fails the story: errors, refused by policy, asked elsewhere; but for answers
 * with the statuses that the story provokes. */
function watch(page, troubles, provokes) {
    const provoked = new RegExp(`status of (${[401, ...provokes].join("|")})`);
    page.on("pageerror", (error) => troubles.push(`error: ${error.message}`));
    page.on("dialog", (dialog) => { troubles.push(`dialog: ${dialog.message()}`); void dialog.dismiss(); });
    page.on("console", (line) => { if (line.type() === "error" && !provoked.test(line.text())) troubles.push(`console: ${line.text()}`); });
    page.on("request", (request) => { if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(URL_OF)) troubles.push(`elsewhere: ${request.url()}`); });
}

export async function signIn(page, key = KEY) {
    await page.goto(`${URL_OF}/`);
    await page.getByLabel("Key").fill(key);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "Overview", exact: true }).waitFor({ timeout: WITHIN });
}

/* Runs `tell` with a page that is signed in. */
export async function story(tell, { width = 1440, height = 900, colorScheme = "light", provokes = [] } = {}) {
    const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ARGUMENTS });
    const troubles = [];
    try {
        const context = await browser.newContext({ colorScheme, viewport: { width, height }, acceptDownloads: true, reducedMotion: "reduce" });
        const page = await context.newPage();
        page.setDefaultTimeout(WITHIN);
        watch(page, troubles, provokes);
        await signIn(page);
        await tell(page, context);
    } finally {
        await browser.close();
    }
    assert.deepEqual(troubles, [], "what the page complained about");
}

export async function go(page, hash) {
    await page.goto(`${URL_OF}/${hash}`);
    await page.locator("main h1").first().waitFor();
    await page.locator("[aria-busy=true]").first().waitFor({ state: "detached" });
}
