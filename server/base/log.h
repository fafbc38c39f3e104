/* log.h -- one JSON line per happening, to stderr.
 *
 *     LOG(LOG_LISTENING, LOG_TEXT("address", "127.0.0.1:8080"), LOG_INT("pid", getpid()));
 *     {"at":"2026-11-21T07:34:00.123Z","level":"info","event":"listening","address":"127.0.0.1:8080","pid":7}
 *
 * Only the edges log (api, runner, verbs), once per request or item. Every event has a line in
 * log_events.h with its level and what it means for the reader. Never a key, a token or a body. */
#ifndef SMON_BASE_LOG_H
#define SMON_BASE_LOG_H

#include "base/str.h"

#include <stddef.h>
#include <stdint.h>

struct fail;

enum log_level { LEVEL_ERROR, LEVEL_WARN, LEVEL_INFO, LEVEL_DEBUG };

#define LOG_EVENT(id, level, name, meaning) id,
enum log_event {
#include "base/log_events.h"
    LOG_EVENT_COUNT
};
#undef LOG_EVENT

struct log_field {
    const char *name;
    enum { LOG_FIELD_TEXT, LOG_FIELD_INT, LOG_FIELD_REAL } type;
    struct str text;
    int64_t    number;
    double     real;
};

#define LOG_STR(name, value) ((struct log_field){(name), LOG_FIELD_TEXT, (value), 0, 0})
#define LOG_TEXT(name, value) LOG_STR(name, str_of(value))
#define LOG_INT(name, value) ((struct log_field){(name), LOG_FIELD_INT, STR_NONE, (value), 0})
#define LOG_REAL(name, value) ((struct log_field){(name), LOG_FIELD_REAL, STR_NONE, 0, (value)})
#define LOG_WHY(why) LOG_TEXT("why", (why)->text)

#define LOG(event, ...)                                                                            \
    log_write((event), (const struct log_field[]){__VA_ARGS__},                                    \
              sizeof((const struct log_field[]){__VA_ARGS__}) / sizeof(struct log_field))

void log_write(enum log_event event, const struct log_field *fields, size_t count);

/* Lines less urgent than this are not written; LEVEL_INFO at start. */
void        log_set_level(enum log_level level);
int         log_level_parse(const char *name, enum log_level *out);
const char *log_event_name(enum log_event event);
const char *log_event_meaning(enum log_event event);

/* How many lines of this event were asked for since start, written or not: shown in /metrics. */
uint64_t log_event_count(enum log_event event);

#endif
