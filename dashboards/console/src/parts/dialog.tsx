// A dialog of the browser's own: it keeps the focus and closes with Escape.

import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

export function Dialog({ title, close, children }: { title: string; close: () => void; children: ComponentChildren }) {
    const self = useRef<HTMLDialogElement>(null);
    useEffect(() => {
        const dialog = self.current;
        const before = document.activeElement;
        dialog?.showModal();
        return () => { dialog?.close(); if (before instanceof HTMLElement) before.focus(); };
    }, []);
    return (
        <dialog ref={self} aria-label={title} onCancel={close} onClick={(event) => { if (event.target === self.current) close(); }}>
            <div class="sheet">
                <header><h2>{title}</h2><button type="button" onClick={close} aria-label="Close">✕</button></header>
                {children}
            </div>
        </dialog>
    );
}

export function Copyable({ text, label }: { text: string; label: string }) {
    return (
        <div class="copyable">
            <pre tabIndex={0} aria-label={label}>{text}</pre>
            <button type="button" onClick={() => void navigator.clipboard?.writeText(text)}>Copy</button>
        </div>
    );
}
