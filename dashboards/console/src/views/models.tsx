// Models in the tree of the organisation: the newest version, what runs, how fast and how well it answers.

import { address } from "../lib/api";
import { curl } from "../lib/export";
import { brief, count } from "../lib/numbers";
import { link, type Place, refine } from "../lib/place";
import { visible } from "../lib/text";
import type { Deployment, Model, Page, Summary, SummaryRow } from "../lib/types";
import { useChanges, useGet, useTick } from "../lib/use";
import { local } from "../lib/when";
import { Copyable } from "../parts/dialog";
import { Errors, Took } from "../parts/elapse";
import { Choice, Filters, Typed } from "../parts/filters";
import { Head } from "../parts/head";
import { AccountLink } from "../parts/job_fields";
import { keyOfModel, ModelLink, VersionLink } from "../parts/model_ref";
import { More, useListing } from "../parts/more";
import { Namespaces } from "../parts/namespaces";
import { Empty, Waiting } from "../parts/notice";
import { Status } from "../parts/status";
import { type Field, Table } from "../parts/table";
import { telling } from "../parts/telling";
import { Text } from "../parts/text";
import "../parts/models.css";

const PATH = "/api/v1/models";
const NAMES = ["namespace", "q", "account", "region", "name_prefix", "since", "sort"];

interface Row { model: Model; runs: Deployment[] | null; answers: SummaryRow | null }

const traffic = (run: Deployment) => `v${run.model_version} ${run.percent ?? 0} %${run.environment ? ` ${run.environment}` : ""}`;

function Runs({ of }: { of: Row }) {
    if (!of.runs) return null;
    if (!of.runs.length) return <span class="soft">{of.model.latest_deployment_id ? "nothing now" : "never deployed"}</span>;
    return <>{of.runs.map((run) => (
        <span key={run.deployment_id} class="run" title={visible(`deployment ${run.deployment_id}${run.endpoint ? ` at ${run.endpoint}` : ""}`)}>
            <VersionLink of={of.model} version={run.model_version} /> {run.state === "pending" ? "pending" : `${run.percent ?? 0} %`}
        </span>
    ))}</>;
}

/* SageMaker's word is longer than a column should be. */
const approvalOf = (told: string | null | undefined) => told === "PendingManualApproval" ? "pending" : told;

const newest = (row: Row) => row.model.versions?.[0];

const FIELDS: Field<Row>[] = [
    { name: "model_name", title: "model", kind: "name", text: (row) => row.model.model_name, cell: (row) => (
        <><div><ModelLink of={row.model} isRow /></div>{row.model.description ? <div class="about soft"><Text of={row.model.description} /></div> : null}</>) },
    { name: "namespace", text: (row) => row.model.namespace,
      cell: (row) => <a href={link("/models", { namespace: row.model.namespace })}><Text of={row.model.namespace} /></a> },
    { name: "latest_version", title: "newest", text: (row) => row.model.latest_version, cell: (row) => row.model.latest_version
        ? <span class="run"><VersionLink of={row.model} version={row.model.latest_version} /> <span title={newest(row) ? `since ${local(newest(row)?.create_at ?? "")}` : undefined}><Status of={approvalOf(newest(row)?.approval)} /></span></span> : <span class="soft">no version</span> },
    { name: "running", title: "runs", text: (row) => row.runs?.map(traffic).join("; "), cell: (row) => <Runs of={row} /> },
    { name: "requests_24h", title: "answers", kind: "number", rank: 2, text: (row) => row.answers?.count,
      cell: (row) => row.answers ? <span title={count(row.answers.count)}>{brief(row.answers.count)}</span> : null },
    { name: "p50_ms", title: "p50", kind: "number", rank: 2, text: (row) => row.answers?.elapse?.p50, cell: (row) => row.answers ? <Took ms={row.answers.elapse?.p50} /> : null },
    { name: "p99_ms", title: "p99", kind: "number", text: (row) => row.answers?.elapse?.p99,
      cell: (row) => row.answers ? <Took ms={row.answers.elapse?.p99} most={row.model.objective?.max_elapse_ms} /> : null },
    { name: "error_rate", title: "failed", kind: "number", text: (row) => row.answers?.error_rate,
      cell: (row) => row.answers ? <Errors share={row.answers.error_rate} target={row.model.objective?.target_percent} /> : null },
    { name: "owner", rank: 3, text: (row) => row.model.owner, cell: (row) => <Text of={row.model.owner} /> },
    { name: "account", rank: 2, text: (row) => row.model.account, cell: (row) => row.model.account ? <AccountLink of={row.model.account} /> : null },
];

const EXPORT = [...FIELDS, { name: "approval", text: (row: Row) => newest(row)?.approval }, { name: "newest_since", text: (row: Row) => newest(row)?.create_at }];

/* The parts come one by one; what has not come leaves its cells empty. */
function rowsOf(models: Model[], runs: Page<Deployment> | null, summary: Summary | null): Row[] {
    return models.map((model) => {
        const key = keyOfModel(model);
        return { model, runs: runs?.data.filter((one) => keyOfModel(one) === key) ?? null,
            answers: summary?.data.find((one) => keyOfModel(one.group) === key) ?? null };
    });
}

export const FIRST_VERSION = { description: "the first one", artifacts: [{ name: "trained", uri: "s3://BUCKET/trained/1.tar.gz", sha256: null }] };

function Register() {
    return (
        <Empty>
            No model is known yet. Model package events register versions by themselves; so does a call with a key of the role write:
            <Copyable label="curl command to register a version" text={curl(address(`${PATH}/MODEL/versions`, { namespace: "/team/area" }), "POST", FIRST_VERSION)} />
        </Empty>
    );
}

export function Models({ place }: { place: Place }) {
    const wanted = Object.fromEntries(Object.entries(place.params).filter(([name]) => NAMES.includes(name)));
    const { namespace = "", account } = place.params;
    const listing = useListing<Model>(address(PATH, { sort: "name", ...wanted, expand: "versions", limit: "100" }), keyOfModel);
    const summaryUrl = address("/api/v1/inferences/summary", { namespace, account, group_by: "model", since: "24h" });
    const runsUrl = address("/api/v1/deployments", { namespace, account, state: "active,pending", limit: "1000" });
    const summary = useGet<Summary>(summaryUrl, 60000);
    const runs = useGet<Page<Deployment>>(runsUrl, 60000);
    useChanges((change) => change.data.kind === "model_package" || change.data.kind === "endpoint", () => { listing.first.reload(); runs.reload(); }, 5000);
    useTick(30000);
    const rows = rowsOf(listing.rows, runs.data, summary.data);
    const isAny = Object.keys(wanted).length > 0;
    return (
        <>
            <Head title="Models" note={listing.first.data ? <>{count(rows.length)}{listing.hasMore ? "+" : ""}{namespace ? <> in <Text of={namespace} /></> : null}</> : ""}
                curls={[address(PATH, wanted), summaryUrl, runsUrl]} takes={{ name: "models", url: "", rows, columns: EXPORT }} />
            <Filters place={place}>
                <Typed place={place} name="q" label="Name or description" hint="fraud" isSearch />
                <Typed place={place} name="namespace" label="Namespace and below" hint="/team/area" />
                <Typed place={place} name="account" label="Account" hint="12 digits" />
                <Choice place={place} name="sort" label="Order" options={["-created_at", "created_at", "-name"]} none="name"
                    said={{ "-created_at": "newest known", created_at: "longest known", "-name": "name, from the end" }} />
            </Filters>
            <div class="beside">
                <Namespaces place={place} at={namespace} />
                <div>
                    <Waiting of={listing.first} />
                    {rows.length ? <Table label="Models" fields={telling(FIELDS, rows)} rows={rows} keyOf={(row) => keyOfModel(row.model)} /> : null}
                    {rows.length ? <p class="soft">Answers, p50, p99 and failed are of the last 24 hours.{summary.problem ? ` They could not be read: ${summary.problem.message}` : ""}</p> : null}
                    {listing.first.data && !rows.length ? (isAny
                        ? <Empty>No model matches. <button type="button" onClick={() => refine(place, Object.fromEntries(NAMES.map((name) => [name, undefined])))}>Show all</button></Empty>
                        : <Register />) : null}
                    <More of={listing} />
                </div>
            </div>
        </>
    );
}
