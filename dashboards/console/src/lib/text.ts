// Text that others chose. Names and reasons may hold control characters, and characters that turn
// the line around or cannot be seen; those are shown as what they are.

const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f\u205f-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb]|[\u{e0000}-\u{e0fff}]|[\ud800-\udfff]/u;
const PARTS = new RegExp(`(${UNSEEN.source})`, "u");

export interface Part { text: string; isEscape: boolean }

const named = (unseen: string) => `U+${(unseen.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;

/* Cut into what can be shown as it is, and what is shown as its code. */
export function parts(text: string, keepsLines = false): Part[] {
    return text.split(PARTS).filter((part) => part !== "").map((part) => {
        const isKept = keepsLines && (part === "\n" || part === "\t");
        return UNSEEN.test(part) && !isKept && [...part].length === 1
            ? { text: named(part), isEscape: true } : { text: part, isEscape: false };
    });
}

/* The same as one text: for titles and labels. */
export function visible(text: string): string {
    return parts(text).map((part) => (part.isEscape ? `<${part.text}>` : part.text)).join("");
}

/* What stands behind the last slash of an ARN. */
export const lastOf = (arn: string): string => arn.slice(arn.lastIndexOf("/") + 1);

export const words = (name: string): string => name.replaceAll("_", " ");
