/* Posts that were rightly sent and not understood. */
#include "api/app.h"
#include "api/ask.h"
#include "api/handlers.h"
#include "api/shape.h"
#include "base/fail.h"
#include "store/quarantine_list.h"
#include "wire/crypt.h"

#include <stddef.h>
#include <stdio.h>

#define AT(member) offsetof(struct quarantine_item, member)

static const struct shape shape[] = {
    {"id", SHAPE_APART, 0},
    {"account", SHAPE_ACCOUNT, AT(account)},
    {"source", SHAPE_TEXT, AT(source)},
    {"reason", SHAPE_TEXT, AT(reason)},
    {"key_id", SHAPE_TEXT, AT(key_id)},
    {"received_at", SHAPE_TIME, AT(received_at)},
    {"replayed_at", SHAPE_TIME, AT(replayed_at)},
    {"times", SHAPE_NUMBER, AT(times)},
    {"size_bytes", SHAPE_NUMBER, AT(size_bytes)},
    {NULL, SHAPE_NULL, 0},
};

static void members(struct compose *out, const struct quarantine_item *item, uint64_t wanted)
{
    char id[SHAPE_ID_ROOM];
    int  size = snprintf(id, sizeof id, "%lld", (long long)item->id);

    if (size > 0 && shape_wants(shape, "id", wanted))
        compose_text(out, "id", str_of(id));
    shape_compose(out, shape, item, wanted);
}

struct listing {
    struct ask  *ask;
    struct paged paged;
    uint64_t     wanted;
};

static int write_item(void *ctx, const struct quarantine_item *item, struct fail *why)
{
    struct listing *listing = ctx;

    (void)why; /* writing to a buffer is checked at the end */
    if (!page_takes(&listing->paged.page, item->received_at, item->id))
        return 0;
    compose_open(&listing->ask->json, NULL, '{');
    members(&listing->ask->json, item, listing->wanted);
    compose_close(&listing->ask->json, '}');
    return 0;
}

int quarantine_index(struct ask *ask, struct fail *why)
{
    static const char *const   known[] = {"account", "replayed",    "from",  "to",
                                          "since",   "sort",        "limit", "cursor",
                                          "fields",  "time_format", NULL};
    static const char *const   sorts[] = {"received_at", NULL};
    static const struct paging paging  = {sorts, true, "/api/v1/quarantine"};
    struct listing             listing = {.ask = ask};
    struct quarantine_filter   filter;

    if (ask_check(ask, known, why)
        || paging_read(&ask->params, &paging, ask->app->cursor_key, &listing.paged, why)
        || shape_fields(&ask->params, shape, &listing.wanted, why)
        || filter_quarantine(&ask->params, &ask->asker, &filter, why))
        return -1;
    ask_open_list(ask);
    if (quarantine_list(ask->asker.db, &filter, &listing.paged.page, write_item, &listing, why)
        || ask_close_list(ask, &listing.paged, paging.path, why))
        return -1;
    compose_close(&ask->json, '}');
    return 0;
}

/* The body as text where it is text, and always as base64: what is quarantined may be anything. */
static int show_item(void *ctx, const struct quarantine_item *item, struct fail *why)
{
    struct ask *ask = ctx;
    OWN(buf) code   = BUF_UP_TO(ASK_CEILING);

    crypt_base64(item->body, &code);
    if (buf_check(&code, why))
        return -1;
    compose_open(&ask->json, NULL, '{');
    members(&ask->json, item, SHAPE_EVERYTHING);
    compose_text(&ask->json, "body", str_is_utf8(item->body) ? item->body : STR_NONE);
    compose_text(&ask->json, "body_base64", code.size ? buf_view(&code) : STR(""));
    compose_close(&ask->json, '}');
    return 0;
}

int quarantine_show(struct ask *ask, struct fail *why)
{
    static const char *const known[] = {"time_format", NULL};
    int64_t                  id;
    int                      got;

    if (ask_check(ask, known, why))
        return -1;
    if (str_to_i64(ask->caller->ids[0], 1, INT64_MAX, &id))
        return ask_absent(why);
    got = quarantine_list_one(ask->asker.db, ask->asker.scope, id, show_item, ask, why);
    return got ? (got < 0 ? -1 : 0) : ask_absent(why);
}
