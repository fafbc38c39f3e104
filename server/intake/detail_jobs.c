/* What is special about the events of each kind of job. */
#include "intake/detail.h"

#include "format/scan.h"
#include "intake/kinds.h"
#include "store/news.h"

/* {"InstanceType":..,"InstanceCount":..}, or of a training job {"InstanceGroups":[..]}: then the
 * count is the sum, and the type stays unknown unless all groups have the same. */
static void read_sizing(struct event *event, uint32_t config)
{
    const struct scan *scan     = event->scan;
    struct news       *news     = event->news;
    uint32_t           groups   = detail_at(event, config, "InstanceGroups");
    bool               is_mixed = false;
    int64_t            sum      = 0;

    news->instance_type  = detail_text(event, config, "InstanceType");
    news->instance_count = detail_int(event, config, "InstanceCount");
    if (groups == SCAN_NONE || scan_type(scan, groups) != SCAN_ARRAY
        || scan_first(scan, groups) == SCAN_NONE)
        return;
    news->sizing = scan_raw(scan, groups);
    for (uint32_t at = scan_first(scan, groups); at; at = scan_next(scan, groups, at)) {
        struct str type  = detail_text(event, at, "InstanceType");
        int64_t    count = detail_int(event, at, "InstanceCount");

        is_mixed = is_mixed || (news->instance_type.data && !str_is(news->instance_type, type));
        if (!news->instance_type.data)
            news->instance_type = type;
        if (count > 0 && count < INT32_MAX && sum < INT32_MAX)
            sum += count;
    }
    if (is_mixed)
        news->instance_type = STR_NONE;
    if (news->instance_count < 0 && sum > 0)
        news->instance_count = sum;
}

/* The first of these members that is there. */
static struct str first_text(struct event *event, const char *const *members, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct str text = detail_text(event, event->detail, members[i]);

        if (text.data)
            return text;
    }
    return STR_NONE;
}

/* The item of an array that stands last, SCAN_NONE when there is none. */
static uint32_t last_item(const struct event *event, uint32_t array)
{
    uint32_t last = SCAN_NONE;

    if (array == SCAN_NONE || scan_type(event->scan, array) != SCAN_ARRAY)
        return SCAN_NONE;
    for (uint32_t at = scan_first(event->scan, array); at; at = scan_next(event->scan, array, at))
        last = at;
    return last;
}

void detail_training(struct event *event)
{
    static const char *const parents[] = {"TuningJobArn", "LabelingJobArn", "AutoMLJobArn"};
    struct news             *news      = event->news;
    int64_t                  billable  = detail_int(event, event->detail, "BillableTimeInSeconds");

    news->secondary = detail_text(event, event->detail, "SecondaryStatus");
    if (!news->secondary.data)
        news->secondary = detail_text(
            event, last_item(event, detail_at(event, event->detail, "SecondaryStatusTransitions")),
            "Status");
    if (billable >= 0 && billable < INT32_MAX)
        news->billable_ms = billable * MS_SECOND;
    news->parent = first_text(event, parents, sizeof parents / sizeof parents[0]);
    read_sizing(event, detail_at(event, event->detail, "ResourceConfig"));
}

void detail_processing(struct event *event)
{
    static const char *const parents[]    = {"MonitoringScheduleArn", "TrainingJobArn",
                                             "AutoMLJobArn"};
    struct news             *news         = event->news;
    struct str               exit_message = detail_text(event, event->detail, "ExitMessage");

    if (!str_is(news->failure_reason, exit_message))
        news->failure_reason = detail_join(event, news->failure_reason, "; ", exit_message);
    news->parent = first_text(event, parents, sizeof parents / sizeof parents[0]);
    read_sizing(event, detail_at(event, detail_at(event, event->detail, "ProcessingResources"),
                                 "ClusterConfig"));
}

void detail_transform(struct event *event)
{
    static const char *const parents[] = {"LabelingJobArn", "AutoMLJobArn"};

    event->news->parent = first_text(event, parents, sizeof parents / sizeof parents[0]);
    read_sizing(event, detail_at(event, event->detail, "TransformResources"));
}

/* The detail tells no times; events come at the end only. */
void detail_labeling(struct event *event)
{
    if (event->news->is_terminal && event->news->ended == WHEN_UNKNOWN)
        event->news->ended = event->news->time;
}

/* Also for human tasks, whose detail is not documented: without a loop's name there is no row. */
void detail_human_loop(struct event *event)
{
    struct news *news = event->news;

    if (!news->name.data) {
        news->kind        = KIND_OTHER;
        news->status      = STR_NONE;
        news->weight      = -1;
        news->is_terminal = news->is_unknown_status = false;
        return;
    }
    news->failure_reason = detail_join(event, detail_text(event, event->detail, "failureCode"),
                                       ": ", detail_text(event, event->detail, "failureReason"));
    news->parent         = detail_text(event, event->detail, "flowDefinitionArn");
    news->started        = news->generation; /* a loop begins when it is created */
    if (news->is_terminal)
        news->ended = news->time;
}

/* A retry sets an execution that had ended back to Executing. Its start time is still the old one,
 * so the event's own time is its version, and it weighs as much as the end it undoes. */
static void read_retry(struct event *event, const char *previous)
{
    struct news               *news = event->news;
    const struct status_facts *before =
        status_facts(news->kind, detail_text(event, event->detail, previous));
    const struct status_facts *now = status_facts(news->kind, news->status);
    bool                       is_running =
        now && (str_is_text(news->status, "Executing") || str_is_text(news->status, "Starting"));

    if (!is_running || !before || before->class != STATUS_TERMINAL)
        return;
    news->weight += STATUS_TERMINAL * WEIGHT_OF_CLASS;
    event->modified = news->time;
}

void detail_pipeline_execution(struct event *event)
{
    event->news->parent = detail_text(event, event->detail, "pipelineArn");
    read_retry(event, "previousPipelineExecutionStatus");
}

/* "metadata":{"processingJob":{"arn":..}}: the job this step has started. */
static struct str step_job(struct event *event)
{
    uint32_t metadata = detail_at(event, event->detail, "metadata");

    if (metadata == SCAN_NONE || scan_type(event->scan, metadata) != SCAN_OBJECT)
        return STR_NONE;
    for (uint32_t at = scan_first(event->scan, metadata); at;
         at          = scan_next(event->scan, metadata, at)) {
        struct str arn = detail_text(event, ++at, "arn"); /* behind the name stands the value */

        if (arn.data)
            return arn;
    }
    return STR_NONE;
}

/* Steps have no ARN; two executions have steps of the same name, so the execution leads. */
void detail_pipeline_step(struct event *event)
{
    struct news *news      = event->news;
    struct str   execution = detail_text(event, event->detail, "pipelineExecutionArn");

    news->failure_reason = detail_text(event, event->detail, "failureReason");
    news->parent         = execution.data ? execution : step_job(event);
    if (news->name.data && execution.data)
        news->name = detail_join(event, detail_arn_name(event, execution), "/", news->name);
    else
        news->name = STR_NONE;
    read_retry(event, "previousStepStatus");
}
