/* API keys: list, make, rotate, revoke. The text of a key is shown once, in the answer that makes
 * it.
 *
 * Who is limited to accounts or namespaces deals in keys that reach no further than he does; others
 * are not there for him.
 *
 * POST /api/v1/keys {"label":"ci","roles":["ingest"],"accounts":["111122223333"],
 *                    "namespaces":["*"],"expires_at":"2027-01-01T00:00:00Z"}
 * 201 {"kid":"..","key":"smon_.._..", ...} */
#include "api/app.h"
#include "api/ask.h"
#include "api/handlers.h"
#include "api/members.h"
#include "base/fail.h"
#include "format/namespace.h"
#include "base/log.h"
#include "store/batch.h"
#include "store/writer.h"
#include "wire/doc.h"

enum { LABEL_MOST = 200, LIST_CEILING = 32 * 1024 };

static const ms DEFAULT_OVERLAP = MS_DAY, MOST_OVERLAP = 90 * (ms)MS_DAY;

/* Who asks could see all that a key sees. Errands are handed out whatever accounts a key names. */
static bool is_within(const struct ask *ask, const struct key_item *key)
{
    if (key->roles & ROLE_COLLECT && !ask->asker.scope->is_all)
        return false;
    return scope_covers(ask->asker.scope, key->accounts, key->namespaces);
}

/* --- showing --- */

static void write_words(struct compose *out, const char *name, struct str joined)
{
    struct str word;

    compose_open(out, name, '[');
    while (joined.size && str_cut(&joined, ',', &word))
        compose_text(out, NULL, word);
    compose_close(out, ']');
}

static void write_members(struct compose *out, const struct key_item *key, ms now)
{
    bool is_valid = key->revoked_at == WHEN_UNKNOWN
                    && (key->expires_at == WHEN_UNKNOWN || key->expires_at > now);

    compose_text(out, "kid", key->kid);
    compose_text(out, "label", key->label.size ? key->label : STR(""));
    compose_open(out, "roles", '[');
    for (unsigned bit = 1; bit < ROLE_ALL; bit <<= 1)
        if (key->roles & bit)
            compose_text(out, NULL, str_of(key_role_name((enum role)bit)));
    compose_close(out, ']');
    write_words(out, "accounts", key->accounts);
    write_words(out, "namespaces", key->namespaces);
    compose_bool(out, "is_valid", is_valid);
    compose_time(out, "created_at", key->created_at);
    compose_time(out, "expires_at", key->expires_at);
    compose_time(out, "revoked_at", key->revoked_at);
    compose_time(out, "last_used_at", key->last_used_at);
    compose_text(out, "replaces", key->replaces.size ? key->replaces : STR_NONE);
}

static int write_item(void *ctx, const struct key_item *key, struct fail *why)
{
    struct ask *ask = ctx;

    (void)why; /* writing to a buffer is checked at the end */
    if (!is_within(ask, key))
        return 0;
    compose_open(&ask->json, NULL, '{');
    write_members(&ask->json, key, ask->asker.now);
    compose_close(&ask->json, '}');
    return 0;
}

int keys_index(struct ask *ask, struct fail *why)
{
    static const char *const known[] = {"time_format", NULL};

    if (ask_check(ask, known, why))
        return -1;
    ask_open_list(ask);
    if (key_list(ask->asker.db, write_item, ask, why))
        return -1;
    ask_close_whole_list(ask);
    compose_close(&ask->json, '}');
    return 0;
}

/* --- making --- */

/* A key to be, with room for its texts. */
struct draft {
    struct key_item item;
    char            text[KEY_TEXT_ROOM];
    char            kid[KEY_ID_ROOM];
    unsigned char   digest[CRYPT_SHA256];
    struct buf      accounts, namespaces, label, replaces;
    ms              overlap; /* of a rotation: how long the old one lives on */
};
#define DRAFT_EMPTY                                                                                \
    ((struct draft){.accounts   = BUF_UP_TO(LIST_CEILING),                                         \
                    .namespaces = BUF_UP_TO(LIST_CEILING),                                         \
                    .label      = BUF_UP_TO(LABEL_MOST),                                           \
                    .replaces   = BUF_UP_TO(KEY_ID_ROOM)})

static void draft_release(struct draft *draft)
{
    buf_release(&draft->accounts);
    buf_release(&draft->namespaces);
    buf_release(&draft->label);
    buf_release(&draft->replaces);
}

/* An array of texts, joined by ','. Absent: nothing, which opens nothing. */
static void read_words(const struct members *body, const char *name, bool (*is_good)(struct str),
                       const char *shape, struct buf *out)
{
    const struct doc *list = members_array(body, name, SCOPE_MOST_ACCOUNTS);
    char              array[FLAW_POINTER_ROOM], item[FLAW_POINTER_ROOM];

    flaws_pointer(array, body->at, str_of(name));
    for (size_t i = 0; i < doc_count(list); i++) {
        struct str word;

        if (doc_as_text(doc_item(list, i), &word) || !is_good(word)) {
            flaws_pointer_at(item, array, i);
            (void)flaws_add(body->flaws, item, "bad-value", "%s", shape);
            continue;
        }
        buf_text(out, out->size ? "," : "");
        buf_str(out, word);
    }
    if (!members_has(body, name) || (list && !doc_count(list)))
        members_flaw(body, name, "missing", "'%s' names at least one", name);
}

static bool is_account(struct str word)
{
    int64_t number;

    return str_is_text(word, "*") || scope_account(word, &number) == 0;
}

static bool is_namespace(struct str word)
{
    struct fail unread = FAIL_OK;

    return str_is_text(word, "*") || namespace_check(word, &unread) == 0;
}

static bool is_role(struct str word)
{
    return key_role_parse(word) != 0;
}

/* "*" beside numbers would be easy to overlook. */
static void check_star(const struct members *body, const char *name, const struct buf *joined)
{
    struct str rest = buf_view(joined), word;

    while (rest.size && str_cut(&rest, ',', &word))
        if (str_is_text(word, "*") && joined->size > 1)
            members_flaw(body, name, "bad-value", "'%s': \"*\" stands alone", name);
}

static int read_roles(const struct members *body, int64_t *out, struct fail *why)
{
    OWN(buf) room   = BUF_UP_TO(LIST_CEILING);
    struct str rest = STR_NONE, name;

    read_words(body, "roles", is_role, "a role is ingest, read, write, admin or collect", &room);
    rest = buf_view(&room);
    while (rest.size && str_cut(&rest, ',', &name))
        *out |= key_role_parse(name);
    return buf_check(&room, why);
}

/* A member that is misspelled would be a key that lives for ever, or sees more than it should. */
static int read_draft(struct ask *ask, const struct doc *doc, struct draft *out, struct fail *why)
{
    static const char *const         allowed[] = {"label",      "roles",      "accounts",
                                                  "namespaces", "expires_at", NULL};
    static const struct members_text rule      = {.most = LABEL_MOST};
    const struct members             body      = members_of(doc, "", &ask->flaws);
    ms                              *expires   = &out->item.expires_at;
    struct str                       label;

    members_known(&body, allowed);
    members_text(&body, "label", &rule, &label);
    if (read_roles(&body, &out->item.roles, why))
        return -1;
    read_words(&body, "accounts", is_account, "an account is 12 digits; \"*\" means all",
               &out->accounts);
    check_star(&body, "accounts", &out->accounts);
    if (out->item.roles & ROLE_COLLECT && !str_is_text(buf_view(&out->accounts), "*"))
        members_flaw(&body, "accounts", "bad-value",
                     "a collector is handed the errands of all accounts: \"*\"");
    if (members_has(&body, "namespaces"))
        read_words(&body, "namespaces", is_namespace,
                   "a namespace is a path like /abc_corp/claim; \"*\" means all", &out->namespaces);
    else
        buf_text(&out->namespaces, "*");
    check_star(&body, "namespaces", &out->namespaces);
    members_time(&body, "expires_at", expires);
    if (*expires != WHEN_UNKNOWN && *expires <= ask->asker.now)
        members_flaw(&body, "expires_at", "bad-value", "'expires_at' has passed");
    buf_str(&out->label, label);
    if (ask_flaws(ask, why) || buf_check(&out->accounts, why) || buf_check(&out->namespaces, why)
        || buf_check(&out->label, why))
        return -1;
    out->item.accounts   = buf_view(&out->accounts);
    out->item.namespaces = buf_view(&out->namespaces);
    if (!is_within(ask, &out->item))
        return ask_refuse(ask, "forbidden", why,
                          "the new key would reach further than the one that asks for it");
    return 0;
}

static int put_draft(void *ctx, struct batch *batch, struct fail *why)
{
    struct draft *draft = ctx;

    if (key_put(batch, &draft->item, why))
        return -1;
    if (draft->item.replaces.size
        && key_expire(batch, draft->item.replaces, batch->now + draft->overlap, why) < 0)
        return -1;
    return 0;
}

/* Makes the key, stores it, and answers 201 with its text. */
static int make(struct ask *ask, struct draft *draft, struct fail *why)
{
    if (key_make(draft->text, draft->kid, draft->digest, why))
        return -1;
    draft->item.kid        = str_of(draft->kid);
    draft->item.digest     = str_from((const char *)draft->digest, CRYPT_SHA256);
    draft->item.label      = buf_view(&draft->label);
    draft->item.accounts   = buf_view(&draft->accounts);
    draft->item.namespaces = buf_view(&draft->namespaces);
    draft->item.replaces   = draft->replaces.size ? buf_view(&draft->replaces) : STR_NONE;
    draft->item.created_at = ask->asker.now;
    draft->item.revoked_at = draft->item.last_used_at = WHEN_UNKNOWN;
    if (writer_run(ask->app->writer, put_draft, draft, why)
        || keys_reload(ask->app->keys, ask->asker.db, why))
        return -1;
    compose_open(&ask->json, NULL, '{');
    write_members(&ask->json, &draft->item, ask->asker.now);
    compose_text(&ask->json, "key", str_of(draft->text));
    compose_close(&ask->json, '}');
    ask->reply.status = 201;
    web_reply_header(&ask->reply, "Location", "/api/v1/keys/%s", draft->kid);
    return 0;
}

int keys_create(struct ask *ask, struct fail *why)
{
    static const char *const known[] = {NULL};
    struct draft             draft   = DRAFT_EMPTY;
    OWN_PTR(doc) body                = ask_body(ask, why);
    int result = body && ask_check(ask, known, why) == 0 && read_draft(ask, body, &draft, why) == 0
                     ? make(ask, &draft, why)
                     : -1;

    draft_release(&draft);
    return result;
}

/* --- rotating and revoking --- */

struct reach {
    const struct ask *ask;
    bool              is_within;
};

static int see_reach(void *ctx, const struct key_item *key, struct fail *why)
{
    struct reach *reach = ctx;

    (void)why; /* only looking */
    reach->is_within = is_within(reach->ask, key);
    return 0;
}

/* The key that the path names is there for who asks; else absent. */
static int check_reach(struct ask *ask, struct fail *why)
{
    struct reach reach = {.ask = ask};

    if (key_find(ask->asker.db, ask->caller->ids[0], see_reach, &reach, why) < 0)
        return -1;
    return reach.is_within ? 0 : ask_absent(why);
}

static int copy_key(void *ctx, const struct key_item *key, struct fail *why)
{
    struct draft *draft = ctx;

    if (key->revoked_at != WHEN_UNKNOWN)
        return fail_set(why, FAIL_CLASH, "the key is revoked; make a new one");
    draft->item.roles      = key->roles;
    draft->item.expires_at = key->expires_at;
    buf_str(&draft->accounts, key->accounts);
    buf_str(&draft->namespaces, key->namespaces);
    buf_str(&draft->label, key->label);
    buf_str(&draft->replaces, key->kid);
    return 0;
}

/* The newest of the keys that were rotated one out of the other. */
struct line {
    struct str kid; /* in `room` once it is another than the first */
    char       room[KEY_ID_ROOM];
    ms         expires_at;
};

static int follow(void *ctx, const struct key_item *key, struct fail *why)
{
    struct line *line = ctx;

    (void)why;                              /* only looking */
    if (str_is(key->replaces, line->kid)) { /* revoked or not: its end is as it was made */
        (void)str_to_c(key->kid, line->room, sizeof line->room);
        line->kid        = str_of(line->room);
        line->expires_at = key->expires_at;
    }
    return 0;
}

/* A key that was made for a time stays so when it is rotated. One that was rotated before ends with
 * its overlap; its successor knows how long it was made for. */
static int keep_end(struct ask *ask, struct draft *draft, struct fail *why)
{
    struct line line = {.kid = buf_view(&draft->replaces), .expires_at = draft->item.expires_at};

    if (key_list(ask->asker.db, follow, &line, why))
        return -1;
    draft->item.expires_at = line.expires_at;
    if (line.expires_at != WHEN_UNKNOWN && line.expires_at <= ask->asker.now)
        return fail_set(why, FAIL_CLASH, "the key has expired; make a new one");
    return 0;
}

static int read_overlap(struct ask *ask, const struct doc *body, ms *out, struct fail *why)
{
    static const char *const allowed[] = {"overlap", NULL};
    const struct members     members   = members_of(body, "", &ask->flaws);
    struct str               text;

    members_known(&members, allowed);
    if (ask_flaws(ask, why) || doc_text_or(body, "overlap", STR("24h"), &text, why))
        return -1;
    if (when_parse_span(text, out) || *out < 0 || *out > MOST_OVERLAP)
        return fail_set(why, FAIL_INPUT,
                        "'overlap' is a span up to 90d: how long the old key lives on");
    return 0;
}

int keys_rotate(struct ask *ask, struct fail *why)
{
    static const char *const known[] = {NULL};
    struct draft             draft   = DRAFT_EMPTY;
    OWN_PTR(doc) body                = ask_body(ask, why);
    int result                       = -1, got;

    draft.overlap = DEFAULT_OVERLAP;
    if (body && ask_check(ask, known, why) == 0 && read_overlap(ask, body, &draft.overlap, why) == 0
        && check_reach(ask, why) == 0) {
        got = key_find(ask->asker.db, ask->caller->ids[0], copy_key, &draft, why);
        if (got == 1)
            result = keep_end(ask, &draft, why) ? -1 : make(ask, &draft, why);
        else if (got == 0)
            result = ask_absent(why);
    }
    draft_release(&draft);
    return result;
}

struct revoking {
    struct str kid;
    int        found;
};

static int revoke(void *ctx, struct batch *batch, struct fail *why)
{
    struct revoking *revoking = ctx;

    revoking->found = key_revoke(batch, revoking->kid, batch->now, why);
    return revoking->found < 0 ? -1 : 0;
}

int keys_revoke(struct ask *ask, struct fail *why)
{
    static const char *const known[]  = {NULL};
    struct revoking          revoking = {.kid = ask->caller->ids[0]};

    if (ask_check(ask, known, why) || check_reach(ask, why)
        || writer_run(ask->app->writer, revoke, &revoking, why)
        || keys_reload(ask->app->keys, ask->asker.db, why))
        return -1;
    if (!revoking.found)
        return ask_absent(why);
    ask->reply.status = 204;
    return 0;
}
