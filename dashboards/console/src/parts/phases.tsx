// The life of a job as one line: how long it was in each state, and in each finer phase.

import { classOf } from "../lib/status";
import { visible } from "../lib/text";
import type { Timeline } from "../lib/types";
import { at, local, span } from "../lib/when";
import { Text } from "./text";

export interface Piece { name: string; from: number; to: number; message: string | null; eventId: string | null }

export function cut(of: Timeline, now: number): Piece[] {
    const end = of.ended_at ? at(of.ended_at) : now;
    const source = of.phases.length
        ? of.phases.map((phase) => ({ name: phase.status, from: at(phase.from), to: phase.to ? at(phase.to) : end, message: phase.message, eventId: null }))
        : of.states.map((state) => ({ name: state.status, from: at(state.from), to: state.to ? at(state.to) : end, message: null, eventId: state.event_id }));
    return source.filter((piece) => !isNaN(piece.from)).map((piece) => ({ ...piece, to: Math.max(piece.from, piece.to) }));
}

export function Phases({ of, show }: { of: Timeline; show: (event: string) => void }) {
    const pieces = cut(of, Date.now());
    const from = Math.min(...pieces.map((piece) => piece.from));
    const all = Math.max(1, Math.max(...pieces.map((piece) => piece.to)) - from);
    if (!pieces.length) return null;
    return (
        <section aria-label="Timeline">
            <h2>Timeline</h2>
            <div class="line" aria-hidden="true">{pieces.filter((piece) => piece.to > piece.from).map((piece, index) => (
                <span key={index} class={`piece ${classOf(piece.name)} shade${index % 4}`} style={{ width: `${((piece.to - piece.from) / all) * 100}%` }}
                    title={`${visible(piece.name)} ${span(piece.to - piece.from)}`} />
            ))}</div>
            <ol class="phases">{pieces.map((piece, index) => (
                <li key={index}>
                    <span class={`key ${classOf(piece.name)} shade${index % 4}`} aria-hidden="true" />
                    <time dateTime={new Date(piece.from).toISOString()} title={new Date(piece.from).toISOString()}>{local(new Date(piece.from).toISOString())}</time>
                    {piece.eventId ? <button type="button" class="plain" onClick={() => show(piece.eventId ?? "")}><Text of={piece.name} /></button> : <Text of={piece.name} />}
                    <span class="soft">{piece.to > piece.from ? span(piece.to - piece.from) : ""}</span>
                    {piece.message ? <span class="soft wraps"><Text of={piece.message} /></span> : null}
                </li>
            ))}</ol>
        </section>
    );
}
