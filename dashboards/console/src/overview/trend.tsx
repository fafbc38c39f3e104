// How jobs ended, hour by hour: what failed in front of all that ended.

import { useMemo } from "preact/hooks";
import { classOf } from "../lib/status";
import type { Series } from "../lib/types";
import { Chart } from "../parts/chart";

export function Trend({ of }: { of: Series }) {
    const { times, lines } = useMemo(() => {
        const times = of.data[0]?.points.map((point) => point[0] / 1000) ?? [];
        const all = times.map((_, at) => of.data.reduce((sum, one) => sum + (one.points[at]?.[1] ?? 0), 0));
        const bad = times.map((_, at) => of.data.filter((one) => classOf(one.labels.status) === "bad").reduce((sum, one) => sum + (one.points[at]?.[1] ?? 0), 0));
        return { times, lines: [{ label: "ended", color: "--quiet", values: all }, { label: "failed", color: "--bad", values: bad }] };
    }, [of]);
    if (!times.length) return null;
    return (
        <section aria-label="Ended by hour">
            <h2>Jobs by hour, 24 h <span class="legend"><i class="key" /> ended <i class="key bad" /> failed</span></h2>
            <Chart label="Jobs that ended and that failed, by hour, over the last 24 hours" times={times} lines={lines} asBars height={104} />
        </section>
    );
}
