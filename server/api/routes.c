#include "api/routes.h"

#include "api/handlers.h"
#include "api/ingest.h"
#include "api/work.h"
#include "base/buf.h"
#include "store/key.h"

#define LIVE(handler) (handler), NULL
#define READ(handler) NULL, (handler)

/* clang-format off */
static const struct route routes[] = {
    {"POST", "/ingest/eventbridge", ROLE_INGEST, 0, LIVE(ingest_eventbridge), "take events in"},
    {"PUT", "/ingest/eventbridge", ROLE_INGEST, 0, LIVE(ingest_eventbridge), "the same, for rules set to PUT"},
    {"POST", "/collect/v1/lease", ROLE_COLLECT, 0, LIVE(work_lease), "lease errands, waiting for them"},
    {"POST", "/collect/v1/finish", ROLE_COLLECT, 0, LIVE(work_finish), "report outcomes of errands"},

    {"GET", "/api/v1/overview", ROLE_READ, ROUTE_RECENT, READ(overview_show), "counts of now and of the last 24 hours"},
    {"GET", "/api/v1/accounts", ROLE_READ, ROUTE_RECENT, READ(accounts_list), "accounts and regions heard of, with their pulse"},
    {"GET", "/api/v1/jobs", ROLE_READ, 0, READ(jobs_list), "jobs, the newest first"},
    {"GET", "/api/v1/jobs/{id}", ROLE_READ, 0, READ(jobs_show), "one job"},
    {"GET", "/api/v1/jobs/{id}/events", ROLE_READ, 0, READ(jobs_events), "the events of a job"},
    {"GET", "/api/v1/jobs/{id}/utilization", ROLE_READ, 0, READ(jobs_utilization), "how well it used its hardware"},
    {"GET", "/api/v1/jobs/{id}/timeline", ROLE_READ, 0, READ(jobs_timeline), "its states and phases, with times"},
    {"GET", "/api/v1/resources", ROLE_READ, 0, READ(resources_list), "endpoints, models and all else that does not run to an end"},
    {"GET", "/api/v1/resources/{id}", ROLE_READ, 0, READ(resources_show), "one resource"},
    {"GET", "/api/v1/resources/{id}/events", ROLE_READ, 0, READ(resources_events), "the events of a resource"},
    {"GET", "/api/v1/events", ROLE_READ, 0, READ(events_list), "events as they came, the newest first"},
    {"GET", "/api/v1/events/{id}", ROLE_READ, 0, READ(events_show), "one event with its body"},
    {"POST", "/api/v1/events/{id}/replay", ROLE_WRITE, 0, LIVE(ingest_replay_event), "apply a stored event again"},
    {"GET", "/api/v1/series/{metric}", ROLE_READ, ROUTE_RECENT, READ(series_show), "counts over time"},
    {"GET", "/api/v1/quarantine", ROLE_READ, 0, READ(quarantine_index), "posts that were not understood"},
    {"GET", "/api/v1/quarantine/{id}", ROLE_READ, 0, READ(quarantine_show), "one of them with its body"},
    {"POST", "/api/v1/quarantine/{id}/replay", ROLE_WRITE, 0, LIVE(ingest_replay), "take a post in again"},
    {"GET", "/api/v1/stream", ROLE_READ, 0, LIVE(stream_subscribe), "changes as they happen (server-sent events)"},
    {"GET", "/api/v1/keys", ROLE_ADMIN, 0, READ(keys_index), "keys, without their secrets"},
    {"POST", "/api/v1/keys", ROLE_ADMIN, 0, READ(keys_create), "make a key; its text is shown once"},
    {"POST", "/api/v1/keys/{kid}/rotate", ROLE_ADMIN, 0, READ(keys_rotate), "make its successor; both live for a while"},
    {"DELETE", "/api/v1/keys/{kid}", ROLE_ADMIN, 0, READ(keys_revoke), "revoke a key"},

    {"GET", "/", ROLE_READ, ROUTE_BROWSER, READ(page_show), "the overview and the newest jobs as a page"},
    {"GET", "/page.css", 0, ROUTE_QUIET, LIVE(page_style), "its style"},
    {"GET", "/healthz", 0, ROUTE_QUIET, LIVE(health_alive), "the process is up"},
    {"GET", "/readyz", 0, ROUTE_QUIET, LIVE(health_ready), "it takes and keeps posts; or the reasons why not"},
    {"GET", "/metrics", ROLE_READ, ROUTE_QUIET, READ(metrics_show), "figures for Prometheus"},
    {"GET", "/openapi.json", 0, ROUTE_QUIET, LIVE(openapi_show), "this table for programs"},
    {"GET", "/problems/{slug}", 0, ROUTE_QUIET, LIVE(openapi_problem), "what a type of problem means"},
};
/* clang-format on */

enum { ROUTE_COUNT = sizeof routes / sizeof routes[0] };

const struct route *route_at(size_t at)
{
    return at < ROUTE_COUNT ? &routes[at] : NULL;
}

static bool fits(struct str pattern, struct str path, struct str out_ids[ROUTE_MOST_IDS])
{
    struct str wanted, given;
    bool       has_wanted, has_given;
    size_t     count = 0;

    for (size_t i = 0; i < ROUTE_MOST_IDS; i++)
        out_ids[i] = STR("");
    for (;;) {
        has_wanted = str_cut(&pattern, '/', &wanted);
        has_given  = str_cut(&path, '/', &given);
        if (!has_wanted || !has_given)
            return has_wanted == has_given;
        if (str_starts(wanted, STR("{")) && given.size && count < ROUTE_MOST_IDS)
            out_ids[count++] = given;
        else if (!str_is(wanted, given))
            return false;
    }
}

/* HEAD is GET without a body; web.c leaves it out. */
static bool is_method(const struct route *route, struct str method)
{
    return str_is_text(method, route->method)
           || (str_is_text(method, "HEAD") && str_is_text(str_of(route->method), "GET"));
}

const struct route *route_find(struct str method, struct str path,
                               struct str out_ids[ROUTE_MOST_IDS], struct buf *allow)
{
    for (size_t i = 0; i < ROUTE_COUNT; i++) {
        if (!fits(str_of(routes[i].path), path, out_ids))
            continue;
        if (is_method(&routes[i], method)) {
            buf_clear(allow);
            return &routes[i];
        }
        buf_text(allow, allow->size ? ", " : "");
        buf_text(allow, routes[i].method);
        buf_text(allow, str_is_text(str_of(routes[i].method), "GET") ? ", HEAD" : "");
    }
    return NULL;
}
