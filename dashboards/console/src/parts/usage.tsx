// How well a finished job used its machines: a bar for each host and metric, with its peak as a tick.

import { METRICS, type Figures, type HostFigures, type Job, type Metric, type Utilization } from "../lib/types";
import { percent } from "../lib/numbers";
import { link } from "../lib/place";
import { words } from "../lib/text";
import { Bar } from "./bar";
import { Empty } from "./notice";
import { Text } from "./text";

const MOST_HOSTS = 64;

/* CloudWatch counts 100 for each core or GPU; the scale turns a peak into a share of all of them. */
function shares(figures: Figures): { busy: number; peak: number } {
    const busy = figures.normalized ?? figures.avg;
    const scale = figures.normalized !== null && figures.avg > 0 ? figures.normalized / figures.avg : 1;
    return { busy, peak: figures.max * scale };
}

function Cell({ of, metric, host }: { of: Figures | null | undefined; metric: Metric; host: string }) {
    if (!of) return <td class="soft">–</td>;
    const { busy, peak } = shares(of);
    const more = of.p95 === null ? "" : `, p95 ${of.p95.toFixed(0)}`;
    return <td><Bar of={busy} max={peak} label={`${words(metric)} of ${host}: ${percent(busy)} on average, peak ${percent(peak)} (CloudWatch: avg ${of.avg.toFixed(1)}, max ${of.max.toFixed(1)}${more}, ${of.points} points)`} /></td>;
}

/* `each` is what has a row: a host, or a variant. */
export function UsageTable({ of, each }: { of: Utilization; each: string }) {
    const metrics = METRICS.filter((metric) => of.job?.[metric]);
    const hosts: HostFigures[] = [...of.hosts ?? []].sort((a, b) => (a.host ?? "").localeCompare(b.host ?? "", "en", { numeric: true }));
    const rows = hosts.length > 1 && of.job ? [{ host: `all ${each}s`, ...of.job }, ...hosts.slice(0, MOST_HOSTS)] : hosts;
    return (
        <>
            <div class="scroll" role="region" aria-label={`Utilization per ${each}`} tabIndex={0}>
                <table class="usage">
                    <thead><tr><th scope="col">{each}</th>{metrics.map((metric) => <th key={metric} scope="col">{words(metric)}</th>)}</tr></thead>
                    <tbody>{rows.map((host) => (
                        <tr key={host.host}><th scope="row"><Text of={host.host} /></th>
                            {metrics.map((metric) => <Cell key={metric} of={host[metric]} metric={metric} host={host.host ?? ""} />)}</tr>
                    ))}</tbody>
                </table>
            </div>
            {hosts.length > MOST_HOSTS ? <p class="soft">{hosts.length - MOST_HOSTS} more {each}s: as curl shows them all.</p> : null}
        </>
    );
}

const REASONS: Record<string, string> = {
    pending: "CloudWatch has not settled yet; the figures come a few minutes after the end.",
    none: "There are no metrics for it.",
    failed: "The metrics could not be read.",
};

export function Usage({ of }: { of: Job }) {
    const usage = of.utilization;
    const state = usage?.state;
    if (!of.instance_type && !state) return null;
    return (
        <section aria-label="Utilization" id="utilization">
            <h2>Utilization <span class="soft">average, peak as a tick</span></h2>
            {usage && state === "settled" && METRICS.some((metric) => usage.job?.[metric]) ? <><UsageTable of={usage} each="host" />{usage.reason ? <p class="soft"><Text of={usage.reason} /></p> : null}</> : <Empty>{state ? <>{REASONS[state] ?? ""} <Text of={usage?.reason} />{state === "failed" ? <> <a href={link("/errands", { state: "given_up", account: of.account })}>Try again</a></> : null}</> : of.ended_at ? "Not asked for." : "Known after its end."}</Empty>}
        </section>
    );
}
