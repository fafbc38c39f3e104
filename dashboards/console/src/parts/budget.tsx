// The error budget of a model: what is left, how fast it goes, and whether that is worth waking somebody.

import { curl } from "../lib/export";
import { count } from "../lib/numbers";
import type { Budget as Told, Model } from "../lib/types";
import { useGet } from "../lib/use";
import { span } from "../lib/when";
import { Copyable } from "./dialog";
import { millis } from "./elapse";
import { modelPath } from "./model_ref";
import { Empty, Waiting } from "./notice";
import { Status } from "./status";

export const budgetUrl = (of: Model): string | null => (of.objective ? modelPath(of, "/budget") : null);

const figure = (number: number) => (Math.abs(number) >= 100 ? count(Math.round(number)) : number.toFixed(Math.abs(number) < 10 ? 1 : 0));

function Without({ of }: { of: Model }) {
    return (
        <Empty>
            It has no objective. Say how many must go well, and how long they may take, with a key of the role write and the ETag of the model:
            <Copyable label="curl command to set an objective" text={curl(modelPath(of), "PATCH", { objective: { target_percent: 99.5, max_elapse_ms: 3000, window: "30d" } })
                .replace("-X PATCH", "-X PATCH -H 'If-Match: \"ETAG\"'").replace("application/json", "application/merge-patch+json")} />
        </Empty>
    );
}

function Rates({ of }: { of: Told }) {
    return (
        <table class="rates">
            <thead><tr><th scope="col">over</th><th scope="col" class="number">burn rate</th><th scope="col" class="number">bad</th><th scope="col" class="number">of</th></tr></thead>
            <tbody>{of.burn_rates.map((one) => (
                <tr key={one.window}><th scope="row">{one.window}</th>
                    <td class={`number ${(one.burn_rate ?? 0) > 1 ? "bad" : ""}`}>{one.burn_rate === null || !one.count ? "–" : `${figure(one.burn_rate)}×`}</td>
                    <td class="number">{count(one.bad)}</td><td class="number soft">{count(one.count)}</td></tr>
            ))}</tbody>
        </table>
    );
}

export function Budget({ model }: { model: Model }) {
    const budget = useGet<Told>(budgetUrl(model), 60000);
    const of = budget.data;
    const left = of?.left_percent ?? null;
    return (
        <section aria-label="Error budget" class="wide">
            <h2>Error budget {of ? <span class="soft">{of.objective.target_percent} % succeed{of.objective.max_elapse_ms ? ` within ${millis(of.objective.max_elapse_ms)}` : ""}, over {span(of.objective.window_ms)}</span> : null}</h2>
            {model.objective ? <Waiting of={budget} /> : <Without of={model} />}
            {of ? (
                <>
                    <p>{left === null ? null : left < 0 ? <b class="bad">{figure(-left)} % overspent</b> : <b>{figure(left)} % left</b>}
                        <span class="soft"> {count(of.bad)} bad of {count(of.count)}; {count(of.allowed_bad)} were allowed</span></p>
                    {left === null ? null : <div class="track whole" aria-hidden="true"><span class={`fill ${left < 0 ? "spent" : ""}`} style={{ width: `${Math.max(0, Math.min(100, left < 0 ? 100 : left))}%` }} /></div>}
                    <div class="pair">
                        <Rates of={of} />
                        <ul class="alerts">{of.alerts.map((alert) => (
                            <li key={alert.factor}><Status of={alert.state} /> <span class="soft">{alert.factor}× over {alert.long_window} and {alert.short_window}</span></li>
                        ))}{of.alerts.some((alert) => alert.state === "insufficient") ? <li class="soft">Fewer than {of.min_events} transactions raise no alert.</li> : null}</ul>
                    </div>
                </>
            ) : null}
        </section>
    );
}
