// What stands where: one line a view. A view that needs a role is not there for those without it.

import type { ComponentChildren } from "preact";
import type { Place } from "./lib/place";
import { Account } from "./views/account";
import { Accounts } from "./views/accounts";
import { Deployment } from "./views/deployment";
import { Deployments } from "./views/deployments";
import { Errands } from "./views/errands";
import { Events } from "./views/events";
import { Inference } from "./views/inference";
import { Inferences } from "./views/inferences";
import { Job } from "./views/job";
import { Jobs } from "./views/jobs";
import { Keys } from "./views/keys";
import { Lineage } from "./views/lineage";
import { Model } from "./views/model";
import { Models } from "./views/models";
import { Overview } from "./views/overview";
import { Pipelines } from "./views/pipelines";
import { Quarantine } from "./views/quarantine";
import { Resource } from "./views/resource";
import { Resources } from "./views/resources";

export interface Route {
    name: string; title: string; role?: string;
    list: (place: Place, has: (role: string) => boolean) => ComponentChildren;
    one?: (id: string, has: (role: string) => boolean) => ComponentChildren;
}

export const ROUTES: Route[] = [
    { name: "", title: "Overview", list: () => <Overview /> },
    { name: "jobs", title: "Jobs", list: (place) => <Jobs place={place} />, one: (id) => <Job key={id} id={id} /> },
    { name: "pipelines", title: "Pipelines", list: (place) => <Pipelines place={place} /> },
    { name: "resources", title: "Resources", list: (place) => <Resources place={place} />, one: (id, has) => <Resource key={id} id={id} mayMeasure={has("write")} /> },
    { name: "models", title: "Models", list: (place) => <Models place={place} />, one: (id) => <Model key={id} name={id} /> },
    { name: "deployments", title: "Deployments", list: (place) => <Deployments place={place} />, one: (id) => <Deployment key={id} id={id} /> },
    { name: "inferences", title: "Inferences", list: (place) => <Inferences place={place} />, one: (id) => <Inference key={id} id={id} /> },
    { name: "lineage", title: "Lineage", list: (place) => <Lineage place={place} /> },
    { name: "accounts", title: "Accounts", list: (place) => <Accounts place={place} />, one: (id) => <Account key={id} id={id} /> },
    { name: "events", title: "Events", list: (place) => <Events place={place} /> },
    { name: "errands", title: "Errands", list: (place, has) => <Errands place={place} mayRetry={has("write")} /> },
    { name: "quarantine", title: "Quarantine", list: (place, has) => <Quarantine place={place} mayReplay={has("write")} /> },
    { name: "keys", title: "Keys", role: "admin", list: () => <Keys /> },
];
