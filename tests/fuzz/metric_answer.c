/* Any bytes as answers of CloudWatch, in both protocols: what is read holds as many times as
 * values, finite ones, within the ceilings; a failure is the remote's, or of size, never ours. */
#include "base/fail.h"
#include "base/mem.h"
#include "base/own.h"
#include "cloudwatch/metric_answer.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define HOLDS(claim)                                                                               \
    do {                                                                                           \
        if (!(claim))                                                                              \
            abort();                                                                               \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_failure(const struct fail *why)
{
    HOLDS(why->kind == FAIL_REMOTE || why->kind == FAIL_SIZE || why->kind == FAIL_MEMORY);
    HOLDS(why->text[0]);
}

static void check_answer(const struct metric_answer *answer)
{
    size_t points = 0;

    HOLDS(answer->count <= METRIC_ANSWER_MOST_SERIES);
    for (size_t i = 0; i < answer->count; i++) {
        const struct metric_series *series = &answer->series[i];

        HOLDS(memchr(series->id, '\0', sizeof series->id));
        HOLDS(memchr(series->label, '\0', sizeof series->label));
        HOLDS(memchr(series->message, '\0', sizeof series->message));
        for (size_t j = 0; j < series->points.count; j++)
            HOLDS(isfinite(series->points.values[j]));
        points += series->points.count;
    }
    HOLDS(points == answer->points && points <= METRIC_ANSWER_MOST_POINTS);
    HOLDS(!answer->token || strlen(answer->token) <= METRIC_TOKEN_MOST);
}

/* Twice, as two pages: the second adds to the first. */
static void read_pages(int (*read)(struct metric_answer *, struct str, struct fail *),
                       struct str body)
{
    OWN(metric_answer) answer = METRIC_ANSWER;

    for (int page = 0; page < 2; page++) {
        struct fail why = FAIL_OK;

        if (read(&answer, body, &why)) {
            check_failure(&why);
            return;
        }
        check_answer(&answer);
    }
}

static int count_value(void *ctx, struct str value, struct fail *why)
{
    (void)value;
    (void)why;
    ++*(size_t *)ctx;
    return 0;
}

static void read_list(int (*read)(struct str, const char *const *, metric_visit *, void *, char **,
                                  struct fail *),
                      const char *const *dimensions, struct str body)
{
    struct fail why   = FAIL_OK;
    char       *token = NULL;
    size_t      count = 0;

    if (read(body, dimensions, count_value, &count, &token, &why))
        check_failure(&why);
    HOLDS(count <= body.size);
    mem_free(token);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const host[]    = {"Host", NULL};
    static const char *const variant[] = {"EndpointName", "VariantName", NULL};
    struct str               body      = str_from((const char *)data, size);

    read_pages(metric_answer_json, body);
    read_pages(metric_answer_xml, body);
    read_list(metric_list_json, host, body);
    read_list(metric_list_json, variant, body);
    read_list(metric_list_xml, host, body);
    read_list(metric_list_xml, variant, body);
    return 0;
}
