/* draw.h -- answers in the shapes that every version of the plugin takes: series of datapoints, and
 * tables with typed columns.
 *
 *     {"target":"Jobs failed training","refId":"A","unit":"short","tags":{"kind":"training"},
 *      "datapoints":[[2,1700000000000],[null,1700003600000]],
 *      "meta":{"notices":[{"severity":"warning","text":".."}]}}
 *     {"type":"table","refId":"B","name":"jobs","columns":[{"text":"Time","type":"time"},..],
 *      "rows":[[1700000000000,..],..]}
 *
 * There is at least one element for each target: an empty one keeps its columns. */
#ifndef SMON_API_GRAFANA_DRAW_H
#define SMON_API_GRAFANA_DRAW_H

#include "api/grafana/relay.h"

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct compose;
struct fail;

struct grafana_drawing {
    const struct grafana_target  *target;
    struct grafana_question      *question;
    const struct grafana_answers *answers;
};

/* Nothing but the columns, or a series without points, and a notice that says why. `question` may
 * have no metric. */
void draw_failure(struct compose *out, const struct grafana_drawing *drawing, const char *sentence);
int  draw_table(struct compose *out, const struct grafana_drawing *drawing, struct fail *why);
/* As a table where the target says so. */
int draw_series(struct compose *out, const struct grafana_drawing *drawing, struct fail *why);

/* The notices of a drawing, as its member `meta`; nothing when there are none. */
void draw_notices(struct compose *out, const struct grafana_drawing *drawing, bool has_more);

/* The rows of a table: those that were chosen, in order, no more than wanted. *out_more: there are
 * more. */
int draw_rows(const struct grafana_drawing *drawing, struct grafana_rows *out, bool *out_more,
              struct fail *why);
/* Room for a cell of these answers. */
size_t draw_cell_room(const struct grafana_answers *answers);

#endif
