// Keys, for administrators: who may, who did, and new ones. The text of a key is shown once.

import { useState } from "preact/hooks";
import { Problem, send } from "../lib/api";
import type { Key, Page } from "../lib/types";
import { useGet } from "../lib/use";
import { Copyable, Dialog } from "../parts/dialog";
import { Head } from "../parts/head";
import { Empty, Waiting } from "../parts/notice";
import { Table, type Field } from "../parts/table";
import { Text } from "../parts/text";
import { Ago, Time } from "../parts/time";

const PATH = "/api/v1/keys";
const ROLES = ["read", "write", "ingest", "collect", "admin"];

type Deed = (deed: () => Promise<Key | null>) => Promise<void>;

function Maker({ deed }: { deed: Deed }) {
    const [label, setLabel] = useState("");
    const [roles, setRoles] = useState<string[]>(["read"]);
    const [accounts, setAccounts] = useState("*");
    const list = () => accounts.split(/[\s,]+/).filter(Boolean);
    const toggle = (role: string) => setRoles(roles.includes(role) ? roles.filter((one) => one !== role) : [...roles, role]);
    return (
        <form class="filters" onSubmit={(event) => { event.preventDefault(); void deed(() => send<Key>("POST", PATH, { label, roles, accounts: list() })); }}>
            <label><span>Label</span><input value={label} placeholder="who or what it is for" maxLength={200} onInput={(event) => setLabel(event.currentTarget.value)} /></label>
            <label><span>Accounts</span><input value={accounts} placeholder="* or 12 digits, …" onInput={(event) => setAccounts(event.currentTarget.value)} /></label>
            <fieldset><legend>Roles</legend>{ROLES.map((role) => (
                <label key={role} class="check"><input type="checkbox" checked={roles.includes(role)} onChange={() => toggle(role)} />{role}</label>
            ))}</fieldset>
            <button type="submit" disabled={!roles.length || !list().length}>Make a key</button>
        </form>
    );
}

function fields(deed: Deed): Field<Key>[] {
    const revoke = (key: Key) => {
        if (window.confirm(`Revoke ${key.kid}? Whoever uses it is shut out at once.`)) void deed(() => send<Key>("DELETE", `${PATH}/${key.kid}`));
    };
    return [
        { name: "kid", kind: "name", text: (key) => key.kid, cell: (key) => <code>{key.kid}</code> },
        { name: "label", text: (key) => key.label, cell: (key) => <Text of={key.label} /> },
        { name: "roles", text: (key) => key.roles.join(" "), cell: (key) => key.roles.join(", ") },
        { name: "accounts", text: (key) => key.accounts.join(" "), cell: (key) => key.accounts.length > 3 ? `${key.accounts.length} accounts` : key.accounts.join(", ") || "none", rank: 2 },
        { name: "last_used_at", title: "last used", text: (key) => key.last_used_at, cell: (key) => key.last_used_at ? <Ago of={key.last_used_at} /> : <span class="soft">never</span> },
        { name: "is_valid", title: "state", text: (key) => String(key.is_valid), cell: (key) => key.revoked_at ? <span class="soft">revoked <Ago of={key.revoked_at} /></span>
            : key.expires_at ? <span class={key.is_valid ? "" : "soft"}>{key.is_valid ? "until" : "ended"} <Time of={key.expires_at} /></span> : <span class="status good">valid</span> },
        { name: "deeds", title: "", text: () => "", cell: (key) => key.is_valid ? (
            <span class="deeds"><button type="button" onClick={() => void deed(() => send<Key>("POST", `${PATH}/${key.kid}/rotate`, {}))}>Rotate</button>
                <button type="button" class="danger" onClick={() => revoke(key)}>Revoke</button></span>) : null },
    ];
}

export function Keys() {
    const keys = useGet<Page<Key>>(PATH);
    const [made, setMade] = useState<Key | null>(null);
    const [trouble, setTrouble] = useState("");
    const deed: Deed = async (run) => {
        try {
            const key = await run();
            setTrouble("");
            if (key?.key) setMade(key);
            keys.reload();
        } catch (error) {
            setTrouble(error instanceof Problem ? error.message : String(error));
        }
    };
    const columns = fields(deed);
    return (
        <>
            <Head title="Keys" curls={[PATH]} takes={{ name: "keys", url: PATH, rows: keys.data?.data ?? [], columns: columns.filter((one) => one.name !== "deeds") }} />
            <Maker deed={deed} />
            {trouble ? <p class="trouble" role="alert">{trouble}</p> : null}
            <Waiting of={keys} />
            {keys.data && !keys.data.data.length ? <Empty>No key is stored yet; the configured administrator’s key is the only one. Make one for each sender and reader.</Empty> : null}
            {keys.data?.data.length ? <Table label="Keys" fields={columns} rows={keys.data.data} keyOf={(key) => key.kid} rowClass={(key) => (key.is_valid ? "" : "over")} /> : null}
            {made?.key ? (
                <Dialog title="A new key" close={() => setMade(null)}>
                    <p>This is the only time its text is shown. {made.replaces ? "The old key lives on for a day." : ""}</p>
                    <Copyable label="The new key" text={made.key} />
                </Dialog>
            ) : null}
        </>
    );
}
