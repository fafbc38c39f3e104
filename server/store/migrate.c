#include "store/migrate.h"

#include "base/fail.h"
#include "base/str.h"
#include "base/when.h"
#include "wire/db.h"

/* schema_version remembers what ran. Everything is read again within each transaction, because
 * another service may have applied the same migration while this one waited for its turn. */

enum {
    MOST_WAITS = 30
}; /* for another service's migration; each wait is the engine's own, some 2 s */

static const char CREATE[]   = "CREATE TABLE IF NOT EXISTS schema_version ("
                               " version    BIGINT NOT NULL PRIMARY KEY,"
                               " name       TEXT   NOT NULL,"
                               " checksum   BIGINT NOT NULL,"
                               " applied_ms BIGINT NOT NULL)";
static const char EXISTS[]   = "SELECT COUNT(*) FROM $TABLES AS t WHERE t.name = 'schema_version'";
static const char NEWEST[]   = "SELECT COALESCE(MAX(version), 0) FROM schema_version";
static const char APPLIED[]  = "SELECT checksum FROM schema_version WHERE version = :version";
static const char REMEMBER[] = "INSERT INTO schema_version (version, name, checksum, applied_ms)"
                               " VALUES (:version, :name, :checksum, :applied)";

/* One number, by a statement that always gives one row. */
static int number(struct db *db, const char *sql, int64_t *out, struct fail *why)
{
    struct stmt *stmt = db_prepare(db, sql, why);

    return stmt && stmt_number(stmt, out, why) == 1 ? 0 : -1;
}

int migrate_version(struct db *db, int *out, struct fail *why)
{
    int64_t exists  = 0;
    int64_t version = 0;

    if (number(db, EXISTS, &exists, why) || (exists && number(db, NEWEST, &version, why)))
        return -1;
    *out = (int)version;
    return 0;
}

static int64_t checksum(const struct migration *migration)
{
    return (int64_t)str_hash(str_of(migration->sql), 0);
}

/* 1: applied as we know it, 0: not applied, -1. */
static int is_applied(struct db *db, const struct migration *migration, struct fail *why)
{
    struct stmt *stmt = db_prepare(db, APPLIED, why);
    int64_t      sum  = 0;
    int          got;

    if (!stmt)
        return -1;
    stmt_int(stmt, ":version", migration->version);
    got = stmt_number(stmt, &sum, why);
    if (got == 1 && sum != checksum(migration))
        return fail_set(
            why, FAIL_INPUT,
            "migration %s is not the one this database was made with; nothing was changed",
            migration->name);
    return got;
}

static int newest_known(const struct migration *all)
{
    int newest = 0;

    for (const struct migration *one = all; one->version; one++)
        newest = one->version > newest ? one->version : newest;
    return newest;
}

/* The first migration that is missing, or NULL in *out when all are there. */
static int find_missing(struct db *db, const struct migration *all, const struct migration **out,
                        struct fail *why)
{
    int version = 0;

    if (migrate_version(db, &version, why))
        return -1;
    if (version > newest_known(all))
        return fail_set(
            why, FAIL_INPUT,
            "the database has schema %d and this program knows %d; it was left untouched."
            " Use the newer smon",
            version, newest_known(all));
    *out = version ? NULL : all;
    for (const struct migration *one = all; version && one->version && !*out; one++) {
        int applied = is_applied(db, one, why);

        if (applied < 0)
            return -1;
        if (!applied)
            *out = one;
    }
    return 0;
}

static int remember(struct db *db, const struct migration *migration, struct fail *why)
{
    struct stmt *stmt = db_prepare(db, REMEMBER, why);

    if (!stmt)
        return -1;
    stmt_int(stmt, ":version", migration->version);
    stmt_text(stmt, ":name", str_of(migration->name));
    stmt_int(stmt, ":checksum", checksum(migration));
    stmt_time(stmt, ":applied", when_now());
    return stmt_run(stmt, why);
}

static int begin(struct tx *tx, struct db *db, struct fail *why)
{
    int waits = 0;

    while (tx_begin(tx, db, why))
        if (why->kind != FAIL_BUSY || db_is_lost(db) || ++waits == MOST_WAITS)
            return -1;
    return 0;
}

/* 1: applied one, 0: none is missing, -1. */
static int apply_next(struct db *db, const struct migration *all, struct fail *why)
{
    const struct migration *next = NULL;
    OWN(tx) tx                   = TX_NONE;

    if (begin(&tx, db, why) || find_missing(db, all, &next, why))
        return -1;
    if (!next || !next->version)
        return 0;
    if (db_run(db, CREATE, why) || db_run(db, next->sql, why) || remember(db, next, why)
        || tx_commit(&tx, why))
        return fail_in(why, "migration %s", next->name);
    return 1;
}

int migrate_up(struct db *db, const struct migration *all, int *out_applied, struct fail *why)
{
    const struct migration *missing = NULL;
    int                     applied = 0;
    int                     got     = 1;

    if (find_missing(db, all, &missing, why)) /* refuses before anything is locked or written */
        return -1;
    while (missing && got == 1) {
        got = apply_next(db, all, why);
        applied += got == 1;
    }
    if (got < 0)
        return -1;
    *out_applied = applied;
    return 0;
}
