// Tags, as they were given.

import { Text } from "./text";

export function Tags({ of }: { of: Record<string, string> | null }) {
    const all = Object.entries(of ?? {});
    return all.length ? <p class="tags plain">{all.map(([name, value]) => <span key={name}><Text of={name} />=<Text of={value} /></span>)}</p> : null;
}
