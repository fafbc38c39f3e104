// What a course of utilization has to say in words: which host idled while others worked, and when the
// hardware of the whole job had nothing to do.

import { METRICS, type Course, type HostCourse, type Metric, type Spread, type Values } from "./types";
import { percent } from "./numbers";
import { words } from "./text";

const BUSY = 25; /* percent: below it nothing can be said to idle */
const LOW = 1 / 3; /* of what the others do, or of what it did when busy */
const MOST_TOLD = 3;

export interface Run { from: number; to: number } /* steps: to is behind the last */
export interface Notable { text: string; host: string | null }

/* "GPU memory", "Disk" */
export const nameOf = (metric: Metric): string => words(metric).replace(/^([cg]pu|.)/, (start) => start.toUpperCase());

/* What a line is about. */
export const eachOf = (course: Course): string => course.each ?? "host";

export function mean(of: Values): number | null {
    const known = of.filter((value): value is number => value !== null);
    return known.length ? known.reduce((sum, value) => sum + value, 0) / known.length : null;
}

export const timeOf = (course: Course, step: number): number => course.from + step * course.step_s * 1000;

/* "14:03"; with the day where the course is longer than one. */
export function stamp(course: Course, step: number): string {
    const date = new Date(timeOf(course, step));
    const clock = date.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit", hour12: false });
    return course.points * course.step_s > 20 * 3600 ? `${date.toLocaleDateString(undefined, { day: "2-digit", month: "short" })} ${clock}` : clock;
}

/* Every stretch for which it holds, if it is long enough to be seen. */
function runs(points: number, holds: (step: number) => boolean): Run[] {
    const found: Run[] = [];
    const least = Math.max(3, Math.ceil(points * 0.06));
    for (let step = 0, from = -1; step <= points; step++) {
        const is = step < points && holds(step);
        if (is && from < 0) from = step;
        if (is || from < 0) continue;
        if (step - from >= least) found.push({ from, to: step });
        from = -1;
    }
    return found;
}

const within = (values: Values, { from, to }: Run): number => mean(values.slice(from, to)) ?? 0;
const longest = (all: Run[]): Run | undefined => [...all].sort((a, b) => b.to - b.from - (a.to - a.from))[0];

function span(course: Course, { from, to }: Run): string {
    return to === course.points ? `from ${stamp(course, from)} until the end` : from === 0 ? `until ${stamp(course, to)}`
        : `from ${stamp(course, from)} to ${stamp(course, to)}`;
}

/* What all the other hosts did on average. */
function others(job: Spread, own: Values, hosts: number): Values {
    return job.avg.map((all, step) => {
        const mine = own[step];
        return all === null || mine === null || mine === undefined ? null : (all * hosts - mine) / (hosts - 1);
    });
}

function idleOf(course: Course, metric: Metric, job: Spread, host: HostCourse): { run: Run; text: string; host: string } | null {
    const own = host[metric]?.avg;
    const hosts = course.hosts.length + course.hosts_left_out;
    if (!own || hosts < 2) return null;
    const rest = others(job, own, hosts);
    const run = longest(runs(course.points, (step) => {
        const [mine, theirs] = [own[step], rest[step]];
        return mine !== null && mine !== undefined && theirs !== null && theirs !== undefined && theirs >= BUSY && mine < theirs * LOW;
    }));
    return run ? { run, host: host.host, text: `${host.host}: ${nameOf(metric)} at ${percent(within(own, run))} ${span(course, run)}, while the others were at ${percent(within(rest, run))}` } : null;
}

function quietOf(course: Course, metric: Metric, job: Spread): Notable[] {
    const known = job.avg.filter((value): value is number => value !== null).sort((a, b) => a - b);
    const busy = known[Math.floor(known.length * 0.9)] ?? 0;
    if (busy < BUSY) return [];
    return runs(course.points, (step) => (job.avg[step] ?? busy) < busy * LOW).slice(0, MOST_TOLD).map((run) => ({
        host: null, text: `${course.hosts.length + course.hosts_left_out > 1 ? `All ${eachOf(course)}s: ` : ""}${nameOf(metric)} at ${percent(within(job.avg, run))} ${span(course, run)}; it reached ${percent(busy)} when busy` }));
}

/* Of the GPUs where there are any, otherwise of the cores. Hosts first, the longest idle first. */
export function notable(course: Course): Notable[] {
    const metric: Metric = course.job.gpu ? "gpu" : "cpu";
    const job = course.job[metric];
    if (!job) return [];
    const idle = course.hosts.map((host) => idleOf(course, metric, job, host)).filter((one) => one !== null)
        .sort((a, b) => b.run.to - b.run.from - (a.run.to - a.run.from));
    const rest = idle.length - MOST_TOLD;
    const more: Notable[] = rest > 0 ? [{ host: null, text: `${rest} more ${rest === 1 ? `${eachOf(course)} idles` : `${eachOf(course)}s idle`} for a while, too` }] : [];
    return [...idle.slice(0, MOST_TOLD), ...more, ...quietOf(course, metric, job)];
}

/* What costs most comes first. */
export function metricsOf(course: Course): Metric[] {
    const known = METRICS.filter((metric) => course.job[metric]);
    return [...known.filter((metric) => metric.startsWith("gpu")), ...known.filter((metric) => !metric.startsWith("gpu"))];
}
