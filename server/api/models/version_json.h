/* version_json.h -- a version of a model as REST shows it. */
#ifndef SMON_API_MODELS_VERSION_JSON_H
#define SMON_API_MODELS_VERSION_JSON_H

#include "api/match.h"
#include "api/shape.h"
#include "store/models/version_list.h"

#include <stdbool.h>

struct buf;
struct compose;

extern const struct shape version_shape[];

void version_json(struct compose *out, const char *name, const struct version_row *row,
                  uint64_t wanted);
/* "v4-1" */
void version_json_tag(const struct version_row *row, char out[MATCH_ROOM]);
/* Its address. */
void version_json_link(const struct version_row *row, struct buf *out);
/* None of the wanted members can ever change. */
bool version_json_is_fixed(const struct version_row *row, uint64_t wanted);

#endif
