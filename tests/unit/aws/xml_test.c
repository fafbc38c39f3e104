/* Elements found, and not found, in answers of the shapes AWS sends and in shapes nobody should
 * send. */
#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "aws/xml.h"

static void test_at(void **state)
{
    static const struct {
        const char *xml, *path, *expected; /* NULL: not found */
    } cases[] = {
        {"<A><B>x</B></A>", "A/B", "x"},
        {"<?xml version=\"1.0\"?>\n<A xmlns=\"u\">\n <B a='>' >x</B></A>", "A/B", "x"},
        {"<A><!-- <B>no</B> --><B>x</B></A>", "A/B", "x"},
        {"<A><C><B>no</B></C><B>x</B></A>", "A/B", "x"},
        {"<A><B><B>in</B></B></A>", "A/B", "<B>in</B>"},
        {"<A><B><B>in</B></B></A>", "A/B/B", "in"},
        {"<A><B/></A>", "A/B", ""},
        {"<A><B></B></A>", "A/B", ""},
        {"<A><Bx>no</Bx><B>x</B></A>", "A/B", "x"},
        {"<A><![CDATA[<B>no</B>]]><B>x</B></A>", "A/B", "x"},
        {"<A></A>", "A/B", NULL},
        {"<A><B>x</B>", "A/B", NULL}, /* cut short */
        {"<A><B>x", "A/B", NULL},
        {"<A><B", "A/B", NULL},
        {"<A><B>x</C></A>", "A/B", NULL},
        {"<A></B><B>x</B></A>", "A/B", NULL},
        {"<!DOCTYPE A [<!ENTITY e 'x'>]><A><B>&e;</B></A>", "A/B", NULL},
        {"<A><!-- <B>x</B></A>", "A/B", NULL},
        {"<A><>x</><B>x</B></A>", "A/B", NULL},
        {"text", "A", NULL},
        {"", "A", NULL},
        {"<", "A", NULL},
        {"</", "A", NULL},
        {"<A/", "A", NULL},
        {"<A a='>", "A", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str got = xml_at(str_of(cases[i].xml), cases[i].path);

        if (!cases[i].expected != !got.data
            || (got.data && !str_is(got, str_of(cases[i].expected))))
            fail_msg("%s at %s: \"%.*s\"", cases[i].xml, cases[i].path, STR_ARG(got));
    }
}

/* Every beginning of an answer ends in "not found", never beyond it. */
static void test_cut_anywhere(void **state)
{
    static const char xml[] =
        "<?xml?><A b=\"1\"><!-- c --><M><M>1</M></M><![CDATA[x]]><M/>&lt;</A>";
    char exact[sizeof xml];

    (void)state;
    for (size_t size = 0; size < sizeof xml - 1; size++) {
        char *copy = malloc(size ? size : 1); /* so that a sanitizer sees one byte too many */

        assert_non_null(copy);
        memcpy(copy, xml, size);
        assert_null(xml_at(str_from(copy, size), "A/M").data);
        free(copy);
    }
    memcpy(exact, xml, sizeof xml);
    CHECK_STR(xml_at(str_from(exact, sizeof xml - 1), "A/M"), "<M>1</M>");
}

static void test_next(void **state)
{
    static const char *const expected[] = {"<Id>a</Id><V><member>1</member></V>", "", "<Id>b</Id>"};
    struct str all = xml_at(STR("<R><member><Id>a</Id><V><member>1</member></V></member><x/>"
                                "<member/>\n<member><Id>b</Id></member></R>"),
                            "R");
    struct str one;
    size_t     count = 0;

    (void)state;
    while (xml_next(&all, "member", &one)) {
        assert_true(count < 3);
        CHECK_STR(one, expected[count]);
        count++;
    }
    assert_int_equal(count, 3);
}

static void test_text(void **state)
{
    static const struct {
        const char *inside, *expected; /* NULL: refused */
    } cases[] = {
        {"plain", "plain"},
        {"a&lt;b&gt;c&amp;d&quot;e&apos;f", "a<b>c&d\"e'f"},
        {"&#65;&#x42;&#xe9;&#x20ac;&#x1F600;", "AB\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"},
        {"a<![CDATA[<&amp;>]]>b", "a<&amp;>b"},
        {"a<!-- no -->b", "ab"},
        {"", ""},
        {"&unknown;", NULL},
        {"&", NULL},
        {"&lt", NULL},
        {"&#0;", NULL},
        {"&#xD800;", NULL},
        {"&#x110000;", NULL},
        {"&#99999999999;", NULL},
        {"&#;", NULL},
        {"a<b>c</b>", NULL},
        {"a<", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf  out  = BUF_UP_TO(256);
        struct fail why  = FAIL_OK;
        int         done = xml_text(str_of(cases[i].inside), &out, &why);

        if ((done == 0) != (cases[i].expected != NULL))
            fail_msg("%s: %d", cases[i].inside, done);
        if (done == 0)
            CHECK_STR(buf_view(&out), cases[i].expected);
        buf_release(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_at),
        cmocka_unit_test(test_cut_anywhere),
        cmocka_unit_test(test_next),
        cmocka_unit_test(test_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
