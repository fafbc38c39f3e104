#include "format/errand.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/own.h"
#include "format/compose.h"
#include "wire/doc.h"

/* A deed that is put off for longer than this has lost its sense; a bound for what others send. */
static const ms LONGEST_WAIT = (ms)30 * MS_DAY;

static const char *const DEEDS[DEED_COUNT] = {
    [DEED_ENRICH]           = "enrich",
    [DEED_EMIT]             = "emit",
    [DEED_EMIT_UTILIZATION] = "emit-utilization",
};

static const char *const RESULTS[] = {
    [ERRAND_DONE]  = "done",
    [ERRAND_LATER] = "later",
    [ERRAND_DEAD]  = "dead",
};

enum { RESULT_COUNT = sizeof RESULTS / sizeof RESULTS[0] };

const char *deed_name(enum deed deed)
{
    return (unsigned)deed < DEED_COUNT ? DEEDS[deed] : NULL;
}

int deed_of_name(struct str name)
{
    for (int i = 1; i < DEED_COUNT; i++)
        if (str_is_text(name, DEEDS[i]))
            return i;
    return 0;
}

void errand_outcome_release(struct errand_outcome *outcome)
{
    utilization_release(&outcome->utilization);
    *outcome = (struct errand_outcome){.result = ERRAND_DONE};
}

void errand_say(struct str text, char *out, size_t room)
{
    bool       fits = text.size < room;
    struct str head = fits ? text : str_head(text, room - 1 - STR("...").size);

    (void)snprintf(out, room, "%.*s%s", STR_ARG(head), fits ? "" : "...");
}

void errand_say_both(struct str first, struct str second, char *out, size_t room)
{
    size_t both = room - 1 - STR("; ").size;
    size_t half = both / 2;
    size_t used;

    errand_say(first, out, 1 + (second.size < half ? both - second.size : half));
    used = strlen(out);
    (void)snprintf(out + used, room - used, "; ");
    used += STR("; ").size;
    errand_say(second, out + used, room - used);
}

static void compose_job(struct compose *out, const struct errand_job *job)
{
    const struct kind_facts *kind = kind_facts(job->kind);

    compose_open(out, "job", '{');
    compose_text(out, "account", job->account);
    compose_text(out, "region", job->region);
    compose_text(out, "kind", kind ? str_of(kind->name) : STR_NONE);
    compose_text(out, "name", job->name);
    compose_text(out, "arn", job->arn);
    compose_text(out, "status", job->status);
    compose_text(out, "secondary_status", job->secondary_status);
    compose_text(out, "failure_reason", str_head(job->failure_reason, ERRAND_MOST_REASON));
    compose_time(out, "created_at", job->created_at);
    compose_time(out, "started_at", job->started_at);
    compose_time(out, "ended_at", job->ended_at);
    compose_time(out, "counted_at", job->counted_at);
    if (job->duration_ms == WHEN_UNKNOWN)
        compose_null(out, "duration_ms");
    else
        compose_int(out, "duration_ms", job->duration_ms);
    compose_text(out, "instance_type", job->instance_type);
    if (job->instance_count > 0)
        compose_int(out, "instance_count", job->instance_count);
    else
        compose_null(out, "instance_count");
    compose_close(out, '}');
}

void errand_compose(struct compose *out, const struct errand *errand, struct str memo_json,
                    const struct utilization *utilization)
{
    compose_open(out, NULL, '{');
    compose_text(out, "id", str_of(errand->id));
    compose_text(out, "deed", str_of(deed_name(errand->deed)));
    compose_int(out, "fence", errand->fence);
    compose_int(out, "attempt", errand->attempt);
    compose_time(out, "born_at", errand->born_at);
    if (memo_json.size)
        compose_raw(out, "memo", memo_json);
    else
        compose_null(out, "memo");
    compose_job(out, &errand->job);
    if (utilization)
        utilization_compose(out, "utilization", utilization);
    else
        compose_null(out, "utilization");
    compose_close(out, '}');
}

static int parse_kind(const struct doc *doc, enum kind *out, struct fail *why)
{
    struct str name;

    if (doc_text(doc, "kind", &name, why))
        return -1;
    *out = kind_of_name(name);
    if (*out == KIND_NONE)
        return fail_set(why, FAIL_INPUT, "kind \"%.*s\" is not known", STR_ARG(name));
    return 0;
}

static int parse_job(const struct doc *doc, struct errand_job *out, struct fail *why)
{
    if (!doc_is_object(doc))
        return fail_set(why, FAIL_INPUT, "job is not an object");
    if (doc_text(doc, "account", &out->account, why) || doc_text(doc, "region", &out->region, why)
        || parse_kind(doc, &out->kind, why) || doc_text(doc, "name", &out->name, why)
        || doc_text_or(doc, "arn", STR_NONE, &out->arn, why)
        || doc_text_or(doc, "status", STR_NONE, &out->status, why)
        || doc_text_or(doc, "secondary_status", STR_NONE, &out->secondary_status, why)
        || doc_text_or(doc, "failure_reason", STR_NONE, &out->failure_reason, why)
        || doc_time_or(doc, "created_at", WHEN_UNKNOWN, &out->created_at, why)
        || doc_time_or(doc, "started_at", WHEN_UNKNOWN, &out->started_at, why)
        || doc_time_or(doc, "ended_at", WHEN_UNKNOWN, &out->ended_at, why)
        || doc_time_or(doc, "counted_at", out->ended_at, &out->counted_at, why)
        || doc_int_or(doc, "duration_ms", WHEN_UNKNOWN, &out->duration_ms, why)
        || doc_text_or(doc, "instance_type", STR_NONE, &out->instance_type, why)
        || doc_int_or(doc, "instance_count", 0, &out->instance_count, why))
        return fail_in(why, "job");
    return 0;
}

static int parse_id(const struct doc *item, char out[ERRAND_ID_ROOM], struct fail *why)
{
    struct str id;

    if (doc_text(item, "id", &id, why))
        return -1;
    if (!id.size || str_to_c(id, out, ERRAND_ID_ROOM))
        return fail_set(why, FAIL_INPUT, "id is empty or longer than %d", ERRAND_ID_ROOM - 1);
    return 0;
}

int errand_parse(const struct doc *item, struct errand *out, struct fail *why)
{
    struct errand read = {.id = ""};
    struct str    deed;

    if (!doc_is_object(item))
        return fail_set(why, FAIL_INPUT, "errand is not an object");
    if (parse_id(item, read.id, why) || doc_text(item, "deed", &deed, why)
        || doc_int(item, "fence", &read.fence, why)
        || doc_int_or(item, "attempt", 1, &read.attempt, why)
        || doc_time_or(item, "born_at", WHEN_UNKNOWN, &read.born_at, why)
        || parse_job(doc_member(item, "job"), &read.job, why))
        return fail_in(why, "errand %s", read.id);
    read.deed = (enum deed)deed_of_name(deed);
    if (!read.deed)
        return fail_set(why, FAIL_INPUT, "errand %s: deed \"%.*s\" is not known", read.id,
                        STR_ARG(deed));
    read.memo        = doc_member(item, "memo");
    read.utilization = doc_member(item, "utilization");
    *out             = read;
    return 0;
}

void errand_outcome_compose(struct compose *out, const struct errand_outcome *outcome)
{
    compose_open(out, NULL, '{');
    compose_text(out, "id", str_of(outcome->id));
    compose_int(out, "fence", outcome->fence);
    compose_text(out, "result", str_of(RESULTS[outcome->result]));
    if (outcome->result == ERRAND_LATER)
        compose_int(out, "after_ms", outcome->after_ms);
    if (outcome->why[0])
        compose_text(out, "why", str_of(outcome->why));
    if (outcome->memo[0])
        compose_raw(out, "memo", str_of(outcome->memo));
    if (outcome->utilization.state != UTILIZATION_NONE_YET)
        utilization_compose(out, "utilization", &outcome->utilization);
    compose_close(out, '}');
}

static int parse_result(const struct doc *item, struct errand_outcome *out, struct fail *why)
{
    struct str name;

    if (doc_text(item, "result", &name, why)
        || doc_int_or(item, "after_ms", 0, &out->after_ms, why))
        return -1;
    if (out->after_ms < 0 || out->after_ms > LONGEST_WAIT)
        return fail_set(why, FAIL_INPUT, "after_ms is not between 0 and 30 days");
    for (int i = 0; i < RESULT_COUNT; i++)
        if (str_is_text(name, RESULTS[i])) {
            out->result = (enum errand_result)i;
            return 0;
        }
    return fail_set(why, FAIL_INPUT, "result \"%.*s\" is not known", STR_ARG(name));
}

static int parse_memo(const struct doc *item, char *out, size_t room, struct fail *why)
{
    const struct doc *memo = doc_member(item, "memo");
    OWN(buf) text          = BUF_UP_TO(room - 1);

    if (!memo)
        return 0;
    if (!doc_is_object(memo))
        return fail_set(why, FAIL_INPUT, "memo is not an object");
    if (doc_render(memo, &text, why) || buf_check(&text, why))
        return fail_in(why, "memo");
    return str_to_c(buf_view(&text), out, room) ? fail_set(why, FAIL_INPUT, "memo") : 0;
}

int errand_outcome_parse(const struct doc *item, struct errand_outcome *out, struct fail *why)
{
    OWN(errand_outcome) read  = {.result = ERRAND_DONE};
    const struct doc *figures = doc_member(item, "utilization");
    struct str        reason;

    if (!doc_is_object(item))
        return fail_set(why, FAIL_INPUT, "outcome is not an object");
    if (parse_id(item, read.id, why) || doc_int(item, "fence", &read.fence, why)
        || parse_result(item, &read, why) || doc_text_or(item, "why", STR_NONE, &reason, why)
        || parse_memo(item, read.memo, sizeof read.memo, why)
        || (figures && utilization_parse(figures, &read.utilization, why)))
        return fail_in(why, "outcome %s", read.id);
    (void)str_to_c(str_head(reason, sizeof read.why - 1), read.why, sizeof read.why);
    *out = read;
    read = (struct errand_outcome){.result = ERRAND_DONE};
    return 0;
}
