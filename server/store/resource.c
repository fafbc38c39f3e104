#include "store/resource.h"

#include "base/fail.h"
#include "store/batch.h"
#include "store/rows.h"
#include "wire/db.h"

#define COLUMNS                                                                                    \
    "id, account, region_id, kind, name, generation_ms, arn, status_id, secondary_id, weight,"     \
    " version_ms, stamp_ms, stamp_uid, failure_reason, reason_ms, approval, approval_ms, stage,"   \
    " stage_ms, created_ms, started_ms, ended_ms, billable_ms, instance_id, instance_count,"       \
    " sizing, sizing_ms, tags, tags_ms, parent, created_by, first_seen_ms, last_event_ms,"         \
    " changed_ms, completed_ms, asked, utilization, utilization_why, rev, is_failed"

static int64_t number_or(struct stmt *row, int at, int64_t otherwise)
{
    return col_is_null(row, at) ? otherwise : col_int(row, at);
}

/* A column's text, copied to where the row's texts are kept. */
static struct str keep(struct stmt *row, int at, struct buf *room)
{
    struct str text = col_text(row, at);
    char      *copy;

    if (!text.data)
        return STR_NONE;
    copy = buf_room(room, text.size + 1);
    if (!copy)
        return STR_NONE;
    memcpy(copy, text.data, text.size);
    buf_grown(room, text.size + 1);
    return str_from(copy, text.size);
}

/* All texts of a row fit into `room` without moving it: asked for in one piece beforehand. */
static int make_room(struct stmt *row, struct buf *room, struct fail *why)
{
    static const int texts[] = {4, 6, 13, 15, 17, 25, 27, 29, 30, 37};
    size_t           size    = 0;

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        size += col_text(row, texts[i]).size + 1;
    (void)buf_room(room, size);
    return buf_check(room, why);
}

static void read_texts(struct stmt *row, struct buf *room, struct resource *out)
{
    out->name            = keep(row, 4, room);
    out->arn             = keep(row, 6, room);
    out->failure_reason  = keep(row, 13, room);
    out->approval        = keep(row, 15, room);
    out->stage           = keep(row, 17, room);
    out->sizing          = keep(row, 25, room);
    out->tags            = keep(row, 27, room);
    out->parent          = keep(row, 29, room);
    out->created_by      = keep(row, 30, room);
    out->utilization_why = keep(row, 37, room);
}

static void read_numbers(struct stmt *row, struct resource *out)
{
    out->id             = col_int(row, 0);
    out->account        = col_int(row, 1);
    out->region_id      = col_int(row, 2);
    out->kind           = (enum kind)col_int(row, 3);
    out->generation     = col_int(row, 5);
    out->status_id      = col_int(row, 7);
    out->secondary_id   = col_int(row, 8);
    out->weight         = (int)col_int(row, 9);
    out->version        = col_int(row, 10);
    out->stamp          = col_int(row, 11);
    out->stamp_uid      = col_int(row, 12);
    out->reason_at      = col_int(row, 14);
    out->approval_at    = col_int(row, 16);
    out->stage_at       = col_int(row, 18);
    out->created        = col_int(row, 19);
    out->started        = col_time(row, 20);
    out->ended          = col_time(row, 21);
    out->billable_ms    = number_or(row, 22, -1);
    out->instance_id    = col_int(row, 23);
    out->instance_count = number_or(row, 24, -1);
    out->sizing_at      = col_int(row, 26);
    out->tags_at        = col_int(row, 28);
    out->first_seen     = col_int(row, 31);
    out->last_event     = col_int(row, 32);
    out->changed        = col_int(row, 33);
    out->completed      = col_time(row, 34);
    out->asked          = col_int(row, 35);
    out->utilization    = (int)col_int(row, 36);
    out->rev            = col_int(row, 38);
    out->is_failed      = col_int(row, 39) != 0;
}

static int read_row(struct stmt *row, struct buf *room, struct resource *out, struct fail *why)
{
    if (make_room(row, room, why))
        return -1;
    read_numbers(row, out);
    read_texts(row, room, out);
    if (kind_facts(out->kind)) /* what is decided from a row rests on it */
        return 0;
    return fail_set(why, FAIL_BUSY, "the database file is damaged: a row is of kind %d", out->kind);
}

/* The same moment, also when one of the two lost its milliseconds on the way (events of one object
 * give CreationTime as epoch milliseconds here and as ISO seconds there). */
static bool is_same_moment(ms a, ms b)
{
    if (a == b)
        return true;
    return a / MS_SECOND == b / MS_SECOND && (a % MS_SECOND == 0 || b % MS_SECOND == 0);
}

/* How well a row suits: 0 not at all, 1 for want of better, 2 exactly. */
static int suits(ms wanted, ms generation)
{
    if (wanted == 0)
        return 2;
    if (generation == 0)
        return 1;
    return is_same_moment(wanted, generation) ? 2 : 0;
}

/* Newest generation first: an event that does not say belongs to that one. */
#define FIND_WHERE(name)                                                                           \
    "SELECT " COLUMNS " FROM resource"                                                             \
    " WHERE account = :account AND region_id = :region AND kind = :kind AND " name                 \
    " ORDER BY generation_ms DESC"
static const char FIND[]       = FIND_WHERE("name = :name");
static const char FIND_ALIKE[] = FIND_WHERE("lower(name) = lower(:name)");

/* Kinds that some events call by a name and others by an ARN, which SageMaker writes in small
 * letters. Few enough to look through when one of them is new. */
static bool is_called_by_arn(enum kind kind)
{
    return kind == KIND_LABELING || kind == KIND_MODEL_PACKAGE || kind == KIND_ALGORITHM;
}

static int find_by(struct batch *batch, const char *sql, const struct resource_key *key,
                   struct buf *room, struct resource *out, struct fail *why)
{
    struct stmt *find = db_prepare(batch->db, sql, why);
    int          best = 0, got;

    if (!find)
        return -1;
    stmt_int(find, ":account", key->account);
    stmt_int(find, ":region", key->region_id);
    stmt_int(find, ":kind", key->kind);
    stmt_text(find, ":name", key->name);
    while (best < 2 && (got = stmt_step(find, why)) != 0) {
        int fit = got < 0 ? 0 : suits(key->generation, col_int(find, 5));

        if (got < 0 || (fit > best && read_row(find, room, out, why))) {
            stmt_done(find);
            return -1;
        }
        best = fit > best ? fit : best;
    }
    stmt_done(find);
    return best > 0;
}

int resource_find(struct batch *batch, const struct resource_key *key, struct buf *room,
                  struct resource *out, struct fail *why)
{
    int got;

    if (batch->rows && rows_find(batch->rows, key, out))
        return 1;
    got = find_by(batch, FIND, key, room, out, why);
    if (got != 0 || !is_called_by_arn(key->kind))
        return got;
    return find_by(batch, FIND_ALIKE, key, room, out, why);
}

static const char GET[] = "SELECT " COLUMNS " FROM resource WHERE account = :account AND id = :id";

int resource_get(struct batch *batch, int64_t account, int64_t id, struct buf *room,
                 struct resource *out, struct fail *why)
{
    struct stmt *get = db_prepare(batch->db, GET, why);
    int          got;

    if (!get)
        return -1;
    stmt_int(get, ":account", account);
    stmt_int(get, ":id", id);
    got = stmt_step(get, why);
    if (got == 1 && read_row(get, room, out, why))
        got = -1;
    stmt_done(get);
    return got;
}

static void bind_or_null(struct stmt *put, const char *name, int64_t value)
{
    if (value < 0)
        stmt_null(put, name);
    else
        stmt_int(put, name, value);
}

static void bind_identity(struct stmt *put, const struct resource *r)
{
    stmt_text(put, ":name", r->name);
    stmt_int(put, ":generation", r->generation);
    stmt_int(put, ":created", r->created);
}

/* What moves with nearly every event. */
static void bind_move(struct stmt *put, const struct resource *r)
{
    stmt_int(put, ":secondary", r->secondary_id);
    stmt_int(put, ":weight", r->weight);
    stmt_int(put, ":version", r->version);
    stmt_int(put, ":stamp", r->stamp);
    stmt_int(put, ":stamp_uid", r->stamp_uid);
    stmt_int(put, ":sizing_at", r->sizing_at);
    stmt_int(put, ":tags_at", r->tags_at);
    stmt_int(put, ":last_event", r->last_event);
    stmt_int(put, ":changed", r->changed);
    stmt_int(put, ":rev", r->rev + 1);
}

static void bind_status(struct stmt *put, const struct resource *r)
{
    stmt_int(put, ":status", r->status_id);
    stmt_int(put, ":failed", r->is_failed);
}

/* What is said once, or seldom. */
static void bind_rest(struct stmt *put, const struct resource *r)
{
    stmt_text(put, ":arn", r->arn);
    stmt_text(put, ":reason", r->failure_reason);
    stmt_int(put, ":reason_at", r->reason_at);
    stmt_text(put, ":approval", r->approval);
    stmt_int(put, ":approval_at", r->approval_at);
    stmt_text(put, ":stage", r->stage);
    stmt_int(put, ":stage_at", r->stage_at);
    stmt_time(put, ":started", r->started);
    bind_or_null(put, ":billable", r->billable_ms);
    stmt_int(put, ":instance", r->instance_id);
    bind_or_null(put, ":instances", r->instance_count);
    stmt_text(put, ":sizing", r->sizing);
    stmt_text(put, ":tags", r->tags);
    stmt_text(put, ":parent", r->parent);
    stmt_text(put, ":created_by", r->created_by);
    stmt_time(put, ":completed", r->completed);
    stmt_int(put, ":asked", r->asked);
    stmt_int(put, ":utilization", r->utilization);
    stmt_text(put, ":utilization_why", r->utilization_why);
}

static const char INSERT[] =
    "INSERT INTO resource (account, region_id, kind, name, generation_ms, arn, status_id,"
    " secondary_id, weight, version_ms, stamp_ms, stamp_uid, failure_reason, reason_ms, approval,"
    " approval_ms, stage, stage_ms, created_ms, started_ms, ended_ms, billable_ms, instance_id,"
    " instance_count, sizing, sizing_ms, tags, tags_ms, parent, created_by, first_seen_ms,"
    " last_event_ms, changed_ms, completed_ms, asked, utilization, utilization_why, rev,"
    " is_failed)"
    " VALUES (:account, :region, :kind, :name, :generation, :arn, :status, :secondary, :weight,"
    " :version, :stamp, :stamp_uid, :reason, :reason_at, :approval, :approval_at, :stage,"
    " :stage_at, :created, :started, :ended, :billable, :instance, :instances, :sizing,"
    " :sizing_at, :tags, :tags_at, :parent, :created_by, :first_seen, :last_event, :changed,"
    " :completed, :asked, :utilization, :utilization_why, :rev, :failed)"
    " ON CONFLICT (account, region_id, kind, name, generation_ms) DO NOTHING $GIVING_ID";

static int insert(struct batch *batch, struct resource *r, struct fail *why)
{
    struct stmt *put = db_prepare(batch->db, INSERT, why);
    int          got;

    if (!put)
        return -1;
    bind_identity(put, r);
    bind_move(put, r);
    bind_rest(put, r);
    bind_status(put, r);
    stmt_int(put, ":account", r->account);
    stmt_time(put, ":ended", r->ended);
    stmt_int(put, ":region", r->region_id);
    stmt_int(put, ":kind", r->kind);
    stmt_int(put, ":first_seen", r->first_seen);
    got = stmt_insert(put, &r->id, why);
    if (got == 0)
        return fail_set(why, FAIL_BUSY, "another service stored this resource at the same time");
    return got < 0 ? -1 : 0;
}

/* SQLite rewrites every index that names a column of the SET list, changed or not, and binding
 * costs, too: so there is a text for what nearly every event moves, and one for each
 * wider change. */
#define UPDATE_MOVE                                                                                \
    "UPDATE resource SET secondary_id = :secondary, weight = :weight,"                             \
    " version_ms = :version, stamp_ms = :stamp, stamp_uid = :stamp_uid, sizing_ms = :sizing_at,"   \
    " tags_ms = :tags_at, last_event_ms = :last_event, changed_ms = :changed, rev = :rev"
#define UPDATE_REST                                                                                \
    UPDATE_MOVE                                                                                    \
    ", arn = :arn, failure_reason = :reason, reason_ms = :reason_at, approval = :approval,"        \
    " approval_ms = :approval_at, stage = :stage, stage_ms = :stage_at, started_ms = :started,"    \
    " billable_ms = :billable, instance_id = :instance, instance_count = :instances,"              \
    " sizing = :sizing, tags = :tags, parent = :parent, created_by = :created_by,"                 \
    " completed_ms = :completed, asked = :asked, utilization = :utilization,"                      \
    " utilization_why = :utilization_why"
#define UPDATE_STATUS UPDATE_REST ", status_id = :status, is_failed = :failed"
#define UPDATE_WHERE " WHERE account = :account AND id = :id AND rev = :old_rev"

enum width { MOVE, REST, STATUS, END, ALL };

static const char *const updates[] = {
    [MOVE]   = UPDATE_MOVE     UPDATE_WHERE,
    [REST]   = UPDATE_REST     UPDATE_WHERE,
    [STATUS] = UPDATE_STATUS UPDATE_WHERE,
    [END]    = UPDATE_STATUS ", ended_ms = :ended" UPDATE_WHERE,
    [ALL]    = UPDATE_STATUS ", ended_ms = :ended, name = :name, generation_ms = :generation,"
                             " created_ms = :created" UPDATE_WHERE,
};

static bool is_same_rest(const struct resource *a, const struct resource *b)
{
    return str_is(a->arn, b->arn) && str_is(a->failure_reason, b->failure_reason)
           && a->reason_at == b->reason_at && str_is(a->approval, b->approval)
           && a->approval_at == b->approval_at && str_is(a->stage, b->stage)
           && a->stage_at == b->stage_at && a->started == b->started
           && a->billable_ms == b->billable_ms && a->instance_id == b->instance_id
           && a->instance_count == b->instance_count && str_is(a->sizing, b->sizing)
           && str_is(a->tags, b->tags) && str_is(a->parent, b->parent)
           && str_is(a->created_by, b->created_by) && a->completed == b->completed
           && a->asked == b->asked && a->utilization == b->utilization
           && str_is(a->utilization_why, b->utilization_why);
}

static enum width width_of(const struct resource *old, const struct resource *r)
{
    if (old->generation != r->generation || old->created != r->created
        || !str_is(old->name, r->name))
        return ALL;
    if (old->ended != r->ended)
        return END;
    if (old->status_id != r->status_id || old->is_failed != r->is_failed)
        return STATUS;
    return is_same_rest(old, r) ? MOVE : REST;
}

static int update(struct batch *batch, const struct resource *old, const struct resource *r,
                  struct fail *why)
{
    enum width   width = width_of(old, r);
    struct stmt *put   = db_prepare(batch->db, updates[width], why);

    if (!put)
        return -1;
    bind_move(put, r);
    if (width >= REST)
        bind_rest(put, r);
    if (width >= STATUS)
        bind_status(put, r);
    if (width >= END)
        stmt_time(put, ":ended", r->ended);
    if (width >= ALL)
        bind_identity(put, r);
    stmt_int(put, ":account", r->account);
    stmt_int(put, ":id", r->id);
    stmt_int(put, ":old_rev", r->rev);
    return stmt_send_one(put, "another service changed this resource at the same time", why);
}

int resource_put(struct batch *batch, const struct resource *old, struct resource *resource,
                 struct fail *why)
{
    if (old ? update(batch, old, resource, why) : insert(batch, resource, why))
        return fail_in(why, "storing %.*s", STR_ARG(resource->name));
    resource->rev++;
    if (batch->rows && old && !str_is(old->name, resource->name))
        rows_clear(batch->rows); /* the old name must not be found; such a row was not read there */
    if (batch->rows)
        rows_put(batch->rows, resource);
    return 0;
}
