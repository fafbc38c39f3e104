// What collectors still have to do, and what they have given up: why, and once more.

import { useState } from "preact/hooks";
import { address, Problem, send } from "../lib/api";
import { count } from "../lib/numbers";
import { type Place, thingLink } from "../lib/place";
import { visible, words } from "../lib/text";
import type { Errand } from "../lib/types";
import { useTick } from "../lib/use";
import { Choice, Filters, Typed } from "../parts/filters";
import { Head } from "../parts/head";
import { AccountLink } from "../parts/job_fields";
import { More, useListing } from "../parts/more";
import { Empty, Waiting } from "../parts/notice";
import { Status } from "../parts/status";
import { type Field, Table } from "../parts/table";
import { Text } from "../parts/text";
import { Ago, Time } from "../parts/time";

const PATH = "/api/v1/errands";
const NAMES = ["account", "deed", "state"];
const DEEDS = { enrich: "read utilization", emit: "emit the end", "emit-utilization": "emit utilization" };

const said = (deed: string): string => DEEDS[deed as keyof typeof DEEDS] ?? deed;
const word = (row: Errand): string => row.state === "given_up" ? "Try again" : "Now";

function fields(retry: ((path: string) => void) | null): Field<Errand>[] {
    return [
        { name: "name", title: "about", kind: "name", text: (row) => row.name ?? row.resource_id,
          cell: (row) => <>{row.kind ? <a data-row="" href={thingLink(row.kind, row.resource_id)}><Text of={row.name ?? row.resource_id} /></a> : row.resource_id}
              {row.last_error ? <div class="reason" title={visible(row.last_error)}><Text of={row.last_error} /></div> : null}</> },
        { name: "deed", title: "what", text: (row) => row.deed, cell: (row) => said(row.deed) },
        { name: "state", text: (row) => row.state, cell: (row) => <Status of={words(row.state)} /> },
        { name: "due_at", title: "due", text: (row) => row.due_at, cell: (row) => row.state === "waiting" ? <Time of={row.due_at} /> : null },
        { name: "born_at", title: "since", rank: 2, text: (row) => row.born_at, cell: (row) => <Ago of={row.born_at} /> },
        { name: "leases", title: "tries", kind: "number", text: (row) => row.leases, cell: (row) => count(row.leases) },
        { name: "account", rank: 2, text: (row) => row.account, cell: (row) => <AccountLink of={row.account} /> },
        { name: "region", rank: 3, text: (row) => row.region, cell: (row) => <Text of={row.region} /> },
        ...(retry ? [{ name: "again", title: "", text: () => "", cell: (row: Errand) => row.state === "leased" ? null
            : <button type="button" onClick={() => retry(`${PATH}/${row.id}/retry`)} aria-label={`${word(row)}: ${visible(row.name ?? row.id)}`}>{word(row)}</button> }] : []),
    ];
}

const ERROR = { name: "last_error", text: (row: Errand) => row.last_error };

export function Errands({ place, mayRetry }: { place: Place; mayRetry: boolean }) {
    const wanted = Object.fromEntries(Object.entries(place.params).filter(([name]) => NAMES.includes(name)));
    const listing = useListing<Errand>(address(PATH, { ...wanted, limit: "100" }), (row) => row.id);
    const [told, tell] = useState("");
    useTick(30000);
    async function retry(path: string) {
        tell("…");
        try {
            const done = await send<{ retried?: number; has_more?: boolean }>("POST", path);
            tell(done?.retried === undefined ? "It is due now." : `${count(done.retried)} are due now${done.has_more ? "; there are more" : ""}.`);
        } catch (error) {
            tell(error instanceof Problem ? error.message : "It could not be sent.");
        }
        listing.first.reload();
    }
    const columns = fields(mayRetry ? (path) => void retry(path) : null);
    const isGivenUp = listing.rows.some((row) => row.state === "given_up");
    return (
        <>
            <Head title="Errands" note={listing.first.data ? `${count(listing.rows.length)}${listing.hasMore ? "+" : ""}` : ""} curls={[address(PATH, wanted)]}
                takes={{ name: "errands", url: address(PATH, wanted), columns: [...columns.filter((one) => one.name !== "again"), ERROR] }} />
            <Filters place={place}>
                <Choice place={place} name="state" label="State" options={["given_up", "waiting", "leased"]} said={{ given_up: "given up" }} />
                <Choice place={place} name="deed" label="What" options={Object.keys(DEEDS)} said={DEEDS} />
                <Typed place={place} name="account" label="Account" hint="12 digits" isSearch />
            </Filters>
            {isGivenUp && mayRetry ? <p><button type="button" onClick={() => void retry(address(`${PATH}/retry`, { account: wanted.account, deed: wanted.deed }))}>Try all again that were given up</button></p> : null}
            <p role="status">{told}</p>
            <Waiting of={listing.first} />
            {listing.rows.length ? <Table label="Errands" fields={columns} rows={listing.rows} keyOf={(row) => row.id} /> : null}
            {listing.first.data && !listing.rows.length ? <Empty>{wanted.state === "given_up" ? "Nothing was given up." : "Nothing is left to do: every completion was emitted, and every job measured."}</Empty> : null}
            {isGivenUp && !mayRetry ? <p class="soft">Trying again needs a key with the role write.</p> : null}
            <More of={listing} />
        </>
    );
}
