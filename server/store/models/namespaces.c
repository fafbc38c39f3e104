/* One step of the index for each child, instead of reading all that stands below. Paths sort as
 * /a/b, /a/b-c, /a/b/d: a node may be met twice, with others in between, so the second time is told
 * by looking for the first. */
#include "store/models/namespaces.h"

#include "base/buf.h"
#include "base/fail.h"
#include "format/namespace.h"
#include "store/page.h"
#include "store/scope.h"
#include "store/sql.h"
#include "wire/db.h"

#include <stdbool.h>

enum { PATH_ROOM = NAMESPACE_MOST + 2 };

struct walk {
    struct db                       *db;
    const struct namespace_question *question;
    struct buf                       at;      /* the namespace met last, or where its child ends */
    struct buf                       child;   /* path of the child it belongs to */
    bool                             is_past; /* `at` itself has been seen to, too */
    int64_t                          id;
};

static void walk_release(struct walk *walk)
{
    buf_release(&walk->at);
    buf_release(&walk->child);
}

/* The next namespace behind `at` below the parent. 1, 0, -1. */
static int next(struct walk *walk, struct fail *why)
{
    OWN(sql) sql = SQL_EMPTY;
    OWN(buf) end = BUF_UP_TO(PATH_ROOM);
    struct stmt *find;
    int          got;

    buf_str(&end, walk->question->parent);
    buf_char(&end, '0'); /* follows '/' */
    sql_add(&sql, "SELECT m.namespace, m.id FROM model m WHERE m.namespace < :end");
    sql_add(&sql, walk->is_past ? " AND m.namespace > :at" : " AND m.namespace >= :at");
    sql_text(&sql, ":end", buf_view(&end));
    sql_text(&sql, ":at", buf_view(&walk->at));
    sql_scope_models(&sql, walk->question->scope);
    sql_add(&sql, " ORDER BY m.namespace, m.id LIMIT 1");
    find = sql_prepare(&sql, walk->db, why);
    if (!find)
        return -1;
    got = stmt_step(find, why);
    if (got == 1) {
        buf_clear(&walk->at);
        buf_str(&walk->at, col_text(find, 0));
        walk->id = col_int(find, 1);
    }
    stmt_done(find);
    return got == 1 && buf_check(&walk->at, why) ? -1 : got;
}

/* Parent and one segment of what was met. */
static void cut_child(struct walk *walk)
{
    struct str met  = buf_view(&walk->at);
    size_t     size = walk->question->parent.size + 1;

    while (size < met.size && met.data[size] != '/')
        size++;
    buf_clear(&walk->child);
    buf_str(&walk->child, str_part(met, 0, size));
}

/* Below the child, it was met before if a model stands in the child itself. 1, 0, -1. */
static int was_met(struct walk *walk, struct fail *why)
{
    OWN(sql) sql = SQL_EMPTY;
    struct stmt *find;
    int          got;

    if (walk->at.size == walk->child.size)
        return 0;
    sql_add(&sql, "SELECT m.id FROM model m WHERE m.namespace = :child");
    sql_text(&sql, ":child", buf_view(&walk->child));
    sql_scope_models(&sql, walk->question->scope);
    sql_add(&sql, " LIMIT 1");
    find = sql_prepare(&sql, walk->db, why);
    if (!find)
        return -1;
    got = stmt_step(find, why);
    stmt_done(find);
    return got;
}

static int count_below(struct walk *walk, struct namespace_row *row, struct fail *why)
{
    OWN(sql) sql = SQL_EMPTY;
    struct stmt *count;
    int          got;

    sql_add(&sql, "SELECT count(*), CAST(SUM(m.versions) AS BIGINT),"
                  " CAST(SUM(m.deployments) AS BIGINT), MAX(m.changed_ms) FROM model m"
                  " WHERE m.path >= :child || '/' AND m.path < :child || '0'");
    sql_text(&sql, ":child", buf_view(&walk->child));
    sql_scope_models(&sql, walk->question->scope);
    count = sql_prepare(&sql, walk->db, why);
    if (!count)
        return -1;
    got  = stmt_step(count, why);
    *row = (struct namespace_row){.id          = walk->id,
                                  .path        = buf_view(&walk->child),
                                  .name        = str_after_last(buf_view(&walk->child), '/'),
                                  .models      = col_int(count, 0),
                                  .versions    = col_int(count, 1),
                                  .deployments = col_int(count, 2),
                                  .changed_at  = col_time(count, 3)};
    stmt_done(count);
    return got == 1 ? 0 : -1;
}

/* Nothing more of the child: behind /a/b/... comes /a/b0; behind /a/b itself comes what is next. */
static void pass(struct walk *walk)
{
    walk->is_past = walk->at.size == walk->child.size;
    if (walk->is_past)
        return;
    buf_clear(&walk->at);
    buf_str(&walk->at, buf_view(&walk->child));
    buf_char(&walk->at, '0');
}

static const char GO_ON[] = "SELECT namespace FROM model WHERE id = :id";

/* From the beginning, or behind the child that the page's last model stands in. */
static int start(struct walk *walk, const struct page *page, struct fail *why)
{
    struct stmt *find;
    int          got;

    buf_str(&walk->at, walk->question->parent);
    buf_char(&walk->at, '/');
    if (!page->goes_on)
        return buf_check(&walk->at, why);
    find = db_prepare(walk->db, GO_ON, why);
    if (!find)
        return -1;
    stmt_int(find, ":id", page->id);
    got = stmt_step(find, why);
    if (got == 1) {
        buf_clear(&walk->at);
        buf_str(&walk->at, col_text(find, 0));
        cut_child(walk);
        pass(walk);
    }
    stmt_done(find);
    return got < 0 ? -1 : buf_check(&walk->at, why);
}

static int walk_on(struct walk *walk, int most, namespace_visit *visit, void *ctx, struct fail *why)
{
    struct namespace_row row;
    int                  got = 0, shown = 0;

    while (shown < most && (got = next(walk, why)) == 1) {
        cut_child(walk);
        got = was_met(walk, why);
        if (got < 0)
            return -1;
        if (got == 0 && (count_below(walk, &row, why) || visit(ctx, &row, why)))
            return -1;
        shown += got == 0;
        pass(walk);
    }
    return shown < most && got < 0 ? -1 : 0;
}

int namespaces_list(struct db *db, const struct namespace_question *question,
                    const struct page *page, namespace_visit *visit, void *ctx, struct fail *why)
{
    struct walk walk = {
        .db = db, .question = question, .at = BUF_UP_TO(PATH_ROOM), .child = BUF_UP_TO(PATH_ROOM)};
    int result = start(&walk, page, why);

    if (result == 0)
        result = walk_on(&walk, page->limit + 1, visit, ctx, why);
    walk_release(&walk);
    return result;
}
