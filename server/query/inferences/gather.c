#include "query/inferences/gather.h"

#include "base/fail.h"
#include "base/mem.h"
#include "query/buckets.h"
#include "query/filter.h"
#include "store/inferences/inference_list.h"
#include "store/inferences/totals_list.h"
#include "store/page.h"

#include <math.h>
#include <stdlib.h>

void gather_release(struct gather *gather)
{
    for (size_t i = 0; i < gather->count; i++)
        mem_free(gather->groups[i]);
    mem_free(TAKE(gather->groups));
    mem_free(TAKE(gather->samples));
    inference_set_release(&gather->set);
    gather->count = 0;
}

/* --- groups --- */

/* Which row of a store a number of sums, or of a transaction, is about. */
struct place {
    const struct inference_series *series;
    int64_t                        server_id, status_id;
};

static void key_of(enum question_by by, const struct place *place, int64_t out[GATHER_KEY])
{
    const struct inference_series *series = place->series;

    out[0] = out[1] = out[2] = 0;
    switch (by) {
    case QUESTION_BY_NOTHING: break;
    case QUESTION_BY_MODEL: out[0] = series->model_id; break;
    case QUESTION_BY_VERSION:
        out[0] = series->model_id;
        out[1] = series->version;
        break;
    case QUESTION_BY_DEPLOYMENT:
        out[0] = series->model_id;
        out[1] = series->deployment;
        break;
    case QUESTION_BY_SERVER:
        out[0] = series->model_id;
        out[1] = series->deployment;
        out[2] = place->server_id;
        break;
    case QUESTION_BY_ENVIRONMENT: out[0] = series->environment_id; break;
    case QUESTION_BY_STATUS: out[0] = place->status_id; break;
    case QUESTION_BY_ENDPOINT: out[0] = series->endpoint_id; break;
    case QUESTION_BYS: break;
    }
}

static struct gather_group *new_group(struct gather *gather, const int64_t key[GATHER_KEY],
                                      const struct place *place, struct fail *why)
{
    struct gather_group *group;

    if (gather->count == GATHER_MOST_GROUPS) {
        fail_set(why, FAIL_LIMIT, "more than %d groups; filter, or group by less",
                 GATHER_MOST_GROUPS);
        return NULL;
    }
    group = mem_raw(sizeof *group);
    if (!group) {
        fail_set(why, FAIL_MEMORY, "no memory for sums of transactions");
        return NULL;
    }
    *group = (struct gather_group){.key           = {key[0], key[1], key[2]},
                                   .series        = place->series,
                                   .server_id     = place->server_id,
                                   .status_id     = place->status_id,
                                   .max_elapse_ms = -1,
                                   .min_elapse_ms = INT64_MAX};
    histogram_clear(&group->histogram);
    return gather->groups[gather->count++] = group;
}

/* A few hundred groups at most, and mostly the series' own is the one: it remembers. */
static struct gather_group *group_of(struct gather *gather, const struct place *place,
                                     struct fail *why)
{
    size_t              *guess = &gather->set.items[place->series - gather->set.items].group;
    int64_t              key[GATHER_KEY];
    struct gather_group *group;

    key_of(gather->by, place, key);
    for (size_t i = 0; i < gather->count; i++) {
        size_t at = (*guess + i) % gather->count;

        group = gather->groups[at];
        if (group->key[0] == key[0] && group->key[1] == key[1] && group->key[2] == key[2]) {
            *guess = at;
            return group;
        }
    }
    *guess = gather->count;
    return new_group(gather, key, place, why);
}

static void add_status(struct gather_group *group, int64_t status_id, int64_t count)
{
    for (size_t i = 0; i < group->status_count; i++)
        if (group->statuses[i].status_id == status_id) {
            group->statuses[i].count += count;
            return;
        }
    if (group->status_count < GATHER_MOST_STATUSES)
        group->statuses[group->status_count++] = (struct gather_status){status_id, count};
}

static int add_item(void *ctx, const struct totals_item *item, struct fail *why)
{
    struct gather       *gather = ctx;
    const struct place   place  = {item->series, item->server_id, item->status_id};
    struct gather_group *group  = group_of(gather, &place, why);

    if (!group)
        return -1;
    if (histogram_read(&group->histogram, item->histogram, why))
        return fail_in(why, "reading sums of transactions");
    group->count += item->count;
    group->failed += item->status_id != gather->filter.succeeded_id ? item->count : 0;
    group->sum_elapse_ms += item->sum_elapse_ms;
    group->request_bytes += item->request_bytes;
    group->response_bytes += item->response_bytes;
    if (item->max_elapse_ms > group->max_elapse_ms)
        group->max_elapse_ms = item->max_elapse_ms;
    if (item->min_elapse_ms < group->min_elapse_ms)
        group->min_elapse_ms = item->min_elapse_ms;
    add_status(group, item->status_id, item->count);
    gather->total += item->count;
    return 0;
}

/* --- which range, which series --- */

static int prepare(struct gather *gather, const struct asker *asker,
                   const struct question *question, struct fail *why)
{
    gather->by     = question->by;
    gather->groups = mem_array(GATHER_MOST_GROUPS, sizeof(struct gather_group *));
    if (!gather->groups)
        return fail_set(why, FAIL_MEMORY, "no memory for sums of transactions");
    if (question_filter(question, asker, &gather->filter, why)
        || inference_filter_series(asker->db, &gather->filter, &gather->set, why))
        return -1;
    return 0;
}

static int choose_range(struct gather *gather, const struct asker *asker, struct fail *why)
{
    ms  from = gather->filter.from, to = gather->filter.to, oldest;
    int got;

    if (to == WHEN_UNKNOWN)
        to = asker->now;
    if (from == WHEN_UNKNOWN)
        from = to - MS_DAY;
    if (from > to) /* it is still to come */
        to = from;
    gather->from = when_floor(from, MS_MINUTE);
    gather->to   = when_ceil(to, MS_MINUTE);
    got          = totals_oldest(asker->db, TOTALS_MINUTE, &oldest, why);
    if (got < 0)
        return -1;
    if (!got || gather->from < oldest)
        gather->from = when_floor(gather->from, MS_HOUR);
    if (!got || gather->to < oldest)
        gather->to = when_ceil(gather->to, MS_HOUR);
    return 0;
}

/* --- exactly --- */

struct sample {
    size_t  group;
    int64_t elapse_ms;
};

static int by_group(const void *a, const void *b)
{
    const struct sample *left = a, *right = b;

    if (left->group != right->group)
        return left->group < right->group ? -1 : 1;
    return (left->elapse_ms > right->elapse_ms) - (left->elapse_ms < right->elapse_ms);
}

static int find_group(const struct gather *gather, const struct inference_key *key, size_t *out)
{
    const struct place place = {inference_set_find(&gather->set, key->series_id), key->server_id,
                                key->status_id};
    int64_t            wanted[GATHER_KEY];

    if (!place.series)
        return -1;
    key_of(gather->by, &place, wanted);
    for (*out = 0; *out < gather->count; ++*out) {
        const int64_t *has = gather->groups[*out]->key;

        if (has[0] == wanted[0] && has[1] == wanted[1] && has[2] == wanted[2])
            return 0;
    }
    return -1;
}

/* Each group gets its stretch of the samples, in order. */
static void deal_out(struct gather *gather, struct sample samples[GATHER_EXACT], size_t count)
{
    qsort(samples, count, sizeof samples[0], by_group);
    for (size_t i = 0; i < count; i++) {
        struct gather_group *group = gather->groups[samples[i].group];

        if (!group->samples++)
            group->first = i;
        gather->samples[i] = samples[i].elapse_ms;
    }
    gather->is_exact = true;
}

/* Rows and sums are only taken together when they are about the same transactions: rows may have
 * been removed, and new ones come in between. */
static int read_samples(struct gather *gather, struct db *db, struct fail *why)
{
    OWN(inference_keys) keys                 = INFERENCE_KEYS_EMPTY;
    struct inference_filter         filter   = gather->filter;
    const struct page               page     = {.limit = GATHER_EXACT, .is_descending = true};
    const struct inference_question question = {&filter, &gather->set, &page, INFERENCE_BY_START};
    struct sample                   samples[GATHER_EXACT];

    filter.from     = gather->from;
    filter.to       = gather->to;
    gather->samples = mem_array(GATHER_EXACT, sizeof *gather->samples);
    if (!gather->samples)
        return fail_set(why, FAIL_MEMORY, "no memory for samples");
    if (inference_list(db, &question, &keys, why))
        return -1;
    if ((int64_t)keys.count != gather->total)
        return 0;
    for (size_t i = 0; i < keys.count; i++) {
        samples[i].elapse_ms = keys.items[i].elapse_ms;
        if (find_group(gather, &keys.items[i], &samples[i].group))
            return 0;
    }
    deal_out(gather, samples, keys.count);
    return 0;
}

int gather_run(const struct asker *asker, const struct question *question, struct gather *out,
               struct fail *why)
{
    struct totals_range parts[TOTALS_MOST_PARTS];
    int                 count;

    if (prepare(out, asker, question, why) || choose_range(out, asker, why))
        return -1;
    count = totals_parts(out->from, out->to, parts);
    for (int i = 0; i < count; i++)
        if (totals_list(asker->db, &out->filter, &out->set, &parts[i], add_item, out, why))
            return -1;
    return out->total && out->total <= GATHER_EXACT ? read_samples(out, asker->db, why) : 0;
}

/* --- over time --- */

struct course {
    struct gather              *gather;
    const struct gather_course *wanted;
    size_t                      bucket; /* that is being filled */
};

static void begin_anew(struct gather *gather)
{
    for (size_t i = 0; i < gather->count; i++) {
        struct gather_group *group = gather->groups[i];

        group->count = group->failed = group->sum_elapse_ms = 0;
        group->request_bytes = group->response_bytes = 0;
        group->max_elapse_ms                         = -1;
        group->min_elapse_ms                         = INT64_MAX;
        group->status_count                          = 0;
        histogram_empty(&group->histogram);
    }
}

static int end_bucket(struct course *course, struct fail *why)
{
    int result = course->wanted->visit(course->wanted->ctx, course->gather, course->bucket, why);

    begin_anew(course->gather);
    return result;
}

/* Sums come in the order of time. */
static int add_in_course(void *ctx, const struct totals_item *item, struct fail *why)
{
    struct course *course = ctx;
    size_t         bucket = buckets_index(course->wanted->buckets, item->bucket);

    if (bucket != course->bucket && end_bucket(course, why))
        return -1;
    course->bucket = bucket;
    return add_item(course->gather, item, why);
}

int gather_over_time(const struct asker *asker, const struct question *question,
                     const struct gather_course *wanted, struct gather *out, struct fail *why)
{
    const struct buckets     *buckets = wanted->buckets;
    const struct totals_range range   = {buckets->step % MS_HOUR == 0 ? TOTALS_HOUR : TOTALS_MINUTE,
                                       buckets->from, buckets->to};
    struct course course = {.gather = out, .wanted = wanted};

    if (prepare(out, asker, question, why))
        return -1;
    out->from = buckets->from;
    out->to   = buckets->to;
    if (totals_list(asker->db, &out->filter, &out->set, &range, add_in_course, &course, why))
        return -1;
    return end_bucket(&course, why);
}

/* --- percentiles --- */

int64_t gather_nearest_rank(const int64_t *sorted, size_t count, double share)
{
    /* what 0.07 of 100 has too much after the multiplication */
    static const double slack = 1e-9;
    double              rank  = ceil(share * (double)count - slack);

    if (!count)
        return 0;
    if (rank < 1)
        rank = 1;
    return sorted[(size_t)rank > count ? count - 1 : (size_t)rank - 1];
}

/* A bucket's middle may lie beyond what was the longest, or the shortest, in it. */
static double within(const struct gather_group *group, double value)
{
    if (value > (double)group->max_elapse_ms)
        return (double)group->max_elapse_ms;
    return value < (double)group->min_elapse_ms ? (double)group->min_elapse_ms : value;
}

double gather_quantile(const struct gather *gather, const struct gather_group *group, double share)
{
    if (gather->is_exact)
        return (double)gather_nearest_rank(gather->samples + group->first, group->samples, share);
    return group->count ? within(group, histogram_quantile(&group->histogram, share)) : 0;
}
