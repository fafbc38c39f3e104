/* asking.h -- a question out of a query string, for tests of what is made of it. */
#ifndef SMON_TESTS_ASKING_H
#define SMON_TESTS_ASKING_H

#include "check.h"

#include "query/inferences/question.h"
#include "query/params.h"

static const ms ASKING_NOW = 1672617600000; /* 2023-01-02T00:00:00Z */

struct asking {
    struct params   params;
    struct question question;
};
#define ASKING_LIST                                                                                \
    ((struct asking){.params = PARAMS_EMPTY, .question = {.limit = 20, .is_descending = true}})
#define ASKING_SUMMARY ((struct asking){.params = PARAMS_EMPTY, .question = {.is_summary = true}})

static inline void asking_release(struct asking *asking)
{
    params_release(&asking->params);
}

static inline int asking_read(struct asking *asking, const char *query, struct fail *why)
{
    if (params_parse(&asking->params, str_of(query), why))
        return -1;
    return question_read(&asking->params, ASKING_NOW, &asking->question, why);
}

/* Values that mean something in one language or another. */
static const char *const asking_hostile[] = {
    "it's",
    "a\"b",
    "back\\slash",
    "two\nlines",
    "tab\there",
    ".*[a-z]+$^(x|y)?",
    "' OR '1'='1",
    "\"] | limit 1",
    "%_like%",
    "--comment",
    "\xc3\xa9t\xc3\xa9",
    "/* open",
};
enum { ASKING_HOSTILE = sizeof asking_hostile / sizeof asking_hostile[0] };

#endif
