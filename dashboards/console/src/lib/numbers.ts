// Numbers as people read them.

const grouped = new Intl.NumberFormat("en-US");

export const count = (number: number): string => grouped.format(number).replaceAll(",", "\u00a0");

/* "12k": where room is short; the title tells all. */
export function brief(number: number): string {
    if (number < 10000) return String(number);
    return number < 999500 ? `${Math.round(number / 1000)}k` : `${(number / 1e6).toFixed(1)}M`;
}

export const percent = (number: number): string => `${number < 10 ? number.toFixed(1) : Math.round(number)} %`;

export const money = (usd: number): string => (usd < 100 ? `$${usd.toFixed(2)}` : `$${count(Math.round(usd))}`);

export function bytes(number: number): string {
    if (number < 1024) return `${number} B`;
    return number < 1048576 ? `${(number / 1024).toFixed(1)} KiB` : `${(number / 1048576).toFixed(1)} MiB`;
}
