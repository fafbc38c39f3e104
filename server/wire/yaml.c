#include "wire/yaml.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <yaml.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/own.h"

enum {
    MOST_FILE = 1024 * 1024,
    MOST_NAME = 200,
    DEPTH     = 2, /* sections in sections below the root; deeper is refused */
    PIECE     = 4096
};

struct reading {
    const char   *path;
    yaml_parser_t parser;
    yaml_visit   *visit;
    void         *ctx;
    struct buf    seen; /* every name visited, each followed by a newline */
};

/* libyaml's values, released like ours. */
struct event {
    yaml_event_t it;
};
#define EVENT_NONE ((struct event){0})

static void event_release(struct event *event)
{
    yaml_event_delete(&event->it);
}

static void reading_release(struct reading *reading)
{
    yaml_parser_delete(&reading->parser);
    buf_release(&reading->seen);
}

static int line_of(const struct event *event)
{
    return (int)event->it.start_mark.line + 1;
}

static int refuse(const struct reading *reading, int line, const char *what, struct fail *why)
{
    return fail_set(why, FAIL_INPUT, "%s:%d: %s", reading->path, line, what);
}

static int next_event(struct reading *reading, struct event *out, struct fail *why)
{
    yaml_parser_t *parser = &reading->parser;

    event_release(out);
    if (yaml_parser_parse(parser, &out->it))
        return 0;
    if (parser->error == YAML_MEMORY_ERROR)
        return fail_set(why, FAIL_MEMORY, "%s: no memory", reading->path);
    return refuse(reading, (int)parser->problem_mark.line + 1,
                  parser->problem ? parser->problem : "not YAML", why);
}

static struct str scalar_of(const struct event *event)
{
    return (struct str){(const char *)event->it.data.scalar.value, event->it.data.scalar.length};
}

/* A plain `~` or `null` means the same as nothing behind the colon. */
static struct str value_of(const struct event *event)
{
    struct str value = scalar_of(event);

    if (event->it.data.scalar.style == YAML_PLAIN_SCALAR_STYLE
        && (str_is_text(value, "~") || str_is_text(value, "null")))
        return STR("");
    return value;
}

/* Anchors and tags have no use in settings, and what they would do here would surprise. */
static int check_scalar(const struct reading *reading, const struct event *event, struct fail *why)
{
    if (event->it.type == YAML_ALIAS_EVENT || event->it.data.scalar.anchor)
        return refuse(reading, line_of(event), "anchors and aliases are not for settings", why);
    if (event->it.type != YAML_SCALAR_EVENT)
        return refuse(reading, line_of(event), "expected a value", why);
    if (event->it.data.scalar.tag)
        return refuse(reading, line_of(event), "tags are not for settings", why);
    if (memchr(scalar_of(event).data, '\0', scalar_of(event).size))
        return refuse(reading, line_of(event), "a value holds a NUL", why);
    return 0;
}

/* A setting written twice is a mistake whose outcome nobody could guess. */
static int note_name(struct reading *reading, const char *name, int line, struct fail *why)
{
    struct str rest = buf_view(&reading->seen), piece;

    while (str_cut(&rest, '\n', &piece))
        if (str_is_text(piece, name))
            return fail_set(why, FAIL_INPUT, "%s:%d: %s is given twice", reading->path, line, name);
    buf_format(&reading->seen, "%s\n", name);
    return buf_check(&reading->seen, why);
}

static int give(struct reading *reading, const char *name, struct str value, int line,
                struct fail *why)
{
    if (note_name(reading, name, line, why))
        return -1;
    return reading->visit(reading->ctx, name, value, line, why);
}

/* [a, b] becomes "a,b"; an item with a comma would come out as two. */
static int read_list(struct reading *reading, const char *name, int line, struct fail *why)
{
    OWN(event) event = EVENT_NONE;
    OWN(buf) joined  = BUF_UP_TO(MOST_FILE);

    for (;;) {
        if (next_event(reading, &event, why))
            return -1;
        if (event.it.type == YAML_SEQUENCE_END_EVENT)
            break;
        if (check_scalar(reading, &event, why))
            return -1;
        if (memchr(scalar_of(&event).data, ',', scalar_of(&event).size))
            return refuse(reading, line_of(&event), "an item of a list holds a comma", why);
        if (joined.size)
            buf_char(&joined, ',');
        buf_str(&joined, scalar_of(&event));
    }
    if (buf_check(&joined, why))
        return -1;
    return give(reading, name, buf_view(&joined), line, why);
}

/* The key's name, behind its section's. */
static int full_name(const struct reading *reading, const char *section, const struct event *key,
                     char out[MOST_NAME], struct fail *why)
{
    struct str text = scalar_of(key);
    int size = snprintf(out, MOST_NAME, "%s%s%.*s", section, *section ? "." : "", STR_ARG(text));

    if (text.size == 0)
        return refuse(reading, line_of(key), "a setting without a name", why);
    if (size < 0 || size >= MOST_NAME)
        return refuse(reading, line_of(key), "the name of a setting is too long", why);
    return 0;
}

static int read_section(struct reading *reading, const char *section, int depth, struct fail *why);

static int read_value(struct reading *reading, const char *name, int depth, struct fail *why)
{
    OWN(event) event = EVENT_NONE;

    if (next_event(reading, &event, why))
        return -1;
    if (event.it.type == YAML_MAPPING_START_EVENT && depth < DEPTH)
        return read_section(reading, name, depth + 1, why);
    if (event.it.type == YAML_MAPPING_START_EVENT)
        return refuse(reading, line_of(&event), "sections go two levels deep at most", why);
    if (event.it.type == YAML_SEQUENCE_START_EVENT)
        return read_list(reading, name, line_of(&event), why);
    if (check_scalar(reading, &event, why))
        return -1;
    return give(reading, name, value_of(&event), line_of(&event), why);
}

static int read_section(struct reading *reading, const char *section, int depth, struct fail *why)
{
    for (;;) {
        char name[MOST_NAME];
        OWN(event) key = EVENT_NONE;

        if (next_event(reading, &key, why))
            return -1;
        if (key.it.type == YAML_MAPPING_END_EVENT)
            return 0;
        if (check_scalar(reading, &key, why) || full_name(reading, section, &key, name, why)
            || read_value(reading, name, depth, why))
            return -1;
    }
}

/* Stream start, at most one document holding one section, stream end. */
static int read_stream(struct reading *reading, struct fail *why)
{
    OWN(event) event   = EVENT_NONE;
    int document_count = 0;

    for (;;) {
        if (next_event(reading, &event, why))
            return -1;
        switch (event.it.type) {
        case YAML_STREAM_END_EVENT: return 0;
        case YAML_STREAM_START_EVENT:
        case YAML_DOCUMENT_END_EVENT: break;
        case YAML_DOCUMENT_START_EVENT:
            if (document_count++)
                return refuse(reading, line_of(&event), "a second document", why);
            break;
        case YAML_MAPPING_START_EVENT:
            if (read_section(reading, "", 0, why))
                return -1;
            break;
        case YAML_SCALAR_EVENT: /* `--- ` or nothing but comments after it */
            if (value_of(&event).size == 0)
                break;
            return refuse(reading, line_of(&event), "expected `name: value`", why);
        case YAML_NO_EVENT:
        case YAML_ALIAS_EVENT:
        case YAML_SEQUENCE_START_EVENT:
        case YAML_SEQUENCE_END_EVENT:
        case YAML_MAPPING_END_EVENT:
            return refuse(reading, line_of(&event), "expected `name: value`", why);
        }
    }
}

static int read_whole(const char *path, struct buf *out, struct fail *why)
{
    FILE  *file = fopen(path, "rbe");
    size_t got  = 0;

    if (!file)
        return fail_set(why, FAIL_INPUT, "%s: %s", path, strerror(errno));
    do {
        char *room = buf_room(out, PIECE);

        got = room ? fread(room, 1, PIECE, file) : 0;
        buf_grown(out, got);
    } while (got > 0);
    if (ferror(file)) {
        fclose(file);
        return fail_set(why, FAIL_INPUT, "%s: cannot be read", path);
    }
    fclose(file);
    return buf_check(out, why) ? fail_in(why, "%s", path) : 0;
}

int yaml_read_file(const char *path, yaml_visit *visit, void *ctx, struct fail *why)
{
    OWN(buf) text        = BUF_UP_TO(MOST_FILE);
    OWN(reading) reading = {.path = path, .visit = visit, .ctx = ctx, .seen = BUF_UP_TO(MOST_FILE)};

    if (read_whole(path, &text, why))
        return -1;
    if (!yaml_parser_initialize(&reading.parser))
        return fail_set(why, FAIL_MEMORY, "%s: no memory", path);
    yaml_parser_set_input_string(&reading.parser, (const unsigned char *)text.data, text.size);
    return read_stream(&reading, why);
}
