// Whether the confidence of a version has moved: its first hours beside the last ones.

import { useState } from "preact/hooks";
import { count } from "../lib/numbers";
import type { Bins, Drift as Told, ModelKey } from "../lib/types";
import { useGet } from "../lib/use";
import { local } from "../lib/when";
import { modelPath } from "./model_ref";
import { Empty, Waiting } from "./notice";
import { Status } from "./status";

export const driftUrl = (of: ModelKey, version: number | null): string => modelPath(of, "/drift", { version: version ? String(version) : undefined });

const shares = (of: Bins): number[] => of.bins.map((bin) => (of.count ? bin / of.count : 0));

function Histograms({ of }: { of: Told }) {
    const [before, now] = [shares(of.reference), shares(of.current)];
    const most = Math.max(0.01, ...before, ...now);
    const width = 100 / before.length;
    const percent = (share: number) => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
    return (
        <div class="bins">
            <svg viewBox="0 0 100 60" preserveAspectRatio="none" role="img" aria-label={`Confidence in ${before.length} steps from 0 to 100. Reference: ${before.map(percent).join(", ")}. Last: ${now.map(percent).join(", ")}.`}>
                {before.map((share, index) => (
                    <g key={index}>
                        <title>{`${Math.round(index * width)} to ${Math.round((index + 1) * width)}: ${percent(share)} then, ${percent(now[index] ?? 0)} now`}</title>
                        <rect class="hit" x={index * width} y={0} width={width} height={60} />
                        <rect class="then" x={index * width + width * 0.12} width={width * 0.38} y={60 - (share / most) * 58} height={(share / most) * 58} />
                        <rect class="now" x={index * width + width * 0.5} width={width * 0.38} y={60 - ((now[index] ?? 0) / most) * 58} height={((now[index] ?? 0) / most) * 58} />
                    </g>
                ))}
            </svg>
            <div class="scale soft" aria-hidden="true"><span>0</span><span>confidence</span><span>100</span></div>
        </div>
    );
}

const between = (of: Bins) => `${local(of.from)} – ${local(of.to)}`;

/* Why there is no number yet, and when there will be one. */
function Why({ of }: { of: Told }) {
    const short = of.reference.count < of.least_events ? of.reference : of.current;
    if (Date.parse(of.reference.to) > Date.now()) return <>The reference is still being taken, until {local(of.reference.to)}.</>;
    return <>{count(short.count)} with a confidence in the {short === of.current ? "compared" : "reference"} hours; {of.least_events} are needed.</>;
}

export function Drift({ model, versions, first }: { model: ModelKey; versions: number[]; first: number | null }) {
    const [chosen, choose] = useState<number | null>(null);
    const drift = useGet<Told>(driftUrl(model, chosen ?? first), 60000);
    const of = drift.data;
    const version = chosen ?? of?.model_version ?? first;
    const options = version && !versions.includes(version) ? [version, ...versions] : versions;
    return (
        <section aria-label="Drift" class="wide">
            <h2>Drift of confidence {of ? <Status of={of.state} /> : null}
                {version !== null && options.length ? <label class="all"><span class="soft">of </span><select aria-label="Version" value={String(version ?? "")} onChange={(event) => choose(Number(event.currentTarget.value))}>
                    {options.map((one) => <option key={one} value={String(one)}>v{one}</option>)}</select></label> : null}</h2>
            <Waiting of={drift} />
            {of && (of.reference.count || of.current.count) ? (
                <>
                    <p>{of.psi === null ? <span class="soft"><Why of={of} /></span> : (
                        <><span title="Population stability index">PSI <b class={of.psi >= of.threshold ? "busy" : ""}>{of.psi.toFixed(3)}</b></span>, <span title="Jensen-Shannon divergence, base 2, from 0 to 1">JS <b class={(of.jensen_shannon ?? 0) >= of.threshold ? "busy" : ""}>{(of.jensen_shannon ?? 0).toFixed(3)}</b></span> <span class="soft">warns at {of.threshold}</span></>)}</p>
                    <Histograms of={of} />
                    <p class="soft"><i class="key" aria-hidden="true" /> reference {between(of.reference)} ({count(of.reference.count)}) {of.current.count || of.psi !== null ? <><i class="key solid" aria-hidden="true" /> last {between(of.current)} ({count(of.current.count)})</> : null}</p>
                </>
            ) : null}
            {of && !of.reference.count && !of.current.count ? <Empty>No transaction of it had a confidence. Send the member “confidence”, from 0 to 100, with each.</Empty> : null}
        </section>
    );
}
