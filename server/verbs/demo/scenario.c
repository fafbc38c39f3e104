#include "verbs/demo/scenario.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/retry.h"
#include "verbs/demo/cast.h"
#include "verbs/demo/event.h"
#include "verbs/demo/posts.h"
#include "verbs/demo/scenario_parts.h"

const struct demo_place demo_risk   = {"111122223333", "us-east-1"};
const struct demo_place demo_ads    = {"444455556666", "us-east-1"};
const struct demo_place demo_care   = {"777788889999", "eu-west-1"};
const struct demo_place demo_lab    = {"123456789012", "us-east-1"};
const struct demo_place demo_lab_eu = {"123456789012", "eu-west-1"};

/* ---- plots ---------------------------------------------------------------------------------- */

enum plot { GOES_WELL, NEVER_STARTS, FAILS, IS_STOPPED, RUNS_TOO_LONG, IS_INTERRUPTED };

/* One state of a plot: how far along, in thousandths, between creation and start, or start
 * and end. */
struct act {
    bool        has_started;
    int         permille;
    const char *status, *secondary;
};

static const struct act plots[][8] = {
    [GOES_WELL]      = {{false, 0, "InProgress", "Starting"},
                        {false, 600, "InProgress", "Downloading"},
                        {true, 0, "InProgress", "Training"},
                        {true, 960, "InProgress", "Uploading"},
                        {true, 1000, "Completed", "Completed"}},
    [NEVER_STARTS]   = {{false, 0, "InProgress", "Starting"}, {false, 1000, "Failed", "Failed"}},
    [FAILS]          = {{false, 0, "InProgress", "Starting"},
                        {false, 600, "InProgress", "Downloading"},
                        {true, 0, "InProgress", "Training"},
                        {true, 1000, "Failed", "Failed"}},
    [IS_STOPPED]     = {{false, 0, "InProgress", "Starting"},
                        {true, 0, "InProgress", "Training"},
                        {true, 970, "Stopping", "Stopping"},
                        {true, 1000, "Stopped", "Stopped"}},
    [RUNS_TOO_LONG]  = {{false, 0, "InProgress", "Starting"},
                        {true, 0, "InProgress", "Training"},
                        {true, 980, "Stopping", "Stopping"},
                        {true, 1000, "Stopped", "MaxRuntimeExceeded"}},
    [IS_INTERRUPTED] = {{false, 0, "InProgress", "Starting"},
                        {true, 0, "InProgress", "Training"},
                        {true, 400, "InProgress", "Interrupted"},
                        {true, 430, "InProgress", "Starting"},
                        {true, 500, "InProgress", "Training"},
                        {true, 970, "InProgress", "Uploading"},
                        {true, 1000, "Completed", "Completed"}},
};
enum { ACTS = sizeof plots[0] / sizeof plots[0][0] };

struct story {
    enum demo_kind           kind;
    const struct demo_place *place;
    const char              *name;
    const char              *instance_type;
    int                      instance_count;
    enum plot                plot;
    int                      minutes_ago; /* when it was created */
    int                      minutes;     /* from start to end */
    unsigned                 marks;
    const char              *reason;
};

#define NO_CAPACITY                                                                                \
    "CapacityError: Unable to provision requested ML compute capacity. Please retry using a"       \
    " different ML instance type or after some time."
#define NO_IMAGE                                                                                   \
    "ClientError: Cannot pull the image 444455556666.dkr.ecr.us-east-1.amazonaws.com/ranker:2.3:"  \
    " repository or tag does not exist"
#define NO_MEMORY                                                                                  \
    "AlgorithmError: CUDA out of memory. Tried to allocate 2.50 GiB (GPU 0; 22.19 GiB total"       \
    " capacity; 20.87 GiB already allocated), exit code: 1"
#define KILLED                                                                                     \
    "AlgorithmError: ExecuteUserScriptError: ExitCode 137, ErrorMessage \"Killed\"; the container" \
    " used all memory of its instance"
#define BAD_ROLE                                                                                   \
    "ClientError: Role arn:aws:iam::777788889999:role/claims-training cannot be assumed; its "     \
    "trust"                                                                                        \
    " policy must allow sagemaker.amazonaws.com to call sts:AssumeRole"
#define BROKEN_INSIDE "InternalServerError: We encountered an internal error. Please try again."
#define BAD_DATA                                                                                   \
    "AlgorithmError: ValueError: column 'amount_eur' has 3 values of type string in part-00017"

static const struct story day[] = {
    {DEMO_TRAINING, &demo_risk, "fraud-xgboost", "ml.m5.2xlarge", 1, GOES_WELL, 1430, 34, 0, NULL},
    {DEMO_TRAINING, &demo_risk, "fraud-xgboost", "ml.m5.2xlarge", 1, GOES_WELL, 710, 37, 0, NULL},
    {DEMO_TRAINING, &demo_risk, "fraud-gnn", "ml.g5.12xlarge", 2, FAILS, 655, 21, 0, NO_MEMORY},
    {DEMO_TRAINING, &demo_risk, "fraud-gnn", "ml.g5.12xlarge", 2, GOES_WELL, 600, 148, POST_TWICE,
     NULL},
    {DEMO_TRAINING, &demo_risk, "chargeback-lstm", "ml.p3.2xlarge", 1, IS_INTERRUPTED, 480, 95, 0,
     NULL},
    {DEMO_TRAINING, &demo_risk, "limits-lightgbm", "ml.c5.4xlarge", 1, GOES_WELL, 95, 22, POST_LATE,
     NULL},
    {DEMO_TRAINING, &demo_ads, "ranker-two-tower", "ml.p4d.24xlarge", 4, NEVER_STARTS, 900, 0, 0,
     NO_CAPACITY},
    {DEMO_TRAINING, &demo_ads, "ranker-two-tower", "ml.p4d.24xlarge", 2, GOES_WELL, 850, 310, 0,
     NULL},
    {DEMO_TRAINING, &demo_ads, "ranker-distill", "ml.g5.xlarge", 1, NEVER_STARTS, 520, 0,
     POST_TWICE, NO_IMAGE},
    {DEMO_TRAINING, &demo_ads, "bid-shading", "ml.m5.xlarge", 1, IS_STOPPED, 410, 55, 0, NULL},
    {DEMO_TRAINING, &demo_ads, "ctr-deepfm", "ml.g4dn.xlarge", 1, RUNS_TOO_LONG, 1300, 720, 0,
     NULL},
    {DEMO_TRAINING, &demo_ads, "ctr-deepfm", "ml.g4dn.xlarge", 1, GOES_WELL, 40, 90, 0, NULL},
    {DEMO_TRAINING, &demo_care, "claims-bert", "ml.p3.8xlarge", 1, NEVER_STARTS, 360, 0, 0,
     BAD_ROLE},
    {DEMO_TRAINING, &demo_care, "claims-bert", "ml.p3.8xlarge", 1, GOES_WELL, 330, 130, 0, NULL},
    {DEMO_TRAINING, &demo_care, "triage-ner", "ml.g5.2xlarge", 1, GOES_WELL, 250, 64, POST_LATE,
     NULL},
    {DEMO_TRAINING, &demo_care, "readmission-gbm", "ml.m5.4xlarge", 1, FAILS, 190, 9, 0, KILLED},
    {DEMO_TRAINING, &demo_care, "readmission-gbm", "ml.r5.4xlarge", 1, GOES_WELL, 170, 41, 0, NULL},
    {DEMO_TRAINING, &demo_lab, "llm-lora", "ml.p4d.24xlarge", 1, GOES_WELL, 55, 58, 0, NULL},
    {DEMO_TRAINING, &demo_lab, "llm-pretrain", "ml.p4d.24xlarge", 24, GOES_WELL, 1100, 420, 0,
     NULL},
    {DEMO_TRAINING, &demo_lab, "tabular-baseline", "ml.m5.large", 1, GOES_WELL, 28, 6, POST_TWICE,
     NULL},
    {DEMO_TRAINING, &demo_lab_eu, "speech-conformer", "ml.g5.12xlarge", 1, IS_INTERRUPTED, 300, 170,
     0, NULL},
    {DEMO_PROCESSING, &demo_risk, "fraud-features", "ml.m5.4xlarge", 3, GOES_WELL, 1450, 14, 0,
     NULL},
    {DEMO_PROCESSING, &demo_risk, "fraud-features", "ml.m5.4xlarge", 3, GOES_WELL, 730, 15, 0,
     NULL},
    {DEMO_PROCESSING, &demo_risk, "drift-report", "ml.m5.xlarge", 1, GOES_WELL, 60, 7, POST_LATE,
     NULL},
    {DEMO_PROCESSING, &demo_ads, "clickstream-join", "ml.r5.4xlarge", 4, FAILS, 930, 26, 0,
     BAD_DATA},
    {DEMO_PROCESSING, &demo_ads, "clickstream-join", "ml.r5.4xlarge", 4, GOES_WELL, 880, 25,
     POST_TWICE, NULL},
    {DEMO_PROCESSING, &demo_care, "deidentify-notes", "ml.m5.2xlarge", 2, GOES_WELL, 400, 33, 0,
     NULL},
    {DEMO_PROCESSING, &demo_care, "claims-quality", "ml.m5.large", 1, FAILS, 205, 2, 0,
     BROKEN_INSIDE},
    {DEMO_PROCESSING, &demo_lab, "tokenise-corpus", "ml.c5.9xlarge", 2, IS_STOPPED, 150, 48, 0,
     NULL},
    {DEMO_PROCESSING, &demo_lab, "evaluate-baseline", "ml.m5.large", 1, GOES_WELL, 8, 11, 0, NULL},
    {DEMO_TRANSFORM, &demo_risk, "score-portfolio", "ml.m5.4xlarge", 2, GOES_WELL, 620, 28, 0,
     NULL},
    {DEMO_TRANSFORM, &demo_risk, "score-portfolio", "ml.m5.4xlarge", 2, GOES_WELL, 35, 20, 0, NULL},
    {DEMO_TRANSFORM, &demo_ads, "embed-catalogue", "ml.g4dn.xlarge", 3, GOES_WELL, 560, 72,
     POST_LATE, NULL},
    {DEMO_TRANSFORM, &demo_ads, "embed-catalogue", "ml.g4dn.xlarge", 3, NEVER_STARTS, 590, 0, 0,
     NO_CAPACITY},
    {DEMO_TRANSFORM, &demo_care, "score-admissions", "ml.m5.xlarge", 1, FAILS, 120, 4, POST_TWICE,
     "ClientError: ModelError: /invocations answered 500 for 3 of 3 records"},
    {DEMO_TUNING, &demo_risk, "fraud-xgb-hpo", NULL, 12, GOES_WELL, 1200, 190, 0, NULL},
    {DEMO_TUNING, &demo_lab, "tabular-hpo", NULL, 4, IS_STOPPED, 240, 75, 0, NULL},
};

/* Short jobs for as long as somebody looks. */
static const struct story more[] = {
    {DEMO_TRAINING, &demo_lab, "smoke-train", "ml.m5.large", 1, GOES_WELL, 0, 2, 0, NULL},
    {DEMO_PROCESSING, &demo_risk, "stream-features", "ml.m5.xlarge", 2, GOES_WELL, 0, 1, 0, NULL},
    {DEMO_TRAINING, &demo_ads, "ranker-refresh", "ml.g5.xlarge", 1, NEVER_STARTS, 0, 0, 0,
     NO_CAPACITY},
    {DEMO_TRANSFORM, &demo_care, "score-intake", "ml.m5.xlarge", 1, GOES_WELL, 0, 2, POST_TWICE,
     NULL},
    {DEMO_TRAINING, &demo_risk, "limits-refresh", "ml.c5.xlarge", 1, GOES_WELL, 0, 3, 0, NULL},
    {DEMO_PROCESSING, &demo_care, "quality-gate", "ml.m5.large", 1, FAILS, 0, 1, 0, BAD_DATA},
};

/* ---- playing one ---------------------------------------------------------------------------- */

static const char *team_of(const struct demo_place *place)
{
    return place == &demo_risk   ? "risk"
           : place == &demo_ads  ? "ads"
           : place == &demo_care ? "care"
                                 : "lab";
}

/* Names as the SageMaker SDK makes them: base, date and time, milliseconds. */
void scenario_name(const char *base, ms created, char out[DEMO_NAME_ROOM])
{
    char when[WHEN_ROOM];

    when_render(created, when);
    for (char *c = when; *c; c++)
        if (*c == 'T' || *c == ':' || *c == '.' || *c == 'Z')
            *c = *c == 'Z' ? '\0' : '-';
    (void)snprintf(out, DEMO_NAME_ROOM, "%s-%s", base, when); /* base names are short */
}

/* A training event tells every phase; the other kinds only when their status changes or
 * they start. */
static bool is_told(enum demo_kind kind, const struct act *act)
{
    return kind == DEMO_TRAINING || act->permille == 0 || strcmp(act->status, "InProgress") != 0;
}

static const char *message_of(const char *secondary)
{
    static const struct {
        const char *secondary, *message;
    } messages[] = {
        {"Starting", "Preparing the instances for training"},
        {"Downloading", "Downloading input data"},
        {"Training", "Training image download completed. Training in progress."},
        {"Uploading", "Uploading generated training model"},
        {"Interrupted", "Interrupted by a spot reclaim; waiting for capacity"},
        {"Stopping", "Stopping the training job"},
        {"Stopped", "Training job stopped"},
        {"MaxRuntimeExceeded", "Training job ran longer than MaxRuntimeInSeconds"},
        {"Completed", "Training job completed"},
        {"Failed", "Training job failed"},
    };

    for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++)
        if (strcmp(secondary, messages[i].secondary) == 0)
            return messages[i].message;
    return "";
}

/* The phases of a training job so far, with this one; the event tells them all. */
static void enter_phase(struct demo_phase phases[ACTS], struct demo_state *state, bool is_last)
{
    if (state->phase_count)
        phases[state->phase_count - 1].to = state->at;
    phases[state->phase_count++] =
        (struct demo_phase){state->secondary, message_of(state->secondary), state->at,
                            is_last ? state->at : WHEN_UNKNOWN};
    state->phases = phases;
}

static void play(struct posts *posts, const struct demo_job *job, const struct story *story)
{
    ms                start_of_run = job->started == WHEN_UNKNOWN ? job->ended : job->started;
    struct demo_phase phases[ACTS];
    struct demo_state state = {.phase_count = 0};

    for (int i = 0; i < ACTS && plots[story->plot][i].status; i++) {
        const struct act *act     = &plots[story->plot][i];
        ms                from    = act->has_started ? start_of_run : job->created;
        ms                to      = act->has_started ? job->ended : start_of_run;
        bool              is_last = i + 1 == ACTS || !plots[story->plot][i + 1].status;
        struct buf       *body;

        if (!is_told(job->kind, act)
            || (job->kind == DEMO_TUNING && act->has_started && i == 2 && story->plot == GOES_WELL))
            continue;
        state.at        = from + (to - from) * act->permille / 1000;
        state.status    = act->status;
        state.secondary = job->kind == DEMO_TRAINING ? act->secondary : NULL;
        state.reason    = strcmp(act->status, "Failed") == 0 ? story->reason : NULL;
        if (state.secondary)
            enter_phase(phases, &state, is_last);
        body = posts_add(posts, state.at, story->marks & (is_last ? ~0u : ~(unsigned)POST_TWICE));
        if (body)
            demo_job_event(body, job, &state);
    }
}

/* `created` and what follows from it; `lead` is the time machines need to come. */
static void perform(struct posts *posts, struct cast *cast, const struct story *story, ms created,
                    ms lead)
{
    struct demo_job job = {.kind           = story->kind,
                           .place          = *story->place,
                           .instance_type  = story->instance_type,
                           .instance_count = story->instance_count,
                           .is_spot        = story->plot == IS_INTERRUPTED,
                           .team           = team_of(story->place),
                           .created        = created,
                           .started        = WHEN_UNKNOWN,
                           .ended          = created + lead};

    scenario_name(story->name, created, job.name);
    if (story->plot != NEVER_STARTS) {
        job.started = created + lead;
        job.ended   = job.started + (ms)story->minutes * MS_MINUTE;
        if (job.instance_type)
            cast_add(cast, &job);
    }
    play(posts, &job, story);
}

void scenario_train(struct posts *posts, struct cast *cast, const struct demo_job *job)
{
    const struct story story = {.kind = DEMO_TRAINING, .plot = GOES_WELL};

    cast_add(cast, job);
    play(posts, job, &story);
}

/* ---- pipelines: an execution, its steps, and the jobs these start
 * ----------------------------- */

struct step {
    const char    *name, *type, *job; /* job: member of metadata; NULL: none */
    enum demo_kind kind;
    const char    *instance_type;
    int            from, to; /* minutes after the execution's start */
};

static const struct step steps[] = {
    {"PrepareData", "Processing", "processingJob", DEMO_PROCESSING, "ml.m5.xlarge", 0, 9},
    {"TrainModel", "Training", "trainingJob", DEMO_TRAINING, "ml.m5.4xlarge", 9, 34},
    {"EvaluateModel", "Processing", "processingJob", DEMO_PROCESSING, "ml.m5.large", 34, 39},
    {"CheckQuality", "Condition", NULL, DEMO_PROCESSING, NULL, 39, 39},
    {"RegisterModel", "RegisterModel", NULL, DEMO_PROCESSING, NULL, 39, 40},
};
enum { STEPS = sizeof steps / sizeof steps[0] };

struct execution {
    const struct demo_place *place;
    const char              *pipeline, *id;
    int                      minutes_ago;
    int                      fails_at; /* number of the step; STEPS: none */
};

static const struct execution executions[] = {
    {&demo_risk, "fraud-weekly", "p4jn9xou8a8s", 700, STEPS},
    {&demo_ads, "ranker-nightly", "k2v7d0qm4c1x", 545, 1},
    {&demo_care, "claims-retrain", "z8f3h6w1t5yb", 20, STEPS},
};

static void pipeline_arn(const struct execution *execution, bool is_execution,
                         char out[DEMO_ARN_ROOM])
{
    char resource[DEMO_RESOURCE_ROOM];

    (void)snprintf(resource, sizeof resource, "pipeline/%s%s%s", execution->pipeline,
                   is_execution ? "/execution/" : "", is_execution ? execution->id : "");
    demo_arn(execution->place, resource, out);
}

struct change {                     /* of an execution or a step */
    ms          started, ended, at; /* ended: WHEN_UNKNOWN while it goes on */
    const char *before, *now, *reason;
};

static void put_change(struct compose *out, const char *subject, const struct change *change)
{
    bool is_step = strcmp(subject, "Step") == 0;

    if (change->before)
        compose_text(out, is_step ? "previousStepStatus" : "previousPipelineExecutionStatus",
                     str_of(change->before));
    compose_text(out, is_step ? "currentStepStatus" : "currentPipelineExecutionStatus",
                 str_of(change->now));
    compose_time(out, is_step ? "stepStartTime" : "executionStartTime", change->started);
    if (change->ended != WHEN_UNKNOWN)
        compose_time(out, is_step ? "stepEndTime" : "executionEndTime", change->ended);
    if (change->reason)
        compose_text(out, "failureReason", str_of(change->reason));
}

static void execution_event(struct posts *posts, const struct execution *execution,
                            const struct change *change)
{
    char              arn[DEMO_ARN_ROOM], pipeline[DEMO_ARN_ROOM];
    struct demo_event event = {"SageMaker Model Building Pipeline Execution Status Change",
                               *execution->place, arn, change->at};
    struct buf       *body  = posts_add(posts, change->at, 0);
    struct compose    json;

    if (!body)
        return;
    pipeline_arn(execution, true, arn);
    pipeline_arn(execution, false, pipeline);
    json = demo_event_open(body, &event);
    compose_text(&json, "pipelineExecutionDisplayName", str_of(execution->id));
    compose_text(&json, "pipelineArn", str_of(pipeline));
    compose_text(&json, "pipelineExecutionArn", str_of(arn));
    put_change(&json, "Execution", change);
    demo_event_close(&json);
}

static void step_event(struct posts *posts, const struct execution *execution,
                       const struct step *step, const char *job_arn, const struct change *change)
{
    char              arn[DEMO_ARN_ROOM], pipeline[DEMO_ARN_ROOM];
    struct demo_event event = {"SageMaker Model Building Pipeline Execution Step Status Change",
                               *execution->place, arn, change->at};
    struct buf       *body  = posts_add(posts, change->at, 0);
    struct compose    json;

    if (!body)
        return;
    pipeline_arn(execution, true, arn);
    pipeline_arn(execution, false, pipeline);
    json = demo_event_open(body, &event);
    compose_open(&json, "metadata", '{');
    if (step->job) {
        compose_open(&json, step->job, '{');
        compose_text(&json, "arn", str_of(job_arn));
        compose_close(&json, '}');
    }
    compose_close(&json, '}');
    compose_text(&json, "stepName", str_of(step->name));
    compose_text(&json, "stepType", str_of(step->type));
    compose_text(&json, "pipelineArn", str_of(pipeline));
    compose_text(&json, "pipelineExecutionArn", str_of(arn));
    put_change(&json, "Step", change);
    demo_event_close(&json);
}

static void run_step(struct posts *posts, struct cast *cast, const struct execution *execution,
                     int at, ms start)
{
    const struct step *step  = &steps[at];
    bool               fails = at == execution->fails_at;
    struct story       story = {
              .kind = step->kind, .plot = fails ? FAILS : GOES_WELL, .reason = BAD_DATA};
    ms              from   = start + (ms)step->from * MS_MINUTE;
    ms              to     = start + (ms)step->to * MS_MINUTE + 4 * MS_SECOND;
    struct demo_job job    = {.kind           = step->kind,
                              .place          = *execution->place,
                              .instance_type  = step->instance_type,
                              .instance_count = 1,
                              .team           = team_of(execution->place),
                              .created        = from,
                              .started        = from + MS_MINUTE,
                              .ended          = to};
    struct change   begins = {from, WHEN_UNKNOWN, from + MS_SECOND, "Starting", "Executing", NULL};
    struct change   ends   = {from,
                              to,
                              to + MS_SECOND,
                              "Executing",
                          fails ? "Failed" : "Succeeded",
                          fails ? BAD_DATA : NULL};
    char            arn[DEMO_ARN_ROOM];

    (void)snprintf(job.name, sizeof job.name, "pipelines-%.12s-%.16s-%06x", execution->id,
                   step->name, (unsigned)(retry_random() & 0xffffff));
    demo_job_arn(&job, arn);
    step_event(posts, execution, step, arn, &begins);
    step_event(posts, execution, step, arn, &ends);
    if (step->job) {
        cast_add(cast, &job);
        play(posts, &job, &story);
    }
}

static void run_pipeline(struct posts *posts, struct cast *cast, const struct execution *execution,
                         ms now)
{
    ms            start  = now - (ms)execution->minutes_ago * MS_MINUTE;
    int           last   = execution->fails_at < STEPS ? execution->fails_at : STEPS - 1;
    bool          fails  = execution->fails_at < STEPS;
    ms            end    = start + (ms)(steps[last].to + 1) * MS_MINUTE;
    struct change begins = {start, WHEN_UNKNOWN, start, NULL, "Executing", NULL};
    struct change ends   = {start, end, end, "Executing", fails ? "Failed" : "Succeeded", NULL};

    execution_event(posts, execution, &begins);
    for (int i = 0; i <= last; i++)
        run_step(posts, cast, execution, i, start);
    execution_event(posts, execution, &ends);
}

/* ---- the day -------------------------------------------------------------------------------- */

enum { LEAD = 150 * MS_SECOND, SHORT_LEAD = 6 * MS_SECOND };

void scenario_day(struct posts *posts, struct cast *cast, ms now)
{
    for (size_t i = 0; i < sizeof day / sizeof *day; i++)
        perform(posts, cast, &day[i], now - (ms)day[i].minutes_ago * MS_MINUTE - (ms)i * 137, LEAD);
    for (size_t i = 0; i < sizeof executions / sizeof *executions; i++)
        run_pipeline(posts, cast, &executions[i], now);
    scenario_models(posts, cast, now);
    scenario_things(posts, now);
}

void scenario_more(struct posts *posts, struct cast *cast, ms now, unsigned turn)
{
    perform(posts, cast, &more[turn % (sizeof more / sizeof *more)], now, SHORT_LEAD);
}
