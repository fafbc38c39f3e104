/* What is special about the events of endpoints, models, clusters and the like. */
#include "intake/detail.h"

#include "base/buf.h"
#include "format/scan.h"
#include "intake/kinds.h"
#include "store/news.h"

enum { MOST_REASONS = 3 }; /* joined into one text */

static bool is_array(const struct event *event, uint32_t at)
{
    return at != SCAN_NONE && scan_type(event->scan, at) == SCAN_ARRAY;
}

/* The newest phase of a deployment: the last status of the last variant that has one. */
static struct str variant_phase(struct event *event, uint32_t holder)
{
    const struct scan *scan = event->scan;
    uint32_t variants = detail_at(event, holder, "ProductionVariants"), newest = SCAN_NONE;

    if (!is_array(event, variants))
        return STR_NONE;
    for (uint32_t at = scan_first(scan, variants); at; at = scan_next(scan, variants, at)) {
        uint32_t phases = detail_at(event, at, "VariantStatus");

        if (!is_array(event, phases))
            continue;
        for (uint32_t phase = scan_first(scan, phases); phase;
             phase          = scan_next(scan, phases, phase))
            newest = phase;
    }
    return detail_text(event, newest, "Status");
}

void detail_endpoint(struct event *event)
{
    uint32_t pending = detail_at(event, event->detail, "PendingDeploymentSummary");

    event->news->secondary = variant_phase(event, pending);
    if (!event->news->secondary.data)
        event->news->secondary = variant_phase(event, event->detail);
}

/* "ModelPackageStatusDetails":{"ValidationStatuses":[{"FailureReason":..}],"ImageScanStatuses":..}
 */
static struct str package_failure(struct event *event)
{
    static const char *const lists[] = {"ValidationStatuses", "ImageScanStatuses"};
    uint32_t                 details = detail_at(event, event->detail, "ModelPackageStatusDetails");
    struct str               sum     = event->news->failure_reason;
    int                      joined  = 0;

    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        uint32_t list = detail_at(event, details, lists[i]);

        if (!is_array(event, list))
            continue;
        for (uint32_t at = scan_first(event->scan, list); at && joined < MOST_REASONS;
             at          = scan_next(event->scan, list, at)) {
            struct str reason = detail_text(event, at, "FailureReason");

            if (reason.data && !str_is(sum, reason)) {
                sum = detail_join(event, sum, "; ", reason);
                joined++;
            }
        }
    }
    return sum;
}

/* Versioned packages are called group/version, as in their ARN; others by their own name. */
static void read_package_name(struct event *event)
{
    struct str group   = detail_text(event, event->detail, "ModelPackageGroupName");
    int64_t    version = detail_int(event, event->detail, "ModelPackageVersion");
    size_t     start   = event->room->size;

    if (!group.data || version < 0)
        return;
    buf_str(event->room, group);
    buf_char(event->room, '/');
    buf_i64(event->room, version);
    if (event->room->broken)
        event->has_no_memory = true;
    else
        event->news->name = str_part(buf_view(event->room), start, event->room->size - start);
}

void detail_model_package(struct event *event)
{
    struct news *news  = event->news;
    uint32_t     stage = detail_at(event, event->detail, "ModelLifeCycle");

    read_package_name(event);
    news->approval       = detail_text(event, event->detail, "ModelApprovalStatus");
    news->failure_reason = package_failure(event);
    news->parent =
        detail_text(event, detail_at(event, event->detail, "MetadataProperties"), "GeneratedBy");
    if (stage != SCAN_NONE && scan_type(event->scan, stage) == SCAN_OBJECT)
        news->stage = scan_raw(event->scan, stage);
}

/* The offline store has a state of its own, as a text or as {"Status":..}. */
void detail_feature_group(struct event *event)
{
    event->news->secondary = detail_text(event, event->detail, "OfflineStoreStatus");
    if (!event->news->secondary.data)
        event->news->secondary =
            detail_text(event, detail_at(event, event->detail, "OfflineStoreStatus"), "Status");
}

void detail_image_version(struct event *event)
{
    event->news->parent = detail_text(event, event->detail, "ImageArn");
}

void detail_notebook(struct event *event)
{
    event->news->instance_type = detail_text(event, event->detail, "InstanceType");
}

void detail_cluster(struct event *event)
{
    struct news *news    = event->news;
    struct str   message = detail_text(event, event->detail, "FailureMessage");
    uint32_t     groups  = detail_at(event, event->detail, "InstanceGroups");

    if (message.data)
        news->failure_reason = message;
    if (is_array(event, groups))
        news->sizing = scan_raw(event->scan, groups);
}

/* "EventDetails":{"ClusterName":..,"EventTime":..,"EventDetails":{"EventMetadata":{"Instance":{
 * "FailureMessage":..}}}}. An earlier shape has the same members one level higher. */
void detail_cluster_event(struct event *event)
{
    struct news *news  = event->news;
    uint32_t     outer = detail_at(event, event->detail, "EventDetails");
    uint32_t     inner = detail_at(event, outer, "EventDetails");
    struct str   arn   = detail_text(event, outer, "ClusterArn");
    struct str   name  = detail_text(event, outer, "ClusterName");
    uint32_t     metadata;
    ms           when = detail_time(event, outer, "EventTime");

    if (arn.data)
        news->arn = arn;
    if (name.data || arn.data)
        news->name = name.data ? name : detail_arn_name(event, arn);
    if (when == WHEN_UNKNOWN)
        when = detail_time(event, event->detail, "EventTime");
    event->own = when;
    metadata   = detail_at(event, inner != SCAN_NONE ? inner : outer, "EventMetadata");
    news->failure_reason =
        detail_text(event, detail_at(event, metadata, "Instance"), "FailureMessage");
}

/* The detail-type says the status: "SageMaker Tracking Server Create Failed" is CreateFailed. */
void detail_tracking_server(struct event *event)
{
    static const size_t prefix = sizeof "SageMaker Tracking Server " - 1;
    struct str          words  = str_part(event->row->detail_type, prefix, SIZE_MAX), word;
    struct str          status = STR_NONE;
    size_t              start  = event->room->size;

    while (str_cut(&words, ' ', &word))
        buf_str(event->room, word);
    if (event->room->broken)
        event->has_no_memory = true;
    else
        status = str_part(buf_view(event->room), start, event->room->size - start);
    detail_set_status(event, status);
}
