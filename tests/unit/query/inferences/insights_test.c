#include "asking.h"

#include "query/inferences/insights.h"

#include <string.h>

static void the_slow_query_is_that_of_the_contract(void **state)
{
    static const struct {
        const char *query, *expected;
        bool        is_summary;
    } cases[] = {
        {"namespace=/abc_corp/claim&model=doc_classification&min_elapse_ms=3000&since=24h&to=now",
         "parse @log \"*:*\" as log_account, log_group\n"
         "| filter strcontains(concat(\"|\", log_group, \"/\"), \"|/abc_corp/claim/\") = 1\n"
         "| filter strcontains(concat(log_group, \"|\"), \"/doc_classification|\") = 1\n"
         "| filter coalesce(type, measurement_type) = \"inference_transaction\"\n"
         "| filter @timestamp >= 1672531200000 and @timestamp < 1672617600000\n"
         "| fields @timestamp, @message, deployment_id, model_version, server_id,"
         " coalesce(elapse, elapsed) as elapse_ms, status\n"
         "| filter elapse_ms >= 3000\n"
         "| sort @timestamp desc\n"
         "| limit 20",
         false},
        {"account=111122223333&status=!succeeded,timeout&model_version=3&to=now&max_elapse_ms=5",
         "parse @log \"*:*\" as log_account, log_group\n"
         "| filter log_account in [\"111122223333\"]\n"
         "| filter model_version in [3]\n"
         "| filter not ispresent(status) or status not in [\"succeeded\", \"timeout\"]\n"
         "| filter coalesce(type, measurement_type) = \"inference_transaction\"\n"
         "| filter @timestamp < 1672617600000\n"
         "| fields @timestamp, @message, deployment_id, model_version, server_id,"
         " coalesce(elapse, elapsed) as elapse_ms, status\n"
         "| filter elapse_ms <= 5\n"
         "| sort @timestamp desc\n"
         "| limit 20",
         false},
        {"model=a,b&group_by=version",
         "parse @log \"*:*\" as log_account, log_group\n"
         "| filter strcontains(concat(log_group, \"|\"), \"/a|\") = 1\n"
         "    or strcontains(concat(log_group, \"|\"), \"/b|\") = 1\n"
         "| filter coalesce(type, measurement_type) = \"inference_transaction\"\n"
         "| fields coalesce(elapse, elapsed) as elapse_ms,\n"
         "    1 - strcontains(concat(\"|\", status, \"|\"), \"|succeeded|\") as is_failed\n"
         "| stats count(*) as transactions, pct(elapse_ms, 50) as p50_elapse_ms,\n"
         "    pct(elapse_ms, 90) as p90_elapse_ms, pct(elapse_ms, 95) as p95_elapse_ms,\n"
         "    pct(elapse_ms, 99) as p99_elapse_ms, max(elapse_ms) as max_elapse_ms,\n"
         "    sum(is_failed) as failed, sum(request_size) as request_bytes,\n"
         "    sum(response_size) as response_bytes by log_group, model_version",
         true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        OWN(asking) asking = ASKING_LIST;
        OWN(buf) text      = BUF_UP_TO(64 * 1024);
        struct fail why    = FAIL_OK;

        asking.question.is_summary = cases[i].is_summary;
        CHECK_OK(asking_read(&asking, cases[i].query, &why), &why);
        insights_render(&asking.question, &text);
        CHECK_STR(buf_view(&text), cases[i].expected);
    }
}

/* Reads a text in quotes as the language does: what was meant, and where it ends. */
static size_t unquote(const char *at, struct buf *out)
{
    const char *start = at++;

    for (; *at && *at != '"'; at++) {
        assert_true((unsigned char)*at >= ' '); /* one line each */
        if (*at != '\\')
            buf_char(out, *at);
        else if (*++at == 'n')
            buf_char(out, '\n');
        else if (*at == 't')
            buf_char(out, '\t');
        else
            buf_char(out, *at);
    }
    assert_int_equal(*at, '"');
    return (size_t)(at - start) + 1;
}

static void hostile_values_stay_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < ASKING_HOSTILE; i++) {
        OWN(asking) asking               = ASKING_LIST;
        OWN(buf) text                    = BUF_UP_TO(64 * 1024);
        OWN(buf) value                   = BUF_UP_TO(1024);
        struct fail             why      = FAIL_OK;
        struct question_choice *statuses = &asking.question.choices[QUESTION_STATUS];
        static const char       before[] = "\n| filter status in [";
        const char             *at;

        CHECK_OK(asking_read(&asking, "to=now", &why), &why);
        statuses->is_given  = true;
        statuses->count     = 1;
        statuses->values[0] = str_of(asking_hostile[i]);
        insights_render(&asking.question, &text);
        at = strstr(buf_c(&text), before);
        assert_non_null(at);
        at += sizeof before - 1;
        at += unquote(at, &value);
        CHECK_STR(buf_view(&value), asking_hostile[i]);
        assert_int_equal(strncmp(at, "]\n", 2), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_slow_query_is_that_of_the_contract),
        cmocka_unit_test(hostile_values_stay_values),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
