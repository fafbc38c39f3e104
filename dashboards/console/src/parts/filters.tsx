// Filters of a list: each is a part of the address.

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { type Place, refine } from "../lib/place";
import { visible, words } from "../lib/text";

export function Filters({ place, children }: { place: Place; children: ComponentChildren }) {
    const given = Object.keys(place.params).length;
    const clear = () => refine(place, Object.fromEntries(Object.keys(place.params).map((name) => [name, undefined])));
    return (
        <form class="filters" role="search" onSubmit={(event) => event.preventDefault()}>
            {children}
            {given ? <button type="button" onClick={clear}>Clear</button> : null}
        </form>
    );
}

interface Options { place: Place; name: string; label: string; options: readonly string[]; none?: string; said?: Record<string, string> }

/* `said`: what an option is called, where its value does not say it. */
export function Choice({ place, name, label, options, none = "any", said = {} }: Options) {
    const value = place.params[name] ?? "";
    const all = value && !options.includes(value) ? [value, ...options] : options;
    return (
        <label><span>{label}</span>
            <select value={value} onChange={(event) => refine(place, { [name]: event.currentTarget.value })}>
                <option value="">{none}</option>
                {all.map((option) => <option key={option} value={option}>{said[option] ?? visible(words(option))}</option>)}
            </select>
        </label>
    );
}

/* What is typed takes effect when the typing pauses. */
export function Typed({ place, name, label, hint, isSearch = false }:
    { place: Place; name: string; label: string; hint: string; isSearch?: boolean }) {
    const given = place.params[name] ?? "";
    const [text, setText] = useState(given);
    const timer = useRef<number | undefined>(undefined);
    /* What comes back of our own must not undo what was typed meanwhile. */
    const sent = useRef(given);
    useEffect(() => { if (given !== sent.current) setText(given); sent.current = given; }, [given]);
    function type(value: string) {
        setText(value);
        window.clearTimeout(timer.current);
        timer.current = window.setTimeout(() => {
            sent.current = value.trim();
            refine(place, { [name]: sent.current });
        }, 300);
    }
    useEffect(() => () => window.clearTimeout(timer.current), []);
    return (
        <label><span>{label}</span>
            <input value={text} placeholder={hint} enterkeyhint="search" data-search={isSearch ? "" : undefined}
                autocomplete="off" spellcheck={false} onInput={(event) => type(event.currentTarget.value)} />
        </label>
    );
}
