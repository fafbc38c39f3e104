/* detail.h -- from the detail of one event to what it says (struct news). */
#ifndef SMON_INTAKE_DETAIL_H
#define SMON_INTAKE_DETAIL_H

#include "base/str.h"
#include "base/when.h"

#include <stdint.h>

struct event;
struct fail;

enum { WEIGHT_OF_CLASS = 1000 }; /* in news.weight */

/* Fills event->news from the detail by event->row; the envelope's part is there already. -1:
 * FAIL_INPUT when the event names nothing though its kind wants a name, or FAIL_MEMORY. */
int detail_read(struct event *event, struct fail *why);

/* Readers for the table's special cases. `object` SCAN_NONE counts as absent, and so does a member
 * that is null, "" or of another type. */
uint32_t   detail_at(const struct event *event, uint32_t object, const char *member);
uint32_t   detail_of_envelope(const struct event *event, const char *member);
struct str detail_text(struct event *event, uint32_t object, const char *member);
struct str detail_text_at(struct event *event, uint32_t at);
int64_t    detail_int(const struct event *event, uint32_t object, const char *member); /* or -1 */
ms         detail_time(struct event *event, uint32_t object, const char *member);
ms         detail_time_at(struct event *event, uint32_t at, const char *member);

/* The name within an ARN: all behind "kind/" for names that have a slash (model packages, image
 * versions), else what stands behind the last slash. No data: no ARN. */
struct str detail_arn_name(const struct event *event, struct str arn);

/* a, separator, b; or the one that is there. */
struct str detail_join(struct event *event, struct str a, const char *separator, struct str b);

/* Status text to status, weight, is_terminal, is_gone; empty: says nothing. */
void detail_set_status(struct event *event, struct str said);

/* The special cases of kinds.c. */
void detail_training(struct event *event);
void detail_processing(struct event *event);
void detail_transform(struct event *event);
void detail_labeling(struct event *event);
void detail_human_loop(struct event *event);
void detail_pipeline_execution(struct event *event);
void detail_pipeline_step(struct event *event);
void detail_endpoint(struct event *event);
void detail_model_package(struct event *event);
void detail_feature_group(struct event *event);
void detail_image_version(struct event *event);
void detail_notebook(struct event *event);
void detail_cluster(struct event *event);
void detail_cluster_event(struct event *event);
void detail_tracking_server(struct event *event);

#endif
