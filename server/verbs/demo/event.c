#include "verbs/demo/event.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/retry.h"

enum { ID_ROOM = 40, VOLUME_GB = 50, MAX_RUN_S = 86400 };

void demo_arn(const struct demo_place *place, const char *resource, char out[DEMO_ARN_ROOM])
{
    /* names here are short; one that is cut would only look odd */
    (void)snprintf(out, DEMO_ARN_ROOM, "arn:aws:sagemaker:%s:%s:%.*s", place->region,
                   place->account, DEMO_RESOURCE_ROOM - 1, resource);
}

static void random_id(char out[ID_ROOM])
{
    uint64_t a = retry_random(), b = retry_random();

    (void)snprintf(out, ID_ROOM,
                   "%08" PRIx64 "-%04" PRIx64 "-%04" PRIx64 "-%04" PRIx64 "-%012" PRIx64, a >> 32,
                   a >> 16 & 0xffff, 0x4000 | (a & 0xfff), 0x8000 | (b >> 48 & 0x3fff),
                   b & 0xffffffffffff);
}

struct compose demo_event_open(struct buf *out, const struct demo_event *event)
{
    struct compose json = compose_into(out);
    char           id[ID_ROOM], when[WHEN_ROOM];

    random_id(id);
    when_render(event->at, when);
    compose_open(&json, NULL, '{');
    compose_text(&json, "version", STR("0"));
    compose_text(&json, "id", str_of(id));
    compose_text(&json, "detail-type", str_of(event->detail_type));
    compose_text(&json, "source", STR("aws.sagemaker"));
    compose_text(&json, "account", str_of(event->place.account));
    (void)snprintf(when + 19, sizeof when - 19, "Z"); /* EventBridge tells whole seconds */
    compose_text(&json, "time", str_of(when));
    compose_text(&json, "region", str_of(event->place.region));
    compose_open(&json, "resources", '[');
    compose_text(&json, NULL, str_of(event->arn));
    compose_close(&json, ']');
    compose_open(&json, "detail", '{');
    return json;
}

void demo_event_close(struct compose *out)
{
    compose_close(out, '}');
    compose_close(out, '}');
}

/* ---- jobs ----------------------------------------------------------------------------------- */

static const struct shape {
    const char *detail_type, *resource, *name, *arn, *status, *start, *end;
} shapes[] = {
    [DEMO_TRAINING]   = {"SageMaker Training Job State Change", "training-job", "TrainingJobName",
                         "TrainingJobArn", "TrainingJobStatus", "TrainingStartTime",
                         "TrainingEndTime"},
    [DEMO_PROCESSING] = {"SageMaker Processing Job State Change", "processing-job",
                         "ProcessingJobName", "ProcessingJobArn", "ProcessingJobStatus",
                         "ProcessingStartTime", "ProcessingEndTime"},
    [DEMO_TRANSFORM] = {"SageMaker Transform Job State Change", "transform-job", "TransformJobName",
                        "TransformJobArn", "TransformJobStatus", "TransformStartTime",
                        "TransformEndTime"},
    [DEMO_TUNING]    = {"SageMaker HyperParameter Tuning Job State Change",
                        "hyper-parameter-tuning-job", "HyperParameterTuningJobName",
                        "HyperParameterTuningJobArn", "HyperParameterTuningJobStatus", NULL,
                        "HyperParameterTuningEndTime"},
};

void demo_job_arn(const struct demo_job *job, char out[DEMO_ARN_ROOM])
{
    char resource[DEMO_RESOURCE_ROOM];

    (void)snprintf(resource, sizeof resource, "%s/%s", shapes[job->kind].resource, job->name);
    demo_arn(&job->place, resource, out);
}

void demo_artifact(const struct demo_job *job, char out[DEMO_URI_ROOM])
{
    (void)snprintf(out, DEMO_URI_ROOM, "s3://northwind-%s-models/training/%s/output/model.tar.gz",
                   job->team, job->name); /* team names are short */
}

static void put_artifact(struct compose *out, const struct demo_job *job)
{
    char uri[DEMO_URI_ROOM];

    demo_artifact(job, uri);
    compose_open(out, "ModelArtifacts", '{');
    compose_text(out, "S3ModelArtifacts", str_of(uri));
    compose_close(out, '}');
}

static void put_instances(struct compose *out, const struct demo_job *job)
{
    compose_text(out, "InstanceType", str_of(job->instance_type));
    compose_int(out, "InstanceCount", job->instance_count);
    if (job->kind != DEMO_TRANSFORM)
        compose_int(out, "VolumeSizeInGB", VOLUME_GB);
}

static void put_hardware(struct compose *out, const struct demo_job *job)
{
    switch (job->kind) {
    case DEMO_TRAINING:
        compose_open(out, "ResourceConfig", '{');
        put_instances(out, job);
        compose_close(out, '}');
        compose_bool(out, "EnableManagedSpotTraining", job->is_spot);
        compose_open(out, "StoppingCondition", '{');
        compose_int(out, "MaxRuntimeInSeconds", MAX_RUN_S);
        compose_close(out, '}');
        break;
    case DEMO_PROCESSING:
        compose_open(out, "ProcessingResources", '{');
        compose_open(out, "ClusterConfig", '{');
        put_instances(out, job);
        compose_close(out, '}');
        compose_close(out, '}');
        break;
    case DEMO_TRANSFORM:
        compose_open(out, "TransformResources", '{');
        put_instances(out, job);
        compose_close(out, '}');
        break;
    case DEMO_TUNING:
        compose_open(out, "ObjectiveStatusCounters", '{');
        compose_int(out, "Succeeded", job->instance_count);
        compose_int(out, "Pending", 0);
        compose_int(out, "Failed", 0);
        compose_close(out, '}');
        break;
    }
}

static void put_times(struct compose *out, const struct demo_job *job,
                      const struct demo_state *state)
{
    const struct shape *shape = &shapes[job->kind];

    compose_int(out, "CreationTime", job->created);
    if (shape->start && job->started != WHEN_UNKNOWN && job->started <= state->at)
        compose_int(out, shape->start, job->started);
    if (job->ended != WHEN_UNKNOWN && job->ended <= state->at)
        compose_int(out, shape->end, job->ended);
    if (job->kind != DEMO_TRANSFORM) /* transform events have no LastModifiedTime */
        compose_int(out, "LastModifiedTime", state->at);
}

static void put_phases(struct compose *out, const struct demo_state *state)
{
    compose_text(out, "SecondaryStatus", str_of(state->secondary));
    compose_open(out, "SecondaryStatusTransitions", '[');
    for (int i = 0; i < state->phase_count; i++) {
        const struct demo_phase *phase = &state->phases[i];

        compose_open(out, NULL, '{');
        compose_text(out, "Status", str_of(phase->status));
        compose_int(out, "StartTime", phase->from);
        if (phase->to == WHEN_UNKNOWN)
            compose_null(out, "EndTime");
        else
            compose_int(out, "EndTime", phase->to);
        compose_text(out, "StatusMessage", str_of(phase->message));
        compose_close(out, '}');
    }
    compose_close(out, ']');
}

void demo_job_event(struct buf *out, const struct demo_job *job, const struct demo_state *state)
{
    const struct shape *shape = &shapes[job->kind];
    char                arn[DEMO_ARN_ROOM];
    struct demo_event   event = {shape->detail_type, job->place, arn, state->at};
    struct compose      json;

    demo_job_arn(job, arn);
    json = demo_event_open(out, &event);
    compose_text(&json, shape->name, str_of(job->name));
    compose_text(&json, shape->arn, str_of(arn));
    compose_text(&json, shape->status, str_of(state->status));
    if (state->secondary)
        put_phases(&json, state);
    if (state->reason)
        compose_text(&json, "FailureReason", str_of(state->reason));
    put_hardware(&json, job);
    if (job->kind == DEMO_TRAINING && str_is_text(str_of(state->status), "Completed"))
        put_artifact(&json, job);
    put_times(&json, job, state);
    compose_open(&json, "Tags", '{');
    compose_text(&json, "team", str_of(job->team));
    compose_text(&json, "cost:center", STR("ml-platform"));
    compose_close(&json, '}');
    demo_event_close(&json);
}
