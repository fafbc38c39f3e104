// Posts that were rightly sent and not understood: why, what they were, and to take them in again.

import { useState } from "preact/hooks";
import { address, Problem, send } from "../lib/api";
import { bytes, count } from "../lib/numbers";
import type { Column } from "../lib/export";
import type { Place } from "../lib/place";
import type { Quarantined } from "../lib/types";
import { useGet } from "../lib/use";
import { Choice, Filters, Typed } from "../parts/filters";
import { Head } from "../parts/head";
import { Json } from "../parts/json";
import { More, useListing } from "../parts/more";
import { Empty, Waiting } from "../parts/notice";
import { Text } from "../parts/text";
import { Ago } from "../parts/time";

const PATH = "/api/v1/quarantine";

function laidOut(body: string): string {
    try { return JSON.stringify(JSON.parse(body), null, 2); } catch { return body; }
}

function Body({ id }: { id: string }) {
    const item = useGet<Quarantined>(`${PATH}/${id}`);
    if (!item.data) return <Waiting of={item} />;
    return item.data.body !== null && item.data.body !== undefined
        ? <Json of={laidOut(item.data.body)} label="The post as it came" />
        : <Json of={item.data.body_base64 ?? ""} label="The post as it came, in base64: it is no text" />;
}

function Item({ of, mayReplay, reload }: { of: Quarantined; mayReplay: boolean; reload: () => void }) {
    const [isOpen, setOpen] = useState(false);
    const [told, tell] = useState("");
    async function replay() {
        tell("…");
        try {
            const receipt = await send<{ quarantined: number }>("POST", `${PATH}/${of.id}/replay`);
            tell(receipt?.quarantined ? "still not understood" : "taken in");
            reload();
        } catch (error) {
            tell(error instanceof Problem ? error.message : "it could not be sent");
        }
    }
    return (
        <li>
            <div class="line1">
                <button type="button" class="plain" data-row="" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>{isOpen ? "▾" : "▸"} <Text of={of.reason} /></button>
                {of.times > 1 ? <b>{count(of.times)}×</b> : null}
                <span class="soft">{of.source}{of.account ? ` ${of.account}` : ""}, {bytes(of.size_bytes)}, <Ago of={of.received_at} /></span>
                {of.replayed_at ? <span class="status good">taken in <Ago of={of.replayed_at} /></span> : null}
                {mayReplay && !of.replayed_at ? <button type="button" onClick={() => void replay()}>Replay</button> : null}
                <span role="status">{told}</span>
            </div>
            {isOpen ? <Body id={of.id} /> : null}
        </li>
    );
}

export function Quarantine({ place, mayReplay }: { place: Place; mayReplay: boolean }) {
    const { account, replayed = "false" } = place.params;
    const url = address(PATH, { account, replayed: replayed === "all" ? undefined : replayed, limit: "100" });
    const listing = useListing<Quarantined>(url, (row) => row.id);
    const columns: Column<Quarantined>[] = [
        { name: "id", text: (row) => row.id }, { name: "received_at", text: (row) => row.received_at }, { name: "source", text: (row) => row.source },
        { name: "reason", text: (row) => row.reason }, { name: "times", text: (row) => row.times }, { name: "size_bytes", text: (row) => row.size_bytes },
    ];
    return (
        <>
            <Head title="Quarantine" note={listing.first.data ? count(listing.rows.length) : ""} curls={[url]} takes={{ name: "quarantine", url, columns }} />
            <Filters place={place}>
                <Typed place={place} name="account" label="Account" hint="12 digits" isSearch />
                <Choice place={place} name="replayed" label="Show" options={["true", "all"]} none="waiting" said={{ true: "taken in" }} />
            </Filters>
            <Waiting of={listing.first} />
            <ul class="kept">{listing.rows.map((row) => <Item key={row.id} of={row} mayReplay={mayReplay} reload={listing.first.reload} />)}</ul>
            {listing.first.data && !listing.rows.length ? <Empty>{replayed === "false" ? "Nothing waits: every post so far was understood." : "There is nothing here."}</Empty> : null}
            {listing.rows.length && !mayReplay ? <p class="soft">Replaying needs a key with the role write.</p> : null}
            <More of={listing} />
        </>
    );
}
