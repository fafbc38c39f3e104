// The head of a view: what it is, what it shows, and how to take that along.

import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Problem } from "../lib/api";
import { allOf, type Column, csv, curl, save } from "../lib/export";
import { visible } from "../lib/text";
import { Copyable, Dialog } from "./dialog";

export interface Export<Row> { name: string; url: string; columns: Column<Row>[]; rows?: Row[] }

interface Props<Row> {
    title: string; note?: ComponentChildren; curls: string[]; takes?: Export<Row> | undefined; children?: ComponentChildren;
}

export function Head<Row>({ title, note, curls, takes, children }: Props<Row>) {
    const [isShown, show] = useState(false);
    const [isBusy, setBusy] = useState(false);
    const [trouble, setTrouble] = useState("");
    useEffect(() => { document.title = `${visible(title)} · smon`; }, [title]);

    async function take(how: "csv" | "json") {
        if (!takes) return;
        setBusy(true);
        setTrouble("");
        try {
            const rows = takes.rows ?? await allOf<Row>(takes.url);
            if (how === "csv") save(`${takes.name}.csv`, "text/csv;charset=utf-8", csv(takes.columns, rows));
            else save(`${takes.name}.json`, "application/json", JSON.stringify(rows, null, 2));
        } catch (error) {
            setTrouble(`not saved: ${error instanceof Problem ? error.message : "it could not be fetched"}`);
        } finally {
            setBusy(false);
        }
    }

    return (
        <header class="head">
            <h1>{visible(title)}</h1>
            <div class="note">{note}</div>
            <div class="deeds">
                {children}
                <span role="status" class="soft">{visible(trouble)}</span>
                {takes ? <button type="button" disabled={isBusy} onClick={() => void take("csv")}>CSV</button> : null}
                {takes ? <button type="button" disabled={isBusy} onClick={() => void take("json")}>JSON</button> : null}
                <button type="button" onClick={() => show(true)}>as curl</button>
            </div>
            {isShown ? (
                <Dialog title="The same on the command line" close={() => show(false)}>
                    {curls.map((url) => <Copyable key={url} label="curl command" text={curl(url)} />)}
                    <p class="soft">SMON_KEY is a key with the role read.</p>
                </Dialog>
            ) : null}
        </header>
    );
}
