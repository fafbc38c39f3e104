#include "api/fleet/job_json.h"

#include "api/fleet/prices.h"
#include "base/buf.h"
#include "base/fail.h"
#include "format/compose.h"
#include "format/kind.h"
#include "format/utilization.h"
#include "store/hardware.h"
#include "store/job_list.h"

#include <stddef.h>

#define AT(member) offsetof(struct job_row, member)
/* clang-format off */
#define COMMON_START                                        \
    {"id", SHAPE_ID, AT(id)},                               \
    {"account", SHAPE_ACCOUNT, AT(account)},                \
    {"region", SHAPE_TEXT, AT(region)},                     \
    {"kind", SHAPE_KIND, AT(kind)},                         \
    {"name", SHAPE_TEXT, AT(name)},                         \
    {"arn", SHAPE_TEXT, AT(arn)},                           \
    {"status", SHAPE_TEXT, AT(status)},                     \
    {"secondary_status", SHAPE_TEXT, AT(secondary_status)}, \
    {"failure_reason", SHAPE_TEXT, AT(failure_reason)},     \
    {"created_at", SHAPE_TIME, AT(created_at)}
#define COMMON_END                                          \
    {"instance_type", SHAPE_TEXT, AT(instance_type)},       \
    {"instance_count", SHAPE_NUMBER, AT(instance_count)},   \
    {"sizing", SHAPE_JSON, AT(sizing)},                     \
    {"tags", SHAPE_JSON, AT(tags)},                         \
    {"parent", SHAPE_TEXT, AT(parent)},                     \
    {"created_by", SHAPE_TEXT, AT(created_by)},             \
    {"first_seen_at", SHAPE_TIME, AT(first_seen_at)},       \
    {"last_event_at", SHAPE_TIME, AT(last_event_at)},       \
    {"changed_at", SHAPE_TIME, AT(changed_at)}
/* clang-format on */

const struct shape job_shape[] = {
    COMMON_START,
    {"started_at", SHAPE_TIME, AT(started_at)},
    {"ended_at", SHAPE_TIME, AT(ended_at)},
    {"duration_ms", SHAPE_NUMBER, AT(duration_ms)},
    {"billable_ms", SHAPE_NUMBER, AT(billable_ms)},
    {"failed_before_start", SHAPE_FLAG, AT(failed_before_start)},
    COMMON_END,
    {"completed_at", SHAPE_TIME, AT(completed_at)},
    {"cost_usd", SHAPE_APART, 0},
    {"utilization", SHAPE_APART, 0},
    {NULL, SHAPE_NULL, 0},
};

const struct shape resource_shape[] = {
    COMMON_START,
    {"approval", SHAPE_TEXT, AT(approval)},
    {"stage", SHAPE_JSON, AT(stage)},
    COMMON_END,
    {NULL, SHAPE_NULL, 0},
};

int job_json_utilization(struct compose *out, const char *name, const struct job_row *row,
                         const struct job_json *how, struct fail *why)
{
    OWN(utilization) figures = UTILIZATION_EMPTY;

    if (row->utilization == UTILIZATION_NONE_YET) {
        compose_open(out, name, '{');
        compose_null(out, "state");
        compose_null(out, "reason");
        compose_close(out, '}');
        return 0;
    }
    if (hardware_read(how->db, row->account, row->id, &figures, why)
        || (how->has_course
            && hardware_read_course(how->db, row->account, row->id, &figures.course, why) < 0))
        return -1;
    figures.state = (enum utilization_state)row->utilization;
    (void)str_to_c(str_part(row->utilization_why, 0, sizeof figures.reason - 1), figures.reason,
                   sizeof figures.reason); /* cut to fit */
    utilization_compose(out, name, &figures);
    return 0;
}

static void links(struct compose *out, const struct job_row *row, const struct job_json *how)
{
    static const char *const parts[] = {"events", "utilization", "timeline"};
    OWN(buf) self                    = BUF_UP_TO(256);
    char   id[SHAPE_ID_ROOM];
    size_t size, count = sizeof parts / sizeof parts[0];

    shape_id(row->account, row->id, id);
    buf_text(&self, how->is_resource ? "/api/v1/resources/" : "/api/v1/jobs/");
    buf_text(&self, id);
    size = self.size;
    compose_open(out, "links", '{');
    compose_text(out, "self", buf_view(&self));
    if (how->is_resource)
        count = row->kind == KIND_ENDPOINT ? 2 : 1;
    for (size_t i = 0; i < count; i++) {
        self.size = size;
        buf_char(&self, '/');
        buf_text(&self, parts[i]);
        compose_text(out, parts[i], buf_view(&self));
    }
    compose_close(out, '}');
}

int job_json(struct compose *out, const char *name, const struct job_row *row,
             const struct job_json *how, struct fail *why)
{
    compose_open(out, name, '{');
    shape_compose(out, how->is_resource ? resource_shape : job_shape, row, how->wanted);
    if (!how->is_resource && shape_wants(job_shape, "cost_usd", how->wanted))
        compose_real(out, "cost_usd", prices_of_job(how->prices, row));
    if (!how->is_resource && shape_wants(job_shape, "utilization", how->wanted)
        && job_json_utilization(out, "utilization", row, how, why))
        return -1;
    if (how->has_links)
        links(out, row, how);
    compose_close(out, '}');
    return 0;
}
