/* Versions and deployments of a graph (lineage_list.h), from their own tables. */
#include "store/lineage_list.h"

#include "base/buf.h"
#include "base/fail.h"
#include "wire/db.h"

/* No data when the column has none, or is empty. `room` must not move: it was asked for all of the
 * row's texts beforehand. */
static struct str keep(struct stmt *row, int at, struct buf *room)
{
    struct str text  = col_text(row, at);
    size_t     start = room->size;

    if (!text.size)
        return STR_NONE;
    buf_str(room, text);
    return str_part(buf_view(room), start, text.size);
}

static int make_room(struct stmt *row, int first, int last, struct buf *room, struct fail *why)
{
    size_t size = 1;

    for (int at = first; at <= last; at++)
        size += col_text(row, at).size;
    buf_clear(room);
    (void)buf_room(room, size); /* checked in the next line */
    return buf_check(room, why);
}

static const char VERSION[] = "SELECT v.create_ms, v.deleted_ms, v.approval FROM model_version v"
                              " WHERE v.model_id = :model AND v.number = :number";

int lineage_list_version(struct db *db, const struct lineage_item *item, struct buf *room,
                         struct lineage_version *out, struct fail *why)
{
    struct stmt *find = db_prepare(db, VERSION, why);
    int          got;

    if (!find)
        return -1;
    stmt_int(find, ":model", item->model_id);
    stmt_int(find, ":number", item->number);
    got = stmt_step(find, why);
    if (got == 1 && make_room(find, 2, 2, room, why))
        got = -1;
    if (got == 1) {
        out->create_at  = col_time(find, 0);
        out->is_deleted = !col_is_null(find, 1);
        out->approval   = keep(find, 2, room);
    }
    stmt_done(find);
    return got;
}

static const char DEPLOYMENT[] =
    "SELECT d.number, d.version, d.created_ms, r.state, r.share, d.environment, d.endpoint,"
    " d.variant FROM deployment d LEFT JOIN rollout r ON r.id = (SELECT e.id FROM rollout e"
    "  WHERE e.deployment_id = d.id AND e.at_ms <= :now ORDER BY e.at_ms DESC, e.id DESC LIMIT 1)"
    " WHERE d.id = :id";

int lineage_list_deployment(struct db *db, const struct lineage_item *item, ms now,
                            struct buf *room, struct lineage_deployment *out, struct fail *why)
{
    struct stmt *find = db_prepare(db, DEPLOYMENT, why);
    int          got;

    if (!find)
        return -1;
    stmt_int(find, ":now", now);
    stmt_int(find, ":id", item->number);
    got = stmt_step(find, why);
    if (got == 1 && make_room(find, 5, 7, room, why))
        got = -1;
    if (got == 1) {
        out->number      = col_int(find, 0);
        out->version     = col_int(find, 1);
        out->create_at   = col_time(find, 2);
        out->state       = col_int(find, 3);
        out->share       = col_int(find, 4);
        out->environment = keep(find, 5, room);
        out->endpoint    = keep(find, 6, room);
        out->variant     = keep(find, 7, room);
    }
    stmt_done(find);
    return got;
}
