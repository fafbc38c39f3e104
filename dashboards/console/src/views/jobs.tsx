// Jobs, the newest first. Every filter stands in the address; the list follows what happens.

import { address } from "../lib/api";
import { count } from "../lib/numbers";
import type { Place } from "../lib/place";
import type { Job } from "../lib/types";
import { useChanges, useTick } from "../lib/use";
import { Choice, Filters, Typed } from "../parts/filters";
import { Head } from "../parts/head";
import { fieldsFor, JOB_EXPORT } from "../parts/job_fields";
import { More, useListing } from "../parts/more";
import { Empty, Waiting } from "../parts/notice";
import { Table } from "../parts/table";

const PATH = "/api/v1/jobs";
const NAMES = ["account", "region", "kind", "status", "name_prefix", "failed_before_start", "since", "from", "to", "sort", "time_field"];
export const JOB_KINDS = ["training", "processing", "transform", "tuning", "labeling", "human_loop", "pipeline_execution", "pipeline_step", "compilation", "automl"];
const STATUSES = ["Failed", "InProgress", "Completed", "Stopped", "Stopping", "Executing", "Succeeded"];
const SINCE = ["1h", "6h", "24h", "7d", "30d", "90d"];

function wish(place: Place): Record<string, string> {
    return Object.fromEntries(Object.entries(place.params).filter(([name]) => NAMES.includes(name) || name.startsWith("tag.")));
}

export function Jobs({ place }: { place: Place }) {
    const wanted = wish(place);
    const url = address(PATH, { ...wanted, limit: "100" });
    const listing = useListing<Job>(url, (row) => row.id);
    useChanges((change) => change.type === "job" && (!wanted.account || wanted.account.includes(change.data.account)), listing.first.reload);
    useTick(30000);
    const rows = listing.rows;
    return (
        <>
            <Head title="Jobs" curls={[address(PATH, wanted)]} note={listing.first.data ? `${count(rows.length)}${listing.hasMore ? "+" : ""}` : ""}
                takes={{ name: "jobs", url: address(PATH, wanted), columns: JOB_EXPORT }} />
            <Filters place={place}>
                <Typed place={place} name="name_prefix" label="Name begins with" hint="fraud-" isSearch />
                <Choice place={place} name="status" label="Status" options={STATUSES} />
                <Choice place={place} name="kind" label="Kind" options={JOB_KINDS} />
                <Typed place={place} name="account" label="Account" hint="12 digits" />
                <Typed place={place} name="region" label="Region" hint="eu-west-1" />
                <Choice place={place} name="since" label="Created within" options={SINCE} none="any time" />
                <Choice place={place} name="sort" label="Order" options={["-ended_at", "created_at", "ended_at"]} none="newest created"
                    said={{ "-created_at": "newest created", "-ended_at": "newest ended", created_at: "oldest created", ended_at: "oldest ended" }} />
            </Filters>
            <Waiting of={listing.first} />
            {rows.length ? <Table label="Jobs" fields={fieldsFor(rows)} rows={rows} keyOf={(row) => row.id} /> : null}
            {listing.first.data && !rows.length ? (
                <Empty>{Object.keys(wanted).length
                    ? "No job matches these filters. Take one away, or widen the time."
                    : "No job has been heard of yet. Point an EventBridge rule at /ingest/eventbridge, or run “smon send-test-event”."}</Empty>
            ) : null}
            <More of={listing} />
        </>
    );
}
