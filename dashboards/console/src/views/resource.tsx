// One endpoint, model, package or the like: how it stands, and every event that says so.

import { useState } from "preact/hooks";
import { address } from "../lib/api";
import { lastOf, visible, words } from "../lib/text";
import type { EventItem, Page, Resource as Row } from "../lib/types";
import { useChanges, useGet } from "../lib/use";
import { EndpointUse } from "../parts/endpoint_use";
import { EventList } from "../parts/events";
import { Facts } from "../parts/facts";
import { Head } from "../parts/head";
import { AccountLink } from "../parts/job_fields";
import { Json } from "../parts/json";
import { LineageOf } from "../parts/lineage";
import { Waiting } from "../parts/notice";
import { Status } from "../parts/status";
import { Text } from "../parts/text";
import { Time } from "../parts/time";

export function Resource({ id, mayMeasure }: { id: string; mayMeasure: boolean }) {
    const base = `/api/v1/resources/${encodeURIComponent(id)}`;
    const thing = useGet<Row>(base);
    const events = useGet<Page<EventItem>>(address(`${base}/events`, { limit: "200" }));
    const [open, setOpen] = useState<string | null>(null);
    useChanges((change) => change.data.id === id, () => { thing.reload(); events.reload(); }, 500);
    const row = thing.data;
    if (!row) return <><Head title="Resource" curls={[base]} /><Waiting of={thing} /></>;
    return (
        <>
            <Head title={row.name} note={<Status of={row.status} detail={row.approval ?? row.secondary_status} />} curls={[base, ...(row.kind === "endpoint" ? [`${base}/utilization?course=true`] : []), `${base}/events`]} />
            {row.failure_reason ? <section class="why" aria-label="Why it failed"><h2>Why</h2><p><Text of={row.failure_reason} keepsLines /></p></section> : null}
            <Facts of={[
                ["kind", words(row.kind)], ["account", <AccountLink of={row.account} />], ["region", <Text of={row.region} />],
                ["approval", row.approval && <Text of={row.approval} />], ["created", <Time of={row.created_at} />],
                ["last event", <Time of={row.last_event_at} />], ["changed here", <Time of={row.changed_at} />],
                ["created by", row.created_by && <Text of={lastOf(row.created_by)} />], ["part of", row.parent && <Text of={row.parent} />]]} />
            {row.stage ? <section aria-label="Life cycle"><h2>Life cycle</h2><Json of={row.stage} label="Life cycle" /></section> : null}
            {row.kind === "endpoint" ? <EndpointUse id={id} base={base} mayMeasure={mayMeasure} /> : null}
            <LineageOf url={address(`${base}/lineage`, { depth: "6" })} />
            <EventList of={events} open={open} setOpen={setOpen} />
            {row.arn ? <p class="arn soft" title={visible(row.arn)}><Text of={row.arn} /></p> : null}
        </>
    );
}
