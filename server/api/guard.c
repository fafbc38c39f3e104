#include "api/guard.h"

#include "base/buf.h"
#include "base/fail.h"
#include "base/lock.h"
#include "base/mem.h"
#include "config.h"
#include "store/batch.h"
#include "store/writer.h"
#include "wire/crypt.h"
#include "wire/web.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_HEADERS = 8, HEADER_ROOM = 64, LABEL_BYTES = 4096 };

/* What the configured key is called; the ids of stored ones are longer. */
static const char CONFIGURED[] = "admin";

/* Works at every path; under /ingest/ the senders' headers stand in its place. */
static const char KEY_HEADER[] = "X-API-Key";

struct entry {
    char             kid[KEY_ID_ROOM];
    unsigned char    digest[CRYPT_SHA256];
    unsigned         roles;
    bool             is_all;
    int64_t         *accounts; /* owned */
    size_t           account_count;
    struct buf       text; /* the accounts as SQL compares them */
    struct buf       namespaces;
    ms               expires_at, revoked_at;
    bool             is_configured; /* not in the store: its use is not written */
    _Atomic(int64_t) used_at;
    _Atomic(int64_t) written_at;
};

/* All keys as they were at one moment; callers hold on to it while their request runs. */
struct key_table {
    atomic_int    users;
    struct entry *entries; /* by kid; room for KEY_MOST + 1 */
    size_t        count, room;
};

struct keys {
    struct lock       lock; /* guards `table`, the pointer */
    struct key_table *table;
    char              headers[MOST_HEADERS][HEADER_ROOM];
    size_t            header_count;
    bool              has_admin;
    char              admin_kid[KEY_ID_ROOM];
    unsigned char     admin_digest[CRYPT_SHA256];
    struct sessions  *sessions;
};

static void table_drop(struct key_table *table)
{
    if (!table || atomic_fetch_sub(&table->users, 1) > 1)
        return;
    for (size_t i = 0; i < table->count; i++) {
        mem_free(table->entries[i].accounts);
        buf_release(&table->entries[i].text);
        buf_release(&table->entries[i].namespaces);
    }
    mem_free(table->entries);
    mem_free(table);
}

static struct key_table *table_hold(struct keys *keys)
{
    struct key_table *table;

    lock_take(&keys->lock);
    table = keys->table;
    atomic_fetch_add(&table->users, 1);
    lock_drop(&keys->lock);
    return table;
}

static struct key_table *table_new(size_t room)
{
    struct key_table *table = mem_new(sizeof *table);

    if (!table)
        return NULL;
    atomic_init(&table->users, 1);
    table->entries = mem_array(room, sizeof *table->entries);
    table->room    = room;
    if (!table->entries) {
        mem_free(table);
        return NULL;
    }
    return table;
}

static int by_kid(const void *a, const void *b)
{
    return strcmp(((const struct entry *)a)->kid, ((const struct entry *)b)->kid);
}

static struct entry *table_find(const struct key_table *table, struct str kid)
{
    struct entry wanted = {.roles = 0};

    if (str_to_c(kid, wanted.kid, sizeof wanted.kid))
        return NULL;
    return bsearch(&wanted, table->entries, table->count, sizeof *table->entries, by_kid);
}

static unsigned roles_with_implied(int64_t roles)
{
    unsigned bits = (unsigned)roles & ROLE_ALL;

    return bits & ROLE_ADMIN ? bits | ROLE_READ | ROLE_WRITE : bits;
}

/* One row of the store into the table. A row that makes no sense is left out: it opens nothing. */
static int add_row(void *ctx, const struct key_item *row, struct fail *why)
{
    struct key_table *table = ctx;
    struct entry     *entry = &table->entries[table->count];
    struct fail       wrong = FAIL_OK;

    if (table->count == table->room || row->digest.size != CRYPT_SHA256)
        return 0;
    *entry = (struct entry){
        .roles      = roles_with_implied(row->roles),
        .text       = BUF_UP_TO(SCOPE_MOST_ACCOUNTS * 13 + 2),
        .namespaces = BUF_UP_TO(LABEL_BYTES),
        .expires_at = row->expires_at,
        .revoked_at = row->revoked_at,
    };
    atomic_init(&entry->used_at, row->last_used_at);
    atomic_init(&entry->written_at, row->last_used_at);
    if (str_to_c(row->kid, entry->kid, sizeof entry->kid))
        return 0;
    if (scope_parse(row->accounts, &entry->is_all, &entry->accounts, &entry->account_count,
                    &entry->text, &wrong))
        return wrong.kind == FAIL_MEMORY ? fail_set(why, FAIL_MEMORY, "no memory for keys") : 0;
    memcpy(entry->digest, row->digest.data, CRYPT_SHA256);
    buf_str(&entry->namespaces, row->namespaces);
    table->count++;
    return 0;
}

static void add_configured(struct keys *keys, struct key_table *table)
{
    struct entry *entry = &table->entries[table->count];

    if (!keys->has_admin || table->count == table->room)
        return;
    *entry = (struct entry){
        .roles         = ROLE_ALL,
        .is_all        = true,
        .text          = BUF_UP_TO(0),
        .namespaces    = BUF_UP_TO(LABEL_BYTES),
        .expires_at    = WHEN_UNKNOWN,
        .revoked_at    = WHEN_UNKNOWN,
        .is_configured = true,
    };
    memcpy(entry->kid, keys->admin_kid, sizeof entry->kid);
    memcpy(entry->digest, keys->admin_digest, sizeof entry->digest);
    buf_text(&entry->namespaces, "*");
    table->count++;
}

/* Uses that are not written yet move over to the new table. */
static void take_over_uses(const struct key_table *old, struct key_table *now)
{
    for (size_t i = 0; old && i < old->count; i++) {
        struct entry *entry = table_find(now, str_of(old->entries[i].kid));

        if (!entry)
            continue;
        if (atomic_load(&old->entries[i].used_at) > atomic_load(&entry->used_at))
            atomic_store(&entry->used_at, atomic_load(&old->entries[i].used_at));
        if (atomic_load(&old->entries[i].written_at) > atomic_load(&entry->written_at))
            atomic_store(&entry->written_at, atomic_load(&old->entries[i].written_at));
    }
}

static void swap_table(struct keys *keys, struct key_table *now)
{
    struct key_table *old;

    qsort(now->entries, now->count, sizeof *now->entries, by_kid);
    lock_take(&keys->lock);
    old = keys->table;
    take_over_uses(old, now);
    keys->table = now;
    lock_drop(&keys->lock);
    table_drop(old);
}

static int count_row(void *ctx, const struct key_item *row, struct fail *why)
{
    (void)row; /* only how many */
    (void)why;
    ++*(size_t *)ctx;
    return 0;
}

int keys_reload(struct keys *keys, struct db *db, struct fail *why)
{
    size_t            count = 0;
    struct key_table *now;

    if (key_list(db, count_row, &count, why))
        return fail_in(why, "reading keys");
    now = table_new(count + 2); /* one for the configured key, one against none at all */
    if (!now)
        return fail_set(why, FAIL_MEMORY, "no memory for keys");
    if (key_list(db, add_row, now, why)) {
        table_drop(now);
        return fail_in(why, "reading keys");
    }
    add_configured(keys, now);
    swap_table(keys, now);
    return 0;
}

static int read_admin_key(struct keys *keys, const char *text, struct fail *why)
{
    struct str kid, secret;

    if (!text || !*text)
        return 0;
    if (key_split(str_of(text), &kid, &secret))
        return fail_set(
            why, FAIL_INPUT,
            "the admin key is not smon_<id>_<secret> with %d letters and digits or more",
            KEY_SECRET_LEAST);
    keys->has_admin = true;
    (void)str_to_c(kid, keys->admin_kid, sizeof keys->admin_kid); /* key_split saw that it fits */
    return crypt_sha256(secret, keys->admin_digest, why);
}

static int read_headers(struct keys *keys, const char *names, struct fail *why)
{
    struct str rest = str_of(names), name;

    while (rest.data && str_cut(&rest, ',', &name)) {
        name = str_trim(name);
        if (name.size == 0)
            continue;
        if (keys->header_count == MOST_HEADERS
            || str_to_c(name, keys->headers[keys->header_count], HEADER_ROOM))
            return fail_set(why, FAIL_INPUT, "intake.key_headers: at most %d names", MOST_HEADERS);
        keys->header_count++;
    }
    return 0;
}

int keys_open(const struct config *config, struct keys **out, struct fail *why)
{
    OWN_PTR(keys) keys = mem_new(sizeof *keys);
    struct key_table *empty;

    if (!keys)
        return fail_set(why, FAIL_MEMORY, "no memory for keys");
    lock_init(&keys->lock);
    if (read_admin_key(keys, config->admin_key, why)
        || read_headers(keys, config->key_headers ? config->key_headers : KEY_HEADER, why)
        || sessions_new(&keys->sessions, why))
        return -1;
    if (!(empty = table_new(1)))
        return fail_set(why, FAIL_MEMORY, "no memory for keys");
    add_configured(keys, empty);
    swap_table(keys, empty);
    *out = TAKE(keys);
    return 0;
}

void keys_free(struct keys *keys)
{
    if (!keys)
        return;
    table_drop(keys->table);
    sessions_free(keys->sessions);
    lock_release(&keys->lock);
    mem_free(keys);
}

int keys_count(struct keys *keys)
{
    struct key_table *table = table_hold(keys);
    ms                now   = when_now();
    int               count = 0;

    for (size_t i = 0; i < table->count; i++)
        count +=
            table->entries[i].revoked_at == WHEN_UNKNOWN
            && (table->entries[i].expires_at == WHEN_UNKNOWN || table->entries[i].expires_at > now);
    table_drop(table);
    return count;
}

/* --- when keys were used --- */

static int write_used(void *ctx, struct batch *batch, struct fail *why)
{
    struct key_table *table = ctx;

    for (size_t i = 0; i < table->count; i++) {
        struct entry *entry = &table->entries[i];
        int64_t       used  = atomic_load(&entry->used_at);

        if (entry->is_configured || used <= atomic_load(&entry->written_at))
            continue;
        if (key_used(batch, str_of(entry->kid), used, why))
            return -1;
        atomic_store(&entry->written_at, used);
    }
    return 0;
}

int keys_flush_used(struct keys *keys, struct writer *writer, struct fail *why)
{
    struct key_table *table    = table_hold(keys);
    bool              has_news = false;
    int               result   = 0;

    for (size_t i = 0; i < table->count; i++)
        has_news |=
            !table->entries[i].is_configured
            && atomic_load(&table->entries[i].used_at) > atomic_load(&table->entries[i].written_at);
    if (has_news)
        result = writer_run(writer, write_used, table, why);
    table_drop(table);
    return result;
}

/* --- who asks --- */

static bool is_valid(const struct entry *entry, ms now)
{
    return entry->revoked_at == WHEN_UNKNOWN
           && (entry->expires_at == WHEN_UNKNOWN || entry->expires_at > now);
}

/* The caller of an entry; *out keeps the table from now on. */
static void become(struct key_table *table, struct entry *entry, ms now, struct caller *out)
{
    atomic_store(&entry->used_at, now);
    *out = (struct caller){
        .roles = entry->roles,
        .kid   = entry->is_configured ? CONFIGURED : entry->kid,
        .scope = {entry->is_all, entry->accounts, entry->account_count, buf_view(&entry->text),
                  buf_view(&entry->namespaces)},
        .table = table,
    };
}

enum guard_result guard_key(struct keys *keys, struct str text, ms now, struct caller *out)
{
    static const unsigned char nobody[CRYPT_SHA256] = {0};
    unsigned char              digest[CRYPT_SHA256];
    struct fail                unread = FAIL_OK;
    struct str                 kid, secret;
    struct key_table          *table;
    struct entry              *entry;
    bool                       is_same;

    if (key_split(text, &kid, &secret) || crypt_sha256(secret, digest, &unread))
        return GUARD_BAD_KEY;
    table   = table_hold(keys);
    entry   = table_find(table, kid);
    is_same = crypt_same(str_from((const char *)digest, CRYPT_SHA256),
                         str_from((const char *)(entry ? entry->digest : nobody), CRYPT_SHA256));
    if (!entry || !is_same || !is_valid(entry, now)) {
        table_drop(table);
        return GUARD_BAD_KEY;
    }
    become(table, entry, now, out);
    return GUARD_KNOWN;
}

/* "Basic dXNlcjprZXk=": the password is the key. */
static enum guard_result guard_basic(struct keys *keys, struct str code, ms now, struct caller *out)
{
    OWN(buf) plain     = BUF_UP_TO(2 * KEY_TEXT_ROOM);
    struct fail unread = FAIL_OK;
    struct str  password, user;

    if (crypt_from_base64(str_trim(code), &plain, &unread))
        return GUARD_BAD_KEY;
    password = buf_view(&plain);
    if (!str_cut(&password, ':', &user) || !password.data)
        return GUARD_BAD_KEY;
    return guard_key(keys, password, now, out);
}

static bool has_scheme(struct str *value, const char *scheme)
{
    struct str name = str_of(scheme);

    if (value->size <= name.size || !str_is_nocase(str_part(*value, 0, name.size), name)
        || value->data[name.size] != ' ')
        return false;
    *value = str_trim(str_part(*value, name.size, value->size));
    return true;
}

static enum guard_result guard_authorization(struct keys *keys, struct str value, ms now,
                                             struct caller *out)
{
    if (has_scheme(&value, "Basic"))
        return guard_basic(keys, value, now, out);
    (void)has_scheme(&value, "Bearer"); /* a bare key is understood, too */
    return guard_key(keys, str_trim(value), now, out);
}

/* Browsers say which page asks. A cookie speaks for our own pages and for what people type in the
 * address bar ("none"), not for pages of others. */
static bool is_own_page(const struct web_request *request)
{
    struct str site = web_header(request, "Sec-Fetch-Site");

    return !site.data || str_is_text(site, "same-origin") || str_is_text(site, "none");
}

/* A session that is over, or whose key is, is no key at all: the page asks for one again. */
static enum guard_result guard_session(struct keys *keys, const struct web_request *request, ms now,
                                       struct caller *out)
{
    struct str        id = session_cookie(web_header(request, "Cookie"));
    char              kid[KEY_ID_ROOM];
    struct key_table *table;
    struct entry     *entry;

    if (!id.data || !is_own_page(request)
        || !session_find(keys->sessions, id, when_monotonic(), kid))
        return GUARD_NO_KEY;
    table = table_hold(keys);
    entry = table_find(table, str_of(kid));
    if (!entry || !is_valid(entry, now)) {
        table_drop(table);
        return GUARD_NO_KEY;
    }
    become(table, entry, now, out);
    return GUARD_KNOWN;
}

/* What one of the headers says that carry a key besides Authorization; no data: none is there. */
static struct str key_header(const struct keys *keys, const struct web_request *request)
{
    struct str value = STR_NONE;

    if (!str_starts(web_path(request), STR("/ingest/")))
        value = web_header(request, KEY_HEADER);
    for (size_t i = 0; !value.data && i < keys->header_count; i++)
        value = web_header(request, keys->headers[i]);
    return value;
}

enum guard_result guard_who(struct keys *keys, const struct web_request *request,
                            struct caller *out)
{
    struct str value;
    ms         now = when_now();

    if (web_is_local(request)) {
        *out = (struct caller){
            .roles = ROLE_ALL, .kid = "local", .scope = SCOPE_ALL, .is_local = true};
        return GUARD_KNOWN;
    }
    value = key_header(keys, request);
    if (!value.data)
        value = web_header(request, "Authorization");
    if (value.data)
        return guard_authorization(keys, str_trim(value), now, out);
    return guard_session(keys, request, now, out);
}

int guard_sign_in(struct keys *keys, struct str text, char out_id[SESSION_ID_ROOM],
                  struct fail *why)
{
    struct str kid, secret;

    if (key_split(text, &kid, &secret))
        return fail_set(why, FAIL_AUTH, "this is not a valid key");
    return session_add(keys->sessions, kid, when_monotonic(), out_id, why);
}

void guard_sign_out(struct keys *keys, const struct web_request *request)
{
    session_end(keys->sessions, session_cookie(web_header(request, "Cookie")));
}

void guard_release(struct caller *caller)
{
    table_drop(TAKE(caller->table));
}

void guard_sight(const struct caller *caller, struct buf *key)
{
    buf_str(key, caller->scope.is_all ? STR("*") : caller->scope.text);
    buf_char(key, '\n');
    buf_str(key, caller->scope.namespaces);
}

bool guard_is_valid(struct keys *keys, const struct caller *caller, ms now)
{
    struct key_table   *table;
    const struct entry *entry;
    bool                is_so;

    if (!caller->table || str_is_text(str_of(caller->kid), CONFIGURED))
        return true; /* no key, or one that lives as long as we do */
    table = table_hold(keys);
    entry = table_find(table, str_of(caller->kid));
    is_so = entry && is_valid(entry, now);
    table_drop(table);
    return is_so;
}

struct caller guard_copy(const struct caller *caller)
{
    struct caller copy = *caller;

    for (size_t i = 0; i < ROUTE_MOST_IDS; i++)
        copy.ids[i] = STR("");
    if (copy.table)
        atomic_fetch_add(&copy.table->users, 1);
    return copy;
}
