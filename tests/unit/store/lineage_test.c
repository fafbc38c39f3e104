/* The graph of what came from what: nodes and edges as they are put, and walks as people read them,
 * on both engines. */
#include "rows.h"

#include "base/buf.h"
#include "base/own.h"
#include "store/lineage_list.h"
#include "store/models/model.h"
#include "store/scope.h"

enum { DEPTH = 10, MANY = 30, FEW = 20 };

static const int64_t MINE = 111122223333, THEIRS = 444455556666;

static struct lineage_node node(enum lineage_type type, const char *key)
{
    return (struct lineage_node){.type = type, .key = str_of(key)};
}

static void put(struct rows *rows, int64_t account, struct lineage_node from,
                enum lineage_edge edge, const char *detail, struct lineage_node to)
{
    struct fail why = FAIL_OK;

    CHECK_OK(lineage_link(&rows->batch, account, &from, edge, str_of(detail), &to, &why), &why);
}

/* job -> artifact -> package, and artifact -> model -> config -> endpoint. */
static void put_chain(struct rows *rows, int64_t account)
{
    const struct lineage_node artifact = node(LINEAGE_ARTIFACT, "s3://b/m");

    put(rows, account, node(LINEAGE_MODEL, "a:model/m"), LINEAGE_CONFIGURED, "blue",
        node(LINEAGE_ENDPOINT_CONFIG, "a:config/c"));
    put(rows, account, node(LINEAGE_JOB, "a:job/j"), LINEAGE_PRODUCED, NULL, artifact);
    put(rows, account, node(LINEAGE_ENDPOINT_CONFIG, "a:config/c"), LINEAGE_SERVED_BY, NULL,
        node(LINEAGE_ENDPOINT, "a:endpoint/e"));
    put(rows, account, artifact, LINEAGE_PACKAGED, NULL, node(LINEAGE_PACKAGE, "a:package/g/4"));
    put(rows, account, artifact, LINEAGE_MODELLED, NULL, node(LINEAGE_MODEL, "a:model/m"));
    put(rows, account, node(LINEAGE_DATA, "s3://b/in/"), LINEAGE_READ, "train",
        node(LINEAGE_JOB, "a:job/j"));
    put(rows, account, node(LINEAGE_DATA, "s3://b/in/"), LINEAGE_READ, "train",
        node(LINEAGE_JOB, "a:job/other"));
}

struct look {
    const char         *key;
    const struct scope *scope; /* NULL: all */
    bool                up, down;
    int                 depth;
    size_t              most; /* 0: all */
};

static int walk(struct rows *rows, const struct look *look, struct lineage_graph *out)
{
    const struct scope        all  = SCOPE_ALL;
    const struct lineage_walk walk = {look->scope ? look->scope : &all, look->up, look->down,
                                      look->depth, look->most ? look->most : LINEAGE_MOST_NODES};
    struct fail               why  = FAIL_OK;
    int got = lineage_list_key(rows->db, rows->words, str_of(look->key), &walk, out, &why);

    CHECK_OK(got < 0 ? -1 : 0, &why);
    return got;
}

/* "j(0) m(1) .." and " | j-m m-4 ..", in the order found. */
static void check_graph(struct rows *rows, const struct look *look, const char *expected)
{
    OWN(lineage_graph) graph = LINEAGE_GRAPH_EMPTY;
    OWN(buf) text            = BUF_UP_TO(16 << 10);

    if (!walk(rows, look, &graph))
        buf_text(&text, "nothing");
    for (size_t i = 0; i < graph.count; i++) {
        buf_text(&text, i ? " " : "");
        buf_str(&text, graph.items[i].name);
        buf_format(&text, "(%d)", graph.items[i].steps);
    }
    for (size_t i = 0; i < graph.tie_count; i++) {
        buf_text(&text, i ? " " : " | ");
        buf_str(&text, graph.items[graph.ties[i].from].name);
        buf_char(&text, '-');
        buf_str(&text, graph.items[graph.ties[i].to].name);
    }
    assert_string_equal(buf_c(&text), expected);
}

static void a_walk_follows_one_direction_at_a_time(void **state)
{
    struct rows *rows = *state;

    put_chain(rows, MINE);
    put_chain(rows, MINE); /* once more changes nothing */
    check_graph(rows, &(struct look){"a:job/j", NULL, false, true, 1, 0}, "j(0) b/m(1) | j-b/m");
    check_graph(rows, &(struct look){"a:job/j", NULL, false, true, DEPTH, 0},
                "j(0) b/m(1) m(2) g/4(2) c(3) e(4) | j-b/m b/m-g/4 b/m-m m-c c-e");
    check_graph(rows, &(struct look){"a:endpoint/e", NULL, true, false, DEPTH, 0},
                "e(0) c(-1) m(-2) b/m(-3) j(-4) b/in/(-5) | c-e m-c b/m-m j-b/m b/in/-j");
    check_graph(rows, &(struct look){"a:job/j", NULL, true, true, 1, 0},
                "j(0) b/in/(-1) b/m(1) | b/in/-j j-b/m");
    check_graph(rows, &(struct look){"a:job/none", NULL, true, true, 1, 0}, "nothing");
}

static void edges_say_what_they_are(void **state)
{
    OWN(lineage_graph) graph = LINEAGE_GRAPH_EMPTY;
    struct rows *rows        = *state;

    put_chain(rows, MINE);
    walk(rows, &(struct look){"a:config/c", NULL, true, false, 1, 0}, &graph);
    assert_int_equal(graph.tie_count, 1);
    assert_int_equal(graph.ties[0].type, LINEAGE_CONFIGURED);
    assert_true(str_is_text(graph.ties[0].detail, "blue"));
    assert_int_equal(graph.items[0].type, LINEAGE_ENDPOINT_CONFIG);
    assert_int_equal(graph.items[0].account, MINE);
    assert_false(graph.is_cut);
}

/* The package stands in the registry's account and the model in that of production. */
static void one_key_in_two_accounts_is_one_thing(void **state)
{
    const struct scope mine = {false, &MINE, 1, STR(",111122223333,"), STR("*")};
    struct rows       *rows = *state;

    put(rows, MINE, node(LINEAGE_JOB, "a:job/j"), LINEAGE_PRODUCED, NULL,
        node(LINEAGE_ARTIFACT, "s3://b/m"));
    put(rows, THEIRS, node(LINEAGE_DATA, "s3://b/m"), LINEAGE_READ, NULL,
        node(LINEAGE_JOB, "t:job/tuned"));
    check_graph(rows, &(struct look){"a:job/j", NULL, true, true, DEPTH, 0},
                "j(0) b/m(1) tuned(2) | j-b/m b/m-tuned");
    check_graph(rows, &(struct look){"t:job/tuned", NULL, true, true, DEPTH, 0},
                "tuned(0) b/m(-1) j(-2) | b/m-tuned j-b/m");
    check_graph(rows, &(struct look){"a:job/j", &mine, true, true, DEPTH, 0},
                "j(0) b/m(1) | j-b/m");
    check_graph(rows, &(struct look){"t:job/tuned", &mine, true, true, DEPTH, 0}, "nothing");
}

static void a_version_is_seen_by_who_sees_its_model(void **state)
{
    const struct scope     claims = {true, NULL, 0, STR_NONE, STR("/abc/claim")};
    const struct scope     others = {true, NULL, 0, STR_NONE, STR("/abc/claims,/x")};
    const struct model_key key    = {MINE, 0, STR("/abc/claim/doc")};
    struct rows           *rows   = *state;
    struct fail            why    = FAIL_OK;
    char                   room[LINEAGE_KEY_ROOM], own[LINEAGE_KEY_ROOM];
    struct lineage_node    version = {.type = LINEAGE_VERSION},
                        deployment = {.type = LINEAGE_DEPLOYMENT};
    int64_t id;

    CHECK_OK(model_make(&rows->batch, &key, STR_NONE, &id, &why), &why);
    version.key    = lineage_key_version(id, 4, room);
    deployment.key = lineage_key_deployment(31, own);
    put(rows, MINE, deployment, LINEAGE_SERVES, NULL, node(LINEAGE_ENDPOINT, "a:endpoint/e"));
    put(rows, MINE, node(LINEAGE_PACKAGE, "a:package/g/4"), LINEAGE_REGISTERED, NULL, version);
    put(rows, MINE, version, LINEAGE_DEPLOYED, NULL, deployment);
    check_graph(rows, &(struct look){"a:package/g/4", &claims, true, true, DEPTH, 0},
                "g/4(0) 4(1) 31(2) e(3) | g/4-4 4-31 31-e");
    check_graph(rows, &(struct look){"a:package/g/4", &others, true, true, DEPTH, 0}, "g/4(0)");
    check_graph(rows, &(struct look){"a:endpoint/e", &others, true, true, DEPTH, 0}, "e(0)");
    check_graph(rows, &(struct look){room, &others, true, true, DEPTH, 0}, "nothing");
}

static void know(struct rows *rows, const char *key, const char *name, int64_t resource)
{
    struct lineage_node one = {LINEAGE_ENDPOINT, str_of(key), str_of(name), resource, 0, 0};
    struct fail         why = FAIL_OK;

    CHECK_OK(lineage_know(&rows->batch, MINE, &one, &why), &why);
}

static void check_node(struct rows *rows, const char *name, int64_t resource)
{
    OWN(lineage_graph) graph = LINEAGE_GRAPH_EMPTY;

    assert_int_equal(walk(rows, &(struct look){"a:endpoint/e", NULL, 0, 0, 1, 0}, &graph), 1);
    assert_true(str_is_text(graph.items[0].name, name));
    assert_int_equal(graph.items[0].resource_id, resource);
    if (resource)
        assert_true(str_is_text(graph.items[0].status, "InService"));
}

static void a_stub_becomes_known_and_keeps_the_best_it_heard(void **state)
{
    struct rows    *rows = *state;
    struct rows_job job  = {MINE, KIND_ENDPOINT, "E", "InService", NULL, NULL, 1000, 0, 0};
    const int64_t   late = rows_put(rows, &job);
    int64_t         old;

    job.created = 500;
    old         = rows_put(rows, &job);
    know(rows, "a:endpoint/e", NULL, 0);
    check_node(rows, "e", 0);
    know(rows, "a:endpoint/e", "E", late);
    know(rows, "a:endpoint/e", "e", old); /* made earlier under the same name */
    know(rows, "a:endpoint/e", NULL, 0);
    check_node(rows, "E", late);
}

/* A job in each account, of which only one's artifact was taken up. */
static void what_led_nowhere_goes_with_its_row(void **state)
{
    const struct lineage_node used  = node(LINEAGE_ARTIFACT, "s3://b/1"),
                              lone  = node(LINEAGE_ARTIFACT, "s3://b/2");
    const struct lineage_node image = node(LINEAGE_IMAGE, "image"),
                              data  = node(LINEAGE_DATA, "s3://b/in/");
    struct rows        *rows        = *state;
    struct fail         why         = FAIL_OK;
    struct rows_job     job         = {MINE, KIND_TRAINING, "j1", "Completed", NULL, NULL, 1, 0, 0};
    struct lineage_node one = node(LINEAGE_JOB, "a:job/1"), two = node(LINEAGE_JOB, "a:job/2");

    one.resource_id = rows_put(rows, &job);
    job.name        = "j2";
    two.resource_id = rows_put(rows, &job);
    put(rows, MINE, image, LINEAGE_RUNS, NULL, one);
    put(rows, MINE, image, LINEAGE_RUNS, NULL, two);
    put(rows, MINE, data, LINEAGE_READ, NULL, two);
    put(rows, MINE, one, LINEAGE_PRODUCED, NULL, used);
    put(rows, MINE, two, LINEAGE_PRODUCED, NULL, lone);
    put(rows, MINE, used, LINEAGE_PACKAGED, NULL, node(LINEAGE_PACKAGE, "a:package/p"));
    CHECK_OK(lineage_forget(&rows->batch, THEIRS, one.resource_id, &why), &why);
    CHECK_OK(lineage_forget(&rows->batch, MINE, two.resource_id, &why), &why);
    CHECK_OK(lineage_forget(&rows->batch, MINE, one.resource_id, &why), &why);
    check_graph(rows, &(struct look){"image", NULL, true, true, DEPTH, 0},
                "image(0) 1(1) b/1(2) p(3) | image-1 1-b/1 b/1-p");
    for (size_t i = 0; i < 3; i++)
        check_graph(rows,
                    &(struct look){(const char *[]){"a:job/2", "s3://b/2", "s3://b/in/"}[i], NULL,
                                   true, true, 1, 0},
                    "nothing");
}

static void a_wide_graph_is_cut_and_says_so(void **state)
{
    struct rows *rows = *state;
    char         key[64];

    for (int i = 0; i < MANY; i++) {
        (void)snprintf(key, sizeof key, "a:job/%02d", i);
        put(rows, MINE, node(LINEAGE_DATA, "s3://b/in/"), LINEAGE_READ, NULL,
            node(LINEAGE_JOB, key));
    }
    for (int all = 0; all < 2; all++) {
        OWN(lineage_graph) graph = LINEAGE_GRAPH_EMPTY;

        walk(rows, &(struct look){"s3://b/in/", NULL, true, true, 2, all ? 0 : FEW}, &graph);
        assert_int_equal(graph.count, all ? MANY + 1 : FEW);
        assert_int_equal(graph.tie_count, graph.count - 1);
        assert_int_equal(graph.is_cut, !all);
        assert_true(str_is_text(graph.items[0].name, "b/in/"));
    }
}

static void what_many_accounts_tell_of_is_one_thing_and_nothing_is_cut(void **state)
{
    enum { ACCOUNTS = 80 };
    struct rows *rows        = *state;
    OWN(lineage_graph) graph = LINEAGE_GRAPH_EMPTY;

    for (int i = 0; i < ACCOUNTS; i++)
        put(rows, 1 + i, node(LINEAGE_DATA, "s3://b/in/"), LINEAGE_READ, NULL,
            node(LINEAGE_JOB, "a:job/one"));
    walk(rows, &(struct look){"s3://b/in/", NULL, true, true, 2, 0}, &graph);
    assert_int_equal(graph.count, 2);
    assert_int_equal(graph.tie_count, 1);
    assert_false(graph.is_cut);
}

static void circles_end(void **state)
{
    struct rows *rows = *state;

    put(rows, MINE, node(LINEAGE_JOB, "a:job/j"), LINEAGE_PRODUCED, NULL,
        node(LINEAGE_DATA, "s3://b/x"));
    put(rows, MINE, node(LINEAGE_DATA, "s3://b/x"), LINEAGE_READ, NULL,
        node(LINEAGE_JOB, "a:job/j"));
    check_graph(rows, &(struct look){"a:job/j", NULL, true, true, DEPTH, 0},
                "j(0) b/x(-1) | b/x-j j-b/x");
}

static void keys_have_a_ceiling(void **state)
{
    static char         big[LINEAGE_KEY_MOST + 1];
    struct rows        *rows = *state;
    struct fail         why  = FAIL_OK;
    struct lineage_node one  = {.type = LINEAGE_DATA};

    memset(big, 'x', sizeof big);
    one.key = str_from(big, sizeof big);
    assert_int_equal(lineage_know(&rows->batch, MINE, &one, &why), -1);
    assert_int_equal(why.kind, FAIL_INPUT);
    one.key = str_from(big, LINEAGE_KEY_MOST);
    CHECK_OK(lineage_know(&rows->batch, MINE, &one, &why), &why);
}

static struct CMUnitTest tests[] = {
    ROWS_TEST(a_walk_follows_one_direction_at_a_time),
    ROWS_TEST(edges_say_what_they_are),
    ROWS_TEST(one_key_in_two_accounts_is_one_thing),
    ROWS_TEST(a_version_is_seen_by_who_sees_its_model),
    ROWS_TEST(a_stub_becomes_known_and_keeps_the_best_it_heard),
    ROWS_TEST(what_led_nowhere_goes_with_its_row),
    ROWS_TEST(a_wide_graph_is_cut_and_says_so),
    ROWS_TEST(what_many_accounts_tell_of_is_one_thing_and_nothing_is_cut),
    ROWS_TEST(circles_end),
    ROWS_TEST(keys_have_a_ceiling),
};

ROWS_MAIN("lineage", tests)
