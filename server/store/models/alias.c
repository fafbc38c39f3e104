#include "store/models/alias.h"

#include "base/buf.h"
#include "base/fail.h"
#include "base/own.h"
#include "format/compose.h"
#include "store/batch.h"
#include "store/models/version.h"
#include "store/page.h"
#include "wire/db.h"

enum { TARGETS_CEILING = 4096 };

static bool is_allowed(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'
           || c == '-' || c == '.';
}

int alias_check_name(struct str name, struct fail *why)
{
    size_t digits = 0;

    if (!name.size || name.size > ALIAS_NAME_MOST)
        return fail_set(why, FAIL_INPUT, "an alias has 1 to %d characters", ALIAS_NAME_MOST);
    for (size_t i = 0; i < name.size; i++) {
        if (!is_allowed(name.data[i]))
            return fail_set(why, FAIL_INPUT, "an alias is made of letters, digits and _ - .");
        digits += name.data[i] >= '0' && name.data[i] <= '9';
    }
    if (digits == name.size)
        return fail_set(why, FAIL_INPUT, "an alias of digits alone would look like a version");
    return 0;
}

/* --- how it stands --- */

static const char LAST[] =
    "SELECT id, at_ms, who, after FROM model_alias_change WHERE model_id = :model"
    " AND alias = :alias ORDER BY id DESC LIMIT 1";

static struct str keep(struct buf *room, struct str text)
{
    size_t start = room->size;

    buf_str(room, text);
    return room->broken ? STR_NONE : str_from(room->data + start, text.size);
}

int alias_get(struct db *db, int64_t model_id, struct str alias, struct buf *room,
              struct alias_state *out, struct fail *why)
{
    struct stmt *last = db_prepare(db, LAST, why);
    int          got;

    if (!last)
        return -1;
    if (!buf_room(room, TARGETS_CEILING)) /* so that nothing kept moves */
        return buf_check(room, why);
    stmt_int(last, ":model", model_id);
    stmt_text(last, ":alias", alias);
    *out = (struct alias_state){.targets = STR("[]"), .at = WHEN_UNKNOWN};
    got  = stmt_step(last, why);
    if (got == 1)
        *out = (struct alias_state){keep(room, col_text(last, 3)), col_int(last, 0),
                                    col_time(last, 1), keep(room, col_text(last, 2))};
    stmt_done(last);
    return got < 0 ? -1 : buf_check(room, why);
}

/* --- moving --- */

void alias_render(const struct alias_move *move, struct buf *out)
{
    struct compose json = compose_into(out);

    compose_open(&json, NULL, '[');
    for (size_t i = 0; i < move->count; i++) {
        compose_open(&json, NULL, '{');
        compose_int(&json, "version", move->targets[i].number);
        compose_int(&json, "weight", move->targets[i].weight);
        compose_close(&json, '}');
    }
    compose_close(&json, ']');
}

static int check_targets(struct batch *batch, const struct alias_move *move, struct fail *why)
{
    struct version_mark version;
    int64_t             sum = 0;

    for (size_t i = 0; i < move->count; i++) {
        int got = version_find(batch->db, move->model_id, move->targets[i].number, &version, why);

        if (got < 0)
            return -1;
        if (got == 0)
            return fail_set(why, FAIL_INPUT, "the model has no version %lld",
                            (long long)move->targets[i].number);
        sum += move->targets[i].weight;
    }
    if (move->count && sum != ALIAS_WHOLE)
        return fail_set(why, FAIL_INPUT, "the weights sum to %lld, not to %d", (long long)sum,
                        ALIAS_WHOLE);
    return 0;
}

static const char COUNT[] =
    "SELECT count(*) FROM (SELECT DISTINCT alias FROM model_alias WHERE model_id = :model) AS a";

static int check_count(struct batch *batch, int64_t model_id, struct fail *why)
{
    struct stmt *count = db_prepare(batch->db, COUNT, why);
    int64_t      there = 0;
    int          got;

    if (!count)
        return -1;
    stmt_int(count, ":model", model_id);
    got = stmt_number(count, &there, why);
    if (got == 1 && there >= ALIAS_MOST)
        return fail_set(why, FAIL_SIZE, "a model has at most %d aliases", ALIAS_MOST);
    return got < 0 ? -1 : 0;
}

static const char CLEAR[] = "DELETE FROM model_alias WHERE model_id = :model AND alias = :alias";
static const char PUT[]   = "INSERT INTO model_alias (model_id, alias, number, weight)"
                            " VALUES (:model, :alias, :number, :weight)";

static int put_targets(struct batch *batch, const struct alias_move *move, struct fail *why)
{
    struct stmt *stmt = db_prepare(batch->db, CLEAR, why);

    if (!stmt)
        return -1;
    stmt_int(stmt, ":model", move->model_id);
    stmt_text(stmt, ":alias", move->alias);
    if (stmt_run(stmt, why))
        return -1;
    for (size_t i = 0; i < move->count; i++) {
        stmt = db_prepare(batch->db, PUT, why);
        if (!stmt)
            return -1;
        stmt_int(stmt, ":model", move->model_id);
        stmt_text(stmt, ":alias", move->alias);
        stmt_int(stmt, ":number", move->targets[i].number);
        stmt_int(stmt, ":weight", move->targets[i].weight);
        if (stmt_run(stmt, why))
            return -1;
    }
    return 0;
}

static const char APPEND[] =
    "INSERT INTO model_alias_change (model_id, alias, at_ms, who, why, before, after)"
    " VALUES (:model, :alias, :at, :who, :why, :before, :after)";

static int append(struct batch *batch, const struct alias_move *move, struct str before,
                  struct str after, struct fail *why)
{
    struct stmt *put = db_prepare(batch->db, APPEND, why);

    if (!put)
        return -1;
    stmt_int(put, ":model", move->model_id);
    stmt_text(put, ":alias", move->alias);
    stmt_time(put, ":at", batch->now);
    stmt_text(put, ":who", move->who);
    stmt_text(put, ":why", move->why_so);
    stmt_text(put, ":before", before);
    stmt_text(put, ":after", after);
    return stmt_run(put, why);
}

int alias_put(struct batch *batch, const struct alias_move *move, struct fail *why)
{
    OWN(buf) room             = BUF_UP_TO(2 * TARGETS_CEILING);
    OWN(buf) after            = BUF_UP_TO(TARGETS_CEILING);
    struct alias_state before = {.at = WHEN_UNKNOWN};

    alias_render(move, &after);
    if (buf_check(&after, why) || check_targets(batch, move, why)
        || alias_get(batch->db, move->model_id, move->alias, &room, &before, why))
        return -1;
    if (str_is(before.targets, buf_view(&after)))
        return 0;
    if (str_is(before.targets, STR("[]")) && check_count(batch, move->model_id, why))
        return -1;
    if (put_targets(batch, move, why) || append(batch, move, before.targets, buf_view(&after), why))
        return -1;
    return 1;
}

/* --- lists --- */

static const char LIST[] =
    "SELECT c.alias, c.id, c.at_ms, c.who, c.after FROM model_alias_change c"
    " WHERE c.model_id = :model AND c.after <> '[]' AND c.id IN (SELECT MAX(l.id)"
    " FROM model_alias_change l WHERE l.model_id = :model GROUP BY l.alias)"
    " ORDER BY c.alias LIMIT 1000"; /* ALIAS_MOST */

int alias_list(struct db *db, int64_t model_id, alias_visit *visit, void *ctx, struct fail *why)
{
    struct stmt *list = db_prepare(db, LIST, why);
    int          got;

    if (!list)
        return -1;
    stmt_int(list, ":model", model_id);
    while ((got = stmt_step(list, why)) == 1) {
        const struct alias_state state = {col_text(list, 4), col_int(list, 1), col_time(list, 2),
                                          col_text(list, 3)};

        if (visit(ctx, col_text(list, 0), &state, why)) {
            got = -1;
            break;
        }
    }
    stmt_done(list);
    return got;
}

static const char HISTORY[] =
    "SELECT id, at_ms, who, why, before, after FROM model_alias_change WHERE model_id = :model"
    " AND alias = :alias AND id < :below ORDER BY id DESC LIMIT :limit";

int alias_history(struct db *db, int64_t model_id, struct str alias, const struct page *page,
                  alias_change_visit *visit, void *ctx, struct fail *why)
{
    struct stmt *list = db_prepare(db, HISTORY, why);
    int          got, count = 0;

    if (!list)
        return -1;
    stmt_int(list, ":model", model_id);
    stmt_text(list, ":alias", alias);
    stmt_int(list, ":below", page->goes_on ? page->id : INT64_MAX);
    stmt_int(list, ":limit", page->limit + 1);
    while ((got = stmt_step(list, why)) == 1) {
        const struct alias_change change = {col_int(list, 0),  col_time(list, 1),
                                            col_text(list, 2), col_text(list, 3),
                                            col_text(list, 4), col_text(list, 5)};

        count++;
        if (visit(ctx, &change, why)) {
            got = -1;
            break;
        }
    }
    stmt_done(list);
    return got < 0 ? -1 : count;
}
