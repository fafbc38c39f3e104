/* rows.h -- a small store with jobs in it, for tests of what reads: on both engines.
 *
 * Jobs are put the way intake puts them (resource_put, sums), so tallies and rollups fit. */
#ifndef SMON_TESTS_ROWS_H
#define SMON_TESTS_ROWS_H

#include "check_db.h"

#include "store/batch.h"
#include "store/event.h"
#include "store/migrate.h"
#include "store/resource.h"
#include "store/state.h"
#include "store/sums.h"
#include "store/words.h"

struct rows {
    struct check_db check;
    struct db      *db;
    struct words   *words;
    struct sums    *sums;
    struct batch    batch;
};

enum { ROWS_ENDED = 1090 }; /* the weight of an end */

static const ms ROWS_NOW = 1790000000000; /* 2026-09-21T14:13:20Z */

static inline int rows_set_up(void **state)
{
    struct rows *rows = *state;
    struct fail  why  = FAIL_OK;
    int          applied;

    check_db_make_again(&rows->check);
    rows->db = check_open(rows->check.url, true);
    CHECK_OK(migrate_up(rows->db, store_migrations, &applied, &why), &why);
    CHECK_OK(words_new(&rows->words, &why), &why);
    CHECK_OK(sums_new(&rows->sums, &why), &why);
    rows->batch =
        (struct batch){.db = rows->db, .words = rows->words, .sums = rows->sums, .now = ROWS_NOW};
    return 0;
}

static inline int rows_tear_down(void **state)
{
    struct rows *rows = *state;

    sums_free(rows->sums);
    words_free(rows->words);
    db_free(rows->db);
    check_db_remove(&rows->check);
    return 0;
}

static inline int64_t rows_word(struct rows *rows, const char *text)
{
    struct fail why = FAIL_OK;
    int64_t     id  = 0;

    CHECK_OK(words_put(rows->words, rows->db, str_of(text), &id, &why), &why);
    return id;
}

/* What a test says about a job; the rest is made up. */
struct rows_job {
    int64_t     account;
    enum kind   kind;
    const char *name, *status, *region, *tags;
    ms          created, started, ended; /* 0: unknown */
};

static inline int64_t rows_put(struct rows *rows, const struct rows_job *job)
{
    struct fail  why    = FAIL_OK;
    bool         is_end = kind_is_job(job->kind) && strcmp(job->status, "InProgress") != 0;
    struct share before = state_share(NULL), after;
    OWN(tx) tx          = TX_NONE;
    struct resource row = {
        .account        = job->account,
        .region_id      = rows_word(rows, job->region ? job->region : "eu-central-1"),
        .kind           = job->kind,
        .name           = str_of(job->name),
        .generation     = job->created,
        .status_id      = rows_word(rows, job->status),
        .weight         = is_end ? ROWS_ENDED : 10,
        .is_failed      = strcmp(job->status, "Failed") == 0,
        .version        = job->created,
        .created        = job->created,
        .started        = job->started ? job->started : WHEN_UNKNOWN,
        .ended          = job->ended ? job->ended : WHEN_UNKNOWN,
        .billable_ms    = -1,
        .instance_count = -1,
        .tags           = str_of(job->tags),
        .first_seen     = ROWS_NOW,
        .last_event     = ROWS_NOW,
        .changed        = ROWS_NOW,
        .completed      = is_end ? ROWS_NOW : WHEN_UNKNOWN,
    };

    CHECK_OK(tx_begin(&tx, rows->db, &why), &why);
    CHECK_OK(resource_put(&rows->batch, NULL, &row, &why), &why);
    after = state_share(&row);
    sums_share(rows->sums, &before, &after);
    sums_heard(rows->sums, row.account, row.region_id, job->created, ROWS_NOW);
    sums_pulse(rows->sums, row.account, row.region_id, PULSE_EVENTS);
    CHECK_OK(sums_flush(rows->sums, rows->db, &why), &why);
    CHECK_OK(tx_commit(&tx, &why), &why);
    return row.id;
}

/* An event about a resource (0: about nothing). */
struct rows_event {
    int64_t     account, resource_id;
    const char *id, *type, *status, *body;
    ms          version, received;
};

static inline void rows_put_event(struct rows *rows, const struct rows_event *event)
{
    struct fail       why  = FAIL_OK;
    const struct news news = {
        .account     = event->account,
        .region      = STR("eu-central-1"),
        .event_id    = str_of(event->id),
        .detail_type = str_of(event->type),
        .time        = event->version,
        .version     = event->version,
        .body        = str_of(event->body ? event->body : "{}"),
        .kind        = event->resource_id ? KIND_TRAINING : KIND_OTHER,
    };
    const struct event_row row = {
        .uid         = event_uid(&news),
        .region_id   = rows_word(rows, "eu-central-1"),
        .type_id     = rows_word(rows, event->type),
        .resource_id = event->resource_id,
        .status_id   = event->status ? rows_word(rows, event->status) : 0,
        .received    = event->received,
        .effect      = EFFECT_STATUS,
    };

    CHECK_OK(event_put(&rows->batch, &news, &row, &why), &why);
}

/* The same tests on each engine there is. `name` is the suite's: letters. */
#define ROWS_MAIN(suite, tests)                                                                    \
    int main(void)                                                                                 \
    {                                                                                              \
        static struct rows sqlite   = {.check = {.name = suite}};                                  \
        static struct rows postgres = {.check = {.name = suite, .is_postgres = 1}};                \
        int                failed;                                                                 \
                                                                                                   \
        rows_give(tests, sizeof tests / sizeof tests[0], &sqlite);                                 \
        failed = cmocka_run_group_tests_name("SQLite", tests, NULL, NULL);                         \
        if (!check_has_postgres())                                                                 \
            return failed;                                                                         \
        rows_give(tests, sizeof tests / sizeof tests[0], &postgres);                               \
        return failed + cmocka_run_group_tests_name("PostgreSQL", tests, NULL, NULL);              \
    }

#define ROWS_TEST(test) cmocka_unit_test_setup_teardown(test, rows_set_up, rows_tear_down)

static inline void rows_give(struct CMUnitTest *tests, size_t count, struct rows *rows)
{
    for (size_t i = 0; i < count; i++)
        tests[i].initial_state = rows;
}

#endif
