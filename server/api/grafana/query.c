/* POST /grafana/query and POST /grafana/annotations: what panels and annotations show. */
#include "api/ask.h"
#include "api/grafana/annotate.h"
#include "api/grafana/draw.h"
#include "api/grafana/metric.h"
#include "api/grafana/relay.h"
#include "api/grafana/request.h"
#include "api/handlers.h"
#include "base/fail.h"
#include "base/mem.h"
#include "wire/doc.h"

#include <stdio.h>
#include <string.h>

/* What is being answered. */
struct answering {
    struct ask             *ask;
    struct grafana_request  request;
    struct grafana_question question;
    struct grafana_answers  answers;
    size_t                  good;
    struct fail             first; /* of what went wrong */
    const char             *first_problem;
    enum param_fault        first_fault;
};

static struct answering *answering_new(struct ask *ask, struct fail *why)
{
    struct answering *answering = mem_new(sizeof *answering);

    if (!answering) {
        (void)fail_set(why, FAIL_MEMORY, "no memory for a question");
        return NULL;
    }
    answering->ask     = ask;
    answering->request = GRAFANA_REQUEST_EMPTY;
    return answering;
}

static void answering_free(struct answering *answering)
{
    if (!answering)
        return;
    grafana_answers_release(&answering->answers);
    grafana_request_release(&answering->request);
    mem_free(answering);
}
OWN_PTR_TYPE(answering)

/* The body. */
static int read_request(struct answering *answering, struct fail *why)
{
    struct ask *ask = answering->ask;

    if (request_read(&answering->request, web_body(ask->request), ask->asker.now, why)) {
        ask->problem = why->kind == FAIL_INPUT ? "bad-member" : NULL;
        return -1;
    }
    return 0;
}

/* --- one target --- */

static int draw(struct answering *answering, const struct grafana_target *target, struct fail *why)
{
    const struct grafana_drawing drawing = {target, &answering->question, &answering->answers};
    struct compose              *out     = &answering->ask->json;

    if (target->is_annotation)
        return annotate_frame(out, &drawing, why);
    return answering->question.metric->width ? draw_series(out, &drawing, why)
                                             : draw_table(out, &drawing, why);
}

/* Asks for one metric and draws it. */
static int answer_metric(struct answering *answering, const struct grafana_target *target,
                         struct fail *why)
{
    struct ask *ask = answering->ask;

    answering->question.metric = metric_wanted(target->name, why);
    if (!answering->question.metric
        || relay_read(&answering->request, target, &answering->question, why)) {
        ask->problem = why->kind == FAIL_INPUT ? "bad-member" : NULL;
        return -1;
    }
    if (target->is_annotation && !answering->question.metric->note)
        return draw(answering, target, why); /* says so */
    return relay_ask(ask, &answering->question, &answering->answers, why)
                   || draw(answering, target, why)
               ? -1
               : 0;
}

static void forget(struct answering *answering)
{
    grafana_answers_release(&answering->answers);
    answering->answers               = GRAFANA_ANSWERS_EMPTY;
    answering->question.metric       = NULL;
    answering->question.notice_count = 0;
    memset(answering->question.values, 0, sizeof answering->question.values);
    answering->ask->problem      = NULL;
    answering->ask->params.fault = PARAM_FINE;
}

static void remember(struct answering *answering, const struct fail *why)
{
    if (answering->first.kind != FAIL_NONE)
        return;
    answering->first         = *why;
    answering->first_problem = answering->ask->problem;
    if (why->kind == FAIL_INPUT && answering->ask->params.fault == PARAM_FINE)
        answering->first_problem = "bad-member"; /* whatever it is, the body said it */
    answering->first_fault = answering->ask->params.fault;
}

/* Whatever of it was written is taken back, and its notice stands there instead. */
static void draw_sorry(struct answering *answering, const struct grafana_target *target,
                       const struct buf *before, const struct fail *why)
{
    const struct grafana_drawing drawing = {target, &answering->question, &answering->answers};
    struct compose              *out     = &answering->ask->json;

    answering->ask->body.size = before->size;
    out->needs_comma          = before->size > 1;
    draw_failure(out, &drawing, why->text);
}

/* A mistake of ours or want of memory ends it all; what else goes wrong concerns this target. */
static int answer_target(struct answering *answering, const struct grafana_target *target,
                         struct fail *why)
{
    const struct buf before = answering->ask->body;
    int              result;

    forget(answering);
    result = answer_metric(answering, target, why);
    if (result == 0) {
        answering->good++;
        return buf_check(&answering->ask->body, why);
    }
    if (why->kind == FAIL_BUG || why->kind == FAIL_MEMORY || answering->ask->body.broken)
        return -1;
    remember(answering, why);
    draw_sorry(answering, target, &before, why);
    return 0;
}

/* A name may hold several, as a variable puts them in: (jobs|failures). */
static int answer_names(struct answering *answering, const struct grafana_target *target,
                        struct fail *why)
{
    struct grafana_target one    = *target;
    struct grafana_values values = {.count = 0};

    if (values_add_text(&values, target->name, &answering->request.texts, why))
        return -1;
    if (!values_restrict(&values) || values.is_not || values.count == 0)
        return answer_target(answering, target, why);
    for (size_t i = 0; i < values.count; i++) {
        one.name = values.items[i].text;
        if (answer_target(answering, &one, why))
            return -1;
    }
    return 0;
}

int grafana_query(struct ask *ask, struct fail *why)
{
    static const char *const known[] = {NULL};
    OWN_PTR(answering) answering     = answering_new(ask, why);
    struct grafana_request *request;

    if (!answering || params_check(&ask->params, known, why) || read_request(answering, why))
        return -1;
    request = &answering->request;
    if (request_targets(request, why)) {
        ask->problem = "bad-member";
        return -1;
    }
    compose_open(&ask->json, NULL, '[');
    for (size_t i = 0; i < request->target_count; i++)
        if (answer_names(answering, &request->targets[i], why))
            return -1;
    compose_close(&ask->json, ']');
    if (answering->good || answering->first.kind == FAIL_NONE)
        return 0;
    *why              = answering->first;
    ask->problem      = answering->first_problem;
    ask->params.fault = answering->first_fault;
    return -1;
}

/* --- the older path of annotations --- */

/* "deployment_events", "#deploy", {"target":"failures","payload":{..}}, or nothing: deployments. */
static int read_annotation(struct str text, struct doc **out_query, struct grafana_target *out,
                           struct fail *why)
{
    *out = (struct grafana_target){.is_annotation = true};
    if (!str_starts(text, STR("{"))) {
        out->name = str_part(text, str_starts(text, STR("#")), text.size);
        return 0;
    }
    *out_query = doc_parse(text, why);
    if (!*out_query)
        return fail_in(why, "annotation.query");
    out->payload = doc_member(*out_query, "payload");
    if (out->payload && !doc_is_object(out->payload))
        return fail_set(why, FAIL_INPUT, "annotation.query: its payload is not an object");
    return doc_text_or(*out_query, "target", STR_NONE, &out->name, why);
}

/* What dashboards of old call them. */
static struct str annotation_metric(struct str name)
{
    static const struct {
        const char *word, *metric;
    } words[] = {{"deploy", "deployment_events"},
                 {"deploys", "deployment_events"},
                 {"deployment", "deployment_events"},
                 {"rollback", "deployment_events"},
                 {"failure", "failures"},
                 {"failed", "failures"}};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (str_is_text(name, words[i].word))
            return str_of(words[i].metric);
    return name.size ? name : STR("deployment_events");
}

static int list_annotations(struct answering *answering, struct doc **query, struct fail *why)
{
    struct ask            *ask        = answering->ask;
    const struct doc      *annotation = doc_member(answering->request.doc, "annotation");
    struct str             said       = STR_NONE;
    struct grafana_target  target;
    struct grafana_drawing drawing = {&target, &answering->question, &answering->answers};

    ask->problem = "bad-member";
    if (annotation && !doc_is_object(annotation))
        return fail_set(why, FAIL_INPUT, "annotation is not an object");
    if (annotation && doc_text_or(annotation, "query", STR_NONE, &said, why))
        return fail_in(why, "annotation");
    (void)params_find(&ask->params, "query", &said); /* of a GET */
    if (read_annotation(str_trim(said), query, &target, why))
        return -1;
    target.name                = annotation_metric(target.name);
    answering->question.metric = metric_wanted(target.name, why);
    if (!answering->question.metric
        || relay_read(&answering->request, &target, &answering->question, why))
        return -1;
    ask->problem = NULL;
    compose_open(&ask->json, NULL, '[');
    if (relay_ask(ask, &answering->question, &answering->answers, why)
        || annotate_list(&ask->json, &drawing, annotation, why))
        return -1;
    compose_close(&ask->json, ']');
    return 0;
}

/* The range of a GET stands in the address. */
static int read_address(struct answering *answering, struct fail *why)
{
    struct ask *ask = answering->ask;
    ms          from, to;

    if (params_range(&ask->params, ask->asker.now, &from, &to, why))
        return -1;
    if (to != WHEN_UNKNOWN)
        answering->request.to = to;
    if (from != WHEN_UNKNOWN)
        answering->request.from = from;
    else if (to != WHEN_UNKNOWN)
        answering->request.from = to - MS_DAY;
    return 0;
}

int grafana_annotations(struct ask *ask, struct fail *why)
{
    static const char *const known[] = {"from", "to", "since", "query", NULL};
    OWN_PTR(answering) answering     = answering_new(ask, why);
    OWN_PTR(doc) query               = NULL;

    if (!answering || params_check(&ask->params, known, why) || read_request(answering, why)
        || read_address(answering, why))
        return -1;
    return list_annotations(answering, &query, why);
}
