/* house.h -- a store with its writer, and events told to it as posts: for tests of what intake
 * makes of them, on both engines. */
#ifndef SMON_TESTS_HOUSE_H
#define SMON_TESTS_HOUSE_H

#include "check_db.h"

#include "base/own.h"
#include "base/when.h"
#include "intake/post.h"
#include "store/batch.h"
#include "store/scope.h"
#include "store/store.h"
#include "store/writer.h"
#include "wire/db.h"

static const ms NOON = 1772366400000; /* 2026-03-01T12:00:00Z */

struct house {
    struct check_db check;
    struct store   *store;
    struct writer  *writer;
};

static inline int open_house(void **state)
{
    static const struct store_policy policy = {.enrich_settle = 120000, .wants_emf = true};
    struct house                    *house  = *state;
    struct fail                      why    = FAIL_OK;
    struct store_options             options;

    check_db_make_again(&house->check);
    options = (struct store_options){
        .data_dir = house->check.dir,
        .url      = house->check.is_postgres ? house->check.url : NULL,
    };
    CHECK_OK(store_open(&options, &house->store, &why), &why);
    CHECK_OK(writer_start(house->store, &policy, &house->writer, &why), &why);
    return 0;
}

static inline int close_house(void **state)
{
    struct house *house = *state;

    writer_free(house->writer);
    store_free(house->store);
    check_db_remove(&house->check);
    return 0;
}

/* ---- telling events ---- */

struct told {
    const char *id, *job, *status;
    ms          at;             /* after NOON: envelope and LastModifiedTime */
    ms          started, ended; /* after NOON; 0: absent */
    const char *account;        /* NULL: 111122223333 */
};

static inline void tell_time(struct buf *out, const char *name, ms at)
{
    if (at)
        buf_format(out, "\"%s\":%lld,", name, (long long)(NOON + at));
}

static inline void tell(struct buf *out, const struct told *told)
{
    char time[WHEN_ROOM];

    when_render(NOON + told->at, time);
    buf_format(out,
               "{\"version\":\"0\",\"id\":\"%s\",\"detail-type\":\"SageMaker Training Job State "
               "Change\",\"source\":\"aws.sagemaker\",\"account\":\"%s\",\"time\":\"%s\","
               "\"region\":\"eu-west-1\",\"resources\":[],\"detail\":{",
               told->id, told->account ? told->account : "111122223333", time);
    tell_time(out, "TrainingStartTime", told->started);
    tell_time(out, "TrainingEndTime", told->ended);
    buf_format(out,
               "\"TrainingJobName\":\"%s\",\"TrainingJobStatus\":\"%s\",\"CreationTime\":%lld,"
               "\"LastModifiedTime\":%lld,\"ResourceConfig\":{\"InstanceType\":\"ml.m5.xlarge\","
               "\"InstanceCount\":1}}}",
               told->job, told->status, (long long)NOON, (long long)(NOON + told->at));
}

struct posting {
    struct post   *post;
    struct receipt receipt;
};

static inline int apply(void *ctx, struct batch *batch, struct fail *why)
{
    struct posting *posting = ctx;

    return post_apply(posting->post, batch, &posting->receipt, why);
}

static inline struct receipt post_text(struct house *house, struct str body)
{
    const struct scope all     = SCOPE_ALL;
    struct posting     posting = {0};
    struct fail        why     = FAIL_OK;

    CHECK_OK(post_read(body, &all, STR("k1"), &posting.post, &why), &why);
    CHECK_OK(writer_run(house->writer, apply, &posting, &why), &why);
    post_free(posting.post);
    return posting.receipt;
}

static inline struct receipt post_event(struct house *house, const struct told *told)
{
    OWN(buf) body = BUF_UP_TO(65536);

    tell(&body, told);
    return post_text(house, buf_view(&body));
}

static inline int64_t number(struct house *house, const char *sql)
{
    OWN_PTR(db) db   = NULL;
    struct fail  why = FAIL_OK;
    struct stmt *stmt;
    int64_t      value;

    CHECK_OK(store_reader(house->store, &db, &why), &why);
    stmt = db_prepare(db, sql, &why);
    if (!stmt)
        fail_msg("%s: %s", sql, why.text);
    assert_int_equal(stmt_step(stmt, &why), 1);
    value = col_int(stmt, 0);
    stmt_done(stmt);
    return value;
}

/* Every tally and every rollup is the sum over the rows. */
static inline void check_counts(struct house *house)
{
    static const char *const laws[] = {
        "SELECT COUNT(*) FROM (SELECT account, region_id, kind, status_id, SUM(n) AS s FROM ("
        " SELECT account, region_id, kind, status_id, 1 AS n FROM resource UNION ALL"
        " SELECT account, region_id, kind, status_id, -count FROM tally) u"
        " GROUP BY account, region_id, kind, status_id) v WHERE s <> 0",
        "SELECT COUNT(*) FROM (SELECT bucket, account, status_id, SUM(n) AS s FROM ("
        " SELECT created_ms - created_ms % 3600000 AS bucket, account, status_id, 1 AS n"
        "  FROM resource WHERE kind < 20 UNION ALL"
        " SELECT bucket_ms, account, status_id, -created FROM rollup"
        "  WHERE grain = 1 AND account > 0) u GROUP BY bucket, account, status_id) v WHERE s <> 0",
        "SELECT COUNT(*) FROM (SELECT bucket, status_id, SUM(n) AS s FROM ("
        " SELECT ended_ms - ended_ms % 86400000 AS bucket, status_id, 1 AS n FROM resource"
        "  WHERE kind < 20 AND completed_ms IS NOT NULL UNION ALL"
        " SELECT bucket_ms, status_id, -ended FROM rollup WHERE grain = 2 AND account = 0) u"
        " GROUP BY bucket, status_id) v WHERE s <> 0",
    };

    for (size_t i = 0; i < sizeof laws / sizeof laws[0]; i++)
        assert_int_equal(number(house, laws[i]), 0);
}

#endif
