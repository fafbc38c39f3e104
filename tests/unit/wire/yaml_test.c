#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "wire/yaml.h"

static int note(void *ctx, const char *name, struct str value, int line, struct fail *why)
{
    if (strcmp(name, "stop") == 0)
        return fail_set(why, FAIL_INPUT, "told to stop at line %d", line);
    buf_format(ctx, "%s=%.*s@%d;", name, STR_ARG(value), line);
    return 0;
}

static int read_text(struct str text, struct buf *out, struct fail *why)
{
    char  path[] = "/tmp/smon-yaml-XXXXXX";
    int   fd     = mkstemp(path);
    int   result;
    FILE *file = fd < 0 ? NULL : fdopen(fd, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(text.data, 1, text.size, file), text.size);
    fclose(file);
    result = yaml_read_file(path, note, out, why);
    unlink(path);
    return result;
}

static void reads_sections_scalars_and_lists(void **state)
{
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"", ""},
        {"# nothing\n", ""},
        {"---\n", ""},
        {"data: ./x\n", "data=./x@1;"},
        {"enrich:\n  settle: 120s\n\n  # why\n  give_up: 30m\n",
         "enrich.settle=120s@2;enrich.give_up=30m@5;"},
        {"listen: '127.0.0.1:8080'\nlisten.behind_proxy: true\n",
         "listen=127.0.0.1:8080@1;listen.behind_proxy=true@2;"},
        {"a:\n  b:\n    c: 1\n", "a.b.c=1@3;"},
        {"a: [x, 'y z']\nb:\n  - p\n  - q\nc: []\n", "a=x,y z@1;b=p,q@3;c=@5;"},
        {"a:\nb: ~\nc: null\nd: 'null'\ne: \"\"\n", "a=@1;b=@2;c=@3;d=null@4;e=@5;"},
        {"a: |\n  two\n  lines\nb: 2\n", "a=two\nlines\n@1;b=2@4;"},
        {"\xef\xbb\xbf"
         "a: 1\n",
         "a=1@1;"},
        {"a: 1\r\nb: 2\r\n", "a=1@1;b=2@2;"},
        {"url: postgres://h/d?x=1#y\n", "url=postgres://h/d?x=1#y@1;"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fail why = FAIL_OK;
        OWN(buf) got    = BUF_UP_TO(10000);

        CHECK_OK(read_text(str_of(cases[i].text), &got, &why), &why);
        CHECK_STR(buf_view(&got), cases[i].expected);
    }
}

static void refuses_with_the_place(void **state)
{
    static const struct {
        const char *text, *place;
    } cases[] = {
        {"a: 1\nb: 2\na: 3\n", ":3: a is given twice"},
        {"a.b: 1\na:\n  b: 2\n", ":3: a.b is given twice"},
        {"a:\n  b:\n    c:\n      d: 1\n", ":4: sections go two levels"},
        {"- a\n- b\n", ":1: expected `name: value`"},
        {"just text\n", ":1: expected `name: value`"},
        {"a: 1\n b: 2\n", ":2: "},
        {"a: [1, 2\n", ": "},
        {"a: \"x\n", ": "},
        {"a: [\"1,2\"]\n", ":1: an item of a list holds a comma"},
        {"a:\n  - b: 1\n", ":2: expected a value"},
        {"a: &x 1\nb: *x\n", ":1: anchors"},
        {"b: *x\n", ":1: anchors"},
        {"a: !!int 1\n", ":1: tags"},
        {"a: 1\n---\nb: 2\n", ":2: a second document"},
        {"a: \"x\\0y\"\n", ":1: a value holds a NUL"},
        {"? [1, 2]\n: x\n", ":1: expected a value"},
        {"'': x\n", ":1: a setting without a name"},
        {"a: \xff\n", ": "},
        {"a:\t- x\n\tb: 1\n", ": "},
        {"x: 1\nstop: 1\n", "told to stop at line 2"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fail why = FAIL_OK;
        OWN(buf) got    = BUF_UP_TO(10000);

        CHECK_FAILS(read_text(str_of(cases[i].text), &got, &why), FAIL_INPUT, &why);
        if (!strstr(why.text, cases[i].place))
            fail_msg("%s: got \"%s\"", cases[i].text, why.text);
    }
}

static void refuses_what_is_not_there_or_too_big(void **state)
{
    struct fail why = FAIL_OK;
    OWN(buf) got    = BUF_UP_TO(10000);
    OWN(buf) big    = BUF_UP_TO(3 << 20);

    (void)state;
    CHECK_FAILS(yaml_read_file("/nowhere/at/all.yaml", note, &got, &why), FAIL_INPUT, &why);
    CHECK_FAILS(yaml_read_file("/tmp", note, &got, &why), FAIL_INPUT, &why);
    while (big.size < (2 << 20))
        buf_text(&big, "# a long comment\n");
    CHECK_FAILS(read_text(buf_view(&big), &got, &why), FAIL_SIZE, &why);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_sections_scalars_and_lists),
        cmocka_unit_test(refuses_with_the_place),
        cmocka_unit_test(refuses_what_is_not_there_or_too_big),
    };

    return cmocka_run_group_tests_name("wire/yaml", tests, NULL, NULL);
}
