/* inference_json.h -- a transaction as JSON, in the words of those who sent it. */
#ifndef SMON_API_INFERENCES_INFERENCE_JSON_H
#define SMON_API_INFERENCES_INFERENCE_JSON_H

#include "api/shape.h"
#include "base/str.h"

#include <stdint.h>

struct asker;
struct compose;
struct inference_key;
struct inference_row;
struct inference_series;

extern const struct shape inference_shape[];

/* Of a series of whose texts `series` has those of the model; or of none that is known. */
struct inference_json {
    const struct asker            *asker;
    const struct inference_series *series;
    uint64_t                       wanted;
};

/* The members, without the brackets. */
void inference_json_members(struct compose *out, const struct inference_row *row,
                            const struct inference_json *how);

/* "42-20-1790000000000-0123456789abcdef": model, lane, start and uid. */
enum { INFERENCE_ID_ROOM = 96 };
void inference_json_id(const struct inference_key *key, char out[INFERENCE_ID_ROOM]);
/* -1: not such an id. */
int inference_json_read_id(struct str text, struct inference_key *out);

#endif
