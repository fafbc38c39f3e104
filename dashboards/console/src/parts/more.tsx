// A list that goes on: the next page is added when asked for.

import { useCallback, useEffect, useState } from "preact/hooks";
import { address, get, Problem } from "../lib/api";
import type { Page } from "../lib/types";
import { type Answer, useGet } from "../lib/use";

export interface Listing<Row> { first: Answer<Page<Row>>; rows: Row[]; hasMore: boolean; more: () => void; isBusy: boolean; problem: Problem | null }

interface Rest<Row> { url: string; rows: Row[]; next: string | null }

/* Pages of `url`. The first stays fresh; what else was shown stays as it was, also what newer rows have
 * pushed off the first page meanwhile. */
export function useListing<Row>(url: string | null, keyOf: (row: Row) => string): Listing<Row> {
    const first = useGet<Page<Row>>(url);
    const [rest, setRest] = useState<Rest<Row> | null>(null);
    const [isBusy, setBusy] = useState(false);
    const [problem, setProblem] = useState<Problem | null>(null);
    useEffect(() => { setRest(null); setProblem(null); }, [url]);
    const mine = rest && rest.url === url ? rest : null;
    const next = mine ? mine.next : first.data?.next_cursor ?? null;
    const shown = first.data?.data ?? [];
    const more = useCallback(() => {
        if (!url || !next) return;
        const [path = "", query = ""] = url.split("?", 2);
        setBusy(true);
        get<Page<Row>>(address(path, { ...Object.fromEntries(new URLSearchParams(query)), cursor: next })).then(
            (page) => setRest((had) => ({ url, rows: [...(had?.url === url ? had.rows : shown), ...page.data], next: page.next_cursor })),
            (error: unknown) => setProblem(error instanceof Problem ? error : new Problem(0, "", String(error))),
        ).finally(() => setBusy(false));
    }, [url, next, shown]);
    const known = new Set(shown.map(keyOf));
    const rows = mine ? [...shown, ...mine.rows.filter((row) => !known.has(keyOf(row)))] : shown;
    return { first, rows, hasMore: next !== null, more, isBusy, problem };
}

export function More<Row>({ of }: { of: Listing<Row> }) {
    if (of.problem) return <p class="trouble" role="alert">{of.problem.message}</p>;
    return of.hasMore ? <p><button type="button" class="more" disabled={of.isBusy} onClick={of.more}>Show more</button></p> : null;
}
