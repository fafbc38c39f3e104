/* What left its hardware idle: the most unused machine time first, and only with figures. */
#include "rows.h"

#include "store/attention.h"
#include "format/utilization.h"

static const int64_t ACCOUNT_A = 111122223333, ACCOUNT_B = 444455556666;

static int describe(void *ctx, const struct attention_idle *item, struct fail *why)
{
    char  *text = ctx;
    size_t size = strlen(text);

    (void)why;
    (void)snprintf(text + size, 1024 - size, "[%lld %lldm %.0f%%]", (long long)item->id,
                   (long long)(item->machine_ms / MS_MINUTE), item->busy);
    return 0;
}

static struct figures busy(double percent)
{
    return (struct figures){.is_known   = true,
                            .average    = percent,
                            .maximum    = percent,
                            .p95        = percent,
                            .normalized = percent,
                            .points     = 5};
}

/* A job of `minutes`; cpu or gpu below 0: not known. Its number. */
static int64_t put_many(struct rows *rows, int64_t account, const char *name, int minutes,
                        double cpu, double gpu, int64_t instances)
{
    struct utilization    used = UTILIZATION_EMPTY;
    const struct rows_job job  = {account,
                                  KIND_TRAINING,
                                  name,
                                  "Completed",
                                  NULL,
                                  NULL,
                                  ROWS_NOW - MS_HOUR,
                                  ROWS_NOW - MS_HOUR,
                                  ROWS_NOW - MS_HOUR + minutes * (ms)MS_MINUTE};
    OWN(buf) room              = BUF_UP_TO(4096);
    struct resource row;
    struct fail     why = FAIL_OK;
    int64_t         id  = rows_put(rows, &job);

    if (cpu >= 0)
        used.job.metric[METRIC_CPU] = busy(cpu);
    if (gpu >= 0)
        used.job.metric[METRIC_GPU] = busy(gpu);
    assert_int_equal(resource_get(&rows->batch, account, id, &room, &row, &why), 1);
    row.instance_count = instances;
    CHECK_OK(attention_idle_put(&rows->batch, &row, &used, &why), &why);
    return id;
}

static int64_t put(struct rows *rows, int64_t account, const char *name, int minutes, double cpu,
                   double gpu)
{
    return put_many(rows, account, name, minutes, cpu, gpu, 1);
}

static void list(struct rows *rows, struct scope scope, ms from, char text[1024])
{
    const struct attention_idle_filter filter = {scope, from, 3};
    struct fail                        why    = FAIL_OK;

    text[0] = '\0';
    CHECK_OK(attention_idle_list(rows->db, &filter, describe, text, &why), &why);
}

static void idle_hardware_is_told_by_what_was_wasted(void **state)
{
    const struct scope one  = {false, &ACCOUNT_B, 1, STR(",444455556666,"), STR("*")};
    struct rows       *rows = *state;
    char               text[1024], wanted[1024];
    int64_t            small = put(rows, ACCOUNT_A, "small", 10, 5, -1);
    int64_t            gpu   = put(rows, ACCOUNT_A, "gpu", 30, 90, 10); /* busy cores, idle GPUs */
    int64_t            other = put(rows, ACCOUNT_B, "other", 20, 20, -1);

    (void)put(rows, ACCOUNT_A, "well used", 50, 20, 80);
    (void)put(rows, ACCOUNT_A, "without figures", 50, -1, -1);
    list(rows, (struct scope)SCOPE_ALL, 0, text);
    (void)snprintf(wanted, sizeof wanted, "[%lld 30m 10%%][%lld 20m 20%%][%lld 10m 5%%]",
                   (long long)gpu, (long long)other, (long long)small);
    assert_string_equal(text, wanted);
    list(rows, one, 0, text);
    (void)snprintf(wanted, sizeof wanted, "[%lld 20m 20%%]", (long long)other);
    assert_string_equal(text, wanted);
    list(rows, (struct scope)SCOPE_ALL, ROWS_NOW, text);
    assert_string_equal(text, "");
}

/* Figures that come again, and what has no figures any more. */
static void what_is_known_last_counts(void **state)
{
    static const struct {
        double      cpu; /* below 0: not known */
        const char *wanted;
    } cases[]         = {{5, "5%"}, {29, "29%"}, {30, NULL}, {5, "5%"}, {-1, NULL}};
    struct rows *rows = *state;
    OWN(buf) room     = BUF_UP_TO(4096);
    struct resource row;
    struct fail     why = FAIL_OK;
    char            text[1024];
    int64_t         id = put(rows, ACCOUNT_A, "again", 10, -1, -1);

    assert_int_equal(resource_get(&rows->batch, ACCOUNT_A, id, &room, &row, &why), 1);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct utilization used = UTILIZATION_EMPTY;

        if (cases[i].cpu >= 0)
            used.job.metric[METRIC_CPU] = busy(cases[i].cpu);
        CHECK_OK(attention_idle_put(&rows->batch, &row, &used, &why), &why);
        list(rows, (struct scope)SCOPE_ALL, 0, text);
        if (cases[i].wanted ? !strstr(text, cases[i].wanted) : text[0])
            fail_msg("case %zu: %s", i, text);
    }
}

static void no_number_of_instances_is_too_large(void **state)
{
    const struct scope all  = SCOPE_ALL;
    struct rows       *rows = *state;
    char               text[1024], wanted[64];
    int64_t            id = put_many(rows, ACCOUNT_A, "absurd", 10, 5, -1, INT64_MAX);

    list(rows, all, 0, text);
    (void)snprintf(wanted, sizeof wanted, "[%lld 10m 5%%]", (long long)id);
    assert_string_equal(text, wanted);
}

static struct CMUnitTest tests[] = {ROWS_TEST(idle_hardware_is_told_by_what_was_wasted),
                                    ROWS_TEST(what_is_known_last_counts),
                                    ROWS_TEST(no_number_of_instances_is_too_large)};

ROWS_MAIN("attention", tests)
