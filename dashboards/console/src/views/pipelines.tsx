// Pipeline executions, with their steps on demand.

import { useState } from "preact/hooks";
import { address } from "../lib/api";
import type { Place } from "../lib/place";
import { lastOf } from "../lib/text";
import type { Job } from "../lib/types";
import { useChanges, useTick } from "../lib/use";
import { span } from "../lib/when";
import { Choice, Filters, Typed } from "../parts/filters";
import { Head } from "../parts/head";
import { AccountLink, JOB_EXPORT, NameLink, took } from "../parts/job_fields";
import { More, useListing } from "../parts/more";
import { Empty, Waiting } from "../parts/notice";
import { Status } from "../parts/status";
import { Steps } from "../parts/steps";
import { Ago } from "../parts/time";

function Execution({ of, isFirst }: { of: Job; isFirst: boolean }) {
    const [isOpen, setOpen] = useState(isFirst || of.status === "Failed" || of.status === "Executing");
    return (
        <li class="execution">
            <div class="line1">
                <button type="button" class="plain" aria-expanded={isOpen} aria-label={`Steps of ${lastOf(of.parent ?? "")}`} onClick={() => setOpen(!isOpen)}>{isOpen ? "▾" : "▸"}</button>
                <NameLink of={{ ...of, failure_reason: null }} /><Status of={of.status} />
                <span class="soft">{span(took(of))}</span><span class="soft"><Ago of={of.created_at} /></span><AccountLink of={of.account} />
            </div>
            {isOpen ? <Steps execution={of} /> : null}
        </li>
    );
}

export function Pipelines({ place }: { place: Place }) {
    const wanted = Object.fromEntries(Object.entries(place.params).filter(([name]) => ["account", "status", "since"].includes(name)));
    const url = address("/api/v1/jobs", { kind: "pipeline_execution", ...wanted, limit: "20" });
    const listing = useListing<Job>(url, (row) => row.id);
    useChanges((change) => change.data.kind === "pipeline_execution", listing.first.reload);
    useTick(30000);
    return (
        <>
            <Head title="Pipelines" curls={[url]} takes={{ name: "pipelines", url, columns: JOB_EXPORT }} />
            <Filters place={place}>
                <Choice place={place} name="status" label="Status" options={["Failed", "Executing", "Succeeded", "Stopped"]} />
                <Typed place={place} name="account" label="Account" hint="12 digits" isSearch />
                <Choice place={place} name="since" label="Created within" options={["24h", "7d", "30d"]} none="any time" />
            </Filters>
            <Waiting of={listing.first} />
            <ul class="executions">{listing.rows.map((row, index) => <Execution key={row.id} of={row} isFirst={index === 0} />)}</ul>
            {listing.first.data && !listing.rows.length ? <Empty>No pipeline execution {Object.keys(wanted).length ? "matches these filters." : "has been heard of yet."}</Empty> : null}
            <More of={listing} />
        </>
    );
}
