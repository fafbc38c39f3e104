// How long answers took and how often they failed.

import { span } from "../lib/when";

/* "147 ms", "2.37 s": three figures tell enough. */
export function millis(ms: number | null | undefined): string {
    if (ms === null || ms === undefined) return "";
    if (ms >= 120000) return span(ms);
    return ms >= 1000 ? `${Number((ms / 1000).toPrecision(3))} s` : `${ms < 10 ? Number(ms.toFixed(1)) : Math.round(ms)} ms`;
}

/* Of a share from 0 to 1. */
export function rate(share: number): string {
    if (share === 0) return "0 %";
    return share < 0.0001 ? "<0.01 %" : `${(share * 100).toFixed(share < 0.1 ? 2 : 1)} %`;
}

/* Red only where an objective says that it is too long. */
export function Took({ ms, most }: { ms: number | null | undefined; most?: number | null | undefined }) {
    if (ms === null || ms === undefined) return null;
    const isLong = most !== null && most !== undefined && ms > most;
    return <span class={`span${isLong ? " bad" : ""}`} title={isLong ? `The objective is ${millis(most)}` : undefined}>{millis(ms)}</span>;
}

/* `target`: percent that must go well. */
export function Errors({ share, target }: { share: number; target?: number | undefined }) {
    const isOver = target !== undefined && share * 100 > 100 - target;
    return <span class={`span${isOver ? " bad" : share ? "" : " soft"}`} title={isOver ? `The objective allows ${(100 - target).toPrecision(2)} %` : undefined}>{rate(share)}</span>;
}
