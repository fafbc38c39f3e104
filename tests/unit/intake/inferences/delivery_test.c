/* Posted bodies into rows, on both engines: every shape of a body, what is refused, the same again,
 * sums that fit the rows, halves that find each other, and bodies that are kept by nobody. */
#include "check.h"

#include "rows.h"

#include "base/own.h"
#include "format/compose.h"
#include "format/flaws.h"
#include "format/histogram.h"
#include "intake/inferences/delivery.h"
#include "store/inferences/expiry.h"
#include "store/inferences/ledger.h"
#include "store/models/model.h"
#include "store/scope.h"
#include "wire/db.h"

#include <stdlib.h>
#include <string.h>

static const ms NOON = 1790000040000; /* the start of a minute, soon after ROWS_NOW */

static int set_up(void **state)
{
    struct rows *rows = *state;
    struct fail  why  = FAIL_OK;

    (void)rows_set_up(state);
    CHECK_OK(ledger_new(&rows->batch.ledger, &why), &why);
    return 0;
}

static int tear_down(void **state)
{
    struct rows *rows = *state;

    ledger_free(rows->batch.ledger);
    return rows_tear_down(state);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

/* ---- telling transactions ---- */

struct told {
    const char *model, *more; /* more members, with a comma before */
    int         version, elapse;
    ms          at; /* after NOON */
};

static void tell(struct buf *out, struct told told)
{
    buf_format(out,
               "{\"type\":\"inference_transaction\",\"model_name\":\"%s\",\"environment\":\"prod\","
               "\"deployment_id\":1,\"model_version\":%d,\"server_id\":1,\"request\":{\"canary\":"
               "\"sugar\",\"n\":[1,2]},\"response\":{\"label\":\"x\"},\"request_size\":10,"
               "\"response_size\":20,\"start_at\":%lld,\"end_at\":%lld,\"elapse\":%d,"
               "\"status\":\"succeeded\"%s}",
               told.model ? told.model : "doc", told.version ? told.version : 1,
               (long long)(NOON + told.at), (long long)(NOON + told.at + told.elapse), told.elapse,
               told.more ? told.more : "");
}

static const struct transaction_defaults DEFAULTS = {
    .whose = {.account = -1, .namespace = {"/abc", 4}}, .now = INT64_MAX};

static struct delivery_counts deliver_as(struct rows *rows, const struct delivery_request *request,
                                         const struct scope *scope, struct buf *out)
{
    OWN_PTR(delivery) delivery = NULL;
    struct fail    why         = FAIL_OK;
    struct compose json;

    CHECK_OK(delivery_read(request, &delivery, &why), &why);
    CHECK_OK(delivery_apply(delivery, scope, &rows->batch, &why), &why);
    CHECK_OK(ledger_flush(rows->batch.ledger, rows->db, &why), &why);
    CHECK_OK(sums_flush(rows->sums, rows->db, &why), &why);
    if (out) {
        buf_clear(out);
        json = compose_into(out);
        delivery_compose(delivery, &json);
    }
    return delivery_counts(delivery);
}

static struct delivery_counts deliver(struct rows *rows, struct str body, struct buf *out)
{
    const struct scope            all     = SCOPE_ALL;
    const struct delivery_request request = {.body = body, .defaults = DEFAULTS};

    return deliver_as(rows, &request, &all, out);
}

#define CHECK_COUNTS(got, a, d, w, r)                                                              \
    do {                                                                                           \
        struct delivery_counts got_ = (got);                                                       \
        assert_int_equal(got_.accepted, a);                                                        \
        assert_int_equal(got_.duplicates, d);                                                      \
        assert_int_equal(got_.waiting, w);                                                         \
        assert_int_equal(got_.refused, r);                                                         \
    } while (0)

static int64_t number(struct rows *rows, const char *sql)
{
    struct fail  why  = FAIL_OK;
    struct stmt *stmt = db_prepare(rows->db, sql, &why);
    int64_t      value;

    if (!stmt || stmt_step(stmt, &why) != 1)
        fail_msg("%s: %s", sql, why.text);
    value = col_int(stmt, 0);
    stmt_done(stmt);
    return value;
}

static void text(struct rows *rows, const char *sql, struct buf *out)
{
    struct fail  why  = FAIL_OK;
    struct stmt *stmt = db_prepare(rows->db, sql, &why);

    if (!stmt || stmt_step(stmt, &why) != 1)
        fail_msg("%s: %s", sql, why.text);
    buf_clear(out);
    buf_str(out, col_text(stmt, 0));
    stmt_done(stmt);
}

/* ---- shapes ---- */

static void one_object_a_list_and_lines_are_all_taken(void **state)
{
    struct rows *rows = *state;
    OWN(buf) body     = BUF_UP_TO(1 << 16);

    tell(&body, (struct told){.elapse = 1});
    CHECK_COUNTS(deliver(rows, buf_view(&body), NULL), 1, 0, 0, 0);
    buf_clear(&body);
    buf_char(&body, '[');
    tell(&body, (struct told){.elapse = 2});
    buf_char(&body, ',');
    tell(&body, (struct told){.elapse = 3});
    buf_char(&body, ']');
    CHECK_COUNTS(deliver(rows, buf_view(&body), NULL), 2, 0, 0, 0);
    buf_clear(&body);
    tell(&body, (struct told){.elapse = 4});
    buf_text(&body, "\r\n\n");
    tell(&body, (struct told){.elapse = 5});
    buf_text(&body, "\n");
    CHECK_COUNTS(deliver(rows, buf_view(&body), NULL), 2, 0, 0, 0);
    assert_int_equal(number(rows, "SELECT COUNT(*) FROM inference"), 5);
    assert_int_equal(number(rows, "SELECT COUNT(*) FROM inference_series"), 1);
    assert_int_equal(number(rows, "SELECT COUNT(*) FROM model WHERE path = '/abc/doc'"), 1);
}

static void what_is_no_body_at_all_is_refused_as_a_whole(void **state)
{
    static const char *const bodies[] = {"", "  ", "{", "[{]", "[]", "nonsense"};

    (void)state;
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        OWN_PTR(delivery) delivery            = NULL;
        const struct delivery_request request = {.body = str_of(bodies[i]), .defaults = DEFAULTS};
        struct fail                   why     = FAIL_OK;

        CHECK_FAILS(delivery_read(&request, &delivery, &why), FAIL_INPUT, &why);
    }
}

static void the_good_part_of_a_batch_is_kept_and_the_rest_is_named(void **state)
{
    struct rows *rows = *state;
    OWN(buf) body = BUF_UP_TO(1 << 16), out = BUF_UP_TO(1 << 16);

    tell(&body, (struct told){.elapse = 1});
    buf_text(&body, "\n{\"type\":\n");
    tell(&body, (struct told){.elapse = 2, .model = "a/b"});
    buf_text(&body, "\n7\n");
    tell(&body, (struct told){.elapse = 3});
    CHECK_COUNTS(deliver(rows, buf_view(&body), &out), 2, 0, 0, 3);
    assert_non_null(strstr(buf_c(&out), "{\"line\":2,\"errors\":[{\"pointer\":\"\""));
    assert_non_null(strstr(buf_c(&out), "{\"line\":3,\"errors\":[{\"pointer\":\"/model_name\""));
    assert_non_null(strstr(buf_c(&out), "{\"line\":4,"));
    assert_int_equal(number(rows, "SELECT value FROM counter WHERE name = 'inferences.refused'"),
                     3);
    assert_int_equal(number(rows, "SELECT COUNT(*) FROM inference"), 2);
}

/* ---- once ---- */

static void the_same_transactions_again_change_nothing(void **state)
{
    struct rows *rows = *state;
    OWN(buf) body     = BUF_UP_TO(1 << 16);

    tell(&body,
         (struct told){.elapse = 100, .more = ",\"confidence\":97,\"transaction_id\":\"t\""});
    buf_char(&body, '\n');
    tell(&body, (struct told){.elapse = 100, .more = ",\"confidence\":12"});
    CHECK_COUNTS(deliver(rows, buf_view(&body), NULL), 2, 0, 0, 0);
    CHECK_COUNTS(deliver(rows, buf_view(&body), NULL), 0, 2, 0, 0);
    buf_clear(&body);
    buf_char(&body, '[');
    tell(&body,
         (struct told){.elapse = 100, .more = ",\"confidence\":99,\"transaction_id\":\"t\""});
    buf_char(&body, ']');
    CHECK_COUNTS(deliver(rows, buf_view(&body), NULL), 0, 1, 0, 0);
    assert_int_equal(number(rows, "SELECT COUNT(*) FROM inference"), 2);
    assert_int_equal(number(rows, "SELECT CAST(SUM(count) AS BIGINT) FROM inference_rollup"), 4);
    assert_int_equal(number(rows, "SELECT CAST(SUM(count) AS BIGINT) FROM confidence_rollup"), 2);
    assert_int_equal(number(rows, "SELECT value FROM counter WHERE name = 'inferences.duplicates'"),
                     3);
}

/* Two models of an ensemble, two tries, a slow one, one that failed: pages go by what tells them
 * apart. */
static void rows_of_one_transaction_id_have_uids_of_their_own(void **state)
{
    struct rows *rows        = *state;
    OWN(buf) body            = BUF_UP_TO(1 << 16);
    static const char id[]   = ",\"transaction_id\":\"t\"";
    const struct told told[] = {{.elapse = 100, .more = id},
                                {.elapse = 100, .more = id, .model = "other"},
                                {.elapse = 100, .more = id, .at = 1},
                                {.elapse = 9000, .more = id}};

    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
        tell(&body, told[i]);
        buf_char(&body, '\n');
    }
    CHECK_COUNTS(deliver(rows, buf_view(&body), NULL), 4, 0, 0, 0);
    CHECK_COUNTS(deliver(rows, buf_view(&body), NULL), 0, 4, 0, 0);
    assert_int_equal(number(rows, "SELECT COUNT(DISTINCT uid) FROM inference"), 4);
}

/* ---- sums ---- */

static void sums_by_minute_and_hour_fit_the_rows(void **state)
{
    enum { COUNT = 600, ROUNDS = 3 };
    struct rows *rows           = *state;
    OWN(buf) body               = BUF_UP_TO(1 << 20);
    struct histogram *histogram = malloc(sizeof *histogram);
    struct fail       why       = FAIL_OK;
    struct stmt      *stmt;

    assert_non_null(histogram);
    for (int round = 0; round < ROUNDS; round++) {
        buf_clear(&body);
        for (int i = 0; i < COUNT; i++) {
            tell(&body, (struct told){.elapse  = i + 1,
                                      .version = 1 + i % 2,
                                      .at      = (ms)i * MS_SECOND + round,
                                      .more    = i % 10 ? ",\"confidence\":77.5" : ""});
            buf_char(&body, '\n');
        }
        CHECK_COUNTS(deliver(rows, buf_view(&body), NULL), COUNT, 0, 0, 0);
    }
    assert_int_equal(number(rows, "SELECT COUNT(*) FROM inference_rollup WHERE grain = 1"), 20);
    assert_int_equal(number(rows, "SELECT CAST(SUM(count) AS BIGINT) FROM inference_rollup"
                                  " WHERE grain = 1"),
                     ROUNDS * COUNT);
    assert_int_equal(number(rows, "SELECT CAST(SUM(sum_elapse_ms) AS BIGINT) FROM inference_rollup"
                                  " WHERE grain = 2"),
                     ROUNDS * COUNT * (COUNT + 1) / 2);
    assert_int_equal(number(rows, "SELECT MAX(max_elapse_ms) FROM inference_rollup"), COUNT);
    assert_int_equal(number(rows, "SELECT MIN(min_elapse_ms) FROM inference_rollup"), 1);
    assert_int_equal(number(rows, "SELECT CAST(SUM(response_bytes) AS BIGINT) FROM"
                                  " inference_rollup WHERE grain = 2"),
                     20 * ROUNDS * COUNT);
    assert_int_equal(number(rows, "SELECT CAST(SUM(count) AS BIGINT) FROM confidence_rollup"
                                  " WHERE bin = 15"),
                     ROUNDS * COUNT * 9 / 10);
    histogram_clear(histogram);
    stmt = db_prepare(rows->db, "SELECT histogram FROM inference_rollup WHERE grain = 2", &why);
    while (stmt && stmt_step(stmt, &why) == 1)
        CHECK_OK(histogram_read(histogram, col_blob(stmt, 0), &why), &why);
    stmt_done(stmt);
    assert_int_equal(histogram->count, ROUNDS * COUNT);
    assert_true(histogram_quantile(histogram, 0.5) > 0.99 * COUNT / 2
                && histogram_quantile(histogram, 0.5) < 1.01 * COUNT / 2);
    free(histogram);
}

static void slow_and_failed_ones_stand_in_lanes_of_their_own(void **state)
{
    static const struct {
        int64_t elapse;
        bool    has_succeeded;
        int     lane;
    } cases[] = {{0, true, 0},     {0, false, 1},    {1, true, 2},
                 {2, true, 2},     {3, true, 4},     {2999, true, 22},
                 {3000, true, 22}, {4095, true, 24}, {4094, false, 23}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(inference_lane(cases[i].elapse, cases[i].has_succeeded), cases[i].lane);
}

/* ---- where they belong ---- */

static int64_t make_model(struct rows *rows, int64_t account, const char *path)
{
    const struct model_key key = {.account = account, .path = str_of(path)};
    struct fail            why = FAIL_OK;
    int64_t                id  = 0;

    CHECK_OK(model_make(&rows->batch, &key, STR_NONE, &id, &why), &why);
    return id;
}

static int64_t model_of_newest(struct rows *rows, const char *more)
{
    static int elapse;
    OWN(buf) body                   = BUF_UP_TO(1 << 16);
    const struct scope      all     = SCOPE_ALL;
    struct delivery_request request = {.defaults = TRANSACTION_NO_DEFAULTS};
    char                    sql[100];

    tell(&body, (struct told){.elapse = ++elapse, .more = more});
    request.body = buf_view(&body);
    CHECK_COUNTS(deliver_as(rows, &request, &all, NULL), 1, 0, 0, 0);
    (void)snprintf(sql, sizeof sql, "SELECT model_id FROM inference WHERE elapse_ms = %d", elapse);
    return number(rows, sql);
}

static void a_transaction_goes_to_the_model_that_fits_best(void **state)
{
    struct rows *rows = *state;
    int64_t      here, there, other, unfiled;

    unfiled = model_of_newest(rows, "");
    assert_int_equal(number(rows, "SELECT id FROM model WHERE path = '/unfiled/doc'"), unfiled);
    here = make_model(rows, 0, "/abc/doc");
    assert_int_equal(model_of_newest(rows, ""), here);
    assert_int_equal(model_of_newest(rows, ",\"namespace\":\"/abc\""), here);
    assert_int_equal(
        model_of_newest(rows, ",\"namespace\":\"/abc\",\"account_id\":\"111122223333\""), here);
    there = make_model(rows, 111122223333, "/abc/doc");
    assert_int_equal(
        model_of_newest(rows, ",\"namespace\":\"/abc\",\"account_id\":\"111122223333\""), there);
    assert_int_equal(model_of_newest(rows, ",\"account_id\":\"111122223333\""), there);
    assert_int_equal(model_of_newest(rows, ",\"account_id\":\"444455556666\""), here);
    assert_int_equal(model_of_newest(rows, ""), here);
    other = model_of_newest(rows, ",\"namespace\":\"/abcd\"");
    assert_true(other != here && other != there && other != unfiled);
}

static void the_model_that_fits_best_is_found_among_many_of_its_name(void **state)
{
    enum { MANY = 80 };
    struct rows *rows    = *state;
    int64_t      account = 100000000000, last = 0, none;
    char         said[64];

    for (int i = 0; i < MANY; i++)
        last = make_model(rows, ++account, "/abc/doc");
    (void)snprintf(said, sizeof said, ",\"account_id\":\"%012lld\"", (long long)account);
    assert_int_equal(model_of_newest(rows, said), last);
    none = make_model(rows, 0, "/abc/doc");
    assert_int_equal(model_of_newest(rows, ""), none);
    assert_int_equal(model_of_newest(rows, said), last);
    assert_int_equal(number(rows, "SELECT COUNT(*) FROM model"), MANY + 1);
}

static void a_key_writes_only_where_it_reaches(void **state)
{
    static const int64_t    accounts[] = {111122223333, 444455556666};
    struct rows            *rows       = *state;
    const struct scope      scope      = {.accounts   = accounts,
                                          .count      = 2,
                                          .text       = STR(",111122223333,444455556666,"),
                                          .namespaces = STR("/abc,/x")};
    struct delivery_request request    = {.defaults = TRANSACTION_NO_DEFAULTS};
    OWN(buf) body = BUF_UP_TO(1 << 16), out = BUF_UP_TO(1 << 16);

    tell(&body, (struct told){.elapse = 1,
                              .more   = ",\"namespace\":\"/abc\",\"account_id\":\"111122223333\""});
    buf_char(&body, '\n');
    tell(&body, (struct told){.elapse = 2, .model = "doc2", .more = ",\"namespace\":\"/abc\""});
    buf_char(&body, '\n');
    tell(&body, (struct told){.elapse = 3,
                              .more   = ",\"namespace\":\"/abc\",\"account_id\":\"999999999999\""});
    buf_char(&body, '\n');
    tell(&body, (struct told){.elapse = 4,
                              .more = ",\"namespace\":\"/abcd\",\"account_id\":\"111122223333\""});
    buf_char(&body, '\n');
    tell(&body, (struct told){.elapse = 5, .more = ",\"account_id\":\"111122223333\""});
    buf_char(&body, '\n');
    tell(&body,
         (struct told){.elapse = 6, .model = "new", .more = ",\"account_id\":\"111122223333\""});
    request.body = buf_view(&body);
    CHECK_COUNTS(deliver_as(rows, &request, &scope, &out), 2, 0, 0, 4);
    assert_non_null(strstr(buf_c(&out), "{\"line\":2,\"errors\":[{\"pointer\":\"/account_id\","
                                        "\"code\":\"missing\""));
    assert_non_null(strstr(buf_c(&out), "{\"line\":3,\"errors\":[{\"pointer\":\"/account_id\","
                                        "\"code\":\"forbidden\""));
    assert_non_null(strstr(buf_c(&out), "{\"line\":4,\"errors\":[{\"pointer\":\"/namespace\""));
    assert_int_equal(number(rows, "SELECT COUNT(*) FROM model"), 1);
}

/* ---- bodies ---- */

static void bodies_are_kept_only_where_the_model_wants_it_and_no_more(void **state)
{
    struct rows *rows = *state;
    OWN(buf) body = BUF_UP_TO(1 << 16), kept = BUF_UP_TO(1 << 16);
    struct fail   why    = FAIL_OK;
    struct expiry expiry = {WHEN_UNKNOWN, WHEN_UNKNOWN, WHEN_UNKNOWN, WHEN_UNKNOWN, 10, 0, 0, 0};

    tell(&body, (struct told){.elapse = 1});
    CHECK_COUNTS(deliver(rows, buf_view(&body), NULL), 1, 0, 0, 0);
    assert_int_equal(number(rows, "SELECT COUNT(*) FROM inference_payload"), 0);
    assert_true(number(rows, "SELECT request_digest FROM inference") != 0);
    CHECK_OK(db_run(rows->db,
                    "UPDATE model SET payload = '{\"max_bytes\":60,\"members\":[\"/request/n/1\","
                    "\"/response\",\"/request/none\"],\"retention\":\"1d\"}'",
                    &why),
             &why);
    buf_clear(&body);
    tell(&body, (struct told){.elapse = 2});
    CHECK_COUNTS(deliver(rows, buf_view(&body), NULL), 1, 0, 0, 0);
    text(rows, "SELECT members FROM inference_payload", &kept);
    CHECK_STR(buf_view(&kept), "{\"/request/n/1\":2,\"/response\":{\"label\":\"x\"}}");
    CHECK_OK(db_run(rows->db,
                    "UPDATE model SET payload = '{\"max_bytes\":40,\"members\":[\"/request/n/1\","
                    "\"/response\"],\"retention\":\"1d\"}'",
                    &why),
             &why);
    buf_clear(&body);
    tell(&body, (struct told){.elapse = 3});
    CHECK_COUNTS(deliver(rows, buf_view(&body), NULL), 1, 0, 0, 0);
    assert_int_equal(number(rows, "SELECT COUNT(*) FROM inference_payload"), 1);
    CHECK_OK(expiry_step(&rows->batch, &expiry, &why), &why);
    assert_int_equal(expiry.parts, 0);
    rows->batch.now += 25 * (ms)MS_HOUR;
    CHECK_OK(expiry_step(&rows->batch, &expiry, &why), &why);
    rows->batch.now = ROWS_NOW;
    assert_int_equal(expiry.parts, 1);
}

/* ---- halves ---- */

#define HALF(kind, time, data)                                                                     \
    "{\"specversion\":\"1.0\",\"id\":\"c-1\",\"source\":\"x\",\"type\":\"org.kubeflow.serving."    \
    "inference." kind "\",\"time\":\"" time "\",\"inferenceservicename\":\"iris\","                \
    "\"namespace\":\"default\",\"endpoint\":\"canary\",\"component\":\"predictor\"," data "}"

static void two_halves_become_one_transaction_in_either_order(void **state)
{
    static const char *const request =
        HALF("request", "2026-09-21T14:00:00.100Z", "\"data\":{\"instances\":[[1,2]]}");
    static const char *const response =
        HALF("response", "2026-09-21T14:00:00.350Z", "\"data_base64\":\"eyJwIjoxfQ==\"");
    struct rows *rows = *state;

    CHECK_COUNTS(deliver(rows, str_of(response), NULL), 0, 0, 1, 0);
    CHECK_COUNTS(deliver(rows, str_of(response), NULL), 0, 1, 0, 0);
    CHECK_COUNTS(deliver(rows, str_of(request), NULL), 1, 0, 0, 0);
    assert_int_equal(number(rows, "SELECT COUNT(*) FROM inference_half"), 0);
    assert_int_equal(number(rows, "SELECT elapse_ms FROM inference"), 250);
    assert_int_equal(number(rows, "SELECT request_bytes FROM inference"), 21);
    assert_int_equal(number(rows, "SELECT response_bytes FROM inference"), 7);
    CHECK_COUNTS(deliver(rows, str_of(request), NULL), 0, 0, 1, 0);
    CHECK_COUNTS(deliver(rows, str_of(response), NULL), 0, 1, 0, 0);
    assert_int_equal(number(rows, "SELECT COUNT(*) FROM inference"), 1);
    assert_int_equal(number(rows, "SELECT COUNT(*) FROM model WHERE path = '/abc/iris'"), 1);
}

static void a_half_as_headers_and_body_is_taken_and_one_that_waits_in_vain_expires(void **state)
{
    struct rows                  *rows    = *state;
    const struct scope            all     = SCOPE_ALL;
    const struct delivery_request request = {
        .body      = STR("not even JSON"),
        .is_binary = true,
        .event     = {.id        = STR("b-1"),
                      .type      = STR("org.kubeflow.serving.inference.request"),
                      .time      = STR("2026-09-21T14:00:00Z"),
                      .service   = STR("iris"),
                      .namespace = STR("team-a")},
        .defaults  = TRANSACTION_NO_DEFAULTS,
    };
    struct delivery_request bad = request;
    struct expiry expiry = {WHEN_UNKNOWN, WHEN_UNKNOWN, WHEN_UNKNOWN, ROWS_NOW + 1, 10, 0, 0, 0};
    struct fail   why    = FAIL_OK;

    CHECK_COUNTS(deliver_as(rows, &request, &all, NULL), 0, 0, 1, 0);
    assert_int_equal(number(rows, "SELECT COUNT(*) FROM model WHERE path = '/team-a/iris'"), 1);
    bad.event.time = STR("soon");
    bad.event.type = STR("else");
    CHECK_COUNTS(deliver_as(rows, &bad, &all, NULL), 0, 0, 0, 1);
    CHECK_OK(expiry_step(&rows->batch, &expiry, &why), &why);
    CHECK_OK(sums_flush(rows->sums, rows->db, &why), &why);
    assert_int_equal(expiry.parts, 1);
    assert_int_equal(number(rows, "SELECT value FROM counter WHERE name = 'inferences.unpaired'"),
                     1);
}

/* ---- age ---- */

static void old_transactions_go_and_their_sums_stay_longer(void **state)
{
    struct rows *rows    = *state;
    OWN(buf) body        = BUF_UP_TO(1 << 20);
    struct expiry expiry = {.raw_before     = NOON + 30 * MS_SECOND,
                            .minutes_before = NOON,
                            .hours_before   = WHEN_UNKNOWN,
                            .halves_before  = WHEN_UNKNOWN,
                            .most           = 16};
    struct fail   why    = FAIL_OK;

    for (int i = 0; i < 60; i++) {
        tell(&body, (struct told){.elapse = i * i, .at = (ms)i * MS_SECOND});
        buf_char(&body, '\n');
    }
    CHECK_COUNTS(deliver(rows, buf_view(&body), NULL), 60, 0, 0, 0);
    CHECK_OK(expiry_step(&rows->batch, &expiry, &why), &why);
    assert_int_equal(expiry.transactions, 16);
    CHECK_OK(expiry_step(&rows->batch, &expiry, &why), &why);
    assert_int_equal(expiry.transactions, 14);
    assert_int_equal(expiry.sums, 0);
    assert_int_equal(number(rows, "SELECT MIN(start_ms) FROM inference"), NOON + 30 * MS_SECOND);
    expiry.minutes_before = NOON + MS_MINUTE;
    CHECK_OK(expiry_step(&rows->batch, &expiry, &why), &why);
    assert_int_equal(expiry.sums, 1);
    assert_int_equal(number(rows, "SELECT count FROM inference_rollup"), 60);
    expiry.hours_before = NOON + MS_MINUTE;
    CHECK_OK(expiry_step(&rows->batch, &expiry, &why), &why);
    assert_int_equal(number(rows, "SELECT COUNT(*) FROM inference_rollup"), 0);
}

static struct CMUnitTest tests[] = {
    TEST(one_object_a_list_and_lines_are_all_taken),
    TEST(what_is_no_body_at_all_is_refused_as_a_whole),
    TEST(the_good_part_of_a_batch_is_kept_and_the_rest_is_named),
    TEST(the_same_transactions_again_change_nothing),
    TEST(rows_of_one_transaction_id_have_uids_of_their_own),
    TEST(sums_by_minute_and_hour_fit_the_rows),
    TEST(slow_and_failed_ones_stand_in_lanes_of_their_own),
    TEST(a_transaction_goes_to_the_model_that_fits_best),
    TEST(the_model_that_fits_best_is_found_among_many_of_its_name),
    TEST(a_key_writes_only_where_it_reaches),
    TEST(bodies_are_kept_only_where_the_model_wants_it_and_no_more),
    TEST(two_halves_become_one_transaction_in_either_order),
    TEST(a_half_as_headers_and_body_is_taken_and_one_that_waits_in_vain_expires),
    TEST(old_transactions_go_and_their_sums_stay_longer),
};

ROWS_MAIN("deliveries", tests)
