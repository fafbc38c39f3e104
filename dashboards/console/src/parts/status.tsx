// A status, told by sign, word and colour.

import { classOf, SIGNS } from "../lib/status";
import { Text } from "./text";

export function Status({ of, detail }: { of: string | null | undefined; detail?: string | null | undefined }) {
    if (!of) return null;
    const its = classOf(of);
    return (
        <span class={`status ${its}`}>
            <span class="sign" aria-hidden="true">{SIGNS[its]}</span><Text of={of} />
            {detail && detail !== of ? <span class="soft"> <Text of={detail} /></span> : null}
        </span>
    );
}
