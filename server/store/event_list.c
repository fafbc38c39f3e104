#include "store/event_list.h"

#include <string.h>

#include "base/fail.h"
#include "store/sql.h"
#include "store/state.h"
#include "store/words.h"
#include "wire/db.h"

#define COLUMNS                                                                                    \
    "t.id, t.account, t.region_id, t.type_id, t.kind, t.resource_id, t.status_id, t.version_ms,"   \
    " t.time_ms, t.received_ms, t.effect,"                                                         \
    " (SELECT r.name FROM resource r WHERE r.account = t.account AND r.id = t.resource_id)"

enum { BODY_AT = 12 };

static void read_item(struct stmt *at, struct db *db, struct words *words, bool has_body,
                      struct event_item *item)
{
    enum effect effect = (enum effect)col_int(at, 10);

    *item = (struct event_item){
        .id           = col_int(at, 0),
        .account      = col_int(at, 1),
        .region       = words_text(words, db, col_int(at, 2)),
        .detail_type  = words_text(words, db, col_int(at, 3)),
        .kind         = col_int(at, 4),
        .resource_id  = col_int(at, 5),
        .status       = words_text(words, db, col_int(at, 6)),
        .version_at   = col_time(at, 7),
        .time         = col_time(at, 8),
        .received_at  = col_time(at, 9),
        .effect       = str_of(effect_name(effect)),
        .is_duplicate = effect == EFFECT_REPEAT,
        .name         = col_text(at, 11),
        .body         = has_body ? col_blob(at, BODY_AT) : STR_NONE,
    };
}

static int visit_all(struct stmt *stmt, struct db *db, struct words *words, bool has_body,
                     event_visit *visit, void *ctx, struct fail *why)
{
    struct event_item item;
    int               got, seen = 0;

    while ((got = stmt_step(stmt, why)) == 1) {
        read_item(stmt, db, words, has_body, &item);
        seen = 1;
        if (visit(ctx, &item, why)) {
            got = -1;
            break;
        }
    }
    stmt_done(stmt);
    return got < 0 ? -1 : seen;
}

/* Whose events are asked for, where these are few accounts: the given ones, or else the key's. */
static const struct choice *whose(const struct event_filter *filter, struct choice *room)
{
    if (filter->accounts.is_given && !filter->accounts.is_not)
        return &filter->accounts;
    if (filter->scope.is_all || filter->scope.count == 0 || filter->scope.count > SQL_LIST_MOST)
        return NULL;
    *room = (struct choice){.is_given = true, .count = filter->scope.count};
    memcpy(room->values, filter->scope.accounts, room->count * sizeof room->values[0]);
    return room;
}

/* Numbers grow with arrival, so the engine walks them from the newest, those of one kind by their
 * index; the plus signs keep it from collecting and sorting an account's whole history instead. */
static void add_conditions(struct sql *sql, const struct event_filter *filter, bool is_collected)
{
    bool is_one_kind = filter->kinds.is_given && !filter->kinds.is_not && filter->kinds.count == 1;

    sql_add(sql, " WHERE t.id > 0");
    sql_scope(sql, &filter->scope);
    sql_choice(sql, &filter->accounts, " AND +t.account IN ", " AND +t.account NOT IN ", "account");
    sql_choice(sql, &filter->regions, " AND t.region_id IN ", " AND t.region_id NOT IN ", "region");
    if (is_one_kind && !is_collected) {
        sql_add(sql, " AND t.kind = :kind");
        sql_int(sql, ":kind", filter->kinds.values[0]);
    } else {
        sql_choice(sql, &filter->kinds, " AND +t.kind IN ", " AND +t.kind NOT IN ", "kind");
    }
    sql_choice(sql, &filter->types, " AND t.type_id IN ", " AND t.type_id NOT IN ", "type");
    if (filter->is_unknown)
        sql_add(sql, " AND t.type_id IN (SELECT c.type_id FROM type_count c)");
    sql_received(sql, filter->from, filter->to);
}

/* --- few among many --- */

/* How many rows these accounts keep, of these kinds. */
static int count_rows(struct db *db, const struct choice *accounts, const struct choice *kinds,
                      int64_t *out, struct fail *why)
{
    OWN(sql) sql = SQL_EMPTY;

    sql_add(&sql, "SELECT CAST(coalesce(SUM(n.count), 0) AS BIGINT) FROM tally n WHERE 1 = 1");
    sql_choice(&sql, accounts, " AND n.account IN ", "", "of");
    sql_choice(&sql, kinds, " AND n.kind IN ", " AND n.kind NOT IN ", "kind");
    return sql_number(&sql, db, out, why);
}

/* A walk passes `last / rows` of the others for each that is wanted, or all of a burst of theirs;
 * collecting reads all there is of the rows, some six events each, wherever they lie. */
static bool is_cheaper_collected(int64_t rows, int64_t last, int limit)
{
    enum { COSTS = 128 };

    return rows < last / COSTS && rows * rows / limit <= last / COSTS;
}

/* By what the events are about; the rest, about nothing we keep, stands together as well. */
static void add_collected(struct sql *sql, const struct choice *accounts,
                          const struct choice *kinds)
{
    sql_add(sql, " AND t.id IN (SELECT e.id FROM resource r JOIN event e ON e.resource_id = r.id"
                 " AND e.account = r.account WHERE 1 = 1");
    sql_choice(sql, accounts, " AND r.account IN ", "", "of");
    sql_choice(sql, kinds, " AND r.kind IN ", " AND r.kind NOT IN ", "kind");
    sql_add(sql, " UNION ALL SELECT e.id FROM event e WHERE e.resource_id = 0");
    sql_choice(sql, accounts, " AND e.account IN ", "", "of");
    sql_add(sql, ")");
}

/* The first number from `id` on, and when that event came. */
static const char AT_OR_AFTER[] =
    "SELECT t.id, t.received_ms FROM event t WHERE t.id >= :id ORDER BY t.id LIMIT 1";

static int event_at_or_after(struct db *db, int64_t id, int64_t *out_id, ms *out_received,
                             struct fail *why)
{
    struct stmt *stmt = db_prepare(db, AT_OR_AFTER, why);
    int          got;

    if (!stmt)
        return -1;
    stmt_int(stmt, ":id", id);
    got = stmt_step(stmt, why);
    if (got == 1) {
        *out_id       = col_int(stmt, 0);
        *out_received = col_time(stmt, 1);
    }
    stmt_done(stmt);
    return got;
}

/* Arrival times hardly ever run backwards as numbers grow, and by less than this. */
enum { UNTIDY_MS = 5 * MS_MINUTE };

/* A number that every event received from `when` on has or exceeds: halving the range of numbers,
 * so that a time range costs a few look-ups and not a walk through everything newer. */
static int first_number_from(struct db *db, ms when, int64_t *out, struct fail *why)
{
    int64_t low = 0, high = 0, id;
    ms      received;
    int     got;

    if (event_list_last(db, &high, why))
        return -1;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;

        got = event_at_or_after(db, middle, &id, &received, why);
        if (got < 0)
            return -1;
        if (got == 1 && received < when)
            low = id + 1;
        else
            high = middle;
    }
    *out = low;
    return 0;
}

/* Adds the range of numbers that events received from `from` up to before `to` can have: the
 * received times themselves have no index. */
static int narrow(struct sql *sql, struct db *db, ms from, ms to, struct fail *why)
{
    int64_t number;

    if (from != WHEN_UNKNOWN) {
        if (first_number_from(db, from - UNTIDY_MS, &number, why))
            return -1;
        sql_add(sql, " AND t.id >= :first");
        sql_int(sql, ":first", number);
    }
    if (to != WHEN_UNKNOWN) {
        if (first_number_from(db, to + UNTIDY_MS, &number, why))
            return -1;
        sql_add(sql, " AND t.id <= :last");
        sql_int(sql, ":last", number);
    }
    return 0;
}

/* Those of unknown types are counted, and few: with the last of them in hand the walk ends. */
static const char LIMIT_UNKNOWN[] =
    " LIMIT (SELECT CASE WHEN coalesce(SUM(c.events), 0) < CAST(:limit AS BIGINT)"
    " THEN CAST(coalesce(SUM(c.events), 0) AS BIGINT) ELSE CAST(:limit AS BIGINT) END FROM "
    "type_count c)";

/* Is what these accounts have of these kinds so little that it is not walked to? */
static int is_sparse(struct db *db, const struct choice *accounts, const struct choice *kinds,
                     int limit, bool *out, struct fail *why)
{
    int64_t rows = 0, last = 0;

    *out = false;
    if (!accounts)
        return 0;
    if (count_rows(db, accounts, kinds, &rows, why) || event_list_last(db, &last, why))
        return -1;
    *out = is_cheaper_collected(rows, last, limit);
    return 0;
}

int event_list(struct db *db, struct words *words, const struct event_filter *filter,
               const struct page *page, event_visit *visit, void *ctx, struct fail *why)
{
    OWN(sql) sql = SQL_EMPTY;
    struct choice        room;
    const struct choice *accounts = whose(filter, &room);
    struct stmt         *stmt;
    bool                 is_collected;

    if (is_sparse(db, accounts, &filter->kinds, page->limit, &is_collected, why))
        return -1;
    sql_add(&sql, "SELECT " COLUMNS " FROM event t");
    add_conditions(&sql, filter, is_collected);
    if (is_collected)
        add_collected(&sql, accounts, &filter->kinds);
    if (narrow(&sql, db, filter->from, filter->to, why))
        return -1;
    if (page->goes_on) {
        sql_add(&sql, page->is_descending ? " AND t.id < :id" : " AND t.id > :id");
        sql_int(&sql, ":id", page->id);
    }
    sql_add(&sql, page->is_descending ? " ORDER BY t.id DESC" : " ORDER BY t.id");
    sql_add(&sql, filter->is_unknown ? LIMIT_UNKNOWN : " LIMIT :limit");
    sql_int(&sql, ":limit", page->limit + 1);
    stmt = sql_prepare(&sql, db, why);
    if (!stmt || visit_all(stmt, db, words, false, visit, ctx, why) < 0)
        return -1;
    return 0;
}

int event_list_of(struct db *db, struct words *words, const struct event_owner *owner,
                  const struct page *page, event_visit *visit, void *ctx, struct fail *why)
{
    OWN(sql) sql = SQL_EMPTY;
    struct stmt *stmt;

    sql_add(&sql, owner->wants_body ? "SELECT " COLUMNS ", t.body FROM event t"
                                    : "SELECT " COLUMNS " FROM event t");
    sql_add(&sql,
            " WHERE t.resource_id > 0 AND t.account = :account AND t.resource_id = :resource");
    sql_int(&sql, ":account", owner->account);
    sql_int(&sql, ":resource", owner->resource_id);
    sql_page(&sql, "t.version_ms", page);
    stmt = sql_prepare(&sql, db, why);
    if (!stmt || visit_all(stmt, db, words, owner->wants_body, visit, ctx, why) < 0)
        return -1;
    return 0;
}

static const char ONE[] =
    "SELECT " COLUMNS ", t.body FROM event t WHERE t.account = :account AND t.id = :id";

int event_list_one(struct db *db, struct words *words, int64_t account, int64_t id,
                   event_visit *visit, void *ctx, struct fail *why)
{
    struct stmt *one = db_prepare(db, ONE, why);

    if (!one)
        return -1;
    stmt_int(one, ":account", account);
    stmt_int(one, ":id", id);
    return visit_all(one, db, words, true, visit, ctx, why);
}

static const char LAST[] = "SELECT t.id FROM event t ORDER BY t.id DESC LIMIT 1";

int event_list_last(struct db *db, int64_t *out, struct fail *why)
{
    struct stmt *last = db_prepare(db, LAST, why);
    int          got;

    if (!last)
        return -1;
    got = stmt_step(last, why);
    if (got >= 0)
        *out = got ? col_int(last, 0) : 0;
    stmt_done(last);
    return got < 0 ? -1 : 0;
}
