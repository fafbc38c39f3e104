// The REST API: one place that fetches. The session's cookie goes along by itself.

export class Problem extends Error {
    constructor(readonly status: number, title: string, readonly detail: string) { super(detail || title); }
    get isUnknown() { return this.status === 401; }
}

export type Params = Record<string, string | undefined>;

/* "/api/v1/jobs" and what is asked of it, without what is empty. */
export function address(path: string, params: Params = {}): string {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(params)) if (value) query.set(name, value);
    const text = query.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
    return text ? `${path}?${text}` : path;
}

async function problem(answer: Response): Promise<Problem> {
    try {
        const told = await answer.json();
        return new Problem(answer.status, String(told.title ?? ""), String(told.detail ?? ""));
    } catch {
        return new Problem(answer.status, "", `the service answered ${answer.status}`);
    }
}

async function call(method: string, url: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
    const asked: RequestInit = { method, credentials: "same-origin", headers: { Accept: "application/json" } };
    if (body !== undefined) {
        asked.headers = { ...asked.headers, "Content-Type": "application/json" };
        asked.body = JSON.stringify(body);
    }
    if (signal) asked.signal = signal;
    let answer: Response;
    try {
        answer = await fetch(url, asked);
    } catch (error) {
        if (signal?.aborted) throw error;
        throw new Problem(0, "", "the service cannot be reached");
    }
    if (!answer.ok) throw await problem(answer);
    return answer;
}

export async function get<Answer>(url: string, signal?: AbortSignal): Promise<Answer> {
    return (await call("GET", url, undefined, signal)).json() as Promise<Answer>;
}

export async function send<Answer>(method: "POST" | "DELETE", url: string, body?: unknown): Promise<Answer | null> {
    const answer = await call(method, url, body);
    return answer.status === 204 ? null : (answer.json() as Promise<Answer>);
}
