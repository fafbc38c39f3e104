// Accounts by kinds, with counts by status. Those that fail stand first; two hundred of them fit,
// because only what matters is shown until one asks for more.

import { useState } from "preact/hooks";
import { brief, count } from "../lib/numbers";
import { link } from "../lib/place";
import { byClass, SIGNS } from "../lib/status";
import { words } from "../lib/text";
import type { AccountCounts, KindCount, Overview, Series } from "../lib/types";
import { at, newestOf } from "../lib/when";
import { Spark } from "../parts/bar";
import { Table, type Field } from "../parts/table";
import { Ago } from "../parts/time";

const FIRST = 15;
const LEFT_OUT = new Set(["pipeline_step"]); /* an execution tells for its steps */
const SHORT: Record<string, string> = { pipeline_execution: "pipeline", human_loop: "human" };

export interface Row { account: string; isSilent: boolean; last: string; failures: number[]; failed: number; running: number; kinds: Map<string, KindCount> }

const sum = (numbers: number[]) => numbers.reduce((all, one) => all + one, 0);

export function rowsOf(overview: Overview, failures: Series | null): Row[] {
    const byAccount = new Map(failures?.data.map((one) => [one.labels.account, one.points.map((point) => point[1] ?? 0)]));
    const empty = new Array<number>(failures?.data[0]?.points.length ?? 0).fill(0);
    return overview.accounts.map((one: AccountCounts) => {
        const found = byAccount.get(one.account) ?? empty;
        return {
            account: one.account, isSilent: one.is_silent, failures: found, failed: sum(found),
            last: newestOf(one.regions.map((region) => region.last_received_at)),
            running: sum(one.kinds.filter((kind) => kind.is_job && !LEFT_OUT.has(kind.kind)).map((kind) => byClass(kind.by_status).busy)),
            kinds: new Map(one.kinds.map((kind) => [kind.kind, kind])),
        };
    });
}

/* ✕ failed, ▸ running, ✓ the rest that went well: what is bad first. */
function Counts({ of, account }: { of: KindCount | undefined; account: string }) {
    if (!of) return <span class="soft none">·</span>;
    const classes = byClass(of.by_status);
    const title = `${words(of.kind)}: ${Object.entries(of.by_status).map(([status, number]) => `${count(number)} ${status}`).join(", ")}`;
    const to = (status?: string) => of.is_job ? link("/jobs", { account, kind: of.kind, status }) : link("/resources", { account, kind: of.kind, status });
    const named = (wanted: "bad" | "busy") => Object.keys(of.by_status).filter((status) => byClass({ [status]: 1 })[wanted]).join(",");
    return (
        <span class="counts" title={title}>
            {classes.bad ? <a class="bad" href={to(named("bad"))} aria-label={`${SIGNS.bad}${brief(classes.bad)} failed ${words(of.kind)}`}>{SIGNS.bad}{brief(classes.bad)}</a> : null}
            {classes.busy ? <a class="busy" href={to(named("busy"))} aria-label={`${SIGNS.busy}${brief(classes.busy)} running ${words(of.kind)}`}>{SIGNS.busy}{brief(classes.busy)}</a> : null}
            {classes.good + classes.gone ? <a class="soft" href={to()} aria-label={`${brief(classes.good + classes.gone)} other ${words(of.kind)}`}>{brief(classes.good + classes.gone)}</a> : null}
        </span>
    );
}

function kindsOf(overview: Overview): KindCount[] {
    return overview.totals.filter((kind) => (kind.is_job || kind.kind === "endpoint") && !LEFT_OUT.has(kind.kind));
}

function fields(overview: Overview): Field<Row>[] {
    return [
        { name: "account", kind: "name", text: (row) => row.account,
          cell: (row) => <><a data-row="" href={link(`/accounts/${row.account}`)}>{row.account}</a>{row.isSilent ? <span class="status busy"> silent</span> : null}</> },
        { name: "failed", title: "failed 24 h", kind: "number", text: (row) => row.failed,
          cell: (row) => row.failed ? <a class="bad" href={link("/jobs", { account: row.account, status: "Failed", since: "24h", sort: "-ended_at" })}>{SIGNS.bad}{brief(row.failed)}</a> : <span class="soft">0</span> },
        { name: "trend", title: "by hour", rank: 2, text: (row) => row.failures.join(" "),
          cell: (row) => row.failed ? <Spark of={row.failures} label={`failures by hour: ${row.failures.join(" ")}`} /> : null },
        ...kindsOf(overview).map((kind): Field<Row> => ({
            name: kind.kind, title: SHORT[kind.kind] ?? words(kind.kind), text: (row) => row.kinds.get(kind.kind)?.count ?? 0,
            cell: (row) => <Counts of={row.kinds.get(kind.kind)} account={row.account} />,
        })),
        { name: "last", title: "last heard", text: (row) => row.last, cell: (row) => <span class={row.isSilent ? "bad" : "soft"}><Ago of={row.last} /></span> },
    ];
}

function ordered(rows: Row[], by: string, isDown: boolean): Row[] {
    const value = (row: Row): number | string =>
        by === "account" ? row.account : by === "failed" || by === "trend" ? row.failed * 1e6 + row.running
            : by === "last" ? at(row.last) : byClass(row.kinds.get(by)?.by_status ?? {}).bad * 1e9 + (row.kinds.get(by)?.count ?? 0);
    return [...rows].sort((a, b) => {
        const [one, two] = [value(a), value(b)];
        return (one < two ? -1 : one > two ? 1 : a.account < b.account ? -1 : 1) * (isDown && one !== two ? -1 : 1);
    });
}

export function Accounts({ overview, failures }: { overview: Overview; failures: Series | null }) {
    const [wanted, want] = useState("");
    const [order, setOrder] = useState({ by: "failed", isDown: true });
    const [isAll, showAll] = useState(false);
    const all = rowsOf(overview, failures);
    const rows = ordered(all.filter((row) => row.account.includes(wanted.trim())), order.by, order.isDown);
    const shown = isAll || wanted ? rows : rows.slice(0, FIRST);
    const change = (by: string) => setOrder({ by, isDown: by === order.by ? !order.isDown : by !== "account" });
    return (
        <section aria-label="Accounts" class="wide">
            <h2>Accounts <span class="soft">{count(all.length)}</span>
                <input type="search" class="find" placeholder="find an account" aria-label="Find an account" data-search="" value={wanted} onInput={(event) => want(event.currentTarget.value)} />
            </h2>
            <Table label="Accounts by kind" fields={fields(overview)} rows={shown} keyOf={(row) => row.account} sort={{ ...order, change }} />
            {shown.length < rows.length ? <p><button type="button" class="more" onClick={() => showAll(true)}>Show all {count(rows.length)} accounts</button></p> : null}
            {!rows.length ? <p class="empty">No account has these digits.</p> : null}
        </section>
    );
}
