// One account: its pulse, how its jobs end, and what has happened in it.

import { address } from "../lib/api";
import { count } from "../lib/numbers";
import { link } from "../lib/place";
import { words } from "../lib/text";
import type { Account as Row, Job, KindCount, Overview, Page, Series } from "../lib/types";
import { useChanges, useGet, useTick } from "../lib/use";
import { span } from "../lib/when";
import { Trend } from "../overview/trend";
import { Facts } from "../parts/facts";
import { Head } from "../parts/head";
import { fieldsFor, JOB_EXPORT } from "../parts/job_fields";
import { Empty, Waiting } from "../parts/notice";
import { Status } from "../parts/status";
import { Table } from "../parts/table";
import { Text } from "../parts/text";
import { Ago } from "../parts/time";

function Kinds({ of, account }: { of: KindCount[]; account: string }) {
    return (
        <section aria-label="What there is"><h2>What there is</h2>
            <dl class="kinds">{of.map((kind) => (
                <div key={kind.kind}><dt>{words(kind.kind)}</dt><dd>{Object.entries(kind.by_status).map(([status, number]) => (
                    <a key={status} href={link(kind.is_job ? "/jobs" : "/resources", { account, kind: kind.kind, status: status === "none" ? undefined : status })}>
                        {status === "none" ? null : <Status of={status} />} {count(number)}</a>
                ))}</dd></div>
            ))}</dl>
        </section>
    );
}

function pulse(row: Row) {
    return <Facts of={[
        ["last heard", <Ago of={row.last_received_at} />], ["lag", span(row.lag_ms)], ["regions", <Text of={row.regions.join(", ")} />],
        ["events", count(row.events)], ["doubled", count(row.duplicates)], ["repeats", count(row.repeats)],
        ["out of order", count(row.out_of_order)], ["conflicts", count(row.conflicts)], ["quarantined", count(row.quarantined)],
        ["first heard", <Ago of={row.first_seen_at} />]]} />;
}

export function Account({ id }: { id: string }) {
    const accounts = useGet<Page<Row>>(address("/api/v1/accounts", { limit: "1000" }), 30000);
    const overview = useGet<Overview>("/api/v1/overview", 30000);
    const ended = useGet<Series>(address("/api/v1/series/job_ended", { account: id, group_by: "status", since: "24h", step: "1h", time_format: "epoch_ms" }), 60000);
    const url = address("/api/v1/jobs", { account: id, limit: "50" });
    const jobs = useGet<Page<Job>>(url);
    useChanges((change) => change.data.account === id, jobs.reload);
    useTick(10000);
    const row = accounts.data?.data.find((one) => one.account === id);
    const kinds = overview.data?.accounts.find((one) => one.account === id)?.kinds;
    const rows = jobs.data?.data ?? [];
    return (
        <>
            <Head title={`Account ${id}`} note={row?.is_silent ? <span class="bad">silent for a day or more</span> : ""} curls={[url, "/api/v1/accounts"]}
                takes={{ name: `jobs-${id}`, url: address("/api/v1/jobs", { account: id }), columns: JOB_EXPORT }} />
            <Waiting of={accounts} />
            {accounts.data && !row ? <Empty>Nothing has been heard of this account, or the key does not reach it.</Empty> : null}
            {row ? pulse(row) : null}
            <div class="panes two">
                {kinds ? <Kinds of={kinds} account={id} /> : null}
                {ended.data ? <Trend of={ended.data} /> : null}
            </div>
            <section aria-label="Newest jobs" class="wide"><h2>Newest jobs <a class="all" href={link("/jobs", { account: id })}>all</a></h2>
                {rows.length ? <Table label="Newest jobs" fields={fieldsFor(rows).filter((field) => field.name !== "account")} rows={rows} keyOf={(one) => one.id} /> : <Waiting of={jobs} />}
                {jobs.data && !rows.length ? <Empty>It has had no job.</Empty> : null}
            </section>
        </>
    );
}
