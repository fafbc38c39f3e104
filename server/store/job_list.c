#include "store/job_list.h"

#include "base/fail.h"
#include "format/kind.h"
#include "store/sql.h"
#include "store/words.h"
#include "wire/db.h"

#define COLUMNS                                                                                    \
    "t.id, t.account, t.created_ms, t.ended_ms, t.region_id, t.kind, t.name, t.arn, t.status_id,"  \
    " t.secondary_id, t.failure_reason, t.approval, t.stage, t.started_ms, t.billable_ms,"         \
    " t.instance_id, t.instance_count, t.sizing, t.tags, t.parent, t.created_by,"                  \
    " t.first_seen_ms, t.last_event_ms, t.changed_ms, t.completed_ms, t.is_failed,"                \
    " t.utilization, t.utilization_why"

/* The same kinds as state_is_unstarted: training, processing, transform. */
#define UNSTARTED "(t.is_failed = 1 AND t.started_ms IS NULL AND t.kind IN (1, 2, 3))"

static ms duration(ms started, ms ended)
{
    bool is_known = started != WHEN_UNKNOWN && ended != WHEN_UNKNOWN && ended >= started;

    return is_known ? ended - started : WHEN_UNKNOWN;
}

static bool is_unstarted(const struct job_row *row)
{
    const struct kind_facts *facts = kind_facts((enum kind)row->kind);

    return row->has_failed && row->started_at == WHEN_UNKNOWN && facts && facts->metrics_namespace;
}

static void read_row(struct stmt *at, struct db *db, struct words *words, struct job_row *row)
{
    *row = (struct job_row){
        .id               = col_int(at, 0),
        .account          = col_int(at, 1),
        .created_at       = col_time(at, 2),
        .ended_at         = col_time(at, 3),
        .region           = words_text(words, db, col_int(at, 4)),
        .kind             = col_int(at, 5),
        .name             = col_text(at, 6),
        .arn              = col_text(at, 7),
        .status           = words_text(words, db, col_int(at, 8)),
        .secondary_status = words_text(words, db, col_int(at, 9)),
        .failure_reason   = col_text(at, 10),
        .approval         = col_text(at, 11),
        .stage            = col_text(at, 12),
        .started_at       = col_time(at, 13),
        .billable_ms      = col_time(at, 14),
        .instance_type    = words_text(words, db, col_int(at, 15)),
        .instance_count   = col_is_null(at, 16) ? -1 : col_int(at, 16),
        .sizing           = col_text(at, 17),
        .tags             = col_text(at, 18),
        .parent           = col_text(at, 19),
        .created_by       = col_text(at, 20),
        .first_seen_at    = col_time(at, 21),
        .last_event_at    = col_time(at, 22),
        .changed_at       = col_time(at, 23),
        .completed_at     = col_time(at, 24),
        .has_failed       = col_int(at, 25) != 0,
        .utilization      = col_int(at, 26),
        .utilization_why  = col_text(at, 27),
    };
    row->duration_ms         = duration(row->started_at, row->ended_at);
    row->failed_before_start = is_unstarted(row);
}

/* How many there were, or -1. */
static int visit_all(struct stmt *stmt, struct db *db, struct words *words, job_visit *visit,
                     void *ctx, struct fail *why)
{
    struct job_row row;
    int            got, seen = 0;

    while ((got = stmt_step(stmt, why)) == 1) {
        read_row(stmt, db, words, &row);
        seen++;
        if (visit(ctx, &row, why)) {
            got = -1;
            break;
        }
    }
    stmt_done(stmt);
    return got < 0 ? -1 : seen;
}

static const char ONE[] =
    "SELECT " COLUMNS " FROM resource t WHERE t.account = :account AND t.id = :id";

int job_list_one(struct db *db, struct words *words, int64_t account, int64_t id, job_visit *visit,
                 void *ctx, struct fail *why)
{
    struct stmt *one = db_prepare(db, ONE, why);

    if (!one)
        return -1;
    stmt_int(one, ":account", account);
    stmt_int(one, ":id", id);
    return visit_all(one, db, words, visit, ctx, why);
}

/* --- lists ---
 *
 * Kinds of jobs are told from others by the literal `kind < 20`, because the partial indexes say
 * so. A list over a few accounts or statuses is made of one arm for each, every arm in the order of
 * its index and no longer than the page, and merged: so the engine never sorts what it will not
 * show.
 *
 * By end there are two walks: what has an end stands in indexes of its own, and where that does not
 * fill the page, the rest follows by creation. Of the rest, what has failed, or is to have ended in
 * some range of time, is among the few that ended without a time: these have their index, too. */

enum { MOST_ARMS = 8 };

static const char *const ARM_ACCOUNT[MOST_ARMS] = {
    "account = :account0", "account = :account1", "account = :account2", "account = :account3",
    "account = :account4", "account = :account5", "account = :account6", "account = :account7",
};
static const char *const ARM_STATUS[MOST_ARMS] = {
    "status_id = :status0", "status_id = :status1", "status_id = :status2", "status_id = :status3",
    "status_id = :status4", "status_id = :status5", "status_id = :status6", "status_id = :status7",
};

enum arms_by { BY_NOTHING, BY_ACCOUNT, BY_STATUS };

enum part { PART_WHOLE, PART_ENDED, PART_REST };

struct walk {
    enum part    part;
    enum arms_by by;
    bool         is_of_failed; /* nothing but what has failed is asked for */
    bool         is_of_few;    /* of the rest, nothing but what ended without a time */
};

/* The one way in which jobs end by failing: what has failed has indexes of its own by end. */
static bool is_of_failed(struct db *db, struct words *words, const struct job_filter *filter)
{
    const struct choice *statuses = &filter->statuses;

    if (!statuses->is_given || statuses->is_not)
        return false;
    for (size_t i = 0; i < statuses->count; i++)
        if (!str_is_text(words_text(words, db, statuses->values[i]), "Failed"))
            return false;
    return true;
}

static bool can_be_arms(const struct choice *choice)
{
    return choice->is_given && !choice->is_not && choice->count <= MOST_ARMS;
}

static bool has_range_of_ends(const struct job_filter *filter)
{
    return filter->range_by_end && (filter->from != WHEN_UNKNOWN || filter->to != WHEN_UNKNOWN);
}

static struct walk walk_of(struct db *db, struct words *words, const struct job_filter *filter,
                           enum part part)
{
    bool        by_end    = part == PART_ENDED;
    bool        of_failed = part != PART_WHOLE && is_of_failed(db, words, filter);
    struct walk walk      = {.part = part, .is_of_failed = by_end && of_failed};

    walk.is_of_few = part == PART_REST && (of_failed || has_range_of_ends(filter));
    if (walk.is_of_few)
        return walk;
    if (can_be_arms(&filter->accounts) && (!by_end || walk.is_of_failed))
        walk.by = BY_ACCOUNT;
    else if (can_be_arms(&filter->statuses) && !by_end && !filter->wants_resources)
        walk.by = BY_STATUS;
    return walk;
}

static void add_tags(struct sql *sql, const struct job_filter *filter)
{
    static const char *const conditions[JOB_FILTER_TAGS] = {
        " AND replace(t.tags, :tag0, '') <> t.tags",
        " AND replace(t.tags, :tag1, '') <> t.tags",
        " AND replace(t.tags, :tag2, '') <> t.tags",
        " AND replace(t.tags, :tag3, '') <> t.tags",
    };
    static const char *const names[JOB_FILTER_TAGS] = {":tag0", ":tag1", ":tag2", ":tag3"};

    for (size_t i = 0; i < filter->tag_count; i++) {
        sql_add(sql, conditions[i]);
        sql_text(sql, names[i], filter->tags[i]);
    }
}

/* When it ended: of an end that came without its time, when it was told, as state_share has it. */
#define END "coalesce(t.ended_ms, CASE WHEN t.completed_ms IS NOT NULL THEN t.version_ms END)"

static void add_range(struct sql *sql, const struct job_filter *filter, enum part part)
{
    const char *column = "t.created_ms";

    if (filter->range_by_end)
        column = part == PART_ENDED ? "t.ended_ms" : END;
    if (filter->from != WHEN_UNKNOWN) {
        sql_add(sql, " AND ");
        sql_add(sql, column);
        sql_add(sql, " >= :from");
        sql_int(sql, ":from", filter->from);
    }
    if (filter->to != WHEN_UNKNOWN) {
        sql_add(sql, " AND ");
        sql_add(sql, column);
        sql_add(sql, " < :to");
        sql_int(sql, ":to", filter->to);
    }
}

/* How many characters (not bytes) a prefix has, as substr counts them. */
static int64_t characters(struct str text)
{
    int64_t count = 0;

    for (size_t i = 0; i < text.size; i++)
        count += ((unsigned char)text.data[i] & 0xc0) != 0x80;
    return count;
}

static void add_conditions(struct sql *sql, const struct job_filter *filter,
                           const struct walk *walk)
{
    sql_add(sql, filter->wants_resources ? " WHERE t.kind >= 20" : " WHERE t.kind < 20");
    if (walk->is_of_failed)
        sql_add(sql, " AND t.is_failed = 1"); /* as the partial indexes say */
    sql_scope(sql, &filter->scope);
    if (walk->by != BY_ACCOUNT)
        sql_choice(sql, &filter->accounts,
                   walk->is_of_few ? " AND +t.account IN " : " AND t.account IN ",
                   " AND t.account NOT IN ", "account");
    if (walk->by != BY_STATUS)
        sql_choice(sql, &filter->statuses, " AND +t.status_id IN ", " AND t.status_id NOT IN ",
                   "status");
    sql_choice(sql, &filter->regions, " AND t.region_id IN ", " AND t.region_id NOT IN ", "region");
    sql_choice(sql, &filter->kinds, " AND t.kind IN ", " AND t.kind NOT IN ", "kind");
    if (filter->name_prefix.size) {
        sql_add(sql, " AND substr(t.name, 1, :prefix_size) = :prefix");
        sql_int(sql, ":prefix_size", characters(filter->name_prefix));
        sql_text(sql, ":prefix", filter->name_prefix);
    }
    add_tags(sql, filter);
    if (filter->unstarted != UNSTARTED_OR_NOT)
        sql_add(sql,
                filter->unstarted == UNSTARTED_ONLY ? " AND " UNSTARTED : " AND NOT " UNSTARTED);
    add_range(sql, filter, walk->part);
    if (walk->part != PART_WHOLE)
        sql_add(sql, walk->part == PART_ENDED ? " AND t.ended_ms IS NOT NULL"
                                              : " AND t.ended_ms IS NULL");
    if (walk->is_of_few)
        sql_add(sql, " AND t.completed_ms IS NOT NULL");
}

/* Tallies say how many there can be, in the same moment the rows are read: with those in hand the
 * walk ends, instead of at the end of the index. Worth it for an account, which has few tallies,
 * and for kinds, which may be rare. */
static bool has_tally(const struct job_filter *filter, enum arms_by by)
{
    return filter->kinds.is_given
           || (by == BY_ACCOUNT && (filter->statuses.is_given || filter->regions.is_given));
}

/* `arm` is what the arm is about, or NULL. */
static void add_limit(struct sql *sql, const struct job_filter *filter, enum arms_by by,
                      const char *arm)
{
    if (!has_tally(filter, by)) {
        sql_add(sql, " LIMIT :limit");
        return;
    }
    sql_add(sql, " LIMIT (SELECT CASE WHEN coalesce(SUM(n.count), 0) < CAST(:limit AS BIGINT)"
                 " THEN CAST(coalesce(SUM(n.count), 0) AS BIGINT) ELSE CAST(:limit AS BIGINT) END"
                 " FROM tally n WHERE n.count <> 0");
    if (arm) {
        sql_add(sql, " AND n.");
        sql_add(sql, arm);
    }
    if (by != BY_ACCOUNT)
        sql_choice(sql, &filter->accounts, " AND n.account IN ", " AND n.account NOT IN ",
                   "account");
    if (by != BY_STATUS)
        sql_choice(sql, &filter->statuses, " AND n.status_id IN ", " AND n.status_id NOT IN ",
                   "status");
    sql_choice(sql, &filter->regions, " AND n.region_id IN ", " AND n.region_id NOT IN ", "region");
    sql_choice(sql, &filter->kinds, " AND n.kind IN ", " AND n.kind NOT IN ", "kind");
    sql_add(sql, ")");
}

static void add_order(struct sql *sql, const struct walk *walk, const struct page *page)
{
    bool                     by_end     = walk->part == PART_ENDED;
    static const char *const keys[2][2] = {
        {" AND (t.created_ms, t.id) > (:at, :id)", " AND (t.created_ms, t.id) < (:at, :id)"},
        {" AND (t.ended_ms, t.id) > (:at, :id)", " AND (t.ended_ms, t.id) < (:at, :id)"},
    };
    static const char *const orders[2][2] = {
        {" ORDER BY t.created_ms, t.id", " ORDER BY t.created_ms DESC, t.id DESC"},
        {" ORDER BY t.ended_ms, t.id", " ORDER BY t.ended_ms DESC, t.id DESC"},
    };

    if (page->goes_on) {
        sql_add(sql, keys[by_end][page->is_descending]);
        sql_int(sql, ":at", page->at);
        sql_int(sql, ":id", page->id);
    }
    sql_add(sql, orders[by_end][page->is_descending]);
    sql_int(sql, ":limit", page->limit + 1);
}

static void add_arms(struct sql *sql, const struct job_filter *filter, const struct page *page,
                     const struct walk *walk)
{
    enum arms_by         by          = walk->by;
    const struct choice *choice      = by == BY_ACCOUNT ? &filter->accounts : &filter->statuses;
    const char *const   *columns     = by == BY_ACCOUNT ? ARM_ACCOUNT : ARM_STATUS;
    static const char    bind[2][10] = {":account0", ":status0"};
    /* columns 3, 4 and 1: creation, end and id, the order of every arm */
    static const char *const orders[2][2] = {
        {" ORDER BY 3, 1 LIMIT :limit", " ORDER BY 3 DESC, 1 DESC LIMIT :limit"},
        {" ORDER BY 4, 1 LIMIT :limit", " ORDER BY 4 DESC, 1 DESC LIMIT :limit"},
    };
    char name[10];

    for (size_t i = 0; i < choice->count; i++) {
        sql_add(sql, i ? " UNION ALL SELECT * FROM (SELECT " COLUMNS " FROM resource t"
                       : "SELECT * FROM (SELECT " COLUMNS " FROM resource t");
        add_conditions(sql, filter, walk);
        sql_add(sql, " AND t.");
        sql_add(sql, columns[i]);
        (void)str_to_c(str_of(bind[by == BY_STATUS]), name, sizeof name); /* both fit */
        name[strlen(name) - 1] = (char)('0' + i);
        sql_int(sql, name, choice->values[i]);
        add_order(sql, walk, page);
        add_limit(sql, filter, by, columns[i]);
        sql_add(sql, ") AS arm");
    }
    if (choice->count > 1)
        sql_add(sql, orders[walk->part == PART_ENDED][page->is_descending]);
}

static void add_query(struct sql *sql, const struct job_filter *filter, const struct page *page,
                      const struct walk *walk)
{
    if (walk->by != BY_NOTHING) {
        add_arms(sql, filter, page, walk);
        return;
    }
    sql_add(sql, "SELECT " COLUMNS " FROM resource t");
    add_conditions(sql, filter, walk);
    add_order(sql, walk, page);
    add_limit(sql, filter, walk->by, NULL);
}

/* What the parts of a list are asked with. */
struct listing {
    struct db               *db;
    struct words            *words;
    const struct job_filter *filter;
    job_visit               *visit;
    void                    *ctx;
};

/* How many rows there were, or -1. */
static int list_part(const struct listing *listing, enum part part, const struct page *page,
                     struct fail *why)
{
    OWN(sql) sql      = SQL_EMPTY;
    struct walk  walk = walk_of(listing->db, listing->words, listing->filter, part);
    struct stmt *stmt;

    add_query(&sql, listing->filter, page, &walk);
    stmt = sql_prepare(&sql, listing->db, why);
    return stmt ? visit_all(stmt, listing->db, listing->words, listing->visit, listing->ctx, why)
                : -1;
}

static int list_by_end(const struct listing *listing, const struct page *page, struct fail *why)
{
    struct page rest = *page;
    int         seen = page->is_rest ? 0 : list_part(listing, PART_ENDED, page, why);

    if (seen < 0 || seen > page->limit)
        return seen < 0 ? -1 : 0;
    rest.goes_on       = page->is_rest;
    rest.is_descending = true;
    rest.limit         = page->limit - seen;
    return list_part(listing, PART_REST, &rest, why) < 0 ? -1 : 0;
}

int job_list(struct db *db, struct words *words, const struct job_filter *filter,
             const struct page *page, job_visit *visit, void *ctx, struct fail *why)
{
    const struct listing listing = {db, words, filter, visit, ctx};

    if (filter->by_end)
        return list_by_end(&listing, page, why);
    return list_part(&listing, PART_WHOLE, page, why) < 0 ? -1 : 0;
}

static int count_part(struct db *db, const struct job_filter *filter, enum part part, int64_t cap,
                      int64_t *out, struct fail *why)
{
    OWN(sql) sql           = SQL_EMPTY;
    const struct walk walk = {.part = part, .is_of_few = part == PART_REST};

    sql_add(&sql, cap ? "SELECT count(*) FROM (SELECT 1 FROM resource t"
                      : "SELECT count(*) FROM resource t");
    add_conditions(&sql, filter, &walk);
    if (cap) {
        sql_add(&sql, " LIMIT :cap) AS counted");
        sql_int(&sql, ":cap", cap);
    }
    return sql_number(&sql, db, out, why);
}

/* Within a range of ends it is counted as it is listed: what has an end by its index. */
int job_list_count(struct db *db, const struct job_filter *filter, int64_t cap, int64_t *out,
                   struct fail *why)
{
    int64_t ended = 0, rest = 0;

    if (!has_range_of_ends(filter))
        return count_part(db, filter, PART_WHOLE, cap, out, why);
    if (count_part(db, filter, PART_ENDED, cap, &ended, why)
        || ((!cap || ended < cap)
            && count_part(db, filter, PART_REST, cap ? cap - ended : 0, &rest, why)))
        return -1;
    *out = ended + rest;
    return 0;
}

int job_list_statuses(struct db *db, struct words *words, const struct scope *scope,
                      struct str status, struct choice *out, struct fail *why)
{
    OWN(sql) sql = SQL_EMPTY;
    struct stmt *stmt;
    int          got, found = 0;

    sql_add(&sql, "SELECT DISTINCT t.status_id FROM tally t WHERE t.status_id <> 0");
    sql_scope(&sql, scope);
    stmt = sql_prepare(&sql, db, why);
    if (!stmt)
        return -1;
    while ((got = stmt_step(stmt, why)) == 1) {
        int64_t id = col_int(stmt, 0);

        if (!str_is_nocase(words_text(words, db, id), status))
            continue;
        found = 1;
        if (sql_choice_add(out, id, why)) {
            got = -1;
            break;
        }
    }
    stmt_done(stmt);
    return got < 0 ? -1 : found;
}
