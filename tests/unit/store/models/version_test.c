/* Versions: numbers, repeats, contradictions, packages in any order, deletion; on both engines. */
#include "rows.h"

#include "format/flaws.h"
#include "store/models/alias.h"
#include "store/models/model.h"
#include "store/models/version.h"
#include "store/models/version_list.h"
#include "store/page.h"
#include "store/scope.h"

enum { REGISTRATIONS = 100 };

static const char SHA[] = "9b71d224bd62f3785d96d46ad3ea3d73319bfbc2890caadae2dff72519673ca7";

static int64_t make(struct rows *rows, const char *path)
{
    const struct model_key key = {0, 0, str_of(path)};
    struct fail            why = FAIL_OK;
    int64_t                id  = 0;

    CHECK_OK(model_make(&rows->batch, &key, STR("somebody"), &id, &why), &why);
    return id;
}

/* One artifact at s3://b/<tail>, put by hand. */
struct hand {
    int64_t     model_id, number;
    const char *tail, *sha256, *job;
};

static int put(struct rows *rows, const struct hand *hand, struct flaws *flaws,
               struct version_mark *out, struct fail *why)
{
    char                  uri[64];
    const struct artifact file = {STR("trained"), STR_NONE, ARTIFACT_FILE, -1, STR_NONE, STR_NONE};
    struct artifact       one  = file;
    const struct version_new version = {.number     = hand->number,
                                        .artifacts  = {&one, hand->tail ? 1 : 0},
                                        .job_arn    = str_of(hand->job),
                                        .created_by = STR("somebody"),
                                        .create_at  = ROWS_NOW,
                                        .flaws      = flaws};

    (void)snprintf(uri, sizeof uri, "s3://b/%s", hand->tail ? hand->tail : "");
    one.uri    = str_of(uri);
    one.sha256 = str_of(hand->sha256);
    return version_put(&rows->batch, hand->model_id, &version, out, why);
}

static void a_hundred_registrations_have_a_hundred_numbers(void **state)
{
    struct rows        *rows  = *state;
    const int64_t       model = make(rows, "/abc/doc");
    struct flaws        flaws = FLAWS_NONE;
    struct fail         why   = FAIL_OK;
    struct version_mark mark;

    for (int round = 0; round < 2; round++)
        for (int i = 1; i <= REGISTRATIONS; i++) {
            char tail[16];

            (void)snprintf(tail, sizeof tail, "%d.tar.gz", i);
            assert_int_equal(
                put(rows, &(struct hand){model, 0, tail, SHA, NULL}, &flaws, &mark, &why),
                round == 0);
            assert_int_equal(mark.number, i);
            assert_int_equal(mark.rev, 1);
        }
}

static void what_contradicts_is_refused_and_what_repeats_is_not(void **state)
{
    struct rows  *rows  = *state;
    const int64_t model = make(rows, "/abc/doc");
    static const struct {
        const char *name;
        struct hand hand;
        int         result;
        int64_t     number;
        const char *pointer; /* of the first flaw */
    } cases[] = {
        {"the first", {0, 0, "1", SHA, "arn:job/1"}, 1, 1, NULL},
        {"again", {0, 0, "1", SHA, "arn:job/1"}, 0, 1, NULL},
        {"again by number", {0, 1, "1", SHA, "arn:job/1"}, 0, 1, NULL},
        {"another checksum", {0, 0, "1", "00", "arn:job/1"}, -1, 0, "/artifacts/0/sha256"},
        {"no checksum", {0, 0, "1", NULL, "arn:job/1"}, -1, 0, "/artifacts/0/sha256"},
        {"another job", {0, 0, "1", SHA, "arn:job/2"}, -1, 0, "/job_arn"},
        {"another body for a number", {0, 1, "2", SHA, NULL}, -1, 0, "/artifacts/0/uri"},
        {"no body for a number", {0, 1, NULL, NULL, NULL}, -1, 0, "/artifacts"},
        {"a gap", {0, 3, "3", SHA, NULL}, -1, 0, "/model_version"},
        {"the next by number", {0, 2, "2", SHA, NULL}, 1, 2, NULL},
        {"known contents as the next", {0, 3, "2", SHA, NULL}, -1, 0, NULL},
        {"nothing in it", {0, 0, NULL, NULL, NULL}, 1, 3, NULL},
        {"nothing in it, once more", {0, 0, NULL, NULL, NULL}, 1, 4, NULL},
        {"nothing in it, by number", {0, 3, NULL, NULL, NULL}, 0, 3, NULL},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct hand         hand  = cases[i].hand;
        struct flaws        flaws = FLAWS_NONE;
        struct fail         why   = FAIL_OK;
        struct version_mark mark  = {0, 0, 0, VERSION_REGISTERED};
        int                 result;

        hand.model_id = model;
        result        = put(rows, &hand, &flaws, &mark, &why);
        if (result != cases[i].result || mark.number != cases[i].number
            || (result < 0 && why.kind != FAIL_CLASH))
            fail_msg("%s: %d, number %lld, %s", cases[i].name, result, (long long)mark.number,
                     why.text);
        if (cases[i].pointer && strcmp(flaws.items[0].pointer, cases[i].pointer) != 0)
            fail_msg("%s: %s", cases[i].name, flaws.items[0].pointer);
    }
}

static void a_deleted_number_is_never_given_again(void **state)
{
    struct rows        *rows  = *state;
    const int64_t       model = make(rows, "/abc/doc");
    struct flaws        flaws = FLAWS_NONE;
    struct fail         why   = FAIL_OK;
    struct version_mark mark;
    struct alias_move   move = {.model_id = model,
                                .alias    = STR("champion"),
                                .targets  = {{1, ALIAS_WHOLE}},
                                .count    = 1,
                                .who      = STR("me")};

    assert_int_equal(put(rows, &(struct hand){model, 0, "1", SHA, NULL}, &flaws, &mark, &why), 1);
    assert_int_equal(alias_put(&rows->batch, &move, &why), 1);
    assert_int_equal(version_remove(&rows->batch, model, &mark, &why), -1);
    assert_int_equal(why.kind, FAIL_CLASH);
    move.count = 0;
    assert_int_equal(alias_put(&rows->batch, &move, &why), 1);
    CHECK_OK(version_remove(&rows->batch, model, &mark, &why), &why);
    assert_int_equal(version_find(rows->db, model, 1, &mark, &why), 0);
    assert_int_equal(put(rows, &(struct hand){model, 1, "1", SHA, NULL}, &flaws, &mark, &why), -1);
    assert_int_equal(put(rows, &(struct hand){model, 0, "1", SHA, NULL}, &flaws, &mark, &why), 1);
    assert_int_equal(mark.number, 2);
}

static int copy_row(void *ctx, const struct version_row *row, struct fail *why)
{
    struct buf *out = ctx;

    (void)why;
    buf_format(out, "%lld %lld %.*s|%.*s|%.*s|%.*s|%.*s|%.*s|%lld\n", (long long)row->number,
               (long long)row->source, STR_ARG(row->description), STR_ARG(row->tags),
               STR_ARG(row->approval), STR_ARG(row->artifacts), STR_ARG(row->package_arn),
               STR_ARG(row->package_status), (long long)row->create_at);
    return 0;
}

static void only_what_may_change_changes(void **state)
{
    struct rows              *rows  = *state;
    const int64_t             model = make(rows, "/abc/doc");
    struct flaws              flaws = FLAWS_NONE;
    struct fail               why   = FAIL_OK;
    struct version_mark       mark;
    const struct version_edit edit = {.sets_description = true,
                                      .sets_approval    = true,
                                      .description      = STR("better"),
                                      .approval         = STR("Approved")};
    OWN(buf) shown                 = BUF_UP_TO(4096);

    assert_int_equal(put(rows, &(struct hand){model, 0, "1", NULL, NULL}, &flaws, &mark, &why), 1);
    CHECK_OK(version_edit(&rows->batch, &mark, &edit, &why), &why);
    assert_int_equal(mark.rev, 2);
    CHECK_OK(version_edit(&rows->batch, &mark, &edit, &why), &why);
    assert_int_equal(mark.rev, 2); /* the same again is no change */
    assert_int_equal(version_get(rows->db, rows->words, model, 1, copy_row, &shown, &why), 1);
    assert_string_equal(
        buf_c(&shown),
        "1 1 better||Approved|[{\"name\":\"trained\",\"uri\":\"s3://b/1\",\"kind\":\"file\"}]|||"
        "1790000000000\n");
}

/* --- packages --- */

static struct version_package package_of(struct rows *rows, const char *arn, ms content_at,
                                         const struct artifact *artifact)
{
    return (struct version_package){.number      = 31,
                                    .arn         = str_of(arn),
                                    .status_id   = rows_word(rows, "Completed"),
                                    .approval    = STR("Approved"),
                                    .approval_at = ROWS_NOW,
                                    .create_at   = ROWS_NOW - 5,
                                    .has_content = true,
                                    .content_at  = content_at,
                                    .artifacts   = {artifact, 1},
                                    .description = STR("told"),
                                    .tags        = STR("{\"team\":\"risk\"}")};
}

static void packages_have_their_numbers_whatever_comes_first(void **state)
{
    struct rows        *rows  = *state;
    struct flaws        flaws = FLAWS_NONE;
    struct fail         why   = FAIL_OK;
    struct version_mark mark;
    static const int    orders[][4] = {{0, 1, 2, 3}, {3, 2, 1, 0}, {2, 0, 3, 1}, {1, 3, 0, 2}};
    OWN(buf) first                  = BUF_UP_TO(4096);

    const struct artifact old   = {STR("model"), STR("s3://b/old"), ARTIFACT_FILE,
                                   -1,           STR_NONE,          STR_NONE};
    const struct artifact young = {STR("model"), STR("s3://b/young"), ARTIFACT_FILE, -1, STR_NONE,
                                   STR_NONE};
    const struct version_package packages[] = {
        package_of(rows, "arn:a/31", 1000, &old), package_of(rows, "arn:a/31", 2000, &young),
        package_of(rows, "arn:b/31", 500, &young), package_of(rows, "arn:a/31", 3000, &young)};

    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        char    path[32];
        int64_t model;
        OWN(buf) shown = BUF_UP_TO(4096);

        (void)snprintf(path, sizeof path, "/sagemaker/g%zu", i);
        model = make(rows, path);
        for (int k = 0; k < 4; k++)
            if (version_take_package(&rows->batch, model, &packages[orders[i][k]], &mark, &why) < 0)
                fail_msg("%s", why.text);
        assert_int_equal(version_get(rows->db, rows->words, model, 31, copy_row, &shown, &why), 1);
        if (i == 0)
            buf_str(&first, buf_view(&shown));
        assert_string_equal(buf_c(&shown), buf_c(&first));
        assert_int_equal(put(rows, &(struct hand){model, 0, "x", NULL, NULL}, &flaws, &mark, &why),
                         1);
        assert_int_equal(mark.number, 32);
    }
    assert_non_null(strstr(buf_c(&first), "s3://b/old"));
    assert_non_null(strstr(buf_c(&first), "arn:a/31"));
}

/* Two packages claim number 31. What the one that has to leave said of it goes with it. */
static void a_number_has_nothing_of_a_package_that_does_not_keep_it(void **state)
{
    struct rows          *rows  = *state;
    const int64_t         model = make(rows, "/sagemaker/g");
    struct fail           why   = FAIL_OK;
    struct version_mark   mark;
    const struct artifact other = {STR("model"), STR("s3://b/other"), ARTIFACT_FILE, -1, STR_NONE,
                                   STR_NONE};
    const struct artifact own   = {STR("model"), STR("s3://b/own"), ARTIFACT_FILE,
                                   -1,           STR_NONE,          STR_NONE};
    const struct version_package first = package_of(rows, "arn:b/31", 500, &other);
    const struct version_package last  = package_of(rows, "arn:a/31", 1000, &own);
    struct version_package       call  = last;
    OWN(buf) shown                     = BUF_UP_TO(4096);

    call.has_content = false; /* a call that tells of approval only */
    assert_int_equal(version_take_package(&rows->batch, model, &first, &mark, &why), 1);
    assert_int_equal(version_take_package(&rows->batch, model, &call, &mark, &why), 1);
    assert_int_equal(version_get(rows->db, rows->words, model, 31, copy_row, &shown, &why), 1);
    assert_null(strstr(buf_c(&shown), "s3://b/other"));
    assert_null(strstr(buf_c(&shown), "told"));
    assert_int_equal(version_take_package(&rows->batch, model, &last, &mark, &why), 1);
    buf_clear(&shown);
    assert_int_equal(version_get(rows->db, rows->words, model, 31, copy_row, &shown, &why), 1);
    assert_non_null(strstr(buf_c(&shown), "s3://b/own"));
}

static void an_approval_moves_nothing_but_approval(void **state)
{
    struct rows           *rows    = *state;
    const int64_t          model   = make(rows, "/sagemaker/g");
    struct fail            why     = FAIL_OK;
    const struct artifact  file    = {STR("model"), STR("s3://b/1"), ARTIFACT_FILE,
                                      -1,           STR_NONE,        STR_NONE};
    struct version_package package = package_of(rows, "arn:a/31", 1000, &file);
    struct version_mark    before, after;
    OWN(buf) shown                 = BUF_UP_TO(4096);
    const struct version_edit edit = {.sets_approval = true, .approval = STR("Approved")};

    package.approval = STR("PendingManualApproval");
    assert_int_equal(version_take_package(&rows->batch, model, &package, &before, &why), 1);
    assert_int_equal(version_find(rows->db, model, 31, &before, &why), 1);
    assert_int_equal(version_take_package(&rows->batch, model, &package, &after, &why), 1);
    assert_int_equal(version_find(rows->db, model, 31, &after, &why), 1);
    assert_int_equal(after.rev, before.rev); /* the same event again */
    package.approval    = STR("Rejected");
    package.content_at  = 9000;
    package.description = STR("another");
    assert_int_equal(version_take_package(&rows->batch, model, &package, &after, &why), 1);
    assert_int_equal(version_find(rows->db, model, 31, &after, &why), 1);
    assert_int_equal(after.rev, before.rev + 1);
    assert_int_equal(version_get(rows->db, rows->words, model, 31, copy_row, &shown, &why), 1);
    assert_non_null(strstr(buf_c(&shown), "31 2 told|{\"team\":\"risk\"}|Rejected|"));
    assert_int_equal(version_edit(&rows->batch, &after, &edit, &why), -1);
    assert_int_equal(why.kind, FAIL_CLASH);
}

/* --- searching --- */

static int count_row(void *ctx, const struct version_row *row, struct fail *why)
{
    (void)row;
    (void)why;
    ++*(int *)ctx;
    return 0;
}

static void versions_are_found_by_what_is_known_of_them(void **state)
{
    struct rows         *rows = *state;
    const struct scope   all  = SCOPE_ALL;
    const struct scope   mine = {true, NULL, 0, STR_NONE, STR("/abc/claims")};
    const struct find_by any  = {.scope = &all, .from = WHEN_UNKNOWN, .to = WHEN_UNKNOWN};
    const int64_t claim = make(rows, "/abc/claim/doc"), claims = make(rows, "/abc/claims/doc");
    struct flaws  flaws = FLAWS_NONE;
    struct fail   why   = FAIL_OK;
    struct version_mark         mark;
    const struct version_edit   edit = {.sets_description = true,
                                        .description      = STR("Has 100% of _it_")};
    const struct version_filter none = {.by = any, .number_gte = -1, .number_lt = -1};
    struct version_filter       cases[12];
    static const int            wanted[] = {4, 3, 2, 1, 1, 0, 3, 1, 1, 4, 0, 1};

    for (int i = 0; i < 3; i++)
        (void)put(rows,
                  &(struct hand){claim, 0, i ? i > 1 ? "c_c" : "cbc" : "a\xc3\xa9", NULL, NULL},
                  &flaws, &mark, &why);
    assert_int_equal(put(rows, &(struct hand){claims, 0, "c_d", NULL, NULL}, &flaws, &mark, &why),
                     1);
    CHECK_OK(version_edit(&rows->batch, &mark, &edit, &why), &why);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        cases[i] = none;
    cases[1].by.below    = STR("/abc/claim");
    cases[2].number_gte  = 2;
    cases[3].uri_prefix  = STR("s3://b/a\xc3\xa9");
    cases[4].by.text     = STR("100% OF _IT_");
    cases[5].by.text     = STR("100x");
    cases[6].uri_prefix  = STR("s3://b/c");
    cases[7].by.scope    = &mine;
    cases[8].uri_prefix  = STR("s3://b/c_c");
    cases[9].created_by  = STR("somebody");
    cases[10].alias      = STR("champion");
    cases[11].number_lt  = 4;
    cases[11].number_gte = 3;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct page page = {.limit = 10, .is_descending = true};
        int               seen = 0;

        CHECK_OK(version_list(rows->db, rows->words, &cases[i], &page, count_row, &seen, &why),
                 &why);
        if (seen != wanted[i])
            fail_msg("case %zu: %d", i, seen);
    }
}

static struct CMUnitTest tests[] = {
    ROWS_TEST(a_hundred_registrations_have_a_hundred_numbers),
    ROWS_TEST(what_contradicts_is_refused_and_what_repeats_is_not),
    ROWS_TEST(a_deleted_number_is_never_given_again),
    ROWS_TEST(only_what_may_change_changes),
    ROWS_TEST(packages_have_their_numbers_whatever_comes_first),
    ROWS_TEST(a_number_has_nothing_of_a_package_that_does_not_keep_it),
    ROWS_TEST(an_approval_moves_nothing_but_approval),
    ROWS_TEST(versions_are_found_by_what_is_known_of_them),
};

ROWS_MAIN("version", tests)
