/* Aliases of versions: list, show with history, move, remove.
 *
 * PUT /api/v1/models/doc_classification/aliases/champion  {"version":4}
 *     {"targets":[{"version":4,"weight":90},{"version":5,"weight":10}],"why":"canary"} */
#include "api/app.h"
#include "api/ask.h"
#include "api/handlers.h"
#include "api/idempotent.h"
#include "api/members.h"
#include "api/models/address.h"
#include "base/fail.h"
#include "store/batch.h"
#include "store/models/alias.h"
#include "wire/doc.h"

enum { ALIAS_ID = 1, WHY_MOST = 1024, STATE_CEILING = 16 * 1024, PATH_CEILING = 2048 };

static void write_members(struct compose *out, struct str alias, const struct alias_state *state)
{
    compose_text(out, "alias", alias);
    compose_raw(out, "targets", state->targets);
    compose_time(out, "changed_at", state->at);
    compose_text(out, "changed_by", state->who);
}

static void tag_of(const struct alias_state *state, char out[MATCH_ROOM])
{
    match_tag(out, 'a', state->change_id, 0);
}

/* --- all of a model --- */

static int write_alias(void *ctx, struct str alias, const struct alias_state *state,
                       struct fail *why)
{
    struct ask *ask = ctx;

    (void)why; /* writing to a buffer is checked at the end */
    compose_open(&ask->json, NULL, '{');
    write_members(&ask->json, alias, state);
    compose_close(&ask->json, '}');
    return 0;
}

int aliases_list(struct ask *ask, struct fail *why)
{
    static const char *const known[] = {ADDRESS_PARAMS, "time_format", NULL};
    struct model_place       place;

    if (ask_check(ask, known, why) || address_model(ask, &place, why))
        return -1;
    ask_open_list(ask);
    if (alias_list(ask->asker.db, place.id, write_alias, ask, why))
        return -1;
    ask_close_whole_list(ask);
    compose_close(&ask->json, '}');
    return 0;
}

/* --- one, with its history --- */

struct history {
    struct ask  *ask;
    struct paged paged;
};

static int write_change(void *ctx, const struct alias_change *change, struct fail *why)
{
    struct history *history = ctx;
    struct compose *out     = &history->ask->json;

    (void)why; /* writing to a buffer is checked at the end */
    if (!page_takes(&history->paged.page, change->at, change->id))
        return 0;
    compose_open(out, NULL, '{');
    compose_time(out, "at", change->at);
    compose_text(out, "who", change->who);
    compose_text(out, "why", change->why_so);
    compose_raw(out, "before", change->before);
    compose_raw(out, "after", change->after);
    compose_close(out, '}');
    return 0;
}

/* The name in the path, well formed; others cannot be there. */
static int read_alias(const struct ask *ask, struct str *out, struct fail *why)
{
    struct fail wrong = FAIL_OK;

    *out = ask->caller->ids[ALIAS_ID];
    return alias_check_name(*out, &wrong) ? ask_absent(why) : 0;
}

static int write_history(struct history *history, int64_t model_id, const struct paging *paging,
                         struct fail *why)
{
    struct ask *ask = history->ask;

    compose_open(&ask->json, "history", '[');
    if (alias_history(ask->asker.db, model_id, ask->caller->ids[ALIAS_ID], &history->paged.page,
                      write_change, history, why)
            < 0
        || ask_close_list(ask, &history->paged, paging->path, why))
        return -1;
    return 0;
}

int aliases_show(struct ask *ask, struct fail *why)
{
    static const char *const known[] = {ADDRESS_PARAMS, "limit", "cursor", "time_format", NULL};
    static const char *const sorts[] = {"at", NULL};
    OWN(buf) path                    = BUF_UP_TO(PATH_CEILING);
    OWN(buf) room                    = BUF_UP_TO(STATE_CEILING);
    struct paging      paging        = {sorts, true, ""};
    struct history     history       = {.ask = ask};
    struct alias_state state;
    struct model_place place;
    struct str         alias;
    char               tag[MATCH_ROOM];

    buf_str(&path, web_path(ask->request));
    paging.path = buf_c(&path);
    if (ask_check(ask, known, why)
        || paging_read(&ask->params, &paging, ask->app->cursor_key, &history.paged, why)
        || address_model(ask, &place, why) || read_alias(ask, &alias, why)
        || alias_get(ask->asker.db, place.id, alias, &room, &state, why))
        return -1;
    if (!state.change_id)
        return ask_absent(why);
    compose_open(&ask->json, NULL, '{');
    write_members(&ask->json, alias, &state);
    if (write_history(&history, place.id, &paging, why))
        return -1;
    compose_close(&ask->json, '}');
    tag_of(&state, tag);
    match_answer(ask, tag, false);
    return 0;
}

/* --- moving --- */

struct moving {
    struct ask       *ask;
    struct alias_move move;
    const char       *points_at; /* the member that names versions */
    char              who[IDEMPOTENT_WHO_ROOM];
};

static void add_target(const struct members *item, const char *member, struct alias_move *move)
{
    struct alias_target target;

    members_int(item, member, &(struct members_int){1, INT64_MAX, 0}, &target.number);
    members_int(item, "weight", &(struct members_int){1, ALIAS_WHOLE, ALIAS_WHOLE}, &target.weight);
    if (!members_has(item, member))
        members_flaw(item, member, "missing", "'%s' is needed", member);
    for (size_t i = 0; i < move->count; i++)
        if (move->targets[i].number == target.number)
            members_flaw(item, member, "duplicate", "a version is named once");
    move->targets[move->count++] = target;
}

/* By number, so that the same targets are the same text. */
static void sort_targets(struct alias_move *move)
{
    for (size_t i = 1; i < move->count; i++)
        for (size_t j = i; j > 0 && move->targets[j - 1].number > move->targets[j].number; j--) {
            struct alias_target swapped = move->targets[j];

            move->targets[j]     = move->targets[j - 1];
            move->targets[j - 1] = swapped;
        }
}

static void read_targets(const struct members *body, struct alias_move *move)
{
    static const char *const allowed[] = {"version", "weight", NULL};
    const struct doc        *array     = members_array(body, "targets", ALIAS_MOST_TARGETS);
    struct members           item;
    int64_t                  sum = 0;
    int                      flaws;

    flaws = body->flaws->count;
    for (size_t i = 0; i < doc_count(array); i++) {
        if (!members_item(body, "targets", i, doc_item(array, i), &item))
            continue;
        members_known(&item, allowed);
        add_target(&item, "version", move);
    }
    for (size_t i = 0; i < move->count; i++)
        sum += move->targets[i].weight;
    if (body->flaws->count == flaws && sum != ALIAS_WHOLE)
        members_flaw(body, "targets", "bad-value", "the weights sum to %lld, not to %d",
                     (long long)sum, ALIAS_WHOLE);
    sort_targets(move);
}

static void read_move(const struct members *body, struct alias_move *move)
{
    static const char *const allowed[] = {"version", "targets", "why", NULL};

    members_known(body, allowed);
    members_text(body, "why", &(struct members_text){.most = WHY_MOST}, &move->why_so);
    if (members_has(body, "targets") && members_has(body, "version"))
        members_flaw(body, "version", "bad-value", "either 'version' or 'targets'");
    else if (members_has(body, "targets"))
        read_targets(body, move);
    else
        add_target(body, "version", move);
}

/* If-Match where there is something to overwrite, and it would be. */
static int check_match(struct moving *it, struct batch *batch, struct fail *why)
{
    OWN(buf) room = BUF_UP_TO(STATE_CEILING);
    struct alias_state state;
    char               tag[MATCH_ROOM];

    if (alias_get(batch->db, it->move.model_id, it->move.alias, &room, &state, why))
        return -1;
    tag_of(&state, tag);
    if (str_is(state.targets, STR("[]")))
        return it->move.count ? 0 : ask_absent(why);
    return match_given(it->ask, why) || match_check(it->ask, tag, why) ? -1 : 0;
}

static int answer(struct moving *it, struct batch *batch, struct written *out, struct fail *why)
{
    OWN(buf) room = BUF_UP_TO(STATE_CEILING);
    struct alias_state state;

    if (alias_get(batch->db, it->move.model_id, it->move.alias, &room, &state, why))
        return -1;
    compose_open(&out->json, NULL, '{');
    write_members(&out->json, it->move.alias, &state);
    compose_close(&out->json, '}');
    tag_of(&state, out->etag);
    return 0;
}

static int is_as_wanted(struct moving *it, struct batch *batch, struct fail *why)
{
    OWN(buf) room = BUF_UP_TO(STATE_CEILING);
    OWN(buf) text = BUF_UP_TO(STATE_CEILING);
    struct alias_state state;

    if (alias_get(batch->db, it->move.model_id, it->move.alias, &room, &state, why))
        return -1;
    alias_render(&it->move, &text);
    return str_is(state.targets, buf_view(&text));
}

static int move(void *ctx, struct batch *batch, struct written *out, struct fail *why)
{
    struct moving *it   = ctx;
    int            same = is_as_wanted(it, batch, why);

    it->move.who = idempotent_who(it->ask, it->who);
    if (same < 0
        || (!same && (check_match(it, batch, why) || alias_put(batch, &it->move, why) < 0))) {
        if (why->kind == FAIL_INPUT && !it->ask->problem) {
            (void)flaws_add(&it->ask->flaws, it->points_at, "bad-value", "%s", why->text);
            it->ask->problem = "bad-member";
        }
        return -1;
    }
    return answer(it, batch, out, why);
}

int aliases_put(struct ask *ask, struct fail *why)
{
    static const char *const known[] = {ADDRESS_PARAMS, "time_format", NULL};
    struct moving            it      = {.ask = ask};
    OWN_PTR(doc) doc                 = ask_body(ask, why);
    struct members     body          = members_of(doc, "", &ask->flaws);
    struct model_place place;

    if (!doc || ask_check(ask, known, why) || address_model(ask, &place, why))
        return -1;
    it.move.model_id = place.id;
    it.move.alias    = ask->caller->ids[ALIAS_ID];
    it.points_at     = members_has(&body, "targets") ? "/targets" : "/version";
    if (alias_check_name(it.move.alias, why))
        return -1;
    read_move(&body, &it.move);
    if (ask_flaws(ask, why))
        return -1;
    return idempotent_run(ask, move, &it, why);
}

static int take_away(void *ctx, struct batch *batch, struct written *out, struct fail *why)
{
    struct moving *it = ctx;

    it->move.who = idempotent_who(it->ask, it->who);
    if (check_match(it, batch, why) || alias_put(batch, &it->move, why) < 0)
        return -1;
    out->status = 204;
    return 0;
}

int aliases_remove(struct ask *ask, struct fail *why)
{
    static const char *const known[] = {ADDRESS_PARAMS, NULL};
    struct moving            it      = {.ask = ask};
    struct model_place       place;

    if (ask_check(ask, known, why) || address_model(ask, &place, why)
        || read_alias(ask, &it.move.alias, why))
        return -1;
    it.move.model_id = place.id;
    return idempotent_run(ask, take_away, &it, why);
}
