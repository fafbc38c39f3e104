// Names and values, a line each; what is not known is left out.

import type { ComponentChildren } from "preact";

export type Fact = [name: string, value: ComponentChildren];

export function Facts({ of }: { of: Fact[] }) {
    return (
        <dl class="facts">{of.filter(([, value]) => value !== null && value !== undefined && value !== "" && value !== false).map(([name, value]) => (
            <div key={name}><dt>{name}</dt><dd>{value}</dd></div>
        ))}</dl>
    );
}
