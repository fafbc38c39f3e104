#include "check.h"

#include "api/shape.h"
#include "base/own.h"
#include "base/when.h"
#include "format/compose.h"
#include "query/params.h"

#include <stddef.h>

struct row {
    int64_t    id, account;
    struct str name, json;
    ms         at;
    int64_t    count, kind;
    bool       is_so;
};

#define AT(member) offsetof(struct row, member)
static const struct shape shape[] = {
    {"id", SHAPE_ID, AT(id)},       {"account", SHAPE_ACCOUNT, AT(account)},
    {"name", SHAPE_TEXT, AT(name)}, {"json", SHAPE_JSON, AT(json)},
    {"at", SHAPE_TIME, AT(at)},     {"count", SHAPE_NUMBER, AT(count)},
    {"kind", SHAPE_KIND, AT(kind)}, {"is_so", SHAPE_FLAG, AT(is_so)},
    {"apart", SHAPE_APART, 0},      {"cost", SHAPE_NULL, 0},
    {NULL, SHAPE_NULL, 0},
};

static void rows_become_objects(void **state)
{
    static const struct {
        struct row  row;
        const char *fields, *json;
    } cases[] = {
        {{7, 1, {"a\"b", 3}, {"{\"x\":1}", 7}, 0, 3, 1, true},
         NULL,
         "{\"id\":\"000000000001-7\",\"account\":\"000000000001\",\"name\":\"a\\\"b\",\"json\":{"
         "\"x\":1},"
         "\"at\":\"1970-01-01T00:00:00.000Z\",\"count\":3,\"kind\":\"training\",\"is_so\":true,"
         "\"cost\":null}"},
        {{7, 0, {"", 0}, {NULL, 0}, WHEN_UNKNOWN, -1, 0, false},
         NULL,
         "{\"id\":\"000000000000-7\",\"account\":null,\"name\":null,\"json\":null,\"at\":null,"
         "\"count\":null,"
         "\"kind\":null,\"is_so\":false,\"cost\":null}"},
        {{7, 1, {"n", 1}, {NULL, 0}, 0, 1, 1, true},
         "name,is_so",
         "{\"name\":\"n\",\"is_so\":true}"},
        {{7, 1, {"n", 1}, {NULL, 0}, 0, 1, 1, true}, "apart", "{}"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        OWN(params) params  = PARAMS_EMPTY;
        OWN(buf) query      = BUF_UP_TO(100);
        OWN(buf) out        = BUF_UP_TO(1000);
        struct compose json = compose_into(&out);
        struct fail    why  = FAIL_OK;
        uint64_t       wanted;

        if (cases[i].fields)
            buf_format(&query, "fields=%s", cases[i].fields);
        CHECK_OK(params_parse(&params, buf_view(&query), &why), &why);
        CHECK_OK(shape_fields(&params, shape, &wanted, &why), &why);
        compose_open(&json, NULL, '{');
        shape_compose(&json, shape, &cases[i].row, wanted);
        compose_close(&json, '}');
        CHECK_STR(buf_view(&out), cases[i].json);
    }
}

static void an_unknown_member_is_refused(void **state)
{
    OWN(params) params = PARAMS_EMPTY;
    struct fail why    = FAIL_OK;
    uint64_t    wanted;

    (void)state;
    CHECK_OK(params_parse(&params, STR("fields=id,nam"), &why), &why);
    CHECK_FAILS(shape_fields(&params, shape, &wanted, &why), FAIL_INPUT, &why);
    assert_int_equal(params.fault, PARAM_BAD);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_become_objects),
        cmocka_unit_test(an_unknown_member_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
