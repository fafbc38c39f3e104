// What is said of a model in the catalogue: whose it is, what it is fed with, what goes in and comes out.

import type { Model, Shape } from "../lib/types";
import { Facts } from "./facts";
import { Json } from "./json";
import { Empty } from "./notice";
import { Tags } from "./tags";
import { Text } from "./text";
import { Time } from "./time";

/* Only what leads to a page is made a link. */
function Address({ of }: { of: string }) {
    return /^https?:\/\//i.test(of) ? <a href={of} rel="noopener noreferrer" target="_blank"><Text of={of} /></a> : <Text of={of} />;
}

function Side({ title, of }: { title: string; of: Shape | undefined }) {
    if (!of) return null;
    return (
        <div><h3>{title}</h3>{of.description ? <p><Text of={of.description} keepsLines /></p> : null}
            {of.schema ? <Json of={of.schema} label={`Schema of the ${title}`} /> : null}</div>
    );
}

export function Catalog({ of }: { of: Model }) {
    const isBare = !of.owner && !of.url && !of.data_sources?.length && !of.inference && !of.description;
    return (
        <section aria-label="Catalogue" class="wide">
            <h2>Catalogue</h2>
            {of.description ? <p><Text of={of.description} keepsLines /></p> : null}
            <Facts of={[
                ["owner", of.owner && <Text of={of.owner} />], ["implementation", of.url && <Address of={of.url} />],
                ["log group", <Text of={of.log_group} />], ["account", of.account ?? "tied to none"], ["region", of.region && <Text of={of.region} />],
                ["known since", <Time of={of.created_at} />], ["changed", <Time of={of.changed_at} />],
                ["bodies kept", of.payload ? "some members" : "none"]]} />
            <Tags of={of.tags} />
            {of.data_sources?.length ? <><h3>Data sources</h3><ul class="lines">{of.data_sources.map((one, index) => (
                <li key={index}><b><Text of={one.name} /></b> <span class="soft"><Text of={one.type} /></span> <Text of={one.description} /> {one.owner ? <span class="soft">of <Text of={one.owner} /></span> : null}</li>
            ))}</ul></> : null}
            <div class="panes two"><Side title="input" of={of.inference?.input} /><Side title="output" of={of.inference?.output} /></div>
            {isBare ? <Empty>Nothing is said of it yet. PATCH it with a key of the role write: description, owner, url, data_sources, inference, tags.</Empty> : null}
        </section>
    );
}
