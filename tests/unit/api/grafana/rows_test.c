#include "check.h"

#include "api/grafana/rows.h"
#include "base/own.h"

static const char ANSWER[] =
    "{\"as_of\":5,\"accounts\":[{\"account\":\"1\",\"kinds\":[{\"kind\":\"training\",\"by_status\":"
    "{\"Failed\":2,\"Completed\":3}},{\"kind\":\"none\",\"by_status\":{}}]},{\"account\":\"2\","
    "\"kinds\":[]}],\"bins\":[4,5,6,7],\"other\":{\"bins\":[1,2]},\"names\":[\"a\\\"\",\"b\"],"
    "\"deep\":{\"er\":[{\"x\":null},{\"x\":true}]}}";

static void rows_and_cells_are_found(void **state)
{
    static const struct {
        const char *rows, *path, *cells; /* one after the other */
    } cases[] = {
        {"accounts[].kinds[].by_status{}", "@name", "Failed;Completed;"},
        {"accounts[].kinds[].by_status{}", "@value", "2;3;"},
        {"accounts[].kinds[].by_status{}", "^kind", "training;training;"},
        {"accounts[].kinds[].by_status{}", "^^account", "1;1;"},
        {"accounts[].kinds[].by_status{}", "^^^as_of", "5;5;"},
        {"accounts[].kinds[].by_status{}", "^^^^as_of", "-;-;"},
        {"accounts[]", "account", "1;2;"},
        {"accounts[]", "kinds.0.kind", "training;-;"},
        {"bins[]", "@value", "4;5;6;7;"},
        {"bins[]", "^other.bins.#", "1;2;-;-;"},
        {"", "as_of", "5;"},
        {"", "names", "a\", b;"},
        {"", "deep.er.1.x", "true;"},
        {"", "deep.er.0.x", "-;"},
        {"", "deep.er", "[{\"x\":null},{\"x\":true}];"},
        {"gone[]", "x", ""},
        {"as_of[]", "x", ""},
        {"bins{}", "x", ""},
    };
    struct fail why            = FAIL_OK;
    OWN(grafana_answer) answer = GRAFANA_ANSWER_EMPTY;

    (void)state;
    CHECK_OK(scan_read(&answer.scan, str_of(ANSWER), &why), &why);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        OWN(grafana_rows) rows = GRAFANA_ROWS_EMPTY;
        OWN(buf) room          = BUF_UP_TO(4096);
        OWN(buf) shown         = BUF_UP_TO(4096);
        struct grafana_cell cell;

        assert_non_null(buf_room(&room, 4096));
        CHECK_OK(rows_add(&rows, &answer, cases[i].rows, &why), &why);
        for (size_t r = 0; r < rows.count; r++) {
            CHECK_OK(rows_cell(&rows.items[r], cases[i].path, &room, &cell, &why), &why);
            if (cell.is_there)
                buf_str(&shown, cell.text);
            buf_text(&shown, cell.is_there ? ";" : "-;");
        }
        CHECK_STR(shown.size ? buf_view(&shown) : STR(""), cases[i].cells);
    }
}

static void a_histograms_rows_know_their_bounds(void **state)
{
    struct fail why            = FAIL_OK;
    OWN(grafana_answer) answer = GRAFANA_ANSWER_EMPTY;
    OWN(grafana_rows) rows     = GRAFANA_ROWS_EMPTY;
    OWN(buf) room              = BUF_UP_TO(64);
    struct grafana_cell low, high;

    (void)state;
    CHECK_OK(scan_read(&answer.scan, str_of(ANSWER), &why), &why);
    CHECK_OK(rows_add(&rows, &answer, "bins[]", &why), &why);
    CHECK_OK(rows_cell(&rows.items[1], "@low", &room, &low, &why), &why);
    CHECK_OK(rows_cell(&rows.items[1], "@high", &room, &high, &why), &why);
    assert_true(low.number >= 25 && low.number <= 25 && high.number >= 50 && high.number <= 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_and_cells_are_found),
        cmocka_unit_test(a_histograms_rows_know_their_bounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
