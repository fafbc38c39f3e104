// The events of one thing, and any of them as it came.

import { useGet, type Answer } from "../lib/use";
import type { EventItem, Page } from "../lib/types";
import { at, span } from "../lib/when";
import { Json } from "./json";
import { Empty, Waiting } from "./notice";
import { Status } from "./status";
import { Text } from "./text";
import { Time } from "./time";

const EFFECTS: Record<string, string> = {
    new: "first heard of", status: "moved the status", detail: "added details", older: "older than what was known",
    none: "changed nothing", repeat: "said it again",
};

export function Effect({ of }: { of: string }) {
    return <span class="soft">{EFFECTS[of] ?? <Text of={of} />}</span>;
}

export function Raw({ id }: { id: string }) {
    const event = useGet<EventItem>(`/api/v1/events/${encodeURIComponent(id)}`);
    return event.data ? <Json of={event.data.event} label="The event as it came" /> : <Waiting of={event} />;
}

/* How long it took from SageMaker to us, where that is worth a word. */
function Late({ of }: { of: EventItem }) {
    const lag = at(of.received_at) - at(of.time);
    return lag > 60000 ? <span class="soft" title="Between the event's time and its arrival here">{span(lag)} late</span> : null;
}

interface Props { of: Answer<Page<EventItem>>; open: string | null; setOpen: (id: string | null) => void }

export function EventList({ of, open, setOpen }: Props) {
    const rows = of.data?.data ?? [];
    return (
        <section aria-label="Events">
            <h2>Events <span class="soft">{rows.length || ""}{of.data?.has_more ? "+" : ""}</span></h2>
            <Waiting of={of} />
            {of.data && !rows.length ? <Empty>Its events are gone: they are older than the retention.</Empty> : null}
            <ol class="events">{rows.map((event) => (
                <li key={event.id}>
                    <button type="button" data-row="" aria-expanded={open === event.id} onClick={() => setOpen(open === event.id ? null : event.id)}>
                        <Time of={event.version_at} /> <Status of={event.status} /> <Effect of={event.effect} /> <Late of={event} />
                    </button>
                    {open === event.id ? <Raw id={event.id} /> : null}
                </li>
            ))}</ol>
        </section>
    );
}
