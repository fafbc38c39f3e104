// A time: local, and UTC when pointed at.

import { ago, local, span, utc } from "../lib/when";

export function Time({ of }: { of: string | null | undefined }) {
    return of ? <time dateTime={of} title={utc(of)}>{local(of)}</time> : null;
}

export function Ago({ of }: { of: string | null | undefined }) {
    return of ? <time dateTime={of} title={`${local(of)} local, ${utc(of)}`}>{ago(of)}</time> : null;
}

export function Span({ ms }: { ms: number | null | undefined }) {
    return <span class="span">{span(ms)}</span>;
}
