// Names for versions: where each points, how it divides the traffic, and every move it made.

import { useState } from "preact/hooks";
import { curl } from "../lib/export";
import { visible } from "../lib/text";
import type { Alias, Model, Target } from "../lib/types";
import { useGet } from "../lib/use";
import { Copyable } from "./dialog";
import { modelPath, VersionLink } from "./model_ref";
import { Empty, Waiting } from "./notice";
import { Text } from "./text";
import { Ago, Time } from "./time";

function Targets({ of, model }: { of: Target[]; model: Model }) {
    if (!of.length) return <span class="soft">nothing</span>;
    return <>{of.map((one) => <span key={one.version} class="run"><VersionLink of={model} version={one.version} />{of.length > 1 ? ` ${one.weight ?? 0} %` : ""}</span>)}</>;
}

function Moves({ of, model }: { of: string; model: Model }) {
    const alias = useGet<Alias>(modelPath(model, `/aliases/${encodeURIComponent(of)}`, { limit: "200" }));
    if (!alias.data) return <Waiting of={alias} />;
    return (
        <ol class="moves">{alias.data.history?.map((move, index) => (
            <li key={index}><Time of={move.at} /> <Targets of={move.before} model={model} /> → <Targets of={move.after} model={model} />
                <span class="soft wraps"><Text of={move.why} />{move.who ? <> by <Text of={move.who} /></> : null}</span></li>
        ))}</ol>
    );
}

function Line({ of, model }: { of: Alias; model: Model }) {
    const [isOpen, setOpen] = useState(false);
    return (
        <li>
            <button type="button" class="plain" aria-expanded={isOpen} aria-label={`Moves of ${visible(of.alias)}`} onClick={() => setOpen(!isOpen)}>{isOpen ? "▾" : "▸"} <Text of={of.alias} /></button>
            <span>→ <Targets of={of.targets} model={model} /></span>
            {of.targets.length > 1 ? <span class="weights" aria-hidden="true">{of.targets.map((one, index) => <span key={one.version} class={`shade${index}`} style={{ width: `${one.weight ?? 0}%` }} />)}</span> : null}
            <span class="soft figures">moved <Ago of={of.changed_at} />{of.changed_by ? <> by <Text of={of.changed_by} /></> : null}</span>
            {isOpen ? <Moves of={of.alias} model={model} /> : null}
        </li>
    );
}

export function Aliases({ of, model }: { of: Alias[]; model: Model }) {
    return (
        <section aria-label="Aliases" class="wide">
            <h2>Aliases <span class="soft">{of.length || ""}</span></h2>
            <ul class="lines aliases">{of.map((one) => <Line key={one.alias} of={one} model={model} />)}</ul>
            {of.length ? null : (
                <Empty>No name points at a version. One that does, or divides traffic between two, is set with a key of the role write:
                    <Copyable label="curl command to set an alias" text={curl(modelPath(model, "/aliases/champion"), "PUT", { targets: [{ version: model.latest_version ?? 1, weight: 100 }] })} /></Empty>
            )}
        </section>
    );
}
