// Which model is meant: its address here, its address in the REST API, and links to what it has.

import { address, type Params } from "../lib/api";
import { link } from "../lib/place";
import { visible } from "../lib/text";
import type { ModelKey } from "../lib/types";
import { Text } from "./text";

/* The same name may stand in several namespaces, accounts and regions. */
export const whose = (of: ModelKey): Params =>
    ({ namespace: of.namespace, account: of.account ?? undefined, region: of.region ?? undefined });

/* Of transactions: a namespace there holds all below it, and a model is the last node of its own. */
export const only = (of: ModelKey): Params => ({ ...whose(of), namespace: `${of.namespace}/${of.model_name}`, model: of.model_name });

export const keyOfModel = (of: Partial<ModelKey>): string => [of.account, of.region, of.namespace, of.model_name].join(" ");

export const modelPath = (of: ModelKey, rest = "", params: Params = {}): string =>
    address(`/api/v1/models/${encodeURIComponent(of.model_name)}${rest}`, { ...whose(of), ...params });

export const modelLink = (of: ModelKey, params: Params = {}): string =>
    link(`/models/${encodeURIComponent(of.model_name)}`, { ...whose(of), ...params });

export const deploymentLink = (of: ModelKey, id: number): string =>
    link(`/deployments/${id}`, { model: of.model_name, ...whose(of) });

export const inferencesLink = (of: ModelKey, params: Params = {}): string =>
    link("/inferences", { ...whose(of), model: of.model_name, ...params });

export function ModelLink({ of, isRow = false }: { of: ModelKey; isRow?: boolean }) {
    return <a href={modelLink(of)} title={visible(`${of.namespace}/${of.model_name}`)} data-row={isRow ? "" : undefined}><Text of={of.model_name} /></a>;
}

export function VersionLink({ of, version }: { of: ModelKey; version: number }) {
    return <a href={modelLink(of, { version: String(version) })} title={visible(`Version ${version} of ${of.model_name}`)}>v{version}</a>;
}
