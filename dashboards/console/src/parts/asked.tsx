// The same question in the languages other stores speak, to take there.

import { useState } from "preact/hooks";
import { address, type Params } from "../lib/api";
import type { Asked as Told } from "../lib/types";
import { useGet } from "../lib/use";
import { Copyable, Dialog } from "./dialog";
import { Waiting } from "./notice";

const LANGUAGES: [string, string][] = [["insights", "CloudWatch Logs Insights"], ["sql", "SQL"], ["elasticsearch", "Elasticsearch"]];

function laidOut(of: Told): string {
    if (of.language !== "elasticsearch") return of.text;
    try { return JSON.stringify(JSON.parse(of.text), null, 2); } catch { return of.text; }
}

function Words({ url, title }: { url: string; title: string }) {
    const told = useGet<Told>(url);
    return (
        <section aria-label={title}>
            <h3>{title}</h3>
            <Waiting of={told} />
            {told.data ? <Copyable label={`${title}, as text`} text={laidOut(told.data)} /> : null}
            {told.data?.notes?.map((note) => <p key={note} class="soft">{note}</p>)}
        </section>
    );
}

/* `list` and `sum`: what is asked of the list of transactions, and of their percentiles. */
export function AskedElsewhere({ list, sum }: { list: Params; sum: Params }) {
    const [language, setLanguage] = useState<string | null>(null);
    const title = LANGUAGES.find(([name]) => name === language)?.[1] ?? "";
    return (
        <>
            {LANGUAGES.map(([name, said]) => (
                <button key={name} type="button" title={`The same question for ${said}`} onClick={() => setLanguage(name)}>as {name === "sql" ? "SQL" : `${name[0]?.toUpperCase()}${name.slice(1)}`}</button>
            ))}
            {language ? (
                <Dialog title={title} close={() => setLanguage(null)}>
                    <Words url={address("/api/v1/inferences", { ...list, as: language })} title="These transactions" />
                    <Words url={address("/api/v1/inferences/summary", { ...sum, as: language })} title="Their percentiles" />
                </Dialog>
            ) : null}
        </>
    );
}
