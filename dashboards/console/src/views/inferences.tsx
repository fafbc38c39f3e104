// Transactions: how many, how fast and how well, then one by one. The whole question stands in the
// address, and can be taken to other stores.

import { address } from "../lib/api";
import { curl } from "../lib/export";
import { count } from "../lib/numbers";
import { link, type Place } from "../lib/place";
import type { Inference, Summary } from "../lib/types";
import { useGet } from "../lib/use";
import { AskedElsewhere } from "../parts/asked";
import { Copyable } from "../parts/dialog";
import { Choice, Filters, Typed } from "../parts/filters";
import { Head } from "../parts/head";
import { Figures, INFERENCE_EXPORT, INFERENCE_FIELDS, summaryFields } from "../parts/inference_list";
import { Latency, SINCE, useLatency } from "../parts/latency";
import { More, useListing } from "../parts/more";
import { Empty, Waiting } from "../parts/notice";
import { Table } from "../parts/table";
import { telling } from "../parts/telling";
import "../parts/models.css";

const PATH = "/api/v1/inferences";
const SUMMARY = `${PATH}/summary`;
const SAME = ["namespace", "model", "account", "region", "model_version", "deployment_id", "server_id", "environment", "endpoint", "status"];
const LIST = [...SAME, "since", "from", "to", "min_elapse_ms", "max_elapse_ms", "sort"];
const GROUPS = ["model", "version", "deployment", "server", "environment", "status", "endpoint"];
const EXAMPLE = { type: "inference_transaction", namespace: "/team/area", model_name: "MODEL", model_version: 1, deployment_id: 1, server_id: "1", environment: "prod",
    start_at: "2026-01-01T00:00:00.000Z", end_at: "2026-01-01T00:00:00.120Z", request_size: 512, response_size: 64, status: "succeeded", confidence: 98.05 };

const chosen = (place: Place, names: string[]) => Object.fromEntries(Object.entries(place.params).filter(([name]) => names.includes(name)));

/* Three questions asked most; the filters that are set stay. */
function Presets({ place }: { place: Place }) {
    const { sort, status, ...rest } = place.params;
    const now = sort === "-elapse" ? "slow" : status === "!succeeded" ? "failed" : !sort && !status ? "newest" : "";
    const to = (name: string, change: Record<string, string>, said: string) =>
        <a href={link("/inferences", { ...rest, ...change })} aria-current={now === name ? "true" : undefined}>{said}</a>;
    return <nav class="presets" aria-label="Which">{to("newest", {}, "Newest")}{to("slow", { sort: "-elapse" }, "Slowest")}{to("failed", { status: "!succeeded" }, "Did not succeed")}</nav>;
}

function Groups({ by, url, since }: { by: string; url: string; since: string | undefined }) {
    const groups = useGet<Summary>(url, 60000);
    if (!groups.data) return <Waiting of={groups} />;
    const fields = summaryFields(since).filter((field) => field.name !== "namespace" || groups.data?.data.some((row) => row.group.namespace));
    return <section aria-label={`Kept apart by ${by}`}><Table label={`By ${by}`} fields={fields} rows={groups.data.data} keyOf={(row) => JSON.stringify(row.group)} /></section>;
}

export function Inferences({ place }: { place: Place }) {
    const wanted = chosen(place, LIST);
    const since = wanted.since ?? (wanted.from || wanted.to ? undefined : "24h");
    const of = { ...wanted, since };
    const same = { ...chosen(place, SAME), since, from: wanted.from, to: wanted.to };
    const by = GROUPS.includes(place.params.group_by ?? "") ? place.params.group_by ?? "" : "";
    const listUrl = address(PATH, of);
    const sumUrl = address(SUMMARY, { ...same, group_by: by });
    const listing = useListing<Inference>(address(PATH, { ...of, limit: "50" }), (row) => row.id);
    const summary = useGet<Summary>(address(SUMMARY, same), 60000);
    const drawn = since && SINCE.includes(since) ? since : null;
    const all = summary.data?.data[0];
    const isNarrowed = Object.keys(wanted).some((name) => !["since", "sort"].includes(name));
    return (
        <>
            <Head title="Inferences" note={all ? <>{count(summary.data?.total ?? 0)} answers{drawn ? ` in ${drawn}` : ""}</> : ""} curls={[listUrl, sumUrl]}
                takes={{ name: "inferences", url: listUrl, columns: INFERENCE_EXPORT }}><AskedElsewhere list={{ ...of, limit: "50" }} sum={{ ...same, group_by: by }} /></Head>
            <Filters place={place}>
                <Typed place={place} name="namespace" label="Namespace and below" hint="/team/area" isSearch />
                <Typed place={place} name="model" label="Model" hint="name" />
                <Typed place={place} name="model_version" label="Version" hint="7" />
                <Typed place={place} name="deployment_id" label="Deployment" hint="2" />
                <Typed place={place} name="environment" label="Environment" hint="prod" />
                <Typed place={place} name="endpoint" label="Endpoint" hint="name" />
                <Choice place={place} name="status" label="Status" options={["succeeded", "failed", "timeout", "!succeeded"]} said={{ "!succeeded": "did not succeed" }} />
                <Typed place={place} name="min_elapse_ms" label="Took at least, ms" hint="3000" />
                <Choice place={place} name="since" label="Within" options={SINCE.filter((one) => one !== "24h")} none="24h" />
                <Choice place={place} name="group_by" label="Kept apart by" options={GROUPS} none="nothing" />
            </Filters>
            {wanted.from || wanted.to ? <p class="soft">From {wanted.from ?? "the first"} to {wanted.to ?? "now"}.</p> : null}
            {summary.problem ? <Waiting of={summary} /> : null}
            {all ? <Figures of={all} method={summary.data?.method === "exact" ? "exact" : `±${(summary.data?.relative_error ?? 0) * 100} %`} /> : null}
            {(wanted.min_elapse_ms || wanted.max_elapse_ms) && all ? <p class="soft">The figures are of all, however long they took; the list is of those that took so long.</p> : null}
            {by ? <Groups by={by} url={sumUrl} since={wanted.since} /> : null}
            {all && drawn ? <Drawn of={same} since={drawn} /> : null}
            <section aria-label="Transactions" class="wide">
                <h2>Transactions <Presets place={place} /></h2>
                <Waiting of={listing.first} />
                {listing.rows.length ? <Table label="Transactions, listed" fields={telling(INFERENCE_FIELDS, listing.rows)} rows={listing.rows} keyOf={(row) => row.id} /> : null}
                {listing.first.data && !listing.rows.length ? (
                    isNarrowed || drawn !== "24h" ? <Empty>No transaction matches. Take a filter away, or widen the time.</Empty>
                        : <Empty>No transaction in the last 24 hours. They are posted with a key of the role ingest, one, many, or NDJSON:
                            <Copyable label="curl command to post a transaction" text={curl("/ingest/inferences", "POST", EXAMPLE)} /></Empty>
                ) : null}
                <More of={listing} />
            </section>
        </>
    );
}

function Drawn({ of, since }: { of: Record<string, string | undefined>; since: string }) {
    const { since: _since, from: _from, to: _to, ...which } = of;
    return <Latency of={useLatency(which, since)} since={since} />;
}
