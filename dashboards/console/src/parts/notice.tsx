// What stands where there is nothing, or nothing yet.

import type { ComponentChildren } from "preact";
import type { Problem } from "../lib/api";
import type { Answer } from "../lib/use";

export function Empty({ children }: { children: ComponentChildren }) {
    return <p class="empty">{children}</p>;
}

export function Trouble({ of, retry }: { of: Problem; retry: () => void }) {
    return (
        <p class="trouble" role="alert">
            {of.message} <button type="button" onClick={retry}>Try again</button>
        </p>
    );
}

/* What an answer has to say besides its data. */
export function Waiting({ of }: { of: Answer<unknown> }) {
    if (of.problem && !of.problem.isUnknown) return <Trouble of={of.problem} retry={of.reload} />;
    return of.data === null ? <p class="soft" aria-busy="true">Loading…</p> : null;
}
