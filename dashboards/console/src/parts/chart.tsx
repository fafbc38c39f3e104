// A series over time, drawn by uPlot. The colours are those of the page, light or dark.

import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

export interface Line { label: string; color: string; values: (number | null)[] }

interface Props { label: string; times: number[]; lines: Line[]; height?: number; asBars?: boolean; unit?: string }

const style = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function hour(seconds: number): string {
    const date = new Date(seconds * 1000);
    return `${String(date.getHours()).padStart(2, "0")}:${String(date.getMinutes()).padStart(2, "0")}`;
}

function options({ lines, asBars, height = 120 }: Props, width: number): uPlot.Options {
    const axis = { stroke: style("--soft"), grid: { stroke: style("--line"), width: 1 }, ticks: { show: false }, font: "11px system-ui, sans-serif" };
    const bars = uPlot.paths.bars?.({ size: [0.7, 18], align: 1 });
    return {
        width, height, legend: { show: false }, cursor: { y: false, points: { show: !asBars } },
        padding: [6, 8, 0, 0],
        axes: [{ ...axis, size: 22, values: (_self, times) => times.map(hour) }, { ...axis, size: 34 }],
        scales: { y: { range: (_self, _least, most) => [0, Math.max(1, most * 1.08)] } },
        series: [{}, ...lines.map((line) => ({
            label: line.label, stroke: style(line.color), width: asBars ? 0 : 1.5,
            ...(asBars ? { fill: style(line.color), points: { show: false } } : {}),
            ...(asBars && bars ? { paths: bars } : {}),
        }))],
    };
}

export function Chart(props: Props) {
    const box = useRef<HTMLDivElement>(null);
    useEffect(() => {
        const self = box.current;
        if (!self) return undefined;
        let chart: uPlot | null = null;
        const draw = () => {
            chart?.destroy();
            chart = new uPlot(options(props, self.clientWidth || 300), [props.times, ...props.lines.map((line) => line.values)] as uPlot.AlignedData, self);
        };
        draw();
        const resized = new ResizeObserver(() => chart?.setSize({ width: self.clientWidth, height: props.height ?? 120 }));
        const scheme = window.matchMedia("(prefers-color-scheme: dark)");
        resized.observe(self);
        scheme.addEventListener("change", draw);
        return () => { resized.disconnect(); scheme.removeEventListener("change", draw); chart?.destroy(); };
    }, [props.times, props.lines, props.height, props.asBars]);
    return <div class="chart" ref={box} role="img" aria-label={props.label} />;
}
