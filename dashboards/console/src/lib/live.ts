// Changes as they happen (server-sent events). One stream for the whole console; when it breaks it is
// opened again, later each time.

export type Liveness = "off" | "live" | "lost";
export interface Change { type: "job" | "resource" | "event"; data: { id: string; kind: string | null; account: string } }

type Listener = (change: Change) => void;

const listeners = new Set<Listener>();
const watchers = new Set<(state: Liveness) => void>();
let stream: EventSource | null = null;
let state: Liveness = "off";
let failures = 0;
let again: number | undefined;

function become(now: Liveness): void {
    state = now;
    for (const watcher of watchers) watcher(now);
}

function pass(type: Change["type"], event: Event): void {
    const change = { type, data: JSON.parse((event as MessageEvent<string>).data) } as Change;
    for (const listener of listeners) listener(change);
}

export function open(): void {
    close();
    stream = new EventSource("/api/v1/stream");
    stream.addEventListener("ready", () => { failures = 0; become("live"); });
    for (const type of ["job", "resource", "event"] as const) stream.addEventListener(type, (event) => pass(type, event));
    stream.onerror = () => {
        become("lost");
        if (stream?.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
        const wait = Math.min(30000, 1000 * 2 ** failures++);
        again = window.setTimeout(open, wait * (0.5 + Math.random() / 2));
    };
}

export function close(): void {
    window.clearTimeout(again);
    stream?.close();
    stream = null;
    become("off");
}

export function listen(listener: Listener): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
}

export function watch(watcher: (state: Liveness) => void): () => void {
    watchers.add(watcher);
    watcher(state);
    return () => watchers.delete(watcher);
}
