// Text of others, with what cannot be seen shown as what it is. Escaped by construction.

import { parts } from "../lib/text";

export function Text({ of, keepsLines = false }: { of: string | null | undefined; keepsLines?: boolean }) {
    if (!of) return null;
    return <bdi>{parts(of, keepsLines).map((part) => (part.isEscape ? <span class="escape">{part.text}</span> : part.text))}</bdi>;
}
