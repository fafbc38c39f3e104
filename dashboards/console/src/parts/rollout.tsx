// What happened to deployments, and what that makes of their traffic at any moment.

import { words } from "../lib/text";
import type { Deployment, Page, RolloutEntry } from "../lib/types";
import { at } from "../lib/when";
import type { Mark } from "./latency";
import { modelPath } from "./model_ref";
import { Empty } from "./notice";
import { Status } from "./status";
import { Text } from "./text";
import { Time } from "./time";
import { useAll } from "./use_all";

export interface Told { deployment: Deployment; log: RolloutEntry[] }

export const rolloutUrl = (of: Deployment): string => modelPath(of, `/deployments/${of.deployment_id}/rollout`, { limit: "200" });

export function useRollouts(deployments: Deployment[]): Told[] | null {
    const logs = useAll<Page<RolloutEntry>>(deployments.map(rolloutUrl), 60000);
    if (!logs.data || logs.data.length !== deployments.length) return null;
    return deployments.map((deployment, index) => ({ deployment, log: logs.data?.[index]?.data ?? [] }));
}

export interface Stretch { from: number; to: number; state: string; percent: number }

/* Each entry holds until the next; the last until now. */
export function stretches(log: RolloutEntry[], now: number): Stretch[] {
    return log.map((entry, index) => ({
        from: at(entry.at), to: index + 1 < log.length ? at(log[index + 1]?.at) : now, state: entry.state, percent: entry.percent,
    }));
}

const TOLD: Record<string, string> = { promoted: "all", traffic_shift: "", rolled_back: "rolled back", failed: "failed" };

/* For charts: the moments that moved traffic, not those that only ended something. */
export function marksOf(told: Told[]): Mark[] {
    return told.flatMap(({ deployment, log }) => log.filter((entry) => entry.what in TOLD && entry.percent !== entry.previous_percent
        && (entry.percent > (entry.previous_percent ?? 0) || entry.what === "rolled_back" || entry.what === "failed")).map((entry) => ({
        at: at(entry.at), label: `v${deployment.model_version} ${entry.percent ? `${entry.percent} %` : TOLD[entry.what] || words(entry.what)}` })))
        .sort((a, b) => a.at - b.at);
}

export function RolloutLog({ of }: { of: RolloutEntry[] }) {
    if (!of.length) return <Empty>Nothing is known of its rollout.</Empty>;
    return (
        <ol class="rollout">{of.map((entry, index) => (
            <li key={index}>
                <Time of={entry.at} />
                {entry.what === "failed" || entry.what === "rolled_back" ? <Status of={words(entry.what)} /> : <b>{words(entry.what)}</b>}
                <span>{entry.previous_percent !== null && entry.previous_percent !== entry.percent ? `${entry.previous_percent} → ` : ""}{entry.percent} %</span>
                <span class="soft">{entry.previous_state && entry.previous_state !== entry.state ? `${words(entry.previous_state)} → ` : ""}{words(entry.state)}</span>
                <span class="soft wraps">{entry.why ? <Text of={entry.why} /> : null}{entry.who ? <> by <Text of={entry.who} /></> : entry.source === "events" ? " (told by events)" : null}</span>
            </li>
        ))}</ol>
    );
}
