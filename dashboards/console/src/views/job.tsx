// One job: what became of it and why, when it was in which state, how well it used its machines, and
// every event that says so.

import { useState } from "preact/hooks";
import { address } from "../lib/api";
import { money } from "../lib/numbers";
import { link } from "../lib/place";
import { lastOf, visible, words } from "../lib/text";
import type { EventItem, Job as JobRow, Timeline } from "../lib/types";
import { useChanges, useGet, useTick } from "../lib/use";
import { AccountLink, took } from "../parts/job_fields";
import { CourseOf } from "../parts/course";
import { EventList } from "../parts/events";
import { Facts, type Fact } from "../parts/facts";
import { Head } from "../parts/head";
import { LineageOf } from "../parts/lineage";
import { Waiting } from "../parts/notice";
import { Phases } from "../parts/phases";
import { Steps } from "../parts/steps";
import { Status } from "../parts/status";
import { Text } from "../parts/text";
import { Span, Time } from "../parts/time";
import { Usage } from "../parts/usage";
import type { Page } from "../lib/types";

function facts(job: JobRow): Fact[] {
    const machines = job.instance_type ? `${job.instance_count ?? "?"} × ${job.instance_type}` : "";
    return [
        ["kind", words(job.kind)],
        ["account", <AccountLink of={job.account} />],
        ["region", <Text of={job.region} />],
        ["machines", <Text of={machines} />],
        ["created", <Time of={job.created_at} />],
        ["started", job.started_at && <Time of={job.started_at} />],
        ["ended", job.ended_at && <Time of={job.ended_at} />],
        [job.ended_at ? "took" : "runs for", took(job) !== null && <Span ms={took(job)} />],
        ["billed", job.billable_ms !== null && <Span ms={job.billable_ms} />],
        ["cost", job.cost_usd !== null && `${money(job.cost_usd)} (estimate)`],
        ["created by", job.created_by && <Text of={lastOf(job.created_by)} />],
        ["part of", job.parent && <Parent of={job} />],
    ];
}

/* Steps belong to an execution, which is a job of its own; its name is all we need to find it. */
function Parent({ of }: { of: JobRow }) {
    const name = lastOf(of.parent ?? "");
    if (of.kind !== "pipeline_step") return <Text of={of.parent} />;
    return <a href={link("/jobs", { kind: "pipeline_execution", name_prefix: name, account: of.account })}><Text of={name} /></a>;
}

function Tags({ of }: { of: Record<string, string> | null }) {
    const all = Object.entries(of ?? {});
    return all.length ? <p class="tags">{all.map(([name, value]) => (
        <a key={name} href={link("/jobs", { [`tag.${name}`]: value })} title="Jobs with this tag"><Text of={name} />=<Text of={value} /></a>
    ))}</p> : null;
}

export function Job({ id }: { id: string }) {
    const base = `/api/v1/jobs/${encodeURIComponent(id)}`;
    const job = useGet<JobRow>(base);
    const timeline = useGet<Timeline>(`${base}/timeline`);
    const events = useGet<Page<EventItem>>(address(`${base}/events`, { limit: "200" }));
    const [open, setOpen] = useState<string | null>(null);
    useChanges((change) => change.data.id === id, () => { job.reload(); timeline.reload(); events.reload(); }, 500);
    useTick(10000);
    const row = job.data;
    if (!row) return <><Head title="Job" curls={[base]} /><Waiting of={job} /></>;
    return (
        <>
            <Head title={row.name} note={<Status of={row.status} detail={row.secondary_status} />}
                curls={[base, `${base}/timeline`, `${base}/utilization?course=true`, `${base}/events`]}
                takes={{ name: `events-of-${id}`, url: `${base}/events`, columns: EVENT_COLUMNS }} />
            {row.failure_reason ? (
                <section class="why" aria-label="Why it failed">
                    <h2>{row.failed_before_start ? "Failed before it got its machines" : "Why"}</h2>
                    <p><Text of={row.failure_reason} keepsLines /></p>
                </section>
            ) : null}
            <Facts of={facts(row)} />
            <Tags of={row.tags} />
            {timeline.data ? <Phases of={timeline.data} show={setOpen} /> : null}
            {row.kind === "pipeline_execution" ? <Steps execution={row} /> : null}
            <Usage of={row} />
            <CourseOf of={row} base={base} timeline={timeline.data} />
            <LineageOf url={address(`${base}/lineage`, { depth: "6" })} empty={row.kind === "training" ? "Nothing has come of it yet that is known: no artifact, no package, no version names it." : ""} />
            <EventList of={events} open={open} setOpen={setOpen} />
            {row.arn ? <p class="arn soft" title={visible(row.arn)}><Text of={row.arn} /></p> : null}
        </>
    );
}

const EVENT_COLUMNS = [
    { name: "version_at", text: (event: EventItem) => event.version_at },
    { name: "received_at", text: (event: EventItem) => event.received_at },
    { name: "status", text: (event: EventItem) => event.status },
    { name: "effect", text: (event: EventItem) => event.effect },
    { name: "detail_type", text: (event: EventItem) => event.detail_type },
    { name: "id", text: (event: EventItem) => event.id },
];
