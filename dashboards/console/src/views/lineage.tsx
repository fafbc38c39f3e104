// Lineage on its own: from any job, package, artifact, version, deployment or endpoint, both ways.

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { address } from "../lib/api";
import { link, type Place } from "../lib/place";
import type { Lineage as Told, LineageEdge } from "../lib/types";
import { useGet } from "../lib/use";
import { Choice } from "../parts/filters";
import { Head } from "../parts/head";
import { LineagePicture } from "../parts/lineage";
import { Empty, Waiting } from "../parts/notice";
import { useLast } from "../parts/use_all";
import "../parts/models.css";

const PATH = "/api/v1/lineage";

const nameIn = (of: Told, id: string) => of.nodes.find((node) => node.id === id)?.name ?? id;

/* An ARN is one thing, an address of data another. */
function Begin({ place, children }: { place: Place; children: ComponentChildren }) {
    const given = place.params.arn ?? place.params.uri ?? "";
    const [text, setText] = useState(given);
    const begin = () => {
        const what = text.trim();
        if (what) location.hash = link("/lineage", { [what.startsWith("arn:") ? "arn" : "uri"]: what });
    };
    return (
        <form class="filters begin" role="search" onSubmit={(event) => { event.preventDefault(); begin(); }}>
            <label><span>ARN of a job, package, model or endpoint; or URI of an artifact or image</span>
                <input data-search="" value={text} placeholder="arn:aws:sagemaker:… or s3://…" autocomplete="off" spellcheck={false} onInput={(event) => setText(event.currentTarget.value)} /></label>
            <button type="submit">Show</button>
            {children}
        </form>
    );
}

export function Lineage({ place }: { place: Place }) {
    const { arn, uri, node, direction, depth = "6" } = place.params;
    const url = arn || uri || node ? address(PATH, { arn, uri, node, direction, depth }) : null;
    const lineage = useGet<Told>(url);
    const of = useLast(lineage.data);
    const root = url && of?.root ? nameIn(of, of.root) : null;
    const columns = of ? [
        { name: "from", text: (edge: LineageEdge) => nameIn(of, edge.from) }, { name: "type", text: (edge: LineageEdge) => edge.type },
        { name: "to", text: (edge: LineageEdge) => nameIn(of, edge.to) }, { name: "detail", text: (edge: LineageEdge) => edge.detail }] : [];
    return (
        <>
            <Head title={root ? `Lineage of ${root}` : "Lineage"} curls={[url ?? address(PATH, { arn: "ARN" })]}
                takes={url && of ? { name: "lineage", url, rows: of.edges, columns } : undefined} />
            <Begin key={arn ?? uri ?? ""} place={place}>{url ? (
                <>
                    <Choice place={place} name="direction" label="Direction" options={["up", "down"]} none="both" said={{ up: "what it came from", down: "what came of it" }} />
                    <Choice place={place} name="depth" label="Steps" options={["2", "4", "10"]} none="6" />
                </>
            ) : null}</Begin>
            {url ? null : <Empty>Begin with an ARN or a URI, or open any <a href="#/jobs?kind=training">job</a>, <a href="#/models">model</a> or <a href="#/resources?kind=endpoint">endpoint</a>: each shows its own.</Empty>}
            {url ? <Waiting of={lineage} /> : null}
            {url && of && of.nodes.length ? <LineagePicture of={of} /> : null}
            {url && lineage.data && !lineage.data.nodes.length ? <Empty>Nothing is known of it yet. A version registered with its job_arn, or an event that names it, makes the connection.</Empty> : null}
            {of?.is_cut ? <p class="soft">There are more than 500 nodes: begin further on, or take fewer steps.</p> : null}
        </>
    );
}
