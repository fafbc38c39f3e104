// The steps of a pipeline execution. Their names begin with that of the execution.

import { address } from "../lib/api";
import type { Job, Page } from "../lib/types";
import { useChanges, useGet } from "../lib/use";
import { classOf } from "../lib/status";
import { at, span } from "../lib/when";
import { NameLink, took } from "./job_fields";
import { Empty, Waiting } from "./notice";
import { Status } from "./status";

function Lane({ step, from, all }: { step: Job; from: number; all: number }) {
    const start = at(step.started_at ?? step.created_at);
    const end = step.ended_at ? at(step.ended_at) : Date.now();
    const left = Math.max(0, ((start - from) / all) * 100);
    const width = Math.max(0.5, Math.min(100 - left, ((end - start) / all) * 100));
    return <span class="lane" aria-hidden="true"><span class={classOf(step.status)} style={{ left: `${left}%`, width: `${width}%` }} /></span>;
}

export function Steps({ execution }: { execution: Job }) {
    const steps = useGet<Page<Job>>(address("/api/v1/jobs", {
        kind: "pipeline_step", account: execution.account, name_prefix: `${execution.name}/`, sort: "created_at", limit: "200" }));
    useChanges((change) => change.data.kind === "pipeline_step" && change.data.account === execution.account, steps.reload);
    const rows = steps.data?.data ?? [];
    const from = at(execution.started_at ?? execution.created_at);
    const all = Math.max(1, (execution.ended_at ? at(execution.ended_at) : Date.now()) - from);
    return (
        <section aria-label="Steps">
            <h2>Steps <span class="soft">{rows.length || ""}</span></h2>
            <Waiting of={steps} />
            {steps.data && !rows.length ? <Empty>No step has been heard of. Does the rule match “SageMaker Model Building Pipeline Execution Step Status Change”?</Empty> : null}
            <ol class="steps">{rows.map((step) => (
                <li key={step.id}>
                    <NameLink of={{ ...step, name: step.name.slice(execution.name.length + 1) || step.name }} reason />
                    <Status of={step.status} /><span class="number">{span(took(step))}</span>
                    <Lane step={step} from={from} all={all} />
                </li>
            ))}</ol>
        </section>
    );
}
