// Times: local for people, UTC when pointed at, spans in the two units that matter.

export const at = (time: string | null | undefined): number => (time ? Date.parse(time) : NaN);

const two = (number: number) => String(number).padStart(2, "0");

const clock = (date: Date) => `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;

export const day = (date: Date): string => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;

/* "14:03:22" of today, "2026-11-20 14:03" of other days. */
export function local(time: string): string {
    const date = new Date(time);
    if (isNaN(date.getTime())) return time;
    return day(date) === day(new Date()) ? clock(date) : `${day(date)} ${clock(date).slice(0, 5)}`;
}

export const utc = (time: string): string => time.replace("T", " ").replace(/(\.000)?Z$/, " UTC");

const UNITS: [string, number][] = [["d", 86400000], ["h", 3600000], ["m", 60000], ["s", 1000]];

/* "2 h 5 m": the two largest units. */
export function span(ms: number | null | undefined): string {
    if (ms === null || ms === undefined || isNaN(ms)) return "";
    if (ms < 1000) return ms > 0 ? "<1 s" : "0 s";
    const first = UNITS.findIndex(([, size]) => ms >= size);
    return UNITS.slice(first, first + 2).reduce((told, [unit, size], at) => {
        const rest = at === 0 ? ms : ms % (UNITS[first]?.[1] ?? 1);
        const count = Math.floor(rest / size);
        return count || at === 0 ? `${told}${told ? " " : ""}${count} ${unit}` : told;
    }, "");
}

/* The newest of times in RFC 3339, which sort as text; "": none. */
export const newestOf = (times: string[]): string => times.reduce((best, one) => (one > best ? one : best), "");

/* "5 m" since then; the largest unit is enough. */
export function ago(time: string | null | undefined, now = Date.now()): string {
    const ms = now - at(time);
    if (isNaN(ms)) return "";
    const unit = UNITS.find(([, size]) => ms >= size);
    return unit ? `${Math.floor(ms / unit[1])} ${unit[0]} ago` : "now";
}
