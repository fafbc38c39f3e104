// What does not run to an end: endpoints, models, packages, notebooks and the like.

import { address } from "../lib/api";
import { count } from "../lib/numbers";
import type { Place } from "../lib/place";
import { words } from "../lib/text";
import type { Resource } from "../lib/types";
import { useChanges } from "../lib/use";
import { Choice, Filters, Typed } from "../parts/filters";
import { Head } from "../parts/head";
import { AccountLink, NameLink } from "../parts/job_fields";
import { More, useListing } from "../parts/more";
import { Empty, Waiting } from "../parts/notice";
import { Status } from "../parts/status";
import { Table, type Field } from "../parts/table";
import { Text } from "../parts/text";
import { Ago } from "../parts/time";

const PATH = "/api/v1/resources";
const KINDS = ["endpoint", "endpoint_config", "model", "model_package", "model_card", "algorithm", "feature_group", "image",
    "image_version", "notebook", "notebook_lifecycle", "cluster", "tracking_server", "monitoring_schedule", "other"];
const STATUSES = ["Failed", "InService", "Creating", "Updating", "Deleted", "Completed", "CreateFailed", "Stopped"];

const FIELDS: Field<Resource>[] = [
    { name: "name", kind: "name", text: (row) => row.name, cell: (row) => <NameLink of={row} reason /> },
    { name: "kind", text: (row) => row.kind, cell: (row) => words(row.kind) },
    { name: "status", text: (row) => row.status, cell: (row) => <Status of={row.status} detail={row.approval ?? row.secondary_status} /> },
    { name: "last_event_at", title: "last event", text: (row) => row.last_event_at, cell: (row) => <Ago of={row.last_event_at} /> },
    { name: "created_at", title: "created", rank: 2, text: (row) => row.created_at, cell: (row) => <Ago of={row.created_at} /> },
    { name: "account", rank: 2, text: (row) => row.account, cell: (row) => <AccountLink of={row.account} /> },
    { name: "region", rank: 3, text: (row) => row.region, cell: (row) => <Text of={row.region} /> },
];

export function Resources({ place }: { place: Place }) {
    const wanted = Object.fromEntries(Object.entries(place.params).filter(([name]) => ["account", "region", "kind", "status", "name_prefix", "since"].includes(name)));
    const listing = useListing<Resource>(address(PATH, { ...wanted, limit: "100" }), (row) => row.id);
    useChanges((change) => change.type === "resource", listing.first.reload);
    return (
        <>
            <Head title="Resources" curls={[address(PATH, wanted)]} note={listing.first.data ? `${count(listing.rows.length)}${listing.hasMore ? "+" : ""}` : ""}
                takes={{ name: "resources", url: address(PATH, wanted), columns: FIELDS }} />
            <Filters place={place}>
                <Typed place={place} name="name_prefix" label="Name begins with" hint="fraud-" isSearch />
                <Choice place={place} name="kind" label="Kind" options={KINDS} />
                <Choice place={place} name="status" label="Status" options={STATUSES} />
                <Typed place={place} name="account" label="Account" hint="12 digits" />
                <Typed place={place} name="region" label="Region" hint="eu-west-1" />
            </Filters>
            <Waiting of={listing.first} />
            {listing.rows.length ? <Table label="Resources" fields={FIELDS} rows={listing.rows} keyOf={(row) => row.id} /> : null}
            {listing.first.data && !listing.rows.length ? <Empty>{Object.keys(wanted).length ? "Nothing matches these filters. Take one away." : "Nothing of this kind has been heard of yet."}</Empty> : null}
            <More of={listing} />
        </>
    );
}
