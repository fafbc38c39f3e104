// What a status means to somebody on call. Each class has a sign of its own, so that colour is not
// needed.

export type Class = "bad" | "busy" | "good" | "gone";

export const SIGNS: Record<Class, string> = { bad: "\u2715", busy: "\u25b8", good: "\u2713", gone: "\u25a0" };

const GOOD = new Set(["Completed", "Succeeded", "InService", "Created", "Active", "Approved", "Scheduled", "Started", "none",
    "active", "succeeded", "stable", "quiet"]);
const GONE = new Set(["Stopped", "Deleted", "Archived", "Draft", "Off", "Cancelled", "retired", "insufficient"]);

export function classOf(status: string | null | undefined): Class {
    if (!status) return "gone";
    if (/fail|incomplete|rejected|rolled.back|given.up|timeout|firing/i.test(status)) return "bad";
    if (GOOD.has(status)) return "good";
    return GONE.has(status) ? "gone" : "busy";
}

/* Counts by class, from counts by status. */
export function byClass(byStatus: Record<string, number>): Record<Class, number> {
    const sums: Record<Class, number> = { bad: 0, busy: 0, good: 0, gone: 0 };
    for (const [status, number] of Object.entries(byStatus)) sums[classOf(status)] += number;
    return sums;
}
