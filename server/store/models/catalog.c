#include "store/models/catalog.h"

#include "base/fail.h"
#include "store/batch.h"
#include "wire/db.h"
#include "wire/doc.h"

void catalog_settings_release(struct catalog_settings *settings)
{
    buf_release(&settings->room);
}

/* --- the row --- */

static const char ONE[] = "SELECT " CATALOG_COLUMNS " FROM model m WHERE m.id = :id";

static void read_row(struct stmt *at, struct catalog_row *row)
{
    *row = (struct catalog_row){
        .id          = col_int(at, 0),
        .account     = col_int(at, 1),
        .region_id   = col_int(at, 2),
        .path        = col_text(at, 3),
        .namespace   = col_text(at, 4),
        .name        = col_text(at, 5),
        .record      = col_text(at, 6),
        .tags        = col_text(at, 7),
        .payload     = col_text(at, 8),
        .objective   = col_text(at, 9),
        .drift       = col_text(at, 10),
        .versions    = col_int(at, 11),
        .deployments = col_int(at, 12),
        .created_at  = col_time(at, 13),
        .changed_at  = col_time(at, 14),
        .created_by  = col_text(at, 15),
        .rev         = col_int(at, 16),
    };
}

int catalog_visit_all(struct stmt *stmt, catalog_visit *visit, void *ctx, struct fail *why)
{
    struct catalog_row row;
    int                got;

    while ((got = stmt_step(stmt, why)) == 1) {
        read_row(stmt, &row);
        if (visit(ctx, &row, why)) {
            got = -1;
            break;
        }
    }
    stmt_done(stmt);
    return got;
}

struct once {
    catalog_visit *visit;
    void          *ctx;
    int            seen;
};

static int visit_once(void *ctx, const struct catalog_row *row, struct fail *why)
{
    struct once *once = ctx;

    once->seen = 1;
    return once->visit(once->ctx, row, why);
}

int catalog_get(struct db *db, int64_t model_id, catalog_visit *visit, void *ctx, struct fail *why)
{
    struct once  once = {visit, ctx, 0};
    struct stmt *one  = db_prepare(db, ONE, why);

    if (!one)
        return -1;
    stmt_int(one, ":id", model_id);
    return catalog_visit_all(one, visit_once, &once, why) ? -1 : once.seen;
}

static const char PUT[] =
    "UPDATE model SET catalog = :record, description = :description, tags = :tags, payload = "
    ":payload,"
    " objective = :objective, drift = :drift, changed_ms = :now, rev = rev + 1 WHERE id = :id";

int catalog_put(struct batch *batch, const struct catalog_row *row, struct fail *why)
{
    struct stmt *put = db_prepare(batch->db, PUT, why);

    if (!put)
        return -1;
    stmt_text(put, ":record", row->record);
    stmt_text(put, ":description", row->description);
    stmt_text(put, ":tags", row->tags);
    stmt_text(put, ":payload", row->payload);
    stmt_text(put, ":objective", row->objective);
    stmt_text(put, ":drift", row->drift);
    stmt_time(put, ":now", batch->now);
    stmt_int(put, ":id", row->id);
    return stmt_run(put, why);
}

/* --- how it is watched --- */

static int read_span(const struct doc *object, const char *name, ms *out, struct fail *why)
{
    struct str text;

    if (doc_text(object, name, &text, why))
        return -1;
    if (when_parse_span(text, out))
        return fail_set(why, FAIL_BUG, "a stored setting has no span in '%s'", name);
    return 0;
}

static int read_payload(struct str text, struct catalog_settings *out, struct fail *why)
{
    struct catalog_payload *payload = &out->payload;
    const struct doc       *members;
    OWN_PTR(doc) stored = doc_parse(text, why);

    if (!stored || doc_int(stored, "max_bytes", &payload->max_bytes, why)
        || read_span(stored, "retention", &payload->retention, why))
        return -1;
    members = doc_member(stored, "members");
    if (!buf_room(&out->room, text.size)) /* so that nothing in it moves */
        return buf_check(&out->room, why);
    for (size_t i = 0; i < doc_count(members) && i < CATALOG_MOST_MEMBERS; i++) {
        size_t     start = out->room.size;
        struct str member;

        if (doc_as_text(doc_item(members, i), &member))
            return fail_set(why, FAIL_BUG, "a stored member is no text");
        buf_str(&out->room, member);
        payload->members[payload->count++] = str_from(out->room.data + start, member.size);
    }
    payload->is_given = true;
    return buf_check(&out->room, why);
}

static int read_objective(struct str text, struct catalog_objective *out, struct fail *why)
{
    OWN_PTR(doc) stored = doc_parse(text, why);

    if (!stored || doc_real(stored, "target_percent", &out->target_percent, why)
        || doc_int_or(stored, "max_elapse_ms", -1, &out->max_elapse_ms, why)
        || read_span(stored, "window", &out->window, why))
        return -1;
    out->is_given = true;
    return 0;
}

static int read_drift(struct str text, struct catalog_drift *out, struct fail *why)
{
    OWN_PTR(doc) stored         = doc_parse(text, why);
    const struct doc *reference = stored ? doc_member(stored, "reference") : NULL;
    int64_t           hours, bins;

    if (!stored || doc_int_or(reference, "first_hours", out->first / MS_HOUR, &hours, why)
        || doc_time_or(reference, "from", WHEN_UNKNOWN, &out->from, why)
        || doc_time_or(reference, "to", WHEN_UNKNOWN, &out->to, why)
        || doc_int_or(stored, "bins", out->bins, &bins, why)
        || doc_real_or(stored, "threshold", out->threshold, &out->threshold, why))
        return -1;
    out->first    = hours * MS_HOUR;
    out->bins     = (int)bins;
    out->is_given = true;
    return 0;
}

static int read_settings(void *ctx, const struct catalog_row *row, struct fail *why)
{
    struct catalog_settings *out = ctx;

    out->rev = row->rev;
    if ((row->payload.data && read_payload(row->payload, out, why))
        || (row->objective.data && read_objective(row->objective, &out->objective, why))
        || (row->drift.data && read_drift(row->drift, &out->drift, why)))
        return fail_in(why, "settings of model %lld", (long long)row->id);
    return 0;
}

int catalog_settings(struct db *db, int64_t model_id, struct catalog_settings *out,
                     struct fail *why)
{
    buf_clear(&out->room);
    out->payload   = (struct catalog_payload){.is_given = false};
    out->objective = (struct catalog_objective){.max_elapse_ms = -1, .window = CATALOG_WINDOW};
    out->drift     = (struct catalog_drift){.first     = CATALOG_FIRST,
                                            .from      = WHEN_UNKNOWN,
                                            .to        = WHEN_UNKNOWN,
                                            .bins      = CATALOG_BINS,
                                            .threshold = CATALOG_THRESHOLD};
    return catalog_get(db, model_id, read_settings, out, why);
}
