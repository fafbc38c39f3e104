#include "store/key.h"

#include "base/fail.h"
#include "store/batch.h"
#include "wire/db.h"

#include <string.h>

static const struct {
    enum role   role;
    const char *name;
} roles[] = {
    {ROLE_INGEST, "ingest"}, {ROLE_READ, "read"},       {ROLE_WRITE, "write"},
    {ROLE_ADMIN, "admin"},   {ROLE_COLLECT, "collect"},
};

const char *key_role_name(enum role role)
{
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
        if (roles[i].role == role)
            return roles[i].name;
    return NULL;
}

int key_role_parse(struct str name)
{
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
        if (str_is_text(name, roles[i].name))
            return roles[i].role;
    return 0;
}

static bool is_made_of_letters(struct str text)
{
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];

        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')))
            return false;
    }
    return true;
}

int key_split(struct str text, struct str *out_kid, struct str *out_secret)
{
    struct str rest = text, kid;

    if (text.size >= KEY_TEXT_ROOM || !str_starts(text, STR("smon_")))
        return -1;
    rest = str_part(text, 5, text.size);
    if (!str_cut(&rest, '_', &kid) || !rest.data || kid.size == 0 || kid.size >= KEY_ID_ROOM
        || rest.size < KEY_SECRET_LEAST || !is_made_of_letters(kid) || !is_made_of_letters(rest))
        return -1;
    *out_kid    = kid;
    *out_secret = rest;
    return 0;
}

int key_make(char out_text[KEY_TEXT_ROOM], char out_kid[KEY_ID_ROOM],
             unsigned char out_digest[CRYPT_SHA256], struct fail *why)
{
    enum { KID_BYTES = 6, SECRET_BYTES = 24 };
    unsigned char bytes[KID_BYTES + SECRET_BYTES];
    char          secret[2 * SECRET_BYTES + 1];
    int           size;

    if (crypt_random(bytes, sizeof bytes, why))
        return -1;
    crypt_hex(bytes, KID_BYTES, out_kid);
    crypt_hex(bytes + KID_BYTES, SECRET_BYTES, secret);
    if (crypt_sha256(str_of(secret), out_digest, why))
        return -1;
    size = snprintf(out_text, KEY_TEXT_ROOM, "smon_%s_%s", out_kid, secret);
    if (size < 0 || size >= KEY_TEXT_ROOM)
        return fail_set(why, FAIL_BUG, "a key is longer than its room");
    return 0;
}

#define COLUMNS                                                                                    \
    "kid, digest, label, roles, accounts, namespaces, created_ms, expires_ms, revoked_ms,"         \
    " last_used_ms, replaces"

static int visit_all(struct stmt *stmt, key_visit *visit, void *ctx, struct fail *why)
{
    int got, seen = 0;

    while ((got = stmt_step(stmt, why)) == 1) {
        const struct key_item item = {
            .kid          = col_text(stmt, 0),
            .digest       = col_blob(stmt, 1),
            .label        = col_text(stmt, 2),
            .roles        = col_int(stmt, 3),
            .accounts     = col_text(stmt, 4),
            .namespaces   = col_text(stmt, 5),
            .created_at   = col_time(stmt, 6),
            .expires_at   = col_time(stmt, 7),
            .revoked_at   = col_time(stmt, 8),
            .last_used_at = col_time(stmt, 9),
            .replaces     = col_text(stmt, 10),
        };

        seen = 1;
        if (visit(ctx, &item, why)) {
            got = -1;
            break;
        }
    }
    stmt_done(stmt);
    return got < 0 ? -1 : seen;
}

static const char LIST[] =
    "SELECT " COLUMNS " FROM api_key ORDER BY created_ms, kid LIMIT 4096"; /* KEY_MOST */

int key_list(struct db *db, key_visit *visit, void *ctx, struct fail *why)
{
    struct stmt *list = db_prepare(db, LIST, why);

    return list && visit_all(list, visit, ctx, why) >= 0 ? 0 : -1;
}

static const char FIND[] = "SELECT " COLUMNS " FROM api_key WHERE kid = :kid";

int key_find(struct db *db, struct str kid, key_visit *visit, void *ctx, struct fail *why)
{
    struct stmt *find = db_prepare(db, FIND, why);

    if (!find)
        return -1;
    stmt_text(find, ":kid", kid);
    return visit_all(find, visit, ctx, why);
}

static const char PUT[] =
    "INSERT INTO api_key (kid, digest, label, roles, accounts, namespaces, created_ms, expires_ms,"
    " replaces) VALUES (:kid, :digest, :label, :roles, :accounts, :namespaces, :created, :expires,"
    " :replaces)";

int key_put(struct batch *batch, const struct key_item *key, struct fail *why)
{
    struct stmt *put = db_prepare(batch->db, PUT, why);

    if (!put)
        return -1;
    stmt_text(put, ":kid", key->kid);
    stmt_blob(put, ":digest", key->digest);
    stmt_text(put, ":label", key->label.data ? key->label : STR(""));
    stmt_int(put, ":roles", key->roles);
    stmt_text(put, ":accounts", key->accounts);
    stmt_text(put, ":namespaces", key->namespaces);
    stmt_int(put, ":created", key->created_at);
    stmt_time(put, ":expires", key->expires_at);
    stmt_text(put, ":replaces", key->replaces);
    return stmt_run(put, why);
}

static int mark(struct batch *batch, const char *sql, struct str kid, ms at, struct fail *why)
{
    struct stmt *stmt = db_prepare(batch->db, sql, why);

    if (!stmt)
        return -1;
    stmt_text(stmt, ":kid", kid);
    stmt_int(stmt, ":at", at);
    if (stmt_run(stmt, why))
        return -1;
    return stmt_changes(stmt) > 0;
}

static const char REVOKE[] =
    "UPDATE api_key SET revoked_ms = COALESCE(revoked_ms, :at) WHERE kid = :kid";

int key_revoke(struct batch *batch, struct str kid, ms at, struct fail *why)
{
    return mark(batch, REVOKE, kid, at, why);
}

static const char EXPIRE[] =
    "UPDATE api_key SET expires_ms = CASE WHEN expires_ms < :at THEN expires_ms ELSE :at END"
    " WHERE kid = :kid";

int key_expire(struct batch *batch, struct str kid, ms at, struct fail *why)
{
    return mark(batch, EXPIRE, kid, at, why);
}

static const char USED[] = "UPDATE api_key SET last_used_ms = :at WHERE kid = :kid"
                           " AND (last_used_ms IS NULL OR last_used_ms < :at)";

int key_used(struct batch *batch, struct str kid, ms at, struct fail *why)
{
    return mark(batch, USED, kid, at, why) < 0 ? -1 : 0;
}

static const char SECRET_PUT[] =
    "INSERT INTO counter (name, value) VALUES (:name, :value) ON CONFLICT (name) DO NOTHING";
static const char *const SECRET_NAMES[] = {"secret.cursor.0", "secret.cursor.1"};

int key_secret_make(struct batch *batch, struct fail *why)
{
    int64_t halves[2];

    if (crypt_random(halves, sizeof halves, why))
        return -1;
    for (int i = 0; i < 2; i++) {
        struct stmt *put = db_prepare(batch->db, SECRET_PUT, why);

        if (!put)
            return -1;
        stmt_text(put, ":name", str_of(SECRET_NAMES[i]));
        stmt_int(put, ":value", halves[i]);
        if (stmt_run(put, why))
            return -1;
    }
    return 0;
}

static const char SECRET_FIND[] = "SELECT value FROM counter WHERE name = :name";

int key_secret(struct db *db, unsigned char out[KEY_STORE_SECRET], struct fail *why)
{
    int64_t halves[2];
    int     got = 1;

    for (int i = 0; got == 1 && i < 2; i++) {
        struct stmt *find = db_prepare(db, SECRET_FIND, why);

        if (!find)
            return -1;
        stmt_text(find, ":name", str_of(SECRET_NAMES[i]));
        got = stmt_step(find, why);
        if (got == 1)
            halves[i] = col_int(find, 0);
        stmt_done(find);
    }
    if (got == 1)
        memcpy(out, halves, sizeof halves);
    return got;
}
