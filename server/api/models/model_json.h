/* model_json.h -- a model as REST shows it. */
#ifndef SMON_API_MODELS_MODEL_JSON_H
#define SMON_API_MODELS_MODEL_JSON_H

#include "api/match.h"
#include "api/shape.h"

struct catalog_row;
struct compose;
struct db;
struct fail;
struct words;

extern const struct shape model_shape[];

struct model_json {
    struct db    *db;
    struct words *words;
    uint64_t      wanted;
    int           versions; /* so many of the newest beside it: expand=versions; 0: none */
};

int model_json(struct compose *out, const struct catalog_row *row, const struct model_json *how,
               struct fail *why);
/* "m3-17": revision 3 of the record; 17 changes with the numbers that are shown beside it. */
void model_json_tag(const struct catalog_row *row, char out[MATCH_ROOM]);

#endif
