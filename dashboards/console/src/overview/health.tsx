// Does everything arrive, and is everything done? Only what is not as it should be is loud.

import type { ComponentChildren } from "preact";
import { count } from "../lib/numbers";
import { link } from "../lib/place";
import type { Overview } from "../lib/types";
import { newestOf, span } from "../lib/when";
import { Ago } from "../parts/time";

interface Line { name: string; value: ComponentChildren; isBad?: boolean }

function lines(of: Overview): Line[] {
    const ingest = of.ingest;
    const regions = of.accounts.flatMap((account) => account.regions);
    const newest = newestOf(regions.map((region) => region.last_received_at));
    const lag = Math.max(0, ...regions.map((region) => region.lag_ms));
    const told: Line[] = [
        { name: "events", value: <>{count(ingest.events)}{newest ? <span class="soft"> last <Ago of={newest} /></span> : null}</> },
        { name: "greatest lag", value: span(lag), isBad: lag > 3600000 },
        { name: "in quarantine", value: <a href={link("/quarantine")}>{count(ingest.quarantine_waiting)}</a>, isBad: ingest.quarantine_waiting > 0 },
        ...of.errands.filter((one) => one.waiting || one.dead).map((one) => ({
            name: `${one.deed} errands`, isBad: one.dead > 0, value: <a href={link("/errands", { deed: one.deed, state: one.dead ? "given_up" : undefined })}>{count(one.waiting)} waiting{one.dead ? `, ${count(one.dead)} given up` : ""}</a> })),
        { name: "doubled", value: count(ingest.duplicates) },
        { name: "out of order", value: count(ingest.out_of_order) },
    ];
    const odd: [string, number][] = [["two ends of one job", ingest.conflicts], ["unknown types", ingest.unknown_types],
        ["unknown statuses", ingest.unknown_statuses], ["unreadable times", ingest.bad_times]];
    return [...told, ...odd.filter(([, number]) => number > 0).map(([name, number]) => ({ name, value: count(number), isBad: true }))];
}

export function Health({ of }: { of: Overview }) {
    return (
        <section aria-label="Ingest health">
            <h2>Ingest</h2>
            <dl class="health">{lines(of).map((line) => (
                <div key={line.name} class={line.isBad ? "warn" : ""}><dt>{line.name}</dt><dd>{line.value}</dd></div>
            ))}</dl>
            {of.silent_accounts.length ? (
                <>
                    <h3>Silent for a day <span class="soft">{of.silent_accounts.length}</span></h3>
                    <p class="silent">{of.silent_accounts.slice(0, 24).map((account) => <a key={account} href={link(`/accounts/${account}`)}>{account}</a>)}
                        {of.silent_accounts.length > 24 ? <a href={link("/accounts", { show: "silent" })}>and {of.silent_accounts.length - 24} more</a> : null}</p>
                </>
            ) : null}
        </section>
    );
}
