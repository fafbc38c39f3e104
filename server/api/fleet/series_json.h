/* series_json.h -- what all answers of /api/v1/series/{metric} have in common:
 *
 * {"metric":..,"unit":..,"step_ms":..,"from":..,"to":..,
 *  "data":[{"labels":{..},"points":[["2026-01-01T00:00:00.000Z",12],...]}]} */
#ifndef SMON_API_SERIES_JSON_H
#define SMON_API_SERIES_JSON_H

#include <stdint.h>

struct buckets;
struct compose;
struct fail;
struct series_stamp;

/* Zeroed: empty. */
struct series_json {
    struct compose       *out;
    const struct buckets *buckets; /* borrowed */
    struct series_stamp  *stamps;  /* one a bucket */
};
void series_json_release(struct series_json *json);

/* Opens the answer and writes all before "data": the caller adds what is its own, and "data". */
int series_json_begin(struct series_json *json, struct compose *out, const struct buckets *buckets,
                      const char *metric, const char *unit, struct fail *why);

/* The member "points" of one series, a value a bucket; below 0: unknown. */
void series_json_whole(const struct series_json *json, const int64_t *values);
void series_json_real(const struct series_json *json, const double *values);

#endif
