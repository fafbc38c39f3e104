// From the job to the answers: what was made of what, left to right, each a link; where answers are
// given, how fast. On a narrow screen the same as an indented list.

import { useEffect, useMemo, useState } from "preact/hooks";
import { address } from "../lib/api";
import { link, thingLink } from "../lib/place";
import { visible, words } from "../lib/text";
import type { Lineage as Told, LineageNode, ModelKey, Summary, SummaryRow } from "../lib/types";
import { useGet } from "../lib/use";
import { millis, rate } from "./elapse";
import { plan, type Plan, type Spot, type Way } from "./layers";
import { deploymentLink, keyOfModel, modelLink } from "./model_ref";
import { Empty, Waiting } from "./notice";
import { Status } from "./status";
import { Text } from "./text";
import "./models.css";

const ROW = 64;
const NODE = 54;
const GAP = 14; /* percent of a column that stays free between nodes */
const MOST_NODES = 150;

type AnswersOf = (node: LineageNode) => SummaryRow | undefined;

/* Where a node leads: to itself where it has a view, otherwise to its own lineage. */
function hrefOf(node: LineageNode): string {
    if (node.version && !node.version.is_deleted) return modelLink(node.version, { version: String(node.version.model_version) });
    if (node.deployment) return deploymentLink(node.deployment, node.deployment.deployment_id);
    if (node.resource) return thingLink(node.resource.kind, node.resource.id);
    return link("/lineage", { node: node.id });
}

const MOST_LETTERS = 20;

/* Names of one family differ at their ends. */
function middle(name: string): string {
    const letters = [...name];
    return letters.length > MOST_LETTERS + 1 ? `${letters.slice(0, 9).join("")}…${letters.slice(10 - MOST_LETTERS).join("")}` : name;
}

const pathOf = (node: LineageNode): string[] => (node.type === "artifact" || node.type === "data" ? node.name.split("/").filter(Boolean) : []);

/* The end of a path says more than its bucket; what stands before it says which of many it is. */
const shortOf = (node: LineageNode): string =>
    middle(pathOf(node).slice(-1)[0] ?? (node.type === "endpoint" && /^https?:/.test(node.key) ? node.key.replace(/^https?:\/\//, "") : node.name));
const parentOf = (node: LineageNode): string | undefined => pathOf(node).slice(1, -1).filter((part) => part !== "output").slice(-1)[0];

const stateOf = (node: LineageNode): string | null => node.deployment?.state ? words(node.deployment.state) : node.resource?.approval ?? node.version?.approval ?? node.status;

const said = (of: SummaryRow) => `p99 ${millis(of.elapse?.p99)}, ${rate(of.error_rate)} failed`;

const full = (node: LineageNode, answers: SummaryRow | undefined): string =>
    visible([`${words(node.type)} ${node.name}`, stateOf(node), node.is_stub ? "known by name only" : null, answers ? `${said(answers)} in 24 h` : null].filter(Boolean).join(", "));

function Inside({ of, answers, by = "" }: { of: LineageNode; answers: SummaryRow | undefined; by?: string }) {
    const parent = parentOf(of);
    return (
        <>
            <span class="what">{by ? `${words(by)} ` : ""}{words(of.type)}{of.deployment?.traffic_percent ? ` ${of.deployment.traffic_percent} %` : ""}{of.is_stub ? " (by name only)" : ""} {stateOf(of) ? <Status of={stateOf(of)} /> : null}</span>
            <span class="name"><Text of={shortOf(of)} /></span>
            {parent ? <span class="answers"><Text of={middle(parent)} /></span> : null}
            {answers ? <span class="answers">{said(answers)}</span> : null}
        </>
    );
}

/* A line from the right side of the first to the left side of the last, level where it passes others. */
function draw(way: Way, left: (layer: number) => number, right: (layer: number) => number): string {
    const y = (spot: Spot) => spot.row * ROW;
    return way.spots.slice(1).reduce((told, to, index) => {
        const from = way.spots[index] ?? to;
        const [x1, x2] = [right(from.layer), left(to.layer)];
        const bend = (x1 + x2) / 2;
        const over = index + 2 < way.spots.length ? `H${right(to.layer)}` : "";
        return `${told}C${bend} ${y(from)} ${bend} ${y(to)} ${x2} ${y(to)}${over}`;
    }, `M${right(way.spots[0]?.layer ?? 0)} ${y(way.spots[0] ?? { layer: 0, row: 0 })}`);
}

function Graph({ of, plan: where, answersOf }: { of: Told; plan: Plan; answersOf: AnswersOf }) {
    const width = 100 / where.layers;
    const height = where.rows * ROW;
    const left = (layer: number) => layer * width + (width * GAP) / 200;
    const right = (layer: number) => (layer + 1) * width - (width * GAP) / 200;
    return (
        <div class="scroll" role="region" aria-label="Lineage as a graph" tabIndex={0}>
            <div class="graph" style={{ height: `${height}px`, minWidth: `${where.layers * 150}px` }}>
                <svg viewBox={`0 0 100 ${height}`} preserveAspectRatio="none" height={height} aria-hidden="true">{where.ways.map((way, index) => (
                    <path key={index} d={draw(way, left, right)}><title>{visible(`${words(way.edge.type)} ${way.edge.detail ?? ""}`)}</title></path>
                ))}</svg>
                {where.placed.map(({ node, layer, row }) => (
                    <a key={node.id} class={`box ${node.id === of.root ? "root" : ""} ${node.is_stub ? "stub" : ""}`} href={hrefOf(node)} data-row="" title={full(node, answersOf(node))}
                        aria-current={node.id === of.root ? "true" : undefined} style={{ left: `${left(layer)}%`, width: `${right(layer) - left(layer)}%`, top: `${row * ROW - NODE / 2}px` }}>
                        <Inside of={node} answers={answersOf(node)} /></a>
                ))}
            </div>
        </div>
    );
}

/* What came of `id`, and of that in turn; what stands elsewhere in the list already is not unfolded again. */
function Branch({ of, ids, answersOf, seen }: { of: Told; ids: { id: string; by: string }[]; answersOf: AnswersOf; seen: Set<string> }) {
    return (
        <ul class="branch">{ids.map(({ id, by }) => {
            const node = of.nodes.find((one) => one.id === id);
            if (!node) return null;
            const isAgain = seen.has(id);
            seen.add(id);
            const next = isAgain ? [] : of.edges.filter((edge) => edge.from === id).map((edge) => ({ id: edge.to, by: edge.type }));
            return (
                <li key={`${by}${id}`}>
                    <a class={node.id === of.root ? "root" : ""} href={hrefOf(node)} data-row="" title={full(node, answersOf(node))} aria-current={node.id === of.root ? "true" : undefined}><Inside of={node} by={by} answers={isAgain ? undefined : answersOf(node)} /></a>
                    {isAgain && of.edges.some((edge) => edge.from === id) ? <span class="soft"> goes on as above</span> : null}
                    {next.length ? <Branch of={of} ids={next} answersOf={answersOf} seen={seen} /> : null}
                </li>
            );
        })}</ul>
    );
}

function useNarrow(): boolean {
    const [query] = useState(() => window.matchMedia("(max-width: 760px)"));
    const [isNarrow, setNarrow] = useState(query.matches);
    useEffect(() => {
        const change = () => setNarrow(query.matches);
        query.addEventListener("change", change);
        return () => query.removeEventListener("change", change);
    }, [query]);
    return isNarrow;
}

/* What its deployments call an endpoint; those that are no resources of SageMaker have no other name. */
function servedBy(of: Told | null, node: LineageNode): string | null {
    const edge = of?.edges.find((one) => one.to === node.id && one.type === "serves");
    return of?.nodes.find((one) => one.id === edge?.from)?.deployment?.endpoint ?? null;
}

/* One question for the endpoints, one for the deployments; both of the last 24 hours. */
function useAnswers(of: Told | null): AnswersOf {
    const list = (values: (string | null | undefined)[]) => [...new Set(values.filter((one): one is string => !!one && !one.includes(",")))].slice(0, 16).join(",");
    const endpoints = of?.nodes.filter((node) => node.type === "endpoint") ?? [];
    const deployments = of?.nodes.flatMap((node) => node.deployment ?? []) ?? [];
    const nameOf = (node: LineageNode) => servedBy(of, node) ?? node.name;
    const names = list(endpoints.map(nameOf));
    const models = list(deployments.map((one) => one.model_name));
    const base = "/api/v1/inferences/summary";
    const byEndpoint = useGet<Summary>(names ? address(base, { endpoint: names, account: list(endpoints.map((node) => node.account)), group_by: "endpoint", since: "24h" }) : null, 60000);
    const byDeployment = useGet<Summary>(models ? address(base, { model: models, account: list(deployments.map((one) => one.account)), group_by: "deployment", since: "24h" }) : null, 60000);
    return (node) => {
        if (node.type === "endpoint") return byEndpoint.data?.data.find((row) => row.group.endpoint_name === nameOf(node));
        const its = node.deployment;
        return its ? byDeployment.data?.data.find((row) => row.group.deployment_id === its.deployment_id && keyOfModel(row.group) === keyOfModel(its as ModelKey)) : undefined;
    };
}

export function LineagePicture({ of }: { of: Told }) {
    const where = useMemo(() => plan(of), [of]);
    const answersOf = useAnswers(of);
    const isNarrow = useNarrow();
    const targets = new Set(of.edges.map((edge) => edge.to));
    /* Jobs come first: what is read from the top should be the way from the job to the answers. */
    const first = of.nodes.filter((node) => !targets.has(node.id)).sort((a, b) => Number(b.type === "job") - Number(a.type === "job")).map((node) => ({ id: node.id, by: "" }));
    return isNarrow || of.nodes.length > MOST_NODES
        ? <Branch of={of} ids={first.length ? first : of.nodes.slice(0, 1).map((node) => ({ id: node.id, by: "" }))} answersOf={answersOf} seen={new Set()} />
        : <Graph of={of} plan={where} answersOf={answersOf} />;
}

interface Props { url: string; empty?: string }

/* The lineage of one thing, within its view. Without `empty` nothing stands where nothing is known. */
export function LineageOf({ url, empty }: Props) {
    const lineage = useGet<Told>(url);
    const of = lineage.data;
    const isAlone = of !== null && of.nodes.length < 2;
    if (isAlone && !empty) return null;
    return (
        <section aria-label="Lineage" class="lineage">
            <h2>Lineage {of?.root && !isAlone ? <a class="all" href={link("/lineage", { node: of.root })}>on its own</a> : null}</h2>
            <Waiting of={lineage} />
            {isAlone ? <Empty>{empty}</Empty> : null}
            {of && !isAlone ? <LineagePicture of={of} /> : null}
            {of?.is_cut ? <p class="soft">There is more than can be shown here: follow it from a node further on.</p> : null}
        </section>
    );
}
