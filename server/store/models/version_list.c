#include "store/models/version_list.h"

#include "base/fail.h"
#include "store/page.h"
#include "store/words.h"
#include "wire/db.h"

enum { ROOM_CEILING = 8192 };

#define ROWS                                                                                       \
    "SELECT v.id, v.model_id, m.account, m.region_id, m.namespace, m.name, m.path, v.number,"      \
    " v.source, v.rev, v.artifacts, v.digest, v.description, v.tags, v.approval, v.approval_ms,"   \
    " v.package_arn, v.package_status, v.failure, v.life_cycle, v.job_arn, v.create_ms,"           \
    " v.changed_ms, v.created_by FROM model_version v JOIN model m ON m.id = v.model_id"           \
    " WHERE v.deleted_ms IS NULL"

static void read_row(struct stmt *at, struct db *db, struct words *words, struct version_row *row)
{
    *row = (struct version_row){
        .id             = col_int(at, 0),
        .model_id       = col_int(at, 1),
        .account        = col_int(at, 2),
        .region         = words_text(words, db, col_int(at, 3)),
        .namespace      = col_text(at, 4),
        .model_name     = col_text(at, 5),
        .path           = col_text(at, 6),
        .number         = col_int(at, 7),
        .source         = col_int(at, 8),
        .rev            = col_int(at, 9),
        .artifacts      = col_text(at, 10),
        .digest         = col_text(at, 11),
        .description    = col_text(at, 12),
        .tags           = col_text(at, 13),
        .approval       = col_text(at, 14),
        .approval_at    = col_time(at, 15),
        .package_arn    = col_text(at, 16),
        .package_status = words_text(words, db, col_int(at, 17)),
        .failure        = col_text(at, 18),
        .life_cycle     = col_text(at, 19),
        .job_arn        = col_text(at, 20),
        .create_at      = col_time(at, 21),
        .changed_at     = col_time(at, 22),
        .created_by     = col_text(at, 23),
    };
}

static int visit_all(struct stmt *stmt, struct db *db, struct words *words, version_visit *visit,
                     void *ctx, struct fail *why)
{
    struct version_row row;
    int                got, seen = 0;

    while ((got = stmt_step(stmt, why)) == 1) {
        read_row(stmt, db, words, &row);
        seen = 1;
        if (visit(ctx, &row, why)) {
            got = -1;
            break;
        }
    }
    stmt_done(stmt);
    return got < 0 ? -1 : seen;
}

static const char ONE[] = ROWS " AND v.model_id = :model AND v.number = :number";

int version_get(struct db *db, struct words *words, int64_t model_id, int64_t number,
                version_visit *visit, void *ctx, struct fail *why)
{
    struct stmt *one = db_prepare(db, ONE, why);

    if (!one)
        return -1;
    stmt_int(one, ":model", model_id);
    stmt_int(one, ":number", number);
    return visit_all(one, db, words, visit, ctx, why);
}

/* --- lists --- */

static const struct find_columns COLUMNS = {
    .tags = {" AND replace(v.tags, :tag0, '') <> v.tags",
             " AND replace(v.tags, :tag1, '') <> v.tags",
             " AND replace(v.tags, :tag2, '') <> v.tags",
             " AND replace(v.tags, :tag3, '') <> v.tags"},
    .text = " AND lower(v.description) LIKE :text ESCAPE '!'",
    .from = " AND v.create_ms >= :from",
    .to   = " AND v.create_ms < :to",
};

/* Found by the index of URIs where the range can be said. */
static void add_uri(struct sql *sql, struct str prefix, struct buf *room)
{
    struct str end = find_prefix_end(prefix, room);

    sql_add(sql, " AND v.id IN (SELECT a.version_id FROM model_artifact a WHERE a.uri >= :uri");
    sql_text(sql, ":uri", prefix);
    if (end.data) {
        sql_add(sql, " AND a.uri < :uri_end");
        sql_text(sql, ":uri_end", end);
    } else {
        sql_add(sql, " AND substr(a.uri, 1, length(CAST(:uri AS TEXT))) = :uri");
    }
    sql_add(sql, ")");
}

static void add_number(struct sql *sql, const char *condition, const char *name, int64_t value)
{
    if (value < 0)
        return;
    sql_add(sql, condition);
    sql_int(sql, name, value);
}

static void add_word(struct sql *sql, const char *condition, const char *name, struct str value)
{
    if (!value.data)
        return;
    sql_add(sql, condition);
    sql_text(sql, name, value);
}

static void add_conditions(struct sql *sql, const struct version_filter *filter, struct buf *room)
{
    find_add(sql, &filter->by, &COLUMNS, room);
    add_number(sql, " AND v.model_id = :model", ":model", filter->model_id ? filter->model_id : -1);
    add_number(sql, " AND v.number >= :gte", ":gte", filter->number_gte);
    add_number(sql, " AND v.number < :lt", ":lt", filter->number_lt);
    add_word(sql, " AND m.name = :name", ":name", filter->model_name);
    add_word(sql, " AND v.created_by = :by", ":by", filter->created_by);
    add_word(sql, " AND v.approval = :approval", ":approval", filter->approval);
    add_word(sql,
             " AND EXISTS (SELECT 1 FROM model_alias x WHERE x.model_id = v.model_id"
             " AND x.number = v.number AND x.alias = :alias)",
             ":alias", filter->alias);
    if (filter->uri_prefix.data)
        add_uri(sql, filter->uri_prefix, room);
}

static void add_order(struct sql *sql, bool by_number, const struct page *page)
{
    static const char *const keys[2][2] = {
        {" AND (v.create_ms, v.id) > (:at, :id)", " AND (v.create_ms, v.id) < (:at, :id)"},
        {" AND (v.number, v.id) > (:at, :id)", " AND (v.number, v.id) < (:at, :id)"},
    };
    static const char *const orders[2][2] = {
        {" ORDER BY v.create_ms, v.id", " ORDER BY v.create_ms DESC, v.id DESC"},
        {" ORDER BY v.number, v.id", " ORDER BY v.number DESC, v.id DESC"},
    };

    if (page->goes_on) {
        sql_add(sql, keys[by_number][page->is_descending]);
        sql_int(sql, ":at", page->at);
        sql_int(sql, ":id", page->id);
    }
    sql_add(sql, orders[by_number][page->is_descending]);
    sql_add(sql, " LIMIT :limit");
    sql_int(sql, ":limit", page->limit + 1);
}

int version_list(struct db *db, struct words *words, const struct version_filter *filter,
                 const struct page *page, version_visit *visit, void *ctx, struct fail *why)
{
    OWN(sql) sql  = SQL_EMPTY;
    OWN(buf) room = BUF_UP_TO(ROOM_CEILING);
    struct stmt *list;

    if (!buf_room(&room, ROOM_CEILING - 1)) /* so that nothing in it moves */
        return buf_check(&room, why);
    sql_add(&sql, ROWS);
    add_conditions(&sql, filter, &room);
    add_order(&sql, filter->by_number, page);
    list = sql_prepare(&sql, db, why);
    return list && visit_all(list, db, words, visit, ctx, why) >= 0 ? 0 : -1;
}
