#include "api/ask.h"

#include "api/app.h"
#include "api/problem.h"
#include "base/fail.h"
#include "wire/doc.h"

#include <stdarg.h>
#include <stdio.h>

int ask_check(struct ask *ask, const char *const *known, struct fail *why)
{
    struct str format;

    if (params_check(&ask->params, known, why))
        return -1;
    if (!params_find(&ask->params, "time_format", &format) || str_is_text(format, "rfc3339"))
        return 0;
    if (!str_is_text(format, "epoch_ms"))
        return params_fault(&ask->params, PARAM_BAD, STR("time_format"), why,
                            "'time_format' is rfc3339 or epoch_ms");
    ask->json.epoch_times = true;
    return 0;
}

void ask_open_list(struct ask *ask)
{
    ask->is_list = true;
    compose_open(&ask->json, NULL, '{');
    compose_open(&ask->json, "data", '[');
}

void ask_close_whole_list(struct ask *ask)
{
    compose_close(&ask->json, ']');
    compose_null(&ask->json, "next_cursor");
    compose_bool(&ask->json, "has_more", false);
}

int ask_close_list(struct ask *ask, const struct paged *paged, const char *path, struct fail *why)
{
    OWN(buf) cursor = BUF_UP_TO(CURSOR_MOST_TEXT);
    OWN(buf) link   = BUF_UP_TO(4 * PARAMS_MOST_BYTES);

    if (!paged->page.has_more) {
        ask_close_whole_list(ask);
        return 0;
    }
    if (paging_cursor(paged, ask->app->cursor_key, &cursor, why))
        return -1;
    compose_close(&ask->json, ']');
    compose_text(&ask->json, "next_cursor", buf_view(&cursor));
    compose_bool(&ask->json, "has_more", true);
    paging_link(&ask->params, path, buf_view(&cursor), &link);
    if (!link.broken)
        web_reply_header(&ask->reply, "Link", "<%s>; rel=\"next\"", buf_c(&link));
    return 0;
}

int ask_too_wide(struct ask *ask, ms from, struct fail *why)
{
    if (why->kind != FAIL_LIMIT || from != WHEN_UNKNOWN || ask->params.fault != PARAM_FINE)
        return -1;
    return params_fault(&ask->params, PARAM_TOO_WIDE, STR("from"), why,
                        "so few match that the search ran out of time; give a time range with "
                        "'from' or 'since'");
}

int ask_absent(struct fail *why)
{
    return fail_set(why, FAIL_ABSENT, "there is nothing of this id, or the key does not reach it");
}

int ask_id(const struct ask *ask, int64_t *out_account, int64_t *out_id, struct fail *why)
{
    if (filter_id(ask->caller->ids[0], out_account, out_id)
        || !scope_has(&ask->caller->scope, *out_account))
        return ask_absent(why);
    return 0;
}

int ask_refuse(struct ask *ask, const char *slug, struct fail *why, const char *format, ...)
{
    const struct problem_type *type = problem_find(str_of(slug));
    char                       text[sizeof why->text];
    va_list                    args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args); /* a long sentence is cut */
    va_end(args);
    ask->problem = slug;
    return fail_set(why, type && type->status == 409 ? FAIL_CLASH : FAIL_INPUT, "%s", text);
}

int ask_flaws(struct ask *ask, struct fail *why)
{
    if (!ask->flaws.count)
        return 0;
    ask->problem = flaws_are(&ask->flaws, "immutable-field") ? "immutable-field" : "bad-member";
    return flaws_fail(&ask->flaws, why);
}

struct doc *ask_body(const struct ask *ask, struct fail *why)
{
    struct str  text = str_trim(web_body(ask->request));
    struct doc *doc  = text.size ? doc_parse(text, why) : doc_object();

    if (!doc && !text.size)
        fail_set(why, FAIL_MEMORY, "no memory for a document");
    if (doc && !doc_is_object(doc)) {
        doc_free(doc);
        fail_set(why, FAIL_INPUT, "the body is not a JSON object");
        return NULL;
    }
    return doc;
}
