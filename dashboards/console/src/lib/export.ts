// What one sees, to take along: CSV for spreadsheets, JSON for programs, curl for oneself.

import { get } from "./api";
import type { Page } from "./types";

export interface Column<Row> { name: string; text: (row: Row) => string | number | null | undefined }

/* A spreadsheet runs what begins like a formula; a quote in front keeps it a text. */
function inert(value: string): string {
    return /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
}

function field(value: string | number | null | undefined): string {
    if (value === null || value === undefined) return "";
    if (typeof value === "number") return String(value);
    const text = inert(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function csv<Row>(columns: Column<Row>[], rows: Row[]): string {
    const head = columns.map((column) => field(column.name)).join(",");
    return [head, ...rows.map((row) => columns.map((column) => field(column.text(row))).join(","))].join("\r\n") + "\r\n";
}

export const MOST_ROWS = 10000;

/* All pages of a list, up to MOST_ROWS. */
export async function allOf<Row>(url: string): Promise<Row[]> {
    const from = new URL(url, location.href);
    const rows: Row[] = [];
    from.searchParams.set("limit", "1000");
    from.searchParams.delete("cursor");
    for (;;) {
        const page = await get<Page<Row>>(from.pathname + from.search);
        rows.push(...page.data);
        if (!page.has_more || !page.next_cursor || rows.length >= MOST_ROWS) return rows.slice(0, MOST_ROWS);
        from.searchParams.set("cursor", page.next_cursor);
    }
}

export function save(name: string, type: string, text: string): void {
    const url = URL.createObjectURL(new Blob([text], { type }));
    const anchor = document.createElement("a");
    anchor.href = url;
    anchor.download = name;
    anchor.click();
    window.setTimeout(() => URL.revokeObjectURL(url), 10000);
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

export function curl(url: string, method = "GET", body?: unknown): string {
    const told = ["curl -sS"];
    if (method !== "GET") told.push(`-X ${method}`);
    told.push('-H "Authorization: Bearer $SMON_KEY"');
    if (body !== undefined) told.push("-H 'Content-Type: application/json'", `-d ${quoted(JSON.stringify(body))}`);
    told.push(quoted(new URL(url, location.href).href));
    return told.join(" ");
}
