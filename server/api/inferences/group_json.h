/* group_json.h -- what tells one group of transactions from another. */
#ifndef SMON_API_INFERENCES_GROUP_JSON_H
#define SMON_API_INFERENCES_GROUP_JSON_H

#include "query/inferences/question.h"

struct asker;
struct compose;
struct gather_group;

/* An object `name`: empty for QUESTION_BY_NOTHING, else the members that are the group's key. */
void group_json(struct compose *out, const char *name, enum question_by by,
                const struct gather_group *group, const struct asker *asker);

#endif
