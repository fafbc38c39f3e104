/* handlers.h -- the handlers the routes table names, but for ingest.h and work.h.
 *
 * Those that take a `struct ask` run on a reader's thread (ask.h), the others on the
 * event thread. */
#ifndef SMON_API_HANDLERS_H
#define SMON_API_HANDLERS_H

struct app;
struct ask;
struct caller;
struct fail;
struct web_request;

/* fleet/: sums, from tallies and rollups */
int attention_show(struct ask *ask, struct fail *why);
int overview_show(struct ask *ask, struct fail *why);
int accounts_list(struct ask *ask, struct fail *why);
int series_show(struct ask *ask, struct fail *why);

/* inferences/: transactions as they are asked for, and models against what was promised of them */
int inferences_list(struct ask *ask, struct fail *why);
int inferences_show(struct ask *ask, struct fail *why);
int inferences_summary(struct ask *ask, struct fail *why);
int models_budget(struct ask *ask, struct fail *why);
int models_drift(struct ask *ask, struct fail *why);

/* fleet/: jobs and resources */
int jobs_list(struct ask *ask, struct fail *why);
int jobs_show(struct ask *ask, struct fail *why);
int jobs_events(struct ask *ask, struct fail *why);
int jobs_utilization(struct ask *ask, struct fail *why);
int jobs_use_series(struct ask *ask, struct fail *why); /* no route: for Grafana */
int jobs_timeline(struct ask *ask, struct fail *why);
int resources_list(struct ask *ask, struct fail *why);
int resources_show(struct ask *ask, struct fail *why);
int resources_events(struct ask *ask, struct fail *why);
int resources_utilization(struct ask *ask, struct fail *why);

/* fleet/: what came, and what was not understood */
int events_list(struct ask *ask, struct fail *why);
int events_show(struct ask *ask, struct fail *why);
int quarantine_index(struct ask *ask, struct fail *why);
int quarantine_show(struct ask *ask, struct fail *why);

/* fleet/: what is still to be done outside */
int errands_index(struct ask *ask, struct fail *why);
int errands_retry(struct ask *ask, struct fail *why);
int errands_retry_all(struct ask *ask, struct fail *why);
int jobs_measure(struct ask *ask, struct fail *why);
int resources_measure(struct ask *ask, struct fail *why);

/* models/lineage.c */
int lineage_show(struct ask *ask, struct fail *why);
int jobs_lineage(struct ask *ask, struct fail *why);
int resources_lineage(struct ask *ask, struct fail *why);
int versions_lineage(struct ask *ask, struct fail *why);
int deployments_lineage(struct ask *ask, struct fail *why);

/* keys.c */
int keys_index(struct ask *ask, struct fail *why);
int keys_create(struct ask *ask, struct fail *why);
int keys_rotate(struct ask *ask, struct fail *why);
int keys_revoke(struct ask *ask, struct fail *why);

/* models/: models, versions, aliases, namespaces */
int models_list(struct ask *ask, struct fail *why);
int models_create(struct ask *ask, struct fail *why);
int models_show(struct ask *ask, struct fail *why);
int models_patch(struct ask *ask, struct fail *why);
int versions_of_model(struct ask *ask, struct fail *why);
int versions_create(struct ask *ask, struct fail *why);
int versions_show(struct ask *ask, struct fail *why);
int versions_patch(struct ask *ask, struct fail *why);
int versions_remove(struct ask *ask, struct fail *why);
int versions_search(struct ask *ask, struct fail *why);
int aliases_list(struct ask *ask, struct fail *why);
int aliases_show(struct ask *ask, struct fail *why);
int aliases_put(struct ask *ask, struct fail *why);
int aliases_remove(struct ask *ask, struct fail *why);
int namespaces_index(struct ask *ask, struct fail *why);

/* models/deployments.c, models/rollout.c, models/rollouts.c */
int deployments_of_model(struct ask *ask, struct fail *why);
int deployments_create(struct ask *ask, struct fail *why);
int deployments_show(struct ask *ask, struct fail *why);
int deployments_patch(struct ask *ask, struct fail *why);
int deployments_list(struct ask *ask, struct fail *why);
int rollout_list(struct ask *ask, struct fail *why);
int rollout_add(struct ask *ask, struct fail *why);
int rollouts_list(struct ask *ask, struct fail *why);

/* grafana/: the JSON data source of Grafana */
int  grafana_health(struct ask *ask, struct fail *why);
int  grafana_metrics(struct ask *ask, struct fail *why);
int  grafana_payload_options(struct ask *ask, struct fail *why);
int  grafana_search(struct ask *ask, struct fail *why);
int  grafana_query(struct ask *ask, struct fail *why);
int  grafana_annotations(struct ask *ask, struct fail *why);
int  grafana_variable(struct ask *ask, struct fail *why);
int  grafana_tag_keys(struct ask *ask, struct fail *why);
int  grafana_tag_values(struct ask *ask, struct fail *why);
void grafana_preflight(struct app *app, struct web_request *request, const struct caller *caller);

/* health/ */
void health_alive(struct app *app, struct web_request *request, const struct caller *caller);
void health_ready(struct app *app, struct web_request *request, const struct caller *caller);
int  metrics_show(struct ask *ask, struct fail *why);

/* console/ */
void console_page(struct app *app, struct web_request *request, const struct caller *caller);
void console_asset(struct app *app, struct web_request *request, const struct caller *caller);
void session_show(struct app *app, struct web_request *request, const struct caller *caller);
void session_begin(struct app *app, struct web_request *request, const struct caller *caller);
void session_over(struct app *app, struct web_request *request, const struct caller *caller);

/* stream.c, openapi.c */
void stream_subscribe(struct app *app, struct web_request *request, const struct caller *caller);
void openapi_show(struct app *app, struct web_request *request, const struct caller *caller);
void openapi_problem(struct app *app, struct web_request *request, const struct caller *caller);

#endif
