// What fails now, and why: the newest failures, and what they have in common.

import { link } from "../lib/place";
import { visible, words } from "../lib/text";
import type { Job, Page } from "../lib/types";
import { AccountLink, NameLink } from "../parts/job_fields";
import { Empty } from "../parts/notice";
import { Text } from "../parts/text";
import { Ago } from "../parts/time";

const SHOWN = 7;

/* "CapacityError" of "CapacityError: Unable to ...": the class SageMaker puts in front. */
function classOf(reason: string | null): string {
    const head = /^([A-Za-z][A-Za-z0-9]{2,40}):/.exec(reason ?? "");
    return head?.[1] ?? (reason ? "other" : "no reason given");
}

function Classes({ of }: { of: Job[] }) {
    const counts = new Map<string, number>();
    for (const job of of.filter((one) => one.kind !== "pipeline_execution")) counts.set(classOf(job.failure_reason), (counts.get(classOf(job.failure_reason)) ?? 0) + 1);
    const sorted = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 5);
    return sorted.length > 1 ? <p class="classes">{sorted.map(([name, number]) => <span key={name}>{number}&nbsp;<b><Text of={name} /></b></span>)}</p> : null;
}

/* Steps are not listed, since the job that one has started says why; but they are among all that failed. */
const alsoSteps = (steps: number): string => (steps ? `, and ${steps} ${steps === 1 ? "step" : "steps"} of pipelines` : "");

export function Failing({ page, steps }: { page: Page<Job>; steps: number }) {
    const jobs = page.data;
    return (
        <section aria-label="Failing now">
            <h2>Failed in the last 24 hours <span class="soft">{jobs.length}{page.has_more ? "+" : ""}{alsoSteps(steps)}</span>
                {jobs.length ? <a class="all" href={link("/jobs", { status: "Failed", since: "24h", sort: "-ended_at" })}>all</a> : null}</h2>
            <Classes of={jobs} />
            {jobs.length ? (
                <ul class="failing">{jobs.slice(0, SHOWN).map((job) => (
                    <li key={job.id}>
                        <div class="line1"><NameLink of={{ ...job, failure_reason: null }} /><span class="soft">{words(job.kind)}</span><AccountLink of={job.account} /><span class="soft"><Ago of={job.ended_at} /></span></div>
                        {job.failure_reason ? <div class="reason" title={visible(job.failure_reason)}><Text of={job.failure_reason} /></div>
                            : <div class="soft">{job.kind === "pipeline_execution" ? "its steps say why" : "no reason given"}</div>}
                    </li>
                ))}</ul>
            ) : <Empty>Nothing has failed in the last 24 hours.</Empty>}
        </section>
    );
}
