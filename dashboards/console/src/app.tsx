// The frame: who is signed in, where one is, and the view that stands there.

import { useCallback, useEffect, useState } from "preact/hooks";
import { get, send } from "./lib/api";
import { close, open } from "./lib/live";
import type { Session } from "./lib/types";
import { useLiveness, usePlace, whenUnknown } from "./lib/use";
import { Help } from "./help";
import { listenToKeys } from "./keyboard";
import { ROUTES, type Route } from "./routes";
import { Empty } from "./parts/notice";
import { SignIn } from "./views/signin";

const SAID = { off: "", live: "live", lost: "reconnecting…" };

function Bar({ session, routes, now, leave, help }: { session: Session; routes: Route[]; now: string; leave: () => void; help: () => void }) {
    const liveness = useLiveness();
    return (
        <header class="top">
            <a class="skip" href="#main" onClick={(event) => { event.preventDefault(); document.getElementById("main")?.focus(); }}>Skip to the content</a>
            <nav aria-label="Views">{routes.map((route) => (
                <a key={route.name} href={`#/${route.name}`} aria-current={route.name === now ? "page" : undefined}>{route.title}</a>
            ))}</nav>
            <div class="who">
                <span class={`live ${liveness}`} role="status">{SAID[liveness]}</span>
                <button type="button" onClick={help} aria-label="Keyboard help">?</button>
                {session.is_signed_in ? <button type="button" onClick={leave} title={`Signed in with key ${session.kid}`}>Sign out</button> : null}
                {!session.is_signed_in && session.is_open ? <a href="#/signin">Sign in</a> : null}
            </div>
        </header>
    );
}

function View({ session, routes }: { session: Session; routes: Route[] }) {
    const place = usePlace();
    const has = (role: string) => session.roles.includes(role);
    const route = routes.find((one) => one.name === (place.path[0] ?? ""));
    const id = place.path[1];
    const closed = ROUTES.find((one) => one.role && one.name === place.path[0] && !has(one.role));
    if (closed) return <Empty>{closed.title}: for this a key with the role {closed.role} is needed. <a href="#/signin">Sign in with another key</a></Empty>;
    if (!route || (id && !route.one)) return <Empty>There is nothing here. <a href="#/">To the overview</a></Empty>;
    return <>{id && route.one ? route.one(id, has) : route.list(place, has)}</>;
}

export function App() {
    const [session, setSession] = useState<Session | null>(null);
    const [trouble, setTrouble] = useState("");
    const [isHelp, showHelp] = useState(false);
    const place = usePlace();
    const look = useCallback(() => {
        get<Session>("/session").then((told) => { setSession(told); setTrouble(""); },
            () => setTrouble("The service cannot be reached."));
    }, []);
    useEffect(look, [look]);
    useEffect(() => whenUnknown(look), [look]);
    useEffect(() => listenToKeys(() => showHelp(true)), []);
    const isIn = session !== null && session.roles.includes("read");
    useEffect(() => { if (isIn) open(); else close(); }, [isIn, session?.kid]);
    if (!session) return <main class="alone">{trouble ? <p class="trouble" role="alert">{trouble} <button type="button" onClick={look}>Try again</button></p> : null}</main>;
    const leave = () => void send("DELETE", "/session").finally(look);
    const signedIn = () => { if (place.path[0] === "signin") location.hash = "#/"; look(); };
    if (!isIn || place.path[0] === "signin")
        return <main class="alone"><SignIn done={signedIn} why={session.is_signed_in && !isIn ? "This key may not read." : ""} /></main>;
    const routes = ROUTES.filter((route) => !route.role || session.roles.includes(route.role));
    return (
        <>
            <Bar session={session} routes={routes} now={place.path[0] ?? ""} leave={leave} help={() => showHelp(true)} />
            <main id="main" tabIndex={-1}><View session={session} routes={routes} /></main>
            {isHelp ? <Help close={() => showHelp(false)} /> : null}
        </>
    );
}
