// The tree of the organisation, opened where one is; a node filters the list beside it.

import { useState } from "preact/hooks";
import { address } from "../lib/api";
import { link, type Place } from "../lib/place";
import { visible } from "../lib/text";
import type { Namespace, Page } from "../lib/types";
import { useGet } from "../lib/use";
import { Text } from "./text";

interface Props { place: Place; at: string }

const below = (prefix?: string) => address("/api/v1/namespaces", { prefix, limit: "1000" });

function Node({ of, place, at, isTop }: Props & { of: Namespace; isTop: boolean }) {
    const isHere = at === of.namespace;
    const [isOpen, setOpen] = useState(isTop || isHere || at.startsWith(`${of.namespace}/`));
    const nodes = useGet<Page<Namespace>>(isOpen ? below(of.namespace) : null);
    const isLeaf = nodes.data?.data.length === 0;
    const to = { ...place.params, namespace: isHere ? undefined : of.namespace };
    return (
        <li>
            <span class="node">
                {isLeaf ? <span class="twig" aria-hidden="true">·</span>
                    : <button type="button" class="plain twig" aria-expanded={isOpen} aria-label={`Below ${visible(of.name)}`} onClick={() => setOpen(!isOpen)}>{isOpen ? "▾" : "▸"}</button>}
                <a href={link("/models", to)} aria-current={isHere ? "true" : undefined} title={isHere ? "Show all again" : `Only ${visible(of.namespace)} and below`}><Text of={of.name} /></a>
                <span class="soft" title="models">{of.models}</span>
            </span>
            {isOpen && nodes.data?.data.length ? <ul>{nodes.data.data.map((one) => <Node key={one.namespace} of={one} place={place} at={at} isTop={false} />)}</ul> : null}
        </li>
    );
}

export function Namespaces({ place, at }: Props) {
    const roots = useGet<Page<Namespace>>(below());
    if (!roots.data?.data.length) return null;
    return (
        <nav class="tree" aria-label="Namespaces">
            <h2>Namespaces</h2>
            <ul>{roots.data.data.map((one) => <Node key={one.namespace} of={one} place={place} at={at} isTop />)}</ul>
        </nav>
    );
}
