// Signing in: a key for a cookie that no script can read.

import { useState } from "preact/hooks";
import { Problem, send } from "../lib/api";

export function SignIn({ done, why }: { done: () => void; why: string }) {
    const [key, setKey] = useState("");
    const [trouble, setTrouble] = useState(why);
    async function sign() {
        try {
            await send("POST", "/session", { key: key.trim() });
            setKey("");
            done();
        } catch (error) {
            setTrouble(error instanceof Problem && error.isUnknown ? "This is not a valid key." : error instanceof Error ? error.message : String(error));
        }
    }
    return (
        <form class="signin" onSubmit={(event) => { event.preventDefault(); void sign(); }}>
            <h1>smon</h1>
            <label><span>Key</span><input type="password" name="key" autocomplete="current-password" autofocus required value={key} onInput={(event) => setKey(event.currentTarget.value)} placeholder="smon_…" /></label>
            <button type="submit">Sign in</button>
            {trouble ? <p class="trouble" role="alert">{trouble}</p> : null}
            <p class="soft">An administrator makes one: <code>smon keys add --roles read</code></p>
        </form>
    );
}
