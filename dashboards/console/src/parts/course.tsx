// How a job or an endpoint used its machines over time: a chart for each metric, a line for each host or
// variant. Where there are many, the mean of all between the least and the greatest, and whoever idled.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { address } from "../lib/api";
import { eachOf, mean, metricsOf, nameOf, notable, type Notable, stamp, timeOf } from "../lib/course";
import { percent } from "../lib/numbers";
import { classOf } from "../lib/status";
import { visible } from "../lib/text";
import type { Course, Job, Metric, Spread, Timeline, Utilization, Values } from "../lib/types";
import { useGet } from "../lib/use";
import { span } from "../lib/when";
import { Empty, Waiting } from "./notice";
import { cut, type Piece } from "./phases";
import { Text } from "./text";

const MOST_LINES = 6;
const HEIGHT = 112;
const GUTTER = 34; /* both as wide as the lane's margins in style.css */
const EDGE = 18;
const DASHES = [[], [7, 3], [2, 2], [9, 3, 2, 3], [4, 4], [1, 3]];

interface Stroke { name: string; color: string; dash: number[]; values: Values; isPeak?: boolean }
interface Picture { strokes: Stroke[]; band: { low: Values; high: Values } | null; course: Course; metric: Metric }

const style = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const stroke = (name: string, at: number, values: Values): Stroke =>
    ({ name, color: `--host${at % MOST_LINES}`, dash: DASHES[at % MOST_LINES] ?? [], values });

/* Few hosts each have a line; one alone also shows its peaks. */
function pictureOf(course: Course, metric: Metric, job: Spread, odd: string[]): Picture {
    const lineOf = (host: string) => course.hosts.find((one) => one.host === host)?.[metric]?.avg ?? [];
    if (course.hosts_left_out || course.hosts.length > MOST_LINES)
        return { course, metric, band: { low: job.low, high: job.high },
            strokes: [stroke("mean", 0, job.avg), ...odd.map((host, at) => stroke(host, at + 1, lineOf(host)))] };
    const strokes = course.hosts.map((one, at) => stroke(one.host, at, one[metric]?.avg ?? []));
    if (course.hosts.length === 1) strokes.push({ name: "peak", color: "--soft", dash: [1, 3], values: job.max, isPeak: true });
    return { course, metric, band: null, strokes };
}

function options({ strokes, band, course }: Picture, width: number, tell: (step: number | null) => void): uPlot.Options {
    const axis = { stroke: style("--soft"), grid: { stroke: style("--line"), width: 1 }, ticks: { show: false }, font: "11px system-ui, sans-serif" };
    const edges = band ? [{ width: 0, points: { show: false } }, { width: 0, points: { show: false } }] : [];
    return {
        width, height: HEIGHT, legend: { show: false }, padding: [6, EDGE, 0, 0],
        cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
        axes: [{ ...axis, size: 20, space: 60, values: (_self, times) => times.map((time) => stampAt(course, time, times.length)) },
            { ...axis, size: GUTTER, ...(course.is_normalized ? { splits: () => [0, 50, 100] } : {}) }],
        scales: { x: { time: true, range: () => [course.from / 1000, timeOf(course, course.points) / 1000] },
            y: { range: (_self, _least, most) => [0, course.is_normalized ? 103 : Math.max(1, most * 1.05)] } },
        series: [{}, ...edges, ...strokes.map((one) => ({ stroke: style(one.color), width: 1.6, dash: one.dash, spanGaps: false, points: { show: course.points < 3 } }))],
        ...(band ? { bands: [{ series: [2, 1] as [number, number], fill: `${style("--host0")}2e` }] } : {}),
        hooks: { setCursor: [(chart) => tell(stepAt(chart, course))] },
    };
}

/* What is pointed at. */
function stepAt(chart: uPlot, course: Course): number | null {
    const left = chart.cursor.left ?? -1;
    const step = Math.floor((chart.posToVal(left, "x") - course.from / 1000) / course.step_s);
    return left < 0 ? null : Math.min(course.points - 1, Math.max(0, step));
}

/* The clock; of long courses the day. */
function stampAt(course: Course, seconds: number, count: number): string {
    const date = new Date(seconds * 1000);
    if (course.points * course.step_s > 2 * 86400 && count < 12)
        return date.toLocaleDateString(undefined, { day: "2-digit", month: "short" });
    return date.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit", hour12: false });
}

interface Pointing { moment: number | null; tell: (step: number | null) => void; pin: (step: number | null) => void }

function Plot({ of, label, moment, tell, pin }: { of: Picture; label: string } & Pointing) {
    const box = useRef<HTMLDivElement>(null);
    const drawn = useRef<uPlot | null>(null);
    useEffect(() => {
        const self = box.current;
        if (!self) return undefined;
        const { course, band, strokes } = of;
        const times = Array.from({ length: course.points }, (_, step) => timeOf(course, step + 0.5) / 1000);
        const draw = () => {
            drawn.current?.destroy();
            drawn.current = new uPlot(options(of, self.clientWidth || 300, tell),
                [times, ...(band ? [band.low, band.high] : []), ...strokes.map((one) => one.values)] as uPlot.AlignedData, self);
        };
        draw();
        const resized = new ResizeObserver(() => drawn.current?.setSize({ width: self.clientWidth, height: HEIGHT }));
        const scheme = window.matchMedia("(prefers-color-scheme: dark)");
        resized.observe(self);
        scheme.addEventListener("change", draw);
        return () => { resized.disconnect(); scheme.removeEventListener("change", draw); drawn.current?.destroy(); drawn.current = null; };
    }, [of, tell]);
    /* The same moment in every chart, whichever of them was pointed at. */
    useEffect(() => {
        const chart = drawn.current;
        if (!chart || stepAt(chart, of.course) === moment) return;
        chart.setCursor(moment === null ? { left: -10, top: -10 } : { left: chart.valToPos(timeOf(of.course, moment + 0.5) / 1000, "x"), top: 0 }, false);
    }, [moment, of]);
    return <div class="chart" ref={box} role="img" aria-label={label} onClick={() => pin(moment)} />;
}

type Placed = Piece & { index: number };

/* What SageMaker did meanwhile; one state alone says nothing. */
function piecesIn(of: Timeline | null, course: Course): Placed[] {
    const pieces = (of ? cut(of, Date.now()) : []).map((piece, index) => ({ ...piece, index }))
        .filter((piece) => piece.to > course.from && piece.from < timeOf(course, course.points) && piece.to > piece.from);
    return pieces.length > 1 ? pieces : [];
}

function Lane({ of: pieces, course }: { of: Placed[]; course: Course }) {
    const [from, to] = [course.from, timeOf(course, course.points)];
    const place = (time: number) => Math.min(1, Math.max(0, (time - from) / (to - from)));
    const first = pieces[0];
    if (!first) return null;
    return (
        <div class="line" aria-hidden="true">
            <span style={{ width: `${place(first.from) * 100}%` }} />
            {pieces.map((piece) => <span key={piece.index} class={`piece ${classOf(piece.name)} shade${piece.index % 4}`}
                style={{ width: `${(place(piece.to) - place(piece.from)) * 100}%` }} title={`${visible(piece.name)} ${span(piece.to - piece.from)}`} />)}
        </div>
    );
}

const told = (value: number | null | undefined): string => (value === null || value === undefined ? "–" : percent(value));

/* Of a moment, or of all of it. */
function valueOf({ values, isPeak }: Stroke, moment: number | null): number | null | undefined {
    if (moment !== null) return values[moment];
    return isPeak ? Math.max(...values.map((value) => value ?? 0)) : mean(values);
}

/* The name of a host that has just this value then; there may be several, and it may be left out. */
function whose(course: Course, metric: Metric, values: Values, moment: number): string {
    const value = values[moment];
    return value === null || value === undefined ? "" : course.hosts.find((one) => one[metric]?.avg[moment] === value)?.host ?? "";
}

function Keys({ of, moment }: { of: Picture; moment: number | null }) {
    const { band, course, metric } = of;
    return (
        <ul class="hosts">
            {of.strokes.map((one) => (
                <li key={one.name}>
                    <svg width="20" height="8" aria-hidden="true"><line x1="0" x2="20" y1="4" y2="4" style={{ stroke: `var(${one.color})` }} stroke-dasharray={one.dash.join(" ")} /></svg>
                    <Text of={one.name} /> <span class="number">{told(valueOf(one, moment))}</span>
                </li>
            ))}
            {band && moment === null ? <li class="soft"><span class="band" aria-hidden="true" /> least to greatest {eachOf(course)}</li> : null}
            {band && moment !== null ? ([["least", band.low], ["greatest", band.high]] as const).map(([word, values]) => (
                <li key={word} class="soft">{word} <Text of={whose(course, metric, values, moment)} /> <span class="number">{told(values[moment])}</span></li>
            )) : null}
        </ul>
    );
}

function labelOf(course: Course, metric: Metric, job: Spread): string {
    const hosts = course.hosts.length + course.hosts_left_out;
    const means = course.hosts.map((one) => [one.host, mean(one[metric]?.avg ?? [])] as const).filter(([, value]) => value !== null);
    const least = means.sort((a, b) => (a[1] ?? 0) - (b[1] ?? 0))[0];
    const each = eachOf(course);
    return `${nameOf(metric)} of ${hosts === 1 ? `one ${each}` : `${hosts} ${each}s`} from ${stamp(course, 0)} to ${stamp(course, course.points)}: ${told(mean(job.avg))} on average${
        hosts > 1 && least ? `, least on ${visible(least[0])} with ${told(least[1])}` : ""}`;
}

interface OneProps extends Pointing { course: Course; metric: Metric; odd: string[]; pieces: Placed[] }

function One({ course, metric, odd, pieces, moment, tell, pin }: OneProps) {
    const job = course.job[metric];
    const picture = useMemo(() => (job ? pictureOf(course, metric, job, odd) : null), [course, metric, odd]);
    if (!picture || !job) return null;
    return (
        <div>
            <h3>{nameOf(metric)} <span class="soft">{moment === null ? "on average" : stamp(course, moment)}</span></h3>
            <Plot of={picture} label={labelOf(course, metric, job)} moment={moment} tell={tell} pin={pin} />
            <Lane of={pieces} course={course} />
            <Keys of={picture} moment={moment} />
        </div>
    );
}

function said(course: Course, step: number): string {
    return `${stamp(course, step)}: ${metricsOf(course).map((metric) => `${nameOf(metric)} ${told(course.job[metric]?.avg[step])}`).join(", ")}`;
}

/* For the keyboard, and for who wants a moment to stay: the same that pointing does. */
function Moment({ course, at, pin }: { course: Course; at: number | null; pin: (step: number | null) => void }) {
    return (
        <div class="moment-of">
            <label for="moment">Moment</label>
            <input id="moment" type="range" min={0} max={course.points - 1} step={1} value={at ?? 0}
                aria-valuetext={at === null ? "none; the averages are shown" : said(course, at)}
                onInput={(event) => pin(Number(event.currentTarget.value))}
                onKeyDown={(event) => { if (event.key === "Escape" && at !== null) { event.stopPropagation(); pin(null); } }} />
            <output>{at === null ? <span class="soft">none: averages</span> : `${stamp(course, at)} to ${stamp(course, at + 1)}`}</output>
            <button type="button" disabled={at === null} onClick={() => pin(null)}>Averages</button>
        </div>
    );
}

function Notes({ course, of }: { course: Course; of: Notable[] }) {
    const hosts = course.hosts.length + course.hosts_left_out;
    return (
        <>
            {of.length ? <ul class="notable" aria-label="What stands out">{of.map((one) => <li key={one.text}><Text of={one.text} /></li>)}</ul> : null}
            {course.hosts_left_out ? <p class="soft">{course.hosts.length} of {hosts} {eachOf(course)}s were kept with lines of their own: those that differ most. Mean, least and greatest are of all {hosts}.</p> : null}
            {course.is_normalized ? null : <p class="soft">As CloudWatch counts: 100 for each core and each GPU, because the instance type is not known here.</p>}
        </>
    );
}

export function Charts({ course, pieces }: { course: Course; pieces: Placed[] }) {
    const [hovered, setHovered] = useState<number | null>(null);
    const [pinned, setPinned] = useState<number | null>(null);
    const stands = useMemo(() => notable(course), [course]);
    const odd = useMemo(() => stands.flatMap((one) => (one.host ? [one.host] : [])), [stands]);
    const moment = hovered ?? pinned;
    return (
        <>
            <Notes course={course} of={stands} />
            <div class="courses">{metricsOf(course).map((metric) =>
                <One key={metric} course={course} metric={metric} odd={odd} pieces={pieces} moment={moment} tell={setHovered} pin={setPinned} />)}</div>
            <Moment course={course} at={pinned} pin={setPinned} />
        </>
    );
}

export function CourseOf({ of, base, timeline }: { of: Job; base: string; timeline: Timeline | null }) {
    const isSettled = of.utilization?.state === "settled";
    const usage = useGet<Utilization>(isSettled ? address(`${base}/utilization`, { course: "true", time_format: "epoch_ms" }) : null);
    const course = usage.data?.course;
    const pieces = useMemo(() => (course ? piecesIn(timeline, course) : []), [course, timeline]);
    if (!isSettled) return null;
    return (
        <section aria-label="Utilization over time" class="over-time">
            <h2>Utilization over time {course ? <span class="soft">a point is {span(course.step_s * 1000)}{pieces.length ? "; the bar below shows the timeline" : ""}</span> : null}</h2>
            {course ? <Charts course={course} pieces={pieces} /> : usage.data
                ? <Empty>Only the figures above were kept: this job was looked at before courses were.</Empty> : <Waiting of={usage} />}
        </section>
    );
}
