// Where one is: "#/jobs?status=Failed" is the view /jobs with its filters. All of it stands in the
// address, so that it can be sent to somebody.

import type { Params } from "./api";

export interface Place { path: string[]; params: Record<string, string> }

export function placeOf(hash: string): Place {
    const [path = "", query = ""] = hash.replace(/^#/, "").split("?", 2);
    return {
        path: path.split("/").filter(Boolean).map((part) => { try { return decodeURIComponent(part); } catch { return part; } }),
        params: Object.fromEntries(new URLSearchParams(query)),
    };
}

export function link(path: string, params: Params = {}): string {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(params)) if (value) query.set(name, value);
    const text = query.toString();
    return `#${path}${text ? `?${text}` : ""}`;
}

export const jobLink = (id: string): string => link(`/jobs/${encodeURIComponent(id)}`);

const JOBS = new Set(["training", "processing", "transform", "tuning", "labeling", "human_loop", "pipeline_execution",
    "pipeline_step", "compilation", "automl", "lambda_task"]);

export const isJob = (kind: string): boolean => JOBS.has(kind);

export const thingLink = (kind: string, id: string): string =>
    isJob(kind) ? jobLink(id) : link(`/resources/${encodeURIComponent(id)}`);

/* Changes the filters of this view without a new step back for each letter typed. */
export function refine(place: Place, change: Params): void {
    const to = link(`/${place.path.map(encodeURIComponent).join("/")}`, { ...place.params, ...change });
    history.replaceState(null, "", to);
    window.dispatchEvent(new HashChangeEvent("hashchange"));
}
