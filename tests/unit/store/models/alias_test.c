/* Aliases and their history; the tree of namespaces; settings of models; on both engines. */
#include "rows.h"

#include "format/flaws.h"
#include "store/idempotency.h"
#include "store/models/alias.h"
#include "store/models/catalog.h"
#include "store/models/model.h"
#include "store/models/namespaces.h"
#include "store/models/version.h"
#include "store/page.h"
#include "store/scope.h"

static int64_t make(struct rows *rows, const char *path, int versions)
{
    const struct model_key key   = {0, 0, str_of(path)};
    struct fail            why   = FAIL_OK;
    struct flaws           flaws = FLAWS_NONE;
    int64_t                id    = 0;

    CHECK_OK(model_make(&rows->batch, &key, STR("somebody"), &id, &why), &why);
    for (int i = 0; i < versions; i++) {
        const struct version_new version = {.create_at = ROWS_NOW, .flaws = &flaws};
        struct version_mark      mark;

        assert_int_equal(version_put(&rows->batch, id, &version, &mark, &why), 1);
    }
    return id;
}

static int show_change(void *ctx, const struct alias_change *change, struct fail *why)
{
    (void)why;
    buf_format(ctx, "%.*s %.*s->%.*s;", STR_ARG(change->who), STR_ARG(change->before),
               STR_ARG(change->after));
    return 0;
}

static void every_move_of_an_alias_is_remembered(void **state)
{
    struct rows      *rows = *state;
    struct fail       why  = FAIL_OK;
    const int64_t     id   = make(rows, "/abc/doc", 3);
    const struct page page = {.limit = 10};
    OWN(buf) history       = BUF_UP_TO(4096);
    OWN(buf) room          = BUF_UP_TO(16384);
    struct alias_state how;
    static const struct {
        struct alias_target targets[2];
        size_t              count;
        int                 result;
    } cases[] = {
        {{{1, 100}}, 1, 1},
        {{{1, 100}}, 1, 0},
        {{{1, 90}, {2, 10}}, 2, 1},
        {{{1, 90}, {2, 20}}, 2, -1},
        {{{1, 90}, {9, 10}}, 2, -1},
        {{{0, 0}}, 0, 1},
        {{{0, 0}}, 0, 0},
        {{{3, 100}}, 1, 1},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct alias_move move = {
            .model_id = id, .alias = STR("champion"), .count = cases[i].count, .who = STR("me")};

        memcpy(move.targets, cases[i].targets, sizeof cases[i].targets);
        if (alias_put(&rows->batch, &move, &why) != cases[i].result)
            fail_msg("case %zu: %s", i, why.text);
    }
    assert_int_equal(
        alias_history(rows->db, id, STR("champion"), &page, show_change, &history, &why), 4);
    assert_string_equal(buf_c(&history),
                        "me []->[{\"version\":3,\"weight\":100}];"
                        "me [{\"version\":1,\"weight\":90},{\"version\":2,\"weight\":10}]->[];"
                        "me [{\"version\":1,\"weight\":100}]->[{\"version\":1,\"weight\":90},"
                        "{\"version\":2,\"weight\":10}];me []->[{\"version\":1,\"weight\":100}];");
    CHECK_OK(alias_get(rows->db, id, STR("champion"), &room, &how, &why), &why);
    assert_true(str_is_text(how.targets, "[{\"version\":3,\"weight\":100}]"));
    CHECK_OK(alias_get(rows->db, id, STR("other"), &room, &how, &why), &why);
    assert_int_equal(how.change_id, 0);
}

static void names_of_aliases_cannot_be_taken_for_versions(void **state)
{
    static const struct {
        const char *name;
        int         result;
    } cases[] = {{"champion", 0}, {"v1.2-rc_3", 0}, {"17", -1}, {"", -1}, {"a/b", -1}, {"a b", -1}};
    struct fail why = FAIL_OK;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(alias_check_name(str_of(cases[i].name), &why), cases[i].result);
}

static int show_namespace(void *ctx, const struct namespace_row *row, struct fail *why)
{
    (void)why;
    buf_format(ctx, "%.*s=%lld/%lld ", STR_ARG(row->name), (long long)row->models,
               (long long)row->versions);
    return 0;
}

static void children_of_a_node_are_listed_once_with_what_they_hold(void **state)
{
    struct rows             *rows   = *state;
    const struct scope       all    = SCOPE_ALL;
    const struct scope       claims = {true, NULL, 0, STR_NONE, STR("/abc/claims,/abc/claim/eu")};
    struct fail              why    = FAIL_OK;
    int64_t                  first_below;
    static const char *const paths[] = {"/abc/claim/doc",    "/abc/claim/eu/doc", "/abc/claims/doc",
                                        "/abc/claim-x/doc",  "/abc/top",          "/xyz/a/b/c",
                                        "/abc/claim/eu/de/m"};
    const struct {
        struct namespace_question question;
        const char               *found;
    } cases[] = {
        {{&all, STR("")}, "abc=6/6 xyz=1/1 "},
        {{&all, STR("/abc")}, "claim=3/3 claim-x=1/1 claims=1/1 "},
        {{&all, STR("/abc/claim")}, "eu=2/2 "},
        {{&all, STR("/abc/claims")}, ""},
        {{&all, STR("/none")}, ""},
        {{&claims, STR("/abc")}, "claim=2/2 claims=1/1 "},
        {{&claims, STR("/xyz")}, ""},
    };

    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        (void)make(rows, paths[i], 1);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct page page = {.limit = 100};
        OWN(buf) found         = BUF_UP_TO(4096);

        CHECK_OK(namespaces_list(rows->db, &cases[i].question, &page, show_namespace, &found, &why),
                 &why);
        if (strcmp(buf_c(&found), cases[i].found) != 0)
            fail_msg("case %zu: %s", i, buf_c(&found));
    }
    {
        const struct model_key key = {0, 0, STR("/abc/claim/doc")};
        OWN(buf) found             = BUF_UP_TO(4096);

        assert_int_equal(model_find(rows->db, &key, &first_below, &why), 1);
        CHECK_OK(namespaces_list(rows->db, &cases[1].question,
                                 &(struct page){.limit = 1, .goes_on = true, .id = first_below},
                                 show_namespace, &found, &why),
                 &why);
        assert_string_equal(buf_c(&found), "claim-x=1/1 claims=1/1 ");
    }
}

static void settings_are_read_as_they_were_stored(void **state)
{
    struct rows  *rows            = *state;
    struct fail   why             = FAIL_OK;
    const int64_t id              = make(rows, "/abc/doc", 0);
    OWN(catalog_settings) how     = CATALOG_SETTINGS_EMPTY;
    const struct catalog_row said = {
        .id        = id,
        .payload   = STR("{\"max_bytes\":100,\"members\":[\"/request/a\",\"/response\"],"
                           "\"retention\":\"2d\"}"),
        .objective = STR("{\"target_percent\":99.5,\"window\":\"7d\"}"),
        .drift     = STR("{\"reference\":{\"from\":\"2026-01-01T00:00:00Z\","
                             "\"to\":\"2026-01-02T00:00:00Z\"},\"bins\":20,\"threshold\":0.2}")};

    assert_int_equal(catalog_settings(rows->db, id, &how, &why), 1);
    assert_false(how.payload.is_given);
    assert_int_equal(how.drift.bins, CATALOG_BINS);
    assert_int_equal(how.drift.first, CATALOG_FIRST);
    CHECK_OK(catalog_put(&rows->batch, &said, &why), &why);
    if (catalog_settings(rows->db, id, &how, &why) != 1)
        fail_msg("%s", why.text);
    assert_int_equal(how.rev, 2);
    assert_int_equal(how.payload.count, 2);
    assert_true(str_is_text(how.payload.members[0], "/request/a"));
    assert_int_equal(how.payload.retention, 2 * (ms)MS_DAY);
    assert_true(how.objective.target_percent > 99.4 && how.objective.max_elapse_ms == -1);
    assert_int_equal(how.drift.to - how.drift.from, MS_DAY);
    assert_int_equal(how.drift.bins, 20);
    assert_int_equal(catalog_settings(rows->db, id + 99, &how, &why), 0);
}

static void an_answer_is_kept_for_a_day(void **state)
{
    struct rows                    *rows   = *state;
    struct fail                     why    = FAIL_OK;
    const struct idempotency_key    key    = {STR("k"), STR("POST /x"), STR("7d"), STR("aa")};
    struct idempotency_key          other  = key;
    const struct idempotency_answer answer = {201, STR("/x/1"), STR_NONE, STR("{}")};
    OWN(buf) room                          = BUF_UP_TO(4096);
    struct idempotency_answer found;

    assert_int_equal(idempotency_find(&rows->batch, &key, &room, &found, &why), 0);
    CHECK_OK(idempotency_put(&rows->batch, &key, &answer, &why), &why);
    assert_int_equal(idempotency_find(&rows->batch, &key, &room, &found, &why), 1);
    assert_int_equal(found.status, 201);
    assert_true(str_is_text(found.location, "/x/1") && str_is_text(found.body, "{}"));
    assert_null(found.etag.data);
    other.digest = STR("bb");
    assert_int_equal(idempotency_find(&rows->batch, &other, &room, &found, &why), -1);
    assert_int_equal(why.kind, FAIL_CLASH);
    other.kid = STR("another");
    assert_int_equal(idempotency_find(&rows->batch, &other, &room, &found, &why), 0);
    rows->batch.now += IDEMPOTENCY_KEPT;
    assert_int_equal(idempotency_find(&rows->batch, &key, &room, &found, &why), 0);
    CHECK_OK(idempotency_put(&rows->batch, &other, &answer, &why), &why); /* sweeps the old one */
}

static struct CMUnitTest tests[] = {
    ROWS_TEST(every_move_of_an_alias_is_remembered),
    ROWS_TEST(names_of_aliases_cannot_be_taken_for_versions),
    ROWS_TEST(children_of_a_node_are_listed_once_with_what_they_hold),
    ROWS_TEST(settings_are_read_as_they_were_stored),
    ROWS_TEST(an_answer_is_kept_for_a_day),
};

ROWS_MAIN("alias", tests)
