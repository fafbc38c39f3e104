#include "api/models/version_json.h"

#include "api/models/address.h"
#include "base/buf.h"
#include "base/fail.h"
#include "base/own.h"
#include "format/compose.h"
#include "format/scan.h"
#include "store/models/version.h"

#include <stddef.h>
#include <stdio.h>

#define AT(member) offsetof(struct version_row, member)

const struct shape version_shape[] = {
    {"account", SHAPE_ACCOUNT, AT(account)},
    {"region", SHAPE_TEXT, AT(region)},
    {"namespace", SHAPE_TEXT, AT(namespace)},
    {"model_name", SHAPE_TEXT, AT(model_name)},
    {"log_group", SHAPE_TEXT, AT(path)},
    {"model_version", SHAPE_NUMBER, AT(number)},
    {"description", SHAPE_TEXT, AT(description)},
    {"tags", SHAPE_JSON, AT(tags)},
    {"artifacts", SHAPE_JSON, AT(artifacts)},
    {"digest", SHAPE_TEXT, AT(digest)},
    {"job_arn", SHAPE_TEXT, AT(job_arn)},
    {"source", SHAPE_APART, 0},
    {"approval", SHAPE_TEXT, AT(approval)},
    {"approval_at", SHAPE_TIME, AT(approval_at)},
    {"stage", SHAPE_APART, 0},
    {"life_cycle", SHAPE_JSON, AT(life_cycle)},
    {"package_arn", SHAPE_TEXT, AT(package_arn)},
    {"package_status", SHAPE_TEXT, AT(package_status)},
    {"failure_reason", SHAPE_TEXT, AT(failure)},
    {"create_at", SHAPE_TIME, AT(create_at)},
    {"created_by", SHAPE_TEXT, AT(created_by)},
    {"changed_at", SHAPE_TIME, AT(changed_at)},
    {NULL, SHAPE_NULL, 0},
};

/* Those that change say so here; a package's contents may still be completed by an older event. */
static const char *const CHANGING[] = {"description",    "tags",       "approval",
                                       "approval_at",    "stage",      "life_cycle",
                                       "package_status", "changed_at", "failure_reason"};

bool version_json_is_fixed(const struct version_row *row, uint64_t wanted)
{
    if (row->source != VERSION_REGISTERED)
        return false;
    for (size_t i = 0; i < sizeof CHANGING / sizeof CHANGING[0]; i++)
        if (shape_wants(version_shape, CHANGING[i], wanted))
            return false;
    return true;
}

/* Where it stands, in one word: SageMaker's own stage, else what its approval amounts to. */
static void write_stage(struct compose *out, const struct version_row *row)
{
    static const struct {
        const char *approval, *stage;
    } stages[] = {
        {"PendingManualApproval", "pending"}, {"Approved", "approved"}, {"Rejected", "rejected"}};
    struct scan scan = SCAN_EMPTY;
    struct fail why  = FAIL_OK;
    OWN(buf) room    = BUF_UP_TO(4096);
    struct str stage = STR_NONE;
    uint32_t   at;

    if (row->life_cycle.size && scan_read(&scan, row->life_cycle, &why) == 0) {
        at = scan_member(&scan, 0, "Stage");
        if (at == SCAN_NONE || scan_text(&scan, at, &room, &stage))
            stage = STR_NONE;
    }
    for (size_t i = 0; !stage.size && i < sizeof stages / sizeof stages[0]; i++)
        if (str_is_text(row->approval, stages[i].approval))
            stage = str_of(stages[i].stage);
    compose_text(out, "stage", stage.size ? stage : STR_NONE);
    scan_release(&scan);
}

void version_json(struct compose *out, const char *name, const struct version_row *row,
                  uint64_t wanted)
{
    compose_open(out, name, '{');
    shape_compose(out, version_shape, row, wanted);
    if (shape_wants(version_shape, "source", wanted))
        compose_text(out, "source",
                     row->source == VERSION_PACKAGE ? STR("model_package") : STR("registered"));
    if (shape_wants(version_shape, "stage", wanted))
        write_stage(out, row);
    compose_close(out, '}');
}

void version_json_tag(const struct version_row *row, char out[MATCH_ROOM])
{
    match_tag(out, 'v', row->number, row->rev);
}

void version_json_link(const struct version_row *row, struct buf *out)
{
    char below[48];

    /* A number of 20 digits fits. */
    (void)snprintf(below, sizeof below, "/versions/%lld", (long long)row->number);
    address_link(
        &(struct address_link){row->account, row->region, row->namespace, row->model_name, below},
        out);
}
