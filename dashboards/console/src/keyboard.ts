// The keyboard: letters alone, and only while nothing is being typed.

const PLACES: Record<string, string> = { o: "#/", j: "#/jobs", r: "#/resources", p: "#/pipelines", m: "#/models",
    d: "#/deployments", i: "#/inferences", l: "#/lineage", e: "#/events", a: "#/accounts", q: "#/quarantine" };

let wasG = false;

function isTyping(event: KeyboardEvent): boolean {
    const target = event.target as HTMLElement | null;
    return !!target && (/^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName) || target.isContentEditable);
}

function step(by: number): void {
    const rows = [...document.querySelectorAll<HTMLElement>("main [data-row]")];
    const now = rows.indexOf(document.activeElement as HTMLElement);
    rows[Math.max(0, Math.min(rows.length - 1, now < 0 ? (by > 0 ? 0 : rows.length - 1) : now + by))]?.focus();
}

function up(): void {
    const [path = ""] = location.hash.slice(2).split("?");
    location.hash = `#/${path.split("/").slice(0, -1).join("/")}`;
}

function press(event: KeyboardEvent, help: () => void): boolean {
    if (wasG) {
        wasG = false;
        const place = PLACES[event.key];
        if (place) location.hash = place;
        return !!place;
    }
    switch (event.key) {
    case "g": wasG = true; return true;
    case "/": document.querySelector<HTMLElement>("main [data-search]")?.focus(); return true;
    case "j": step(1); return true;
    case "k": step(-1); return true;
    case "u": up(); return true;
    case "?": help(); return true;
    default: return false;
    }
}

export function listenToKeys(help: () => void): () => void {
    const down = (event: KeyboardEvent) => {
        if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
        if (isTyping(event)) {
            if (event.key === "Escape") (event.target as HTMLElement).blur();
            return;
        }
        if (press(event, help)) event.preventDefault();
    };
    window.addEventListener("keydown", down);
    return () => window.removeEventListener("keydown", down);
}
