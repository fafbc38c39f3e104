// What the keyboard does.

import { Dialog } from "./parts/dialog";

const KEYS: [string, string][] = [
    ["/", "search"], ["j k", "next and previous row"], ["Enter", "open the row"], ["u", "one level up"],
    ["g o", "overview"], ["g j", "jobs"], ["g r", "resources"], ["g p", "pipelines"], ["g m", "models"], ["g d", "deployments"], ["g i", "inferences"], ["g l", "lineage"], ["g e", "events"], ["g a", "accounts"], ["g q", "quarantine"],
    ["?", "this help"], ["Esc", "close"],
];

export function Help({ close }: { close: () => void }) {
    return (
        <Dialog title="Keyboard" close={close}>
            <dl class="facts">{KEYS.map(([key, deed]) => <div key={key}><dt><kbd>{key}</kbd></dt><dd>{deed}</dd></div>)}</dl>
            <p class="soft">✕ failed, ▸ under way, ✓ went well, ■ stopped or gone. Times are local; point at one for UTC.</p>
        </Dialog>
    );
}
