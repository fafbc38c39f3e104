// Accounts and the pulse of each: does everything arrive, in time, in order, once?

import { useState } from "preact/hooks";
import { address } from "../lib/api";
import { count } from "../lib/numbers";
import { link, type Place, refine } from "../lib/place";
import type { Account, Page } from "../lib/types";
import { useGet, useTick } from "../lib/use";
import { at, span } from "../lib/when";
import { Choice, Filters, Typed } from "../parts/filters";
import { Head } from "../parts/head";
import { Empty, Waiting } from "../parts/notice";
import { Table, type Field } from "../parts/table";
import { Text } from "../parts/text";
import { Ago } from "../parts/time";

const PATH = address("/api/v1/accounts", { limit: "1000" });

const figure = (name: keyof Account & string, title: string, isOdd = false, rank: 1 | 2 | 3 = 2): Field<Account> => ({
    name, title, kind: "number", rank, text: (row) => Number(row[name]),
    cell: (row) => <span class={isOdd && Number(row[name]) ? "bad" : Number(row[name]) ? "" : "soft"}>{count(Number(row[name]))}</span>,
});

export const ACCOUNT_FIELDS: Field<Account>[] = [
    { name: "account", kind: "name", text: (row) => row.account ?? "unknown",
      cell: (row) => row.account ? <a data-row="" href={link(`/accounts/${row.account}`)}>{row.account}</a> : <span class="soft">sender unknown</span> },
    { name: "last_received_at", title: "last heard", text: (row) => row.last_received_at,
      cell: (row) => <span class={row.is_silent ? "bad" : ""}><Ago of={row.last_received_at} />{row.is_silent ? " – silent" : ""}</span> },
    { name: "lag_ms", title: "lag", kind: "number", text: (row) => row.lag_ms, cell: (row) => <span class={row.lag_ms > 3600000 ? "bad" : ""}>{span(row.lag_ms)}</span> },
    figure("events", "events", false, 1), figure("jobs", "jobs", false, 1), figure("failed", "failed", true, 1),
    figure("duplicates", "doubled"), figure("repeats", "repeats", false, 3), figure("out_of_order", "out of order"), figure("conflicts", "conflicts", true, 3),
    figure("unknown_types", "unknown types", true, 3), figure("bad_times", "bad times", true, 3), figure("quarantined", "quarantined", true),
    { name: "regions", rank: 2, text: (row) => row.regions.join(" "), cell: (row) => <Text of={row.regions.join(", ")} /> },
];

function ordered(rows: Account[], by: string, isDown: boolean): Account[] {
    const field = ACCOUNT_FIELDS.find((one) => one.name === by);
    const value = (row: Account): string | number => (by === "last_received_at" ? at(row.last_received_at) : field?.text(row) ?? "");
    return [...rows].sort((a, b) => (value(a) < value(b) ? -1 : value(a) > value(b) ? 1 : 0) * (isDown ? -1 : 1));
}

export function Accounts({ place }: { place: Place }) {
    const accounts = useGet<Page<Account>>(PATH, 15000);
    const [order, setOrder] = useState({ by: "account", isDown: false });
    useTick(10000);
    const { account = "", show = "" } = place.params;
    const rows = (accounts.data?.data ?? []).filter((row) => (row.account ?? "unknown").includes(account) && (show !== "silent" || row.is_silent));
    return (
        <>
            <Head title="Accounts" curls={[PATH]} note={accounts.data ? count(rows.length) : ""} takes={{ name: "accounts", url: PATH, rows, columns: ACCOUNT_FIELDS }} />
            <Filters place={place}>
                <Typed place={place} name="account" label="Account" hint="digits" isSearch />
                <Choice place={place} name="show" label="Show" options={["silent"]} none="all" />
            </Filters>
            <Waiting of={accounts} />
            {rows.length ? <Table label="Accounts" fields={ACCOUNT_FIELDS} rows={ordered(rows, order.by, order.isDown)} keyOf={(row) => row.account ?? ""}
                sort={{ ...order, change: (by) => setOrder({ by, isDown: by === order.by ? !order.isDown : by !== "account" }) }} /> : null}
            {accounts.data && !rows.length ? <Empty>{account || show ? <>No account fits. <button type="button" onClick={() => refine(place, { account: undefined, show: undefined })}>Show all</button></> : "No account has been heard of yet."}</Empty> : null}
        </>
    );
}
