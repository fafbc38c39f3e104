#include "base/log.h"

#include "base/buf.h"
#include "base/when.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

enum { LINE_CEILING = 16 * 1024 };

struct known_event {
    enum log_level level;
    const char    *name;
    const char    *meaning;
};

#define LOG_EVENT(id, level, name, meaning) [id] = {level, name, meaning},
static const struct known_event events[] = {
#include "base/log_events.h"
};
#undef LOG_EVENT

static const char *const level_names[] = {"error", "warn", "info", "debug"};

static atomic_int    least_urgent = LEVEL_INFO;
static atomic_ullong counts[LOG_EVENT_COUNT];

void log_set_level(enum log_level level)
{
    atomic_store(&least_urgent, (int)level);
}

int log_level_parse(const char *name, enum log_level *out)
{
    for (size_t i = 0; i < sizeof level_names / sizeof level_names[0]; i++)
        if (strcmp(name, level_names[i]) == 0) {
            *out = (enum log_level)i;
            return 0;
        }
    return -1;
}

const char *log_event_name(enum log_event event)
{
    return events[event].name;
}

const char *log_event_meaning(enum log_event event)
{
    return events[event].meaning;
}

uint64_t log_event_count(enum log_event event)
{
    return atomic_load(&counts[event]);
}

/* Behind U+FFFF there are two halves. What is no character is U+FFFD. */
static void add_escaped(struct buf *line, uint32_t code)
{
    if (code > 0xffff) {
        buf_format(line, "\\u%04x", 0xd800 + ((code - 0x10000) >> 10));
        code = 0xdc00 + ((code - 0x10000) & 0x3ff);
    }
    buf_format(line, "\\u%04x", code);
}

/* A quoted JSON text in printable ASCII, so that a terminal is safe from what a job is called. */
static void add_quoted(struct buf *line, struct str text)
{
    buf_char(line, '"');
    while (text.size) {
        uint32_t code;
        size_t   size = str_character(text, &code);

        if (!size)
            code = 0xfffd;
        if (code == '"' || code == '\\')
            buf_char(line, '\\');
        if (code < 0x20 || code > 0x7e)
            add_escaped(line, code);
        else
            buf_char(line, (char)code);
        text = str_part(text, size ? size : 1, text.size);
    }
    buf_char(line, '"');
}

static void add_field(struct buf *line, const struct log_field *field)
{
    buf_char(line, ',');
    add_quoted(line, str_of(field->name));
    buf_char(line, ':');
    switch (field->type) {
    case LOG_FIELD_TEXT: add_quoted(line, field->text); break;
    case LOG_FIELD_INT: buf_i64(line, field->number); break;
    case LOG_FIELD_REAL: buf_format(line, "%.6g", isfinite(field->real) ? field->real : 0); break;
    }
}

void log_write(enum log_event event, const struct log_field *fields, size_t count)
{
    struct buf line = BUF_UP_TO(LINE_CEILING);
    char       at[WHEN_ROOM];

    atomic_fetch_add_explicit(&counts[event], 1, memory_order_relaxed);
    if ((int)events[event].level > atomic_load_explicit(&least_urgent, memory_order_relaxed))
        return;
    when_render(when_now(), at);
    buf_format(&line, "{\"at\":\"%s\",\"level\":\"%s\",\"event\":\"%s\"", at,
               level_names[events[event].level], events[event].name);
    for (size_t i = 0; i < count; i++)
        add_field(&line, &fields[i]);
    buf_text(&line, "}\n");
    if (!line.broken && write(STDERR_FILENO, line.data, line.size) < 0) {
        /* nobody reads stderr: there is nowhere left to say so */
    }
    buf_release(&line);
}
