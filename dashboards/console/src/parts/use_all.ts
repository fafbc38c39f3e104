// Several answers that are of use together.

import { useEffect, useRef, useState } from "preact/hooks";
import { get, Problem } from "../lib/api";

export interface Answers<Data> { data: Data[] | null; problem: Problem | null; reload: () => void }

/* All or none of `urls`; what was there stays until the next is. Again every `every` ms. */
export function useAll<Data>(urls: string[], every = 0): Answers<Data> {
    const [answer, setAnswer] = useState<{ data: Data[] | null; problem: Problem | null }>({ data: null, problem: null });
    const [turn, setTurn] = useState(0);
    const key = urls.join("\n");
    useEffect(() => {
        const stop = new AbortController();
        Promise.all(urls.map((url) => get<Data>(url, stop.signal))).then(
            (data) => setAnswer({ data, problem: null }),
            (error: unknown) => {
                if (!stop.signal.aborted) setAnswer({ data: null, problem: error instanceof Problem ? error : new Problem(0, "", String(error)) });
            });
        return () => stop.abort();
    }, [key, turn]);
    useEffect(() => {
        if (!every) return undefined;
        const timer = window.setInterval(() => { if (!document.hidden) setTurn((n) => n + 1); }, every);
        return () => window.clearInterval(timer);
    }, [every]);
    return { ...answer, reload: () => setTurn((n) => n + 1) };
}

/* What there was last, while the next is on its way. */
export function useLast<Data>(data: Data | null): Data | null {
    const last = useRef<Data | null>(null);
    if (data !== null) last.current = data;
    return last.current;
}
