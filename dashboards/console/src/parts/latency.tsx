// Percentiles over time, with what was rolled out when. The scale is that of powers of ten where the
// longest are far from the usual: otherwise nobody would see the usual.

import { useEffect, useMemo, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { address, type Params } from "../lib/api";
import type { Series } from "../lib/types";
import { local } from "../lib/when";
import { millis } from "./elapse";
import { Empty } from "./notice";
import { type Answers, useAll } from "./use_all";

export interface Mark { at: number; label: string }

export const SINCE = ["1h", "6h", "24h", "7d", "30d"];
const STEPS: Record<string, string> = { "1h": "1m", "6h": "5m", "24h": "15m", "7d": "2h", "30d": "6h" };
const METRICS = ["inference_elapse_p50", "inference_elapse_p95", "inference_elapse_p99", "inference_count", "inference_failed"];
const LINES = [
    { label: "p50", color: "--quiet", width: 1.5, dash: [] },
    { label: "p95", color: "--fill", width: 1.2, dash: [4, 3] },
    { label: "p99", color: "--fill", width: 2, dash: [] },
];
export const GUTTER = 56; /* on the left: the axis here, the names of lanes below */
const HEIGHT = 190;

export const seriesUrl = (metric: string, of: Params, since: string): string =>
    address(`/api/v1/series/${metric}`, { ...of, since, step: STEPS[since], time_format: "epoch_ms" });

const style = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const valuesOf = (series: Series | undefined) => (series?.data[0]?.points ?? []).map((point) => point[1]);

/* Lines where something changed; then labels, where there is room, so that no line runs through one. */
function drawMarks(chart: uPlot, marks: Mark[]) {
    const { ctx, bbox } = chart;
    const scale = window.devicePixelRatio || 1;
    const [soft, back] = [style("--soft"), style("--back")];
    const seen = marks.map((mark) => ({ label: mark.label, x: chart.valToPos(mark.at / 1000, "x", true) }))
        .filter((mark) => mark.x >= bbox.left && mark.x <= bbox.left + bbox.width);
    ctx.save();
    ctx.strokeStyle = soft;
    ctx.setLineDash([2 * scale, 3 * scale]);
    for (const { x } of seen) {
        ctx.beginPath();
        ctx.moveTo(x, bbox.top);
        ctx.lineTo(x, bbox.top + bbox.height);
        ctx.stroke();
    }
    ctx.textAlign = "left";
    ctx.font = `${10 * scale}px system-ui, sans-serif`;
    let free = -Infinity;
    for (const { x, label } of seen.filter((mark) => mark.label)) {
        const wide = ctx.measureText(label).width + 4 * scale;
        const left = Math.min(x + scale, bbox.left + bbox.width - wide);
        if (left < free) continue;
        ctx.fillStyle = back;
        ctx.fillRect(left, bbox.top, wide, 12 * scale);
        ctx.fillStyle = soft;
        ctx.fillText(label, left + 2 * scale, bbox.top + 9 * scale);
        free = left + wide + 4 * scale;
    }
    ctx.restore();
}

function drawObjective(chart: uPlot, most: number) {
    const { ctx, bbox } = chart;
    const y = chart.valToPos(most, "y", true);
    if (y < bbox.top || y > bbox.top + bbox.height) return;
    ctx.save();
    ctx.strokeStyle = style("--bad");
    ctx.setLineDash([8, 4]);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    ctx.restore();
}

interface Picture { times: number[]; lines: (number | null)[][]; from: number; to: number; marks: Mark[]; most?: number | undefined; tell: (index: number | null) => void }

function options(of: Picture, width: number): uPlot.Options {
    const axis = { stroke: style("--soft"), grid: { stroke: style("--line"), width: 1 }, ticks: { show: false }, font: "11px system-ui, sans-serif" };
    const all = of.lines.flat().filter((value): value is number => value !== null);
    const isLog = Math.max(...all) > 20 * Math.max(1, Math.min(...all));
    const days = of.to - of.from > 2 * 86400;
    const when = (seconds: number) => (days ? new Date(seconds * 1000).toLocaleDateString(undefined, { day: "2-digit", month: "short" })
        : new Date(seconds * 1000).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit", hour12: false }));
    return {
        width, height: HEIGHT, legend: { show: false }, cursor: { y: false }, padding: [8, 0, 0, 0],
        axes: [{ ...axis, size: 22, space: 60, ...(days ? { incrs: [1, 2, 7].map((count) => count * 86400) } : {}), values: (_self, times) => times.map(when) },
            { ...axis, size: GUTTER, values: (_self, values) => values.map((value) => (value === null ? "" : millis(value))) }],
        scales: { x: { time: true, range: () => [of.from, of.to] },
            y: isLog ? { distr: 3, log: 10 } : { range: (_self, _least, most) => [0, Math.max(1, most * 1.1)] } },
        series: [{}, ...LINES.map((line) => ({ label: line.label, stroke: style(line.color), width: line.width, dash: line.dash, spanGaps: false, points: { size: 4 } }))],
        hooks: { draw: [(chart) => { drawMarks(chart, of.marks); if (of.most) drawObjective(chart, of.most); }],
            setCursor: [(chart) => of.tell(chart.cursor.idx ?? null)] },
    };
}

function Plot({ of, label }: { of: Picture; label: string }) {
    const box = useRef<HTMLDivElement>(null);
    useEffect(() => {
        const self = box.current;
        if (!self) return undefined;
        let chart: uPlot | null = null;
        const draw = () => {
            chart?.destroy();
            chart = new uPlot(options(of, self.clientWidth || 300), [of.times, ...of.lines] as uPlot.AlignedData, self);
        };
        draw();
        const resized = new ResizeObserver(() => chart?.setSize({ width: self.clientWidth, height: HEIGHT }));
        const scheme = window.matchMedia("(prefers-color-scheme: dark)");
        resized.observe(self);
        scheme.addEventListener("change", draw);
        return () => { resized.disconnect(); scheme.removeEventListener("change", draw); chart?.destroy(); };
    }, [of]);
    return <div class="chart" ref={box} role="img" aria-label={label} />;
}

/* The series of transactions that `of` names; shared by the chart and whoever stands below it. */
export function useLatency(of: Params, since: string): Answers<Series> {
    return useAll<Series>(METRICS.map((metric) => seriesUrl(metric, of, since)), 60000);
}

interface Props { of: Answers<Series>; since: string; marks?: Mark[]; most?: number | undefined; title?: string }

const NO_MARKS: Mark[] = [];

export function Latency({ of, since, marks = NO_MARKS, most, title = "Elapse over time" }: Props) {
    const readout = useRef<HTMLSpanElement>(null);
    const data = of.data;
    const picture = useMemo<Picture | null>(() => {
        if (!data) return null;
        const times = (data[0]?.data[0]?.points ?? []).map((point) => point[0] / 1000);
        const lines = LINES.map((_, at) => valuesOf(data[at]).map((value) => (value === null ? null : Math.max(1, value))));
        const counts = valuesOf(data[3]);
        const failed = valuesOf(data[4]);
        const tell = (index: number | null) => {
            if (!readout.current) return;
            const time = index === null ? undefined : times[index];
            readout.current.textContent = index === null || time === undefined ? "" : `${local(new Date(time * 1000).toISOString())}: ${
                LINES.map((line, at) => `${line.label} ${millis(lines[at]?.[index]) || "–"}`).join(", ")}, ${counts[index] ?? 0} answers, ${failed[index] ?? 0} failed`;
        };
        const to = Date.now() / 1000;
        return { times, lines, from: Math.max(times[0] ?? to - 3600, to - rangeOf(since) / 1000), to, marks, most, tell };
    }, [data, marks, most, since]);
    const isEmpty = picture !== null && !picture.lines[0]?.some((value) => value !== null);
    return (
        <section aria-label={title}>
            <h2>{title} <span class="readout soft" ref={readout} />
                {isEmpty ? null : <span class="legend"><i class="key" /> p50 <i class="key dashed" /> p95 <i class="key solid" /> p99 {most ? <><i class="key objective" /> objective {millis(most)}</> : null}</span>}</h2>
            {of.problem ? <p class="trouble" role="alert">{of.problem.message} <button type="button" onClick={of.reload}>Try again</button></p> : null}
            {!data && !of.problem ? <p class="soft" aria-busy="true">Loading…</p> : null}
            {picture && !isEmpty ? <Plot of={picture} label={`Percentiles of the elapsed time over the last ${since}; as curl and CSV have the numbers`} /> : null}
            {isEmpty ? <Empty>No transaction in the last {since}. They come with POST /ingest/inferences.</Empty> : null}
        </section>
    );
}

const UNITS: Record<string, number> = { h: 3600000, d: 86400000 };
export const rangeOf = (since: string): number => parseInt(since, 10) * (UNITS[since.slice(-1)] ?? 3600000);
