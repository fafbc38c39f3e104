// Events as they came, the newest first: for those who wonder what arrives.

import { useState } from "preact/hooks";
import { address } from "../lib/api";
import { link, type Place, thingLink } from "../lib/place";
import type { EventItem } from "../lib/types";
import { useChanges } from "../lib/use";
import { Effect, Raw } from "../parts/events";
import { Choice, Filters, Typed } from "../parts/filters";
import { Head } from "../parts/head";
import { AccountLink } from "../parts/job_fields";
import { More, useListing } from "../parts/more";
import { Empty, Waiting } from "../parts/notice";
import { Status } from "../parts/status";
import { Table, type Field } from "../parts/table";
import { Text } from "../parts/text";
import { Time } from "../parts/time";
import { JOB_KINDS } from "./jobs";

const PATH = "/api/v1/events";

function fields(open: string | null, setOpen: (id: string | null) => void): Field<EventItem>[] {
    return [
        { name: "received_at", title: "received", kind: "name", text: (row) => row.received_at,
          cell: (row) => <button type="button" class="plain" data-row="" aria-expanded={open === row.id} onClick={() => setOpen(open === row.id ? null : row.id)}><Time of={row.received_at} /></button> },
        { name: "detail_type", title: "type", text: (row) => row.detail_type, cell: (row) => <Text of={row.detail_type.replace(/^SageMaker /, "")} /> },
        { name: "status", text: (row) => row.status, cell: (row) => <Status of={row.status} /> },
        { name: "about", title: "about", text: (row) => row.name ?? row.resource_id, cell: (row) => row.resource_id && row.kind ? <a href={thingLink(row.kind, row.resource_id)}><Text of={row.name ?? row.resource_id} /></a> : null },
        { name: "effect", text: (row) => row.effect, cell: (row) => <Effect of={row.effect} />, rank: 2 },
        { name: "account", rank: 2, text: (row) => row.account, cell: (row) => <AccountLink of={row.account} /> },
        { name: "region", rank: 3, text: (row) => row.region, cell: (row) => <Text of={row.region} /> },
    ];
}

export function Events({ place }: { place: Place }) {
    const wanted = Object.fromEntries(Object.entries(place.params).filter(([name]) => ["account", "kind", "region", "detail_type", "known", "since"].includes(name)));
    const listing = useListing<EventItem>(address(PATH, { ...wanted, limit: "100" }), (row) => row.id);
    const [open, setOpen] = useState<string | null>(null);
    useChanges(() => true, listing.first.reload, 3000);
    const columns = fields(open, setOpen);
    return (
        <>
            <Head title="Events" curls={[address(PATH, wanted)]} takes={{ name: "events", url: address(PATH, wanted), columns }} />
            <Filters place={place}>
                <Typed place={place} name="account" label="Account" hint="12 digits" isSearch />
                <Choice place={place} name="kind" label="Kind" options={[...JOB_KINDS, "endpoint", "model", "model_package", "notebook"]} />
                <Choice place={place} name="since" label="Received within" options={["15m", "1h", "24h", "7d"]} none="any time" />
                <Choice place={place} name="known" label="Types" options={["false"]} none="all" said={{ false: "unknown only" }} />
            </Filters>
            {open ? <section aria-label="The event as it came" class="wide"><h2><Text of={open} /> <button type="button" onClick={() => setOpen(null)}>Close</button></h2><Raw id={open} /></section> : null}
            <Waiting of={listing.first} />
            {listing.rows.length ? <Table label="Events" fields={columns} rows={listing.rows} keyOf={(row) => row.id} rowClass={(row) => (row.id === open ? "open" : "")} /> : null}
            {listing.first.data && !listing.rows.length ? <Empty>No event matches. What could not be understood is kept in <a href={link("/quarantine")}>quarantine</a>.</Empty> : null}
            <More of={listing} />
        </>
    );
}
