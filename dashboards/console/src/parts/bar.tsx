// A share of a whole as a bar, with the number beside it.

import { percent } from "../lib/numbers";

export function Bar({ of, max, label }: { of: number; max?: number | undefined; label: string }) {
    const width = Math.max(0, Math.min(100, of));
    return (
        <span class="bar" title={label}>
            <span class="track" aria-hidden="true">
                <span class="fill" style={{ width: `${width}%` }} />
                {max !== undefined ? <span class="tick" style={{ left: `${Math.max(0, Math.min(100, max))}%` }} /> : null}
            </span>
            <span class="number">{percent(of)}</span>
        </span>
    );
}

/* Counts over time, small: the shape matters, the numbers stand in the title. */
export function Spark({ of, label }: { of: number[]; label: string }) {
    const most = Math.max(1, ...of);
    const width = 3;
    return (
        <svg class="spark" role="img" aria-label={label} width={of.length * width} height="16" viewBox={`0 0 ${of.length * width} 16`}>
            <title>{label}</title>
            {of.map((value, at) => value
                ? <rect key={at} x={at * width} width={width - 1} y={16 - Math.max(2, (value / most) * 16)} height={Math.max(2, (value / most) * 16)} />
                : <rect key={at} class="none" x={at * width} width={width - 1} y={15} height={1} />)}
        </svg>
    );
}
