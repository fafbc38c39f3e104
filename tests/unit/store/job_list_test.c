/* Lists of jobs: filters, keyset pages that neither skip nor repeat, scopes; and that every page
 * walks an index instead of sorting. The file under test is included, so that its text can be
 * explained. */
#include "../../../server/store/job_list.c"

#include "../rows.h"

static const int64_t ACCOUNT_A = 111122223333, ACCOUNT_B = 444455556666;

struct seen {
    int64_t     ids[200];
    size_t      count;
    struct page page;
    bool        by_end;
    char        names[2048];
};

static int see(void *ctx, const struct job_row *row, struct fail *why)
{
    struct seen *seen    = ctx;
    size_t       size    = strlen(seen->names);
    bool         is_rest = seen->by_end && row->ended_at == WHEN_UNKNOWN;

    (void)why;
    if (is_rest ? !page_takes_rest(&seen->page, row->created_at, row->id)
                : !page_takes(&seen->page, seen->by_end ? row->ended_at : row->created_at, row->id))
        return 0;
    seen->ids[seen->count++] = row->id;
    (void)snprintf(seen->names + size, sizeof seen->names - size, "%s%.*s", size ? " " : "",
                   STR_ARG(row->name));
    return 0;
}

/* The names a filter gives, all pages together, page after page. */
static void list(struct rows *rows, struct job_filter filter, struct page page, struct seen *seen)
{
    struct fail why = FAIL_OK;

    *seen       = (struct seen){.by_end = filter.by_end};
    seen->page  = page;
    filter.from = filter.from ? filter.from : WHEN_UNKNOWN;
    filter.to   = filter.to ? filter.to : WHEN_UNKNOWN;
    do {
        seen->page.shown = 0;
        CHECK_OK(job_list(rows->db, rows->words, &filter, &seen->page, see, seen, &why), &why);
        seen->page.goes_on = true;
        seen->page.is_rest = seen->page.last_is_rest;
        seen->page.at      = seen->page.last_at;
        seen->page.id      = seen->page.last_id;
    } while (seen->page.has_more);
}

static void fill(struct rows *rows)
{
    static const struct rows_job jobs[] = {
        {111122223333, KIND_TRAINING, "one", "Completed", NULL, "{\"team\":\"risk\"}", 1000, 2000,
         9000},
        {111122223333, KIND_TRAINING, "two", "Failed", NULL, NULL, 2000, 0, 3000},
        {444455556666, KIND_PROCESSING, "three", "InProgress", "us-east-1", "{\"team\":\"ads\"}",
         3000, 0, 0},
        {444455556666, KIND_TRANSFORM, "four", "Completed", NULL,
         "{\"x\":\"\\\"team\\\":\\\"risk\\\"\"}", 3000, 3500, 4000},
        {111122223333, KIND_PIPELINE_EXECUTION, "five", "Failed", "us-east-1", NULL, 5000, 0, 6000},
        {111122223333, KIND_ENDPOINT, "front", "InService", NULL, NULL, 4000, 0, 0},
    };

    for (size_t i = 0; i < sizeof jobs / sizeof jobs[0]; i++)
        rows_put(rows, &jobs[i]);
}

static struct choice one_of(int64_t a, int64_t b)
{
    return (struct choice){.is_given = true, .count = b ? 2 : 1, .values = {a, b}};
}

static struct choice none_of(int64_t a)
{
    return (struct choice){.is_given = true, .is_not = true, .count = 1, .values = {a}};
}

static void filters_choose(void **state)
{
    struct rows  *rows      = *state;
    const int64_t completed = rows_word(rows, "Completed"), failed = rows_word(rows, "Failed");
    const int64_t west = rows_word(rows, "us-east-1");
    const struct {
        struct job_filter filter;
        const char       *names;
    } cases[] = {
        {{.scope = SCOPE_ALL}, "five four three two one"},
        {{.scope = SCOPE_ALL, .wants_resources = true}, "front"},
        {{.scope = SCOPE_ALL, .accounts = one_of(ACCOUNT_A, 0)}, "five two one"},
        {{.scope = SCOPE_ALL, .accounts = one_of(ACCOUNT_A, ACCOUNT_B)}, "five four three two one"},
        {{.scope = SCOPE_ALL, .accounts = none_of(ACCOUNT_A)}, "four three"},
        {{.scope = SCOPE_ALL, .statuses = one_of(completed, 0)}, "four one"},
        {{.scope = SCOPE_ALL, .statuses = one_of(completed, failed)}, "five four two one"},
        {{.scope = SCOPE_ALL, .statuses = none_of(completed)}, "five three two"},
        {{.scope = SCOPE_ALL, .statuses = one_of(-1, 0)}, ""},
        {{.scope = SCOPE_ALL, .accounts = one_of(ACCOUNT_A, 0), .statuses = one_of(failed, 0)},
         "five two"},
        {{.scope = SCOPE_ALL, .regions = one_of(west, 0)}, "five three"},
        {{.scope = SCOPE_ALL, .kinds = one_of(KIND_TRAINING, KIND_TRANSFORM)}, "four two one"},
        {{.scope = SCOPE_ALL, .name_prefix = STR("f")}, "five four"},
        {{.scope = SCOPE_ALL, .name_prefix = STR("F")}, ""},
        {{.scope = SCOPE_ALL, .tags = {STR("\"team\":\"risk\"")}, .tag_count = 1}, "one"},
        {{.scope = SCOPE_ALL, .unstarted = UNSTARTED_ONLY}, "two"},
        {{.scope = SCOPE_ALL, .unstarted = UNSTARTED_NOT}, "five four three one"},
        {{.scope = SCOPE_ALL, .from = 2000, .to = 5000}, "four three two"},
        {{.scope = SCOPE_ALL, .range_by_end = true, .from = 4000, .to = 9000}, "five four"},
        {{.scope = SCOPE_ALL, .by_end = true}, "one five four two three"},
        {{.scope = SCOPE_ALL, .by_end = true, .statuses = one_of(completed, 0)}, "one four"},
        {{.scope = SCOPE_NOBODY}, ""},
        {{.scope = {false, &ACCOUNT_B, 1, STR(",444455556666,"), STR("*")}}, "four three"},
        {{.scope    = {false, &ACCOUNT_B, 1, STR(",444455556666,"), STR("*")},
          .accounts = one_of(ACCOUNT_A, 0)},
         ""},
    };

    fill(rows);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (int limit = 1; limit <= 100; limit += 99) { /* one by one: every step is a page */
            struct seen seen;

            list(rows, cases[i].filter, (struct page){.limit = limit, .is_descending = true},
                 &seen);
            if (strcmp(seen.names, cases[i].names) != 0)
                fail_msg("case %zu, limit %d: \"%s\"", i, limit, seen.names);
        }
}

/* Failed before they began, and no event named the end: these are found all the same, behind those
 * that have one and beside what still runs. */
static void what_has_no_end_comes_last_in_both_directions(void **state)
{
    struct rows                 *rows   = *state;
    static const struct rows_job jobs[] = {
        {ACCOUNT_A, KIND_TRAINING, "six", "Failed", NULL, NULL, 1500, 0, 0},
        {ACCOUNT_B, KIND_TRAINING, "seven", "Failed", NULL, NULL, 7000, 0, 0}};
    const struct choice failed = one_of(rows_word(rows, "Failed"), 0);
    const struct {
        struct job_filter filter;
        const char       *latest, *earliest;
    } cases[] = {
        {{.by_end = true, .range_by_end = true},
         "one five four two seven three six",
         "two four five one seven three six"},
        {{.by_end = true, .statuses = failed}, "five two seven six", "two five seven six"},
        {{.by_end = true, .statuses = failed, .accounts = one_of(ACCOUNT_A, 0)},
         "five two six",
         "two five six"},
        {{.by_end = true, .statuses = failed, .accounts = one_of(ACCOUNT_A, ACCOUNT_B)},
         "five two seven six",
         "two five seven six"},
        {{.by_end = true, .unstarted = UNSTARTED_ONLY}, "two seven six", "two seven six"},
        {{.by_end = true, .kinds = one_of(KIND_PROCESSING, 0)}, "three", "three"},
        /* an end without a time counts as of when it was told; what runs has not ended */
        {{.by_end = true, .range_by_end = true, .from = 1000, .to = 6001},
         "five four two six",
         "two four five six"},
        {{.by_end = true, .range_by_end = true, .from = 6000, .to = 8000},
         "five seven",
         "five seven"},
        {{.range_by_end = true, .from = 6000, .to = 8000}, "seven five", "five seven"},
        {{.by_end = true, .from = 2000, .to = 7001},
         "five four two seven three",
         "two four five seven three"},
    };

    fill(rows);
    for (size_t i = 0; i < sizeof jobs / sizeof jobs[0]; i++)
        rows_put(rows, &jobs[i]);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (int limit = 1; limit <= 8; limit++) {
            struct job_filter filter = cases[i].filter;
            struct fail       why    = FAIL_OK;
            struct seen       seen[2];
            int64_t           count = -1;

            filter.scope = SCOPE_ALL;
            for (int down = 0; down < 2; down++)
                list(rows, filter, (struct page){.limit = limit, .is_descending = down},
                     &seen[down]);
            if (strcmp(seen[1].names, cases[i].latest) || strcmp(seen[0].names, cases[i].earliest))
                fail_msg("case %zu, limit %d: \"%s\", \"%s\"", i, limit, seen[1].names,
                         seen[0].names);
            filter.from = filter.from ? filter.from : WHEN_UNKNOWN;
            filter.to   = filter.to ? filter.to : WHEN_UNKNOWN;
            CHECK_OK(job_list_count(rows->db, &filter, 0, &count, &why), &why);
            assert_int_equal(count, seen[0].count);
            CHECK_OK(job_list_count(rows->db, &filter, limit, &count, &why), &why);
            assert_int_equal(count, limit < (int)seen[0].count ? limit : (int)seen[0].count);
        }
}

static void counting_agrees_with_listing(void **state)
{
    struct rows      *rows   = *state;
    struct job_filter filter = {.scope = SCOPE_ALL, .from = WHEN_UNKNOWN, .to = WHEN_UNKNOWN};
    struct fail       why    = FAIL_OK;
    int64_t           count  = -1;

    fill(rows);
    CHECK_OK(job_list_count(rows->db, &filter, 0, &count, &why), &why);
    assert_int_equal(count, 5);
    CHECK_OK(job_list_count(rows->db, &filter, 3, &count, &why), &why);
    assert_int_equal(count, 3);
}

static int look_at_two(void *ctx, const struct job_row *row, struct fail *why)
{
    (void)why;
    CHECK_STR(row->name, "two");
    CHECK_STR(row->status, "Failed");
    assert_true(row->has_failed && row->failed_before_start);
    assert_int_equal(row->duration_ms, WHEN_UNKNOWN);
    ++*(int *)ctx;
    return 0;
}

static void one_is_found_by_its_number(void **state)
{
    struct rows *rows = *state;
    struct fail  why  = FAIL_OK;
    int          seen = 0;
    int64_t      id;

    id = rows_put(
        rows, &(struct rows_job){ACCOUNT_A, KIND_TRAINING, "two", "Failed", NULL, NULL, 5, 0, 9});
    assert_int_equal(job_list_one(rows->db, rows->words, ACCOUNT_A, id, look_at_two, &seen, &why),
                     1);
    assert_int_equal(job_list_one(rows->db, rows->words, ACCOUNT_B, id, look_at_two, &seen, &why),
                     0);
    assert_int_equal(seen, 1);
}

/* --- plans --- */

static void explain(struct rows *rows, const struct job_filter *filter, enum part part,
                    const char *index)
{
    const struct page page = {
        .limit = 100, .is_descending = true, .goes_on = true, .at = 9, .id = 9};
    const struct walk walk  = walk_of(rows->db, rows->words, filter, part);
    OWN(sql) sql            = SQL_EMPTY;
    struct fail  why        = FAIL_OK;
    char         plan[2048] = "";
    struct stmt *stmt;
    int          got;

    sql_add(&sql, "EXPLAIN QUERY PLAN ");
    add_query(&sql, filter, &page, &walk);
    stmt = sql_prepare(&sql, rows->db, &why);
    assert_non_null(stmt);
    while ((got = stmt_step(stmt, &why)) == 1)
        (void)snprintf(plan + strlen(plan), sizeof plan - strlen(plan), "%.*s\n",
                       STR_ARG(col_text(stmt, 3)));
    stmt_done(stmt);
    assert_int_equal(got, 0);
    if (!strstr(plan, index) || (strstr(plan, "TEMP B-TREE") && !strstr(plan, "arm")))
        fail_msg("wanted %s:\n%s", index, plan);
}

static void pages_walk_an_index(void **state)
{
    struct rows  *rows   = *state;
    const int64_t failed = rows_word(rows, "Failed"), ended = rows_word(rows, "Completed");
    const struct {
        struct job_filter filter;
        const char       *index;
    } cases[] = {
        {{.scope = SCOPE_ALL}, "job_by_creation"},
        {{.scope = {false, &ACCOUNT_B, 1, STR(",444455556666,"), STR("*")}}, "job_by_creation"},
        {{.scope = SCOPE_ALL, .kinds = one_of(KIND_TRAINING, KIND_TRANSFORM)}, "job_by_creation"},
        {{.scope = SCOPE_ALL, .statuses = one_of(3, 0)}, "job_by_status"},
        {{.scope = SCOPE_ALL, .statuses = one_of(3, 4)}, "job_by_status"},
        {{.scope = SCOPE_ALL, .statuses = none_of(3)}, "job_by_creation"},
        {{.scope = SCOPE_ALL, .accounts = one_of(ACCOUNT_A, 0)}, "resource_by_account"},
        {{.scope = SCOPE_ALL, .accounts = one_of(ACCOUNT_A, ACCOUNT_B)}, "resource_by_account"},
        {{.scope = SCOPE_ALL, .by_end = true}, "job_by_end"},
        {{.scope = SCOPE_ALL, .unstarted = UNSTARTED_ONLY}, "job_unstarted"},
        {{.scope = SCOPE_ALL, .by_end = true, .statuses = one_of(failed, 0)}, "job_failed_by_end"},
        {{.scope    = SCOPE_ALL,
          .by_end   = true,
          .statuses = one_of(failed, 0),
          .accounts = one_of(ACCOUNT_A, ACCOUNT_B)},
         "job_failed_of_account"},
        {{.scope = SCOPE_ALL, .by_end = true, .statuses = one_of(failed, ended)}, "job_by_end"},
        {{.scope = SCOPE_ALL, .wants_resources = true}, "resource_by_creation"},
        {{.scope = SCOPE_ALL, .wants_resources = true, .accounts = one_of(ACCOUNT_A, 0)},
         "resource_of_account"},
    };

    if (db_engine(rows->db) != DB_SQLITE)
        return; /* plans of PostgreSQL depend on how much there is */
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct job_filter filter = cases[i].filter;

        filter.from = filter.to = WHEN_UNKNOWN;
        explain(rows, &filter, filter.by_end ? PART_ENDED : PART_WHOLE, cases[i].index);
    }
}

static void the_rest_walks_an_index_too(void **state)
{
    struct rows        *rows   = *state;
    const struct choice failed = one_of(rows_word(rows, "Failed"), 0);
    const struct {
        struct job_filter filter;
        const char       *index;
    } cases[] = {
        {{.by_end = true, .range_by_end = true}, "job_by_creation"},
        {{.by_end = true, .statuses = one_of(rows_word(rows, "InProgress"), 0)}, "job_by_status"},
        {{.by_end = true, .accounts = one_of(ACCOUNT_A, 0)}, "resource_by_account"},
        {{.by_end = true, .statuses = failed}, "job_ended_untimed"},
        {{.by_end = true, .range_by_end = true, .from = 1}, "job_ended_untimed"},
        {{.by_end = true, .statuses = failed, .accounts = one_of(ACCOUNT_A, ACCOUNT_B)},
         "job_ended_untimed"},
    };

    for (size_t i = 0; db_engine(rows->db) == DB_SQLITE && i < sizeof cases / sizeof cases[0];
         i++) {
        struct job_filter filter = cases[i].filter;

        filter.scope = SCOPE_ALL;
        filter.from  = filter.from ? filter.from : WHEN_UNKNOWN;
        filter.to    = WHEN_UNKNOWN;
        explain(rows, &filter, PART_REST, cases[i].index);
    }
}

static struct CMUnitTest tests[] = {
    ROWS_TEST(filters_choose),
    ROWS_TEST(what_has_no_end_comes_last_in_both_directions),
    ROWS_TEST(counting_agrees_with_listing),
    ROWS_TEST(one_is_found_by_its_number),
    ROWS_TEST(pages_walk_an_index),
    ROWS_TEST(the_rest_walks_an_index_too),
};

ROWS_MAIN("joblist", tests)
