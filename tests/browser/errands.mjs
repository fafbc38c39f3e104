// What a collector has given up: from the first screen to why, and once more.
import assert from "node:assert/strict";
import { story } from "./browser.mjs";

const { NAME, REASON } = process.env;

await story(async (page) => {
    await page.getByRole("link", { name: /1 given up/ }).click();
    await page.getByRole("heading", { name: "Errands" }).waitFor();
    const row = page.getByRole("row").filter({ hasText: NAME });
    assert.match(await row.innerText(), new RegExp(`${REASON}[^]*given up`));
    await row.getByRole("button", { name: `Try again: ${NAME}` }).click();
    await page.getByText("It is due now.").waitFor();
    await page.getByText("Nothing was given up.").waitFor();
    await page.getByLabel("State").selectOption("");
    await row.getByText("waiting").waitFor();
    await row.getByRole("link", { name: NAME }).click();
    await page.getByRole("heading", { name: NAME }).waitFor();
});
