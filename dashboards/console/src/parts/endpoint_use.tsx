// How busy the machines of an endpoint are. Nobody looks unasked: who may, asks CloudWatch about the last
// hour, and sees what it answers.

import { useEffect, useMemo, useState } from "preact/hooks";
import { address, Problem, send } from "../lib/api";
import { timeOf } from "../lib/course";
import type { Course, Utilization } from "../lib/types";
import { useChanges, useGet } from "../lib/use";
import { Charts } from "./course";
import { Empty, Waiting } from "./notice";
import { Text } from "./text";
import { Time } from "./time";
import { UsageTable } from "./usage";

const LOOK_AGAIN_MS = 3000; /* the stream tells of events, and an answer is none */

function Ask({ url, isAsked, asked }: { url: string; isAsked: boolean; asked: () => void }) {
    const [trouble, setTrouble] = useState("");
    async function ask() {
        setTrouble("");
        try {
            await send("POST", url);
            asked();
        } catch (error) {
            setTrouble(error instanceof Problem ? error.message : "it could not be sent");
        }
    }
    return (
        <p>
            <button type="button" disabled={isAsked} onClick={() => void ask()}>Measure the last hour</button>{" "}
            <span role="status">{isAsked ? "asked; CloudWatch answers within a minute" : trouble}</span>
        </p>
    );
}

const at = (course: Course, step: number): string => new Date(timeOf(course, step)).toISOString();

function Figures({ of, course }: { of: Utilization; course: Course | null }) {
    return (
        <>
            {course ? <p class="soft">From <Time of={at(course, 0)} /> to <Time of={at(course, course.points)} />: average, peak as a tick.</p> : null}
            <UsageTable of={of} each="variant" />
            {of.reason && of.state === "settled" ? <p class="soft"><Text of={of.reason} /></p> : null}
            {course ? <Charts course={course} pieces={[]} /> : null}
        </>
    );
}

function said({ state, reason }: Utilization, mayMeasure: boolean) {
    if (state === null) return mayMeasure ? "Not measured yet: ask, and CloudWatch is looked at once." : "Not measured yet: that is asked for with a key of the role write.";
    return state === "failed" ? <>The metrics could not be read. <Text of={reason} /></> : <Text of={reason} />;
}

export function EndpointUse({ id, base, mayMeasure }: { id: string; base: string; mayMeasure: boolean }) {
    const url = `${base}/utilization`;
    const use = useGet<Utilization>(address(url, { course: "true", time_format: "epoch_ms" }));
    const told = use.data;
    const isPending = told?.state === "pending";
    const course = useMemo(() => (told?.course ? { ...told.course, each: "variant" } : null), [told]);
    useChanges((change) => change.data.id === id, use.reload, 500);
    useEffect(() => {
        if (!isPending) return undefined;
        const timer = window.setInterval(use.reload, LOOK_AGAIN_MS);
        return () => window.clearInterval(timer);
    }, [isPending, use.reload]);
    return (
        <section aria-label="Utilization">
            <h2>Utilization <span class="soft">of its machines, per variant</span></h2>
            {told ? <>{mayMeasure ? <Ask url={url} isAsked={isPending} asked={use.reload} /> : null}
                {told.hosts?.length ? <Figures of={told} course={course} /> : isPending ? null : <Empty>{said(told, mayMeasure)}</Empty>}</> : <Waiting of={use} />}
        </section>
    );
}
