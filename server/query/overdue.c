#include "query/overdue.h"

#include "base/buf.h"
#include "base/fail.h"
#include "base/mem.h"
#include "format/kind.h"
#include "query/filter.h"
#include "store/attention.h"
#include "store/job_list.h"
#include "store/words.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { LEAST_RUNS = 3, LEAST_FAMILY = 3, TIMES_USUAL = 2, NAME_ROOM = 256, REGION_ROOM = 32 };

/* An end that has not come for this long was lost; SageMaker stops jobs after 28 days at most. */
static const ms OLDEST = 30 * (ms)MS_DAY, MARGIN = 5 * (ms)MS_MINUTE, LONG_WITHOUT_HISTORY = MS_DAY;

static const char *const running[] = {"InProgress",   "Executing", "Starting",
                                      "Initializing", "Stopping",  "Pending"};

struct str overdue_family(struct str name)
{
    size_t at;

    for (at = 1; at < name.size; at++) {
        char last = name.data[at - 1];

        if (last == '/' || last == ' ')
            break;
        if ((last == '-' || last == '_' || last == '.') && isdigit((unsigned char)name.data[at]))
            break;
    }
    if (at < LEAST_FAMILY || at > name.size || at >= NAME_ROOM
        || (unsigned char)name.data[at - 1] >= 0x7f)
        return STR("");
    return str_part(name, 0, at);
}

/* A running job, as far as it is needed after its row is gone. */
struct runner {
    struct overdue_job job;
    int64_t            kind;
    char               region[REGION_ROOM];
    char               family[NAME_ROOM]; /* "": none */
};

struct gathering {
    const struct asker *asker;
    struct runner      *runners;
    size_t              seen, count;
    bool                is_cut;
};

static int note(void *ctx, const struct job_row *row, struct fail *why)
{
    struct gathering *gathering = ctx;
    struct runner    *runner;
    ms                since = row->started_at != WHEN_UNKNOWN ? row->started_at : row->created_at;

    (void)why;
    if (gathering->seen++ == OVERDUE_LOOKED_AT) {
        gathering->is_cut = true;
        return 0;
    }
    runner      = &gathering->runners[gathering->count];
    *runner     = (struct runner){.kind = row->kind};
    runner->job = (struct overdue_job){.account  = row->account,
                                       .id       = row->id,
                                       .age_ms   = gathering->asker->now - since,
                                       .usual_ms = WHEN_UNKNOWN};
    if (!str_to_c(row->region, runner->region, sizeof runner->region)
        && !str_to_c(overdue_family(row->name), runner->family, sizeof runner->family))
        gathering->count++;
    return 0;
}

static int gather(struct gathering *gathering, struct fail *why)
{
    const struct asker *asker  = gathering->asker;
    const struct page   page   = {.limit = OVERDUE_LOOKED_AT};
    struct job_filter   filter = {
          .scope = *asker->scope, .from = asker->now - OLDEST, .to = WHEN_UNKNOWN};

    /* Not those: steps run as jobs, which are looked at; people take as long as they take. */
    filter.kinds = (struct choice){true, true, 2, {KIND_PIPELINE_STEP, KIND_HUMAN_LOOP}};
    filter.statuses.is_given = true;
    for (size_t i = 0; i < sizeof running / sizeof running[0]; i++) {
        int64_t word;
        int     got = words_find(asker->words, asker->db, str_of(running[i]), &word, why);

        if (got < 0)
            return -1;
        if (got == 1)
            filter.statuses.values[filter.statuses.count++] = word;
    }
    if (!filter.statuses.count)
        return 0; /* nothing has ever run */
    return job_list(asker->db, asker->words, &filter, &page, note, gathering, why);
}

static bool is_same_family(const struct runner *a, const struct runner *b)
{
    return a->job.account == b->job.account && a->kind == b->kind
           && strcmp(a->region, b->region) == 0 && strcmp(a->family, b->family) == 0;
}

/* Runs of one thing often run side by side, so the one before may have been asked about already. */
static int compare(const struct asker *asker, struct runner *runners, size_t at, struct fail *why)
{
    struct runner                *runner = &runners[at];
    const struct attention_family family = {.account = runner->job.account,
                                            .kind    = runner->kind,
                                            .region  = str_of(runner->region),
                                            .prefix  = str_of(runner->family)};
    struct attention_usual        usual  = {.count = 0};

    if (!runner->family[0])
        return 0;
    for (size_t i = 0; i < at; i++) {
        if (!is_same_family(&runners[i], runner))
            continue;
        runner->job.usual_ms = runners[i].job.usual_ms;
        runner->job.usual_of = runners[i].job.usual_of;
        return 0;
    }
    if (attention_usual(asker->db, asker->words, &family, &usual, why))
        return -1;
    runner->job.usual_of = usual.count;
    runner->job.usual_ms = usual.count >= LEAST_RUNS ? usual.duration_ms : WHEN_UNKNOWN;
    return 0;
}

static bool is_overdue(const struct overdue_job *job)
{
    if (job->usual_ms == WHEN_UNKNOWN)
        return job->age_ms > LONG_WITHOUT_HISTORY;
    return job->age_ms > TIMES_USUAL * job->usual_ms && job->age_ms > job->usual_ms + MARGIN;
}

/* The farthest from usual first; those without history behind them, the oldest first. */
static int by_excess(const void *a, const void *b)
{
    const struct overdue_job *one = &((const struct runner *)a)->job;
    const struct overdue_job *two = &((const struct runner *)b)->job;
    bool   has_one = one->usual_ms != WHEN_UNKNOWN, has_two = two->usual_ms != WHEN_UNKNOWN;
    double left = (double)one->age_ms, right = (double)two->age_ms;

    if (has_one != has_two)
        return has_one ? -1 : 1;
    if (has_one) {
        left /= (double)(one->usual_ms + 1);
        right /= (double)(two->usual_ms + 1);
    }
    return left > right ? -1 : left < right ? 1 : 0;
}

static int choose(struct gathering *gathering, struct overdue *out, struct fail *why)
{
    size_t kept = 0;

    for (size_t i = 0; i < gathering->count; i++)
        if (compare(gathering->asker, gathering->runners, i, why))
            return -1;
    for (size_t i = 0; i < gathering->count; i++)
        if (is_overdue(&gathering->runners[i].job))
            gathering->runners[kept++] = gathering->runners[i];
    qsort(gathering->runners, kept, sizeof *gathering->runners, by_excess);
    out->looked_at = gathering->count;
    out->is_cut    = gathering->is_cut;
    out->count     = kept < OVERDUE_MOST ? kept : OVERDUE_MOST;
    for (size_t i = 0; i < out->count; i++)
        out->jobs[i] = gathering->runners[i].job;
    return 0;
}

int overdue_read(const struct asker *asker, struct overdue *out, struct fail *why)
{
    struct gathering gathering = {.asker = asker};
    int              result;

    *out              = (struct overdue){.count = 0};
    gathering.runners = mem_array(OVERDUE_LOOKED_AT, sizeof *gathering.runners);
    if (!gathering.runners)
        return fail_set(why, FAIL_MEMORY, "no memory for running jobs");
    result = gather(&gathering, why) || choose(&gathering, out, why) ? -1 : 0;
    mem_free(gathering.runners);
    return result ? fail_in(why, "looking for jobs that run long") : 0;
}
