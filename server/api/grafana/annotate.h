/* annotate.h -- rows of a table as annotations: for Grafana's own path, and for the older one.
 *
 *     {"refId":"Anno","fields":[{"name":"time","type":"time","values":[..]},{"name":"timeEnd",..},
 *      {"name":"title",..},{"name":"text",..},{"name":"tags","type":"string","values":["a,b"]}]}
 *     [{"time":..,"timeEnd":..,"isRegion":true,"title":"..","text":"..","tags":["a","b"]}] */
#ifndef SMON_API_GRAFANA_ANNOTATE_H
#define SMON_API_GRAFANA_ANNOTATE_H

struct compose;
struct doc;
struct fail;
struct grafana_drawing;

/* One frame. FAIL_INPUT: the metric makes no annotations. */
int annotate_frame(struct compose *out, const struct grafana_drawing *drawing, struct fail *why);
/* Objects, added to an array that is open. `echo` is the annotation as it was asked for; may be
 * NULL. */
int annotate_list(struct compose *out, const struct grafana_drawing *drawing,
                  const struct doc *echo, struct fail *why);

#endif
