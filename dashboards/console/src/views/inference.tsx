// One transaction in full, with whatever its sender said besides.

import { bytes } from "../lib/numbers";
import { link } from "../lib/place";
import type { Inference as Row } from "../lib/types";
import { useGet } from "../lib/use";
import { millis } from "../parts/elapse";
import { Facts } from "../parts/facts";
import { Head } from "../parts/head";
import { errorOf } from "../parts/inference_list";
import { AccountLink } from "../parts/job_fields";
import { Json } from "../parts/json";
import { deploymentLink, inferencesLink, ModelLink, VersionLink } from "../parts/model_ref";
import { Waiting } from "../parts/notice";
import { Status } from "../parts/status";
import { Text } from "../parts/text";
import { Time } from "../parts/time";

const AROUND = 5 * 60000;

function around(of: Row): string {
    const start = Date.parse(of.start_at);
    const moment = (ms: number) => new Date(start + ms).toISOString();
    return inferencesLink(of, { from: moment(-AROUND), to: moment(AROUND) });
}

export function Inference({ id }: { id: string }) {
    const url = `/api/v1/inferences/${encodeURIComponent(id)}`;
    const transaction = useGet<Row>(url);
    const of = transaction.data;
    if (!of) return <><Head title="Transaction" curls={[url]} /><Waiting of={transaction} /></>;
    const error = errorOf(of);
    return (
        <>
            <Head title={`Transaction of ${of.model_name}`} note={<><Status of={of.status} /> <b>{millis(of.elapse)}</b></>} curls={[url]} />
            {error ? <section class="why" aria-label="Why it failed"><h2>Why</h2><p><Text of={error} keepsLines /></p></section> : null}
            <Facts of={[
                ["model", <ModelLink of={of} />], ["version", of.model_version !== null && <VersionLink of={of} version={of.model_version} />],
                ["deployment", of.deployment_id !== null && <a href={deploymentLink(of, of.deployment_id)}>deployment {of.deployment_id}</a>],
                ["server", of.server_id && <Text of={of.server_id} />], ["environment", of.environment && <Text of={of.environment} />],
                ["endpoint", of.endpoint_name && <a href={link("/inferences", { endpoint: of.endpoint_name })}><Text of={of.endpoint_name} /></a>],
                ["namespace", <a href={link("/inferences", { namespace: of.namespace })}><Text of={of.namespace} /></a>],
                ["account", of.account && <AccountLink of={of.account} />], ["region", of.region && <Text of={of.region} />],
                ["started", <Time of={of.start_at} />], ["ended", <Time of={of.end_at} />], ["received", <Time of={of.received_at} />],
                ["took", <>{millis(of.elapse)}{of.elapse_mismatch ? <span class="busy"> its sender said otherwise</span> : null}</>],
                ["confidence", of.confidence !== null && `${of.confidence} %`],
                ["request", bytes(of.request_size)], ["response", bytes(of.response_size)],
                ["request digest", of.request_digest && <code class="wraps">{of.request_digest}</code>], ["response digest", of.response_digest && <code class="wraps">{of.response_digest}</code>]]} />
            <p><a href={around(of)}>What else was asked of it within five minutes</a></p>
            {of.extras ? <section aria-label="What else was said"><h2>What else was said</h2><Json of={of.extras} label="What else was said" /></section> : null}
            <section aria-label="Bodies"><h2>Bodies</h2>
                {of.payload ? <Json of={of.payload} label="What was kept of the bodies" />
                    : <p class="soft">Nothing of them is kept, unless the model’s payload setting names members; those are shown to keys of the role write.</p>}</section>
        </>
    );
}
