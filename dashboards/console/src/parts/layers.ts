// Where the nodes of a lineage stand: what came first on the left, and few lines crossing. A line over
// several layers has a place of its own in each between, so that it runs behind no node.

import type { Lineage, LineageEdge, LineageNode } from "../lib/types";

/* `row`: the middle of it, from the top. */
export interface Spot { layer: number; row: number }
export interface Placed extends Spot { node: LineageNode }
export interface Way { edge: LineageEdge; spots: Spot[] }
export interface Plan { placed: Placed[]; ways: Way[]; layers: number; rows: number }

const WAY = "way "; /* no id of a node begins so: they are digits */

interface Chain { edge: LineageEdge; ids: string[] }

function layersOf(of: Lineage): Map<string, number> {
    const layer = new Map(of.nodes.map((node) => [node.id, 0]));
    const at = (id: string) => layer.get(id) ?? 0;
    /* As many rounds as there are nodes settle it; a ring, which should not be, ends there, too. */
    for (let round = 0, moved = true; moved && round < of.nodes.length; round++) {
        moved = false;
        for (const edge of of.edges) {
            if (!layer.has(edge.from) || !layer.has(edge.to) || at(edge.to) > at(edge.from)) continue;
            layer.set(edge.to, at(edge.from) + 1);
            moved = true;
        }
    }
    /* What has nothing before it stands right before what came of it. */
    const targets = new Set(of.edges.map((edge) => edge.to));
    for (const node of of.nodes) {
        const after = of.edges.filter((edge) => edge.from === node.id).map((edge) => at(edge.to));
        if (!targets.has(node.id) && after.length) layer.set(node.id, Math.max(0, Math.min(...after) - 1));
    }
    return layer;
}

/* Each edge as a chain of neighbours: places in the layers between are made up. */
function chainsOf(of: Lineage, layer: Map<string, number>): Chain[] {
    const at = (id: string) => layer.get(id) ?? 0;
    return of.edges.filter((edge) => layer.has(edge.from) && layer.has(edge.to)).map((edge, index) => {
        const between = Array.from({ length: Math.max(0, at(edge.to) - at(edge.from) - 1) }, (_, step) => `${WAY}${index} ${step}`);
        between.forEach((id, step) => layer.set(id, at(edge.from) + 1 + step));
        return { edge, ids: [edge.from, ...between, edge.to] };
    });
}

function neighboursOf(chains: Chain[]): Map<string, string[]> {
    const near = new Map<string, string[]>();
    const add = (one: string, other: string) => near.set(one, [...(near.get(one) ?? []), other]);
    for (const { ids } of chains)
        for (let step = 1; step < ids.length; step++) { add(ids[step - 1] ?? "", ids[step] ?? ""); add(ids[step] ?? "", ids[step - 1] ?? ""); }
    return near;
}

/* What is only passed through is thin. */
const sizeOf = (id: string): number => (id.startsWith(WAY) ? 0.3 : 1);
const heightOf = (ids: string[]): number => ids.reduce((sum, id) => sum + sizeOf(id), 0);

/* Rows by the middle of what each is connected with; a few sweeps are enough. */
function rowsOf(columns: string[][], near: Map<string, string[]>, most: number): Map<string, number> {
    const row = new Map<string, number>();
    const settle = (ids: string[]) => {
        let top = (most - heightOf(ids)) / 2;
        for (const id of ids) {
            row.set(id, top + sizeOf(id) / 2);
            top += sizeOf(id);
        }
    };
    columns.forEach(settle);
    for (const order of [columns, [...columns].reverse(), columns]) {
        for (const ids of order) {
            const wish = new Map(ids.map((id) => {
                const rows = (near.get(id) ?? []).map((other) => row.get(other) ?? 0);
                return [id, rows.length ? rows.reduce((sum, one) => sum + one, 0) / rows.length : row.get(id) ?? 0] as const;
            }));
            ids.sort((a, b) => (wish.get(a) ?? 0) - (wish.get(b) ?? 0));
            settle(ids);
        }
    }
    return row;
}

export function plan(of: Lineage): Plan {
    const layer = layersOf(of);
    const chains = chainsOf(of, layer);
    const used = [...new Set(layer.values())].sort((a, b) => a - b);
    const columns = used.map((number) => [...layer].filter(([, at]) => at === number).map(([id]) => id));
    const rows = Math.max(1, ...columns.map(heightOf));
    const row = rowsOf(columns, neighboursOf(chains), rows);
    const spot = (id: string): Spot => ({ layer: used.indexOf(layer.get(id) ?? 0), row: row.get(id) ?? 0 });
    return {
        placed: of.nodes.map((node) => ({ node, ...spot(node.id) })).sort((a, b) => a.layer - b.layer || a.row - b.row),
        ways: chains.map(({ edge, ids }) => ({ edge, spots: ids.map(spot) })),
        layers: columns.length, rows,
    };
}
