// A document as it came, laid out. Only text: nothing in it is ever markup.

import { Text } from "./text";

export function Json({ of, label }: { of: unknown; label: string }) {
    const text = typeof of === "string" ? of : JSON.stringify(of, null, 2);
    return <pre class="json" tabIndex={0} aria-label={label}><Text of={text} keepsLines /></pre>;
}
