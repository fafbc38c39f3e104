#include "emit/emit.h"

#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/retry.h"
#include "emf/emf.h"
#include "emf/output.h"
#include "emit/document.h"

enum { GROUP_ROOM = 513 };

static const struct retry_policy AGAIN      = {.base = 5 * MS_SECOND, .cap = 5 * MS_MINUTE};
static const ms                  LEAST_WAIT = MS_SECOND;

struct emit {
    struct output          *output;
    struct document_options document;
    char                    log_group[GROUP_ROOM];
};

/* Lines of a batch, each copied; the tag is the errand's place. */
struct lines {
    struct output_event *events;
    size_t               count, room;
    size_t               tag;
};

static void lines_release(struct lines *lines)
{
    for (size_t i = 0; i < lines->count; i++) {
        union { /* the copy is ours, though an event only lends it */
            const char *lent;
            char       *ours;
        } line = {lines->events[i].line.data};

        mem_free(line.ours);
    }
    mem_free(lines->events);
}

/* A log group's name: what the namespace may have and a group may not becomes '_'. */
static void name_group(struct emit *emit, const struct emit_options *options)
{
    struct str from = str_of(options->log_group[0] ? options->log_group : options->namespace);
    size_t     size = 0;

    for (; size < from.size && size + 1 < GROUP_ROOM; size++)
        emit->log_group[size] = from.data[size] == ':' ? '_' : from.data[size];
    emit->log_group[size] = '\0';
}

int emit_new(const struct emit_options *options, struct emit **out, struct fail *why)
{
    OWN_PTR(emit) emit = mem_new(sizeof *emit);

    if (!emit)
        return fail_set(why, FAIL_MEMORY, "no memory for emit");
    if (emf_check_namespace(str_of(options->namespace), why))
        return fail_in(why, "SMON_EMF_NAMESPACE");
    if (output_new(options->output, options->region, &emit->output, why))
        return -1;
    name_group(emit, options);
    emit->document.namespace = str_of(options->namespace);
    if (output_wants_log_group(emit->output))
        emit->document.log_group = str_of(emit->log_group);
    *out = TAKE(emit);
    return 0;
}

void emit_free(struct emit *emit)
{
    if (!emit)
        return;
    output_free(emit->output);
    mem_free(emit);
}

static int add_line(void *ctx, struct str line, struct fail *why)
{
    struct lines        *lines = ctx;
    size_t               room  = lines->room ? 2 * lines->room : 16;
    struct output_event *grown;
    char                *copy;

    if (lines->count == lines->room) {
        grown = mem_grow(lines->events, room, sizeof *grown);
        if (!grown)
            return fail_set(why, FAIL_MEMORY, "no memory for %zu lines", room);
        lines->events = grown;
        lines->room   = room;
    }
    copy = mem_copy(line.data, line.size);
    if (!copy)
        return fail_set(why, FAIL_MEMORY, "no memory for a line");
    lines->events[lines->count++] =
        (struct output_event){.line = str_from(copy, line.size), .tag = lines->tag};
    return 0;
}

static void later(const struct errand *errand, const struct fail *why, struct errand_outcome *out)
{
    int64_t tried = errand->attempt > 0 ? errand->attempt - 1 : 0;

    out->result   = ERRAND_LATER;
    out->after_ms = retry_wait(&AGAIN, (int)(tried < 30 ? tried : 30), LEAST_WAIT);
    errand_say(str_of(why->text), out->why, sizeof out->why);
}

static void done(struct errand_outcome *out, const char *why)
{
    out->result = ERRAND_DONE;
    (void)snprintf(out->why, sizeof out->why, "%s", why);
}

static void draw_up(struct emit *emit, const struct errand *errand, struct lines *lines,
                    struct errand_outcome *out)
{
    const char *nothing = "";
    struct fail why     = FAIL_OK;
    size_t      first   = lines->count;
    ms          at      = 0;
    int         got =
        document_render(errand, &emit->document, when_now(), add_line, lines, &at, &nothing, &why);

    done(out, nothing); /* unless something speaks against it */
    for (size_t i = first; i < lines->count; i++)
        lines->events[i].timestamp = at;
    if (got >= 0)
        return;
    if (fail_meaning(why.kind)->is_temporary) {
        later(errand, &why, out);
        return;
    }
    out->result = ERRAND_DEAD;
    errand_say(str_of(why.text), out->why, sizeof out->why);
}

void emit_act(struct emit *emit, const struct errand *errands, size_t count,
              struct errand_outcome *outcomes)
{
    OWN(lines) lines = {.events = NULL};
    struct fail why  = FAIL_OK;

    for (size_t i = 0; i < count; i++) {
        lines.tag = i;
        draw_up(emit, &errands[i], &lines, &outcomes[i]);
    }
    if (lines.count)
        (void)output_write(emit->output, lines.events, lines.count, &why); /* told line by line */
    for (size_t i = 0; i < lines.count; i++) {
        const struct output_event *event = &lines.events[i];

        if (event->result == OUTPUT_WAITS)
            later(&errands[event->tag], &why, &outcomes[event->tag]);
        else if (event->result == OUTPUT_REFUSED && outcomes[event->tag].result == ERRAND_DONE)
            done(&outcomes[event->tag], event->reason);
    }
}
