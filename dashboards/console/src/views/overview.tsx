// The single pane of glass.

import { address } from "../lib/api";
import { brief, count } from "../lib/numbers";
import { link } from "../lib/place";
import { byClass } from "../lib/status";
import type { Attention, Job, Overview as Picture, Page, Series } from "../lib/types";
import { useChanges, useGet, useTick } from "../lib/use";
import { Accounts, rowsOf } from "../overview/accounts";
import { Idle, LongRunning } from "../overview/attention";
import { Failing } from "../overview/failing";
import { Health } from "../overview/health";
import { Trend } from "../overview/trend";
import { Head } from "../parts/head";
import { Empty, Waiting } from "../parts/notice";

const OVERVIEW = "/api/v1/overview";
const ATTENTION = "/api/v1/attention";
const FAILURES = address("/api/v1/series/job_failed", { group_by: "account", since: "24h", step: "1h", time_format: "epoch_ms" });
const ENDED = address("/api/v1/series/job_ended", { group_by: "status", since: "24h", step: "1h", time_format: "epoch_ms" });
/* A step fails with the job it has started: one of the two is enough. */
const NEWEST = address("/api/v1/jobs", {
    status: "Failed", kind: "!pipeline_step", sort: "-ended_at", since: "24h", limit: "50",
    fields: "id,account,kind,name,parent,failure_reason,ended_at" });

function Numbers({ of }: { of: Picture }) {
    const running = of.totals.filter((kind) => kind.is_job && kind.kind !== "pipeline_step").reduce((sum, kind) => sum + byClass(kind.by_status).busy, 0);
    const day = of.last_24h;
    return (
        <p class="numbers">
            <a href={link("/jobs", { status: "InProgress,Executing,Starting" })}><b>{count(running)}</b> running</a>
            <span><b>{count(day.created)}</b> created</span>
            <span><b>{count(day.ended)}</b> ended</span>
            <a class={day.failed ? "bad" : ""} href={link("/jobs", { status: "Failed", since: "24h", sort: "-ended_at" })}><b>{count(day.failed)}</b> failed</a>
            {day.failed_before_start ? <a href={link("/jobs", { failed_before_start: "true", since: "24h" })}><b>{brief(day.failed_before_start)}</b> before start</a> : null}
            <span class="soft">in 24 h</span>
        </p>
    );
}

export function Overview() {
    const picture = useGet<Picture>(OVERVIEW, 30000);
    const attention = useGet<Attention>(ATTENTION, 60000);
    const failures = useGet<Series>(FAILURES, 60000);
    const ended = useGet<Series>(ENDED, 60000);
    const newest = useGet<Page<Job>>(NEWEST, 60000);
    useChanges(() => true, () => { picture.reload(); newest.reload(); failures.reload(); }, 5000);
    useTick(10000);
    const of = picture.data;
    if (!of) return <><Head title="Overview" curls={[OVERVIEW]} /><Waiting of={picture} /></>;
    const rows = rowsOf(of, failures.data);
    return (
        <>
            <Head title="Overview" note={<Numbers of={of} />} curls={[OVERVIEW, ATTENTION, NEWEST, FAILURES]}
                takes={{ name: "accounts", url: OVERVIEW, rows, columns: [
                    { name: "account", text: (row) => row.account }, { name: "failed_24h", text: (row) => row.failed },
                    { name: "running", text: (row) => row.running }, { name: "last_received_at", text: (row) => row.last }] }} />
            {!of.accounts.length ? <Empty>No account has been heard of yet. Point an EventBridge rule at /ingest/eventbridge, or run “smon send-test-event”.</Empty> : null}
            <div class="panes">
                {newest.data ? <Failing page={newest.data} steps={of.last_24h.by_kind.find((one) => one.kind === "pipeline_step")?.failed ?? 0} /> : <Waiting of={newest} />}
                <div class="pane">
                    {attention.data ? <LongRunning of={attention.data.long_running} /> : <Waiting of={attention} />}
                    {attention.data ? <Idle of={attention.data.idle_hardware} /> : null}
                </div>
                <div class="pane">
                    {ended.data ? <Trend of={ended.data} /> : null}
                    <Health of={of} />
                </div>
            </div>
            {of.accounts.length ? <Accounts overview={of} failures={failures.data} /> : null}
        </>
    );
}
