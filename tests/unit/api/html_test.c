#include "check.h"

#include "api/html.h"
#include "base/own.h"

static void nothing_hostile_gets_through(void **state)
{
    static const struct {
        const char *text, *html;
    } cases[] = {
        {"plain", "plain"},
        {"<script>alert('x')</script>", "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"},
        {"\"&\"", "&quot;&amp;&quot;"},
        {"&amp;", "&amp;amp;"},
        {"", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        OWN(buf) out = BUF_UP_TO(1000);

        html_text(&out, str_of(cases[i].text));
        CHECK_STR(buf_view(&out), cases[i].html);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_hostile_gets_through)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
