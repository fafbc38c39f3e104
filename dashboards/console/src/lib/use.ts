// Hooks: the place one is at, an answer that stays fresh, what the keyboard says.

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { get, Problem } from "./api";
import { type Change, listen, type Liveness, watch } from "./live";
import { type Place, placeOf } from "./place";

export function usePlace(): Place {
    const [place, setPlace] = useState(() => placeOf(location.hash));
    useEffect(() => {
        const move = () => setPlace(placeOf(location.hash));
        window.addEventListener("hashchange", move);
        return () => window.removeEventListener("hashchange", move);
    }, []);
    return place;
}

export interface Answer<Data> { data: Data | null; problem: Problem | null; isLoading: boolean; reload: () => void }

/* Who must be told that the key is gone. */
let onUnknown: () => void = () => undefined;
export function whenUnknown(tell: () => void): void { onUnknown = tell; }

/* Asks for `url` (null: not now), and again every `every` ms while the page is looked at. What came
 * last stays until the next has come; another url starts anew. */
export function useGet<Data>(url: string | null, every = 0): Answer<Data> {
    const [answer, setAnswer] = useState<{ url: string | null; data: Data | null; problem: Problem | null }>({ url: null, data: null, problem: null });
    const [turn, setTurn] = useState(0);
    useEffect(() => {
        if (!url) return undefined;
        const stop = new AbortController();
        get<Data>(url, stop.signal).then(
            (data) => setAnswer({ url, data, problem: null }),
            (error: unknown) => {
                if (stop.signal.aborted) return;
                const problem = error instanceof Problem ? error : new Problem(0, "", String(error));
                if (problem.isUnknown) onUnknown();
                setAnswer((last) => ({ url, data: last.url === url ? last.data : null, problem }));
            });
        return () => stop.abort();
    }, [url, turn]);
    useEffect(() => {
        if (!every) return undefined;
        const timer = window.setInterval(() => { if (!document.hidden) setTurn((n) => n + 1); }, every);
        return () => window.clearInterval(timer);
    }, [every]);
    const reload = useCallback(() => setTurn((n) => n + 1), []);
    const isCurrent = answer.url === url;
    return { data: isCurrent ? answer.data : null, problem: isCurrent ? answer.problem : null, isLoading: !isCurrent && url !== null, reload };
}

/* Calls `deed` after changes that `wants` it, but no more often than every `least` ms. */
export function useChanges(wants: (change: Change) => boolean, deed: () => void, least = 1500): void {
    const now = useRef({ wants, deed });
    now.current = { wants, deed };
    useEffect(() => {
        let timer: number | undefined;
        let last = 0;
        const stop = listen((change) => {
            if (timer !== undefined || !now.current.wants(change)) return;
            timer = window.setTimeout(() => {
                timer = undefined;
                last = Date.now();
                now.current.deed();
            }, Math.max(250, last + least - Date.now()));
        });
        return () => { stop(); window.clearTimeout(timer); };
    }, [least]);
}

export function useLiveness(): Liveness {
    const [state, setState] = useState<Liveness>("off");
    useEffect(() => watch(setState), []);
    return state;
}

/* A value that is drawn again every `ms`, so that "5 s ago" stays true. */
export function useTick(ms: number): void {
    const [, setTurn] = useState(0);
    useEffect(() => {
        const timer = window.setInterval(() => { if (!document.hidden) setTurn((n) => n + 1); }, ms);
        return () => window.clearInterval(timer);
    }, [ms]);
}
