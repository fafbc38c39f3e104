// What deserves a look though it has not failed: jobs that run long against their own history, and
// hardware that stood idle.

import { money, percent } from "../lib/numbers";
import { visible, words } from "../lib/text";
import type { Attention } from "../lib/types";
import { span } from "../lib/when";
import { AccountLink, NameLink } from "../parts/job_fields";
import { Empty } from "../parts/notice";

const SHOWN = 6;

export function LongRunning({ of }: { of: Attention["long_running"] }) {
    const rows = of.data.filter((row) => row.job);
    return (
        <section aria-label="Running long">
            <h2>Running longer than usual <span class="soft">{rows.length || ""}</span></h2>
            {rows.length ? <ul class="lines">{rows.slice(0, SHOWN).map(({ job, age_ms, usual_ms, usual_of }) => job && (
                <li key={job.id}>
                    <NameLink of={{ ...job, failure_reason: null }} />
                    <span class="soft">{words(job.kind)}</span> <AccountLink of={job.account} />
                    <span class="figures"><b>{span(age_ms)}</b> <span class="soft">{usual_ms === null ? "no history" : `usually ${span(usual_ms)} (${usual_of} runs)`}</span></span>
                </li>
            ))}</ul> : <Empty>{of.looked_at ? `None of the ${of.looked_at}${of.is_cut ? " oldest" : ""} running jobs takes more than twice its usual time.` : "Nothing runs now."}</Empty>}
        </section>
    );
}

/* Hours of machines as they are billed; what is short, in minutes. */
const machines = (hours: number): string => (hours < 1 ? span(hours * 3600000) : `${hours.toFixed(1)} h`);

export function Idle({ of }: { of: Attention["idle_hardware"] }) {
    const rows = of.data.filter((row) => row.job);
    return (
        <section aria-label="Idle hardware">
            <h2>Hardware left idle, 24 h <span class="soft">{rows.length || ""}</span></h2>
            {rows.length ? <ul class="lines">{rows.slice(0, SHOWN).map(({ job, instance_hours, busy_percent }) => job && (
                <li key={job.id}>
                    <NameLink of={{ ...job, failure_reason: null }} />
                    <span class="soft" title={visible(job.instance_type ?? "")}>{job.instance_count ?? "?"} × {visible((job.instance_type ?? "").replace(/^ml\./, ""))}</span> <AccountLink of={job.account} />
                    <span class="figures"><b>{percent(busy_percent)} busy</b> <span class="soft">of {machines(instance_hours)}{job.cost_usd === null ? "" : `, ${money(job.cost_usd)}`}</span></span>
                </li>
            ))}</ul> : <Empty>No job that ended in the last 24 hours used less than {of.busy_below_percent} % of its machines.</Empty>}
        </section>
    );
}
