// What ran when: a lane for each deployment, as high as its share of the traffic, and a moment one can
// move. What ran at that moment is asked of the service, which remembers more than is drawn.

import { useEffect, useRef, useState } from "preact/hooks";
import { type Place, refine } from "../lib/place";
import { visible, words } from "../lib/text";
import type { Deployment, ModelKey, Page } from "../lib/types";
import { useGet } from "../lib/use";
import { at, local, utc } from "../lib/when";
import { rangeOf } from "./latency";
import { deploymentLink, modelPath, VersionLink } from "./model_ref";
import { Status } from "./status";
import { stretches, type Told } from "./rollout";
import { Text } from "./text";
import { Time } from "./time";
import { useLast } from "./use_all";

const MINUTE = 60000;

function Lane({ of, from, to }: { of: Told; from: number; to: number }) {
    const place = (time: number) => Math.max(0, Math.min(100, ((time - from) / (to - from)) * 100));
    const { deployment } = of;
    return (
        <li class="traffic">
            <a href={deploymentLink(deployment, deployment.deployment_id)} title={visible(`deployment ${deployment.deployment_id}${deployment.endpoint ? ` at ${deployment.endpoint}` : ""}`)}>
                v{deployment.model_version} <span class="soft">#{deployment.deployment_id}</span></a>
            <span class="share" aria-hidden="true">{stretches(of.log, to).filter((one) => one.to > from && one.to > one.from).map((one) => (
                <span key={one.from} class={`${one.state}${one.percent ? "" : " none"}`} title={`${words(one.state)} ${one.percent} %, ${local(new Date(one.from).toISOString())} – ${local(new Date(one.to).toISOString())}`}
                    style={{ left: `${place(one.from)}%`, width: `${place(one.to) - place(one.from)}%`, height: `${Math.max(12, one.percent)}%` }} />
            ))}</span>
        </li>
    );
}

function Answer({ of, isThen }: { of: Deployment[]; isThen: boolean }) {
    if (!of.length) return <span>nothing had traffic</span>;
    return <>{of.map((run) => (
        <span key={run.deployment_id} class="ran">
            <b><VersionLink of={run} version={run.model_version} /> {run.percent ?? 0} %</b>{" "}
            <a href={deploymentLink(run, run.deployment_id)}>deployment {run.deployment_id}</a>
            <span class="soft">{run.endpoint ? <> at <Text of={run.endpoint} /></> : null}{run.environment ? <>, <Text of={run.environment} /></> : null}{run.since ? <>, since <Time of={run.since} /></> : null}</span>
            {isThen && run.state !== "active" ? <Status of={words(run.state ?? "")} /> : null}
        </span>
    ))}</>;
}

/* For an input of type datetime-local: local time, to the minute. */
function typed(ms: number): string {
    const date = new Date(ms - new Date(ms).getTimezoneOffset() * MINUTE);
    return date.toISOString().slice(0, 16);
}

export function runningUrl(of: ModelKey, moment: string | undefined): string {
    return modelPath(of, "/deployments", moment ? { at: moment, limit: "50" } : { state: "active", limit: "50" });
}

interface Props { of: ModelKey; told: Told[] | null; since: string; place: Place }

export function Running({ of, told, since, place }: Props) {
    const given = at(place.params.at);
    const [moment, setMoment] = useState(given);
    const [to] = useState(() => Date.now());
    const timer = useRef<number | undefined>(undefined);
    useEffect(() => setMoment(given), [given]);
    const isThen = !isNaN(given);
    const ran = useGet<Page<Deployment>>(runningUrl(of, isThen ? new Date(given).toISOString() : undefined), isThen ? 0 : 30000);
    const rows = useLast(ran.data)?.data;
    const from = to - rangeOf(since);
    /* What is dragged takes effect when the hand rests. */
    function move(ms: number) {
        setMoment(ms);
        window.clearTimeout(timer.current);
        timer.current = window.setTimeout(() => refine(place, { at: isNaN(ms) ? undefined : new Date(ms).toISOString() }), 200);
    }
    const shown = isNaN(moment) ? to : moment;
    const lanes = told?.filter((one) => one.log.length && stretches(one.log, to).some((part) => part.to > from && part.percent > 0)) ?? [];
    return (
        <section aria-label="What ran when">
            <h2>What ran when <span class="legend"><i class="key solid" /> traffic <i class="key" /> none <i class="key bad" /> failed or rolled back</span></h2>
            <div class="lanes">
                <ul>{lanes.map((one) => <Lane key={one.deployment.deployment_id} of={one} from={from} to={to} />)}</ul>
                {shown >= from && !isNaN(moment) ? <span class="moment" aria-hidden="true"><i style={{ left: `${((shown - from) / (to - from)) * 100}%` }} /></span> : null}
                <input type="range" aria-label="Moment" min={from} max={to} step={MINUTE} value={Math.max(from, shown)} aria-valuetext={local(new Date(shown).toISOString())}
                    onInput={(event) => move(Number(event.currentTarget.value))} />
            </div>
            <div class="then">
                <label><span class="soft">At</span> <input type="datetime-local" aria-label="Time" value={typed(shown)} onInput={(event) => { const ms = new Date(event.currentTarget.value).getTime(); if (!isNaN(ms)) move(ms); }} /></label>
                {isNaN(moment) ? <span class="soft">now</span> : <><span class="soft">{utc(new Date(moment).toISOString())}</span><button type="button" onClick={() => move(NaN)}>Now</button></>}
                <span class="answer" role="status" aria-busy={ran.isLoading}>{ran.problem ? ran.problem.message : rows ? <Answer of={rows} isThen={isThen} /> : "…"}</span>
            </div>
        </section>
    );
}
