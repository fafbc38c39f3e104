#include "store/hardware.h"

#include "base/buf.h"
#include "base/fail.h"
#include "base/own.h"
#include "format/compose.h"
#include "format/use_course.h"
#include "store/batch.h"
#include "wire/db.h"
#include "wire/doc.h"
#include "wire/gz.h"

#include <math.h>

/* A course is written by the thread that everybody waits for: quickly rather than small. */
enum { COURSE_CEILING = 1 << 20, COURSE_PACK_LEVEL = 4 };

static const char CLEAR[] =
    "DELETE FROM utilization WHERE account = :account AND resource_id = :resource";
static const char CLEAR_COURSE[] =
    "DELETE FROM utilization_course WHERE account = :account AND resource_id = :resource";

static int clear(struct batch *batch, const char *sql, int64_t account, int64_t resource_id,
                 struct fail *why)
{
    struct stmt *put = db_prepare(batch->db, sql, why);

    if (!put)
        return -1;
    stmt_int(put, ":account", account);
    stmt_int(put, ":resource", resource_id);
    return stmt_send(put, why);
}

static void real_or_null(struct stmt *put, const char *name, double value)
{
    if (isfinite(value))
        stmt_real(put, name, value);
    else
        stmt_null(put, name);
}

static const char PUT[] =
    "INSERT INTO utilization (account, resource_id, host, metric, average, maximum, p95,"
    " normalized, points) VALUES (:account, :resource, :host, :metric, :average, :maximum, :p95,"
    " :normalized, :points)";

static int put_host(struct batch *batch, int64_t account, int64_t resource_id,
                    const struct host_figures *host, struct fail *why)
{
    for (int metric = 0; metric < METRIC_COUNT; metric++) {
        const struct figures *figures = &host->metric[metric];
        struct stmt          *put     = figures->is_known ? db_prepare(batch->db, PUT, why) : NULL;

        if (!figures->is_known)
            continue;
        if (!put)
            return -1;
        stmt_int(put, ":account", account);
        stmt_int(put, ":resource", resource_id);
        stmt_text(put, ":host", str_of(host->host));
        stmt_int(put, ":metric", metric);
        stmt_real(put, ":average", figures->average);
        stmt_real(put, ":maximum", figures->maximum);
        real_or_null(put, ":p95", figures->p95);
        real_or_null(put, ":normalized", figures->normalized);
        stmt_int(put, ":points", figures->points);
        if (stmt_send(put, why))
            return fail_in(why, "storing utilization of host %s", host->host);
    }
    return 0;
}

static const char PUT_COURSE[] = "INSERT INTO utilization_course (account, resource_id, document)"
                                 " VALUES (:account, :resource, :document)";

static int put_course(struct batch *batch, int64_t account, int64_t resource_id,
                      const struct use_course *course, struct fail *why)
{
    OWN(buf) text       = BUF_UP_TO(COURSE_CEILING);
    OWN(buf) packed     = BUF_UP_TO(COURSE_CEILING);
    struct compose json = compose_into(&text);
    struct stmt   *put;

    use_course_compose(&json, NULL, course);
    if (buf_check(&text, why) || gz_pack(buf_view(&text), COURSE_PACK_LEVEL, &packed, why)
        || buf_check(&packed, why))
        return fail_in(why, "packing the course of a job");
    put = db_prepare(batch->db, PUT_COURSE, why);
    if (!put)
        return -1;
    stmt_int(put, ":account", account);
    stmt_int(put, ":resource", resource_id);
    stmt_blob(put, ":document", buf_view(&packed));
    return stmt_send(put, why);
}

int hardware_put(struct batch *batch, int64_t account, int64_t resource_id,
                 const struct utilization *utilization, struct fail *why)
{
    if (clear(batch, CLEAR, account, resource_id, why)
        || clear(batch, CLEAR_COURSE, account, resource_id, why)
        || put_host(batch, account, resource_id, &utilization->job, why))
        return -1;
    for (size_t i = 0; i < utilization->host_count; i++)
        if (put_host(batch, account, resource_id, &utilization->hosts[i], why))
            return -1;
    return utilization->course ? put_course(batch, account, resource_id, utilization->course, why)
                               : 0;
}

static const char READ[] =
    "SELECT host, metric, average, maximum, p95, normalized, points FROM utilization"
    " WHERE account = :account AND resource_id = :resource ORDER BY host, metric";

static int read_one(struct stmt *row, struct utilization *out, struct fail *why)
{
    struct str           name   = col_text(row, 0);
    int64_t              metric = col_int(row, 1);
    struct host_figures *host   = name.size ? utilization_host(out, name) : &out->job;

    if (!host)
        return fail_set(why, FAIL_MEMORY, "no memory for utilization figures");
    if (metric < 0 || metric >= METRIC_COUNT)
        return 0; /* a later version's */
    host->metric[metric] = (struct figures){
        .is_known   = true,
        .average    = col_real(row, 2),
        .maximum    = col_real(row, 3),
        .p95        = col_is_null(row, 4) ? NAN : col_real(row, 4),
        .normalized = col_is_null(row, 5) ? NAN : col_real(row, 5),
        .points     = col_int(row, 6),
    };
    return 0;
}

int hardware_read(struct db *db, int64_t account, int64_t resource_id, struct utilization *out,
                  struct fail *why)
{
    struct stmt *read = db_prepare(db, READ, why);
    int          got;

    if (!read)
        return -1;
    stmt_int(read, ":account", account);
    stmt_int(read, ":resource", resource_id);
    while ((got = stmt_step(read, why)) == 1)
        if (read_one(read, out, why)) {
            got = -1;
            break;
        }
    stmt_done(read);
    return got;
}

static const char READ_COURSE[] =
    "SELECT document FROM utilization_course WHERE account = :account AND resource_id = :resource";

static int unpack(struct str packed, struct use_course **out, struct fail *why)
{
    OWN(buf) text    = BUF_UP_TO(COURSE_CEILING);
    OWN_PTR(doc) doc = NULL;

    if (gz_unpack(packed, &text, why))
        return -1;
    doc = doc_parse(buf_view(&text), why);
    return doc ? use_course_parse(doc, out, why) : -1;
}

int hardware_read_course(struct db *db, int64_t account, int64_t resource_id,
                         struct use_course **out, struct fail *why)
{
    struct stmt *read = db_prepare(db, READ_COURSE, why);
    int          got;

    if (!read)
        return -1;
    stmt_int(read, ":account", account);
    stmt_int(read, ":resource", resource_id);
    got = stmt_step(read, why);
    if (got == 1 && unpack(col_blob(read, 0), out, why)) {
        got       = -1;
        why->kind = FAIL_BUG; /* we wrote it ourselves: who asks is not to blame */
        (void)fail_in(why, "the course of a job, as stored");
    }
    stmt_done(read);
    return got;
}
