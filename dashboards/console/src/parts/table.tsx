// Rows and columns. On a narrow screen a row becomes a few lines: its first cell, then the others.

import type { ComponentChildren } from "preact";
import type { Column } from "../lib/export";

export interface Field<Row> extends Column<Row> {
    cell: (row: Row) => ComponentChildren;
    title?: string;
    kind?: "number" | "wide" | "name";
    rank?: 1 | 2 | 3; /* 3 goes first when room is short */
}

interface Props<Row> {
    label: string; fields: Field<Row>[]; rows: Row[]; keyOf: (row: Row) => string;
    rowClass?: (row: Row) => string; sort?: { by: string; isDown: boolean; change: (name: string) => void };
}

function heading<Row>(field: Field<Row>, sort: Props<Row>["sort"]) {
    if (!sort) return field.title ?? field.name;
    const mark = sort.by === field.name ? (sort.isDown ? " ↓" : " ↑") : "";
    return <button type="button" onClick={() => sort.change(field.name)}>{field.title ?? field.name}{mark}</button>;
}

const classOf = <Row,>(field: Field<Row>) => `${field.kind ?? ""} rank${field.rank ?? 1}`;

export function Table<Row>({ label, fields, rows, keyOf, rowClass, sort }: Props<Row>) {
    const order = (field: Field<Row>) =>
        sort?.by === field.name ? (sort.isDown ? "descending" as const : "ascending" as const) : undefined;
    return (
        <div class="scroll" role="region" aria-label={label} tabIndex={0}>
            <table class="rows">
                <thead><tr>{fields.map((field) => (
                    <th key={field.name} scope="col" class={classOf(field)} aria-sort={order(field)}>{heading(field, sort)}</th>
                ))}</tr></thead>
                <tbody>{rows.map((row) => (
                    <tr key={keyOf(row)} class={rowClass?.(row) ?? ""}>{fields.map((field) => (
                        <td key={field.name} class={classOf(field)} data-label={field.title ?? field.name}>{field.cell(row)}</td>
                    ))}</tr>
                ))}</tbody>
            </table>
        </div>
    );
}
