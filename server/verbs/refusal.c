#include "verbs/refusal.h"

#include "base/buf.h"
#include "base/fail.h"
#include "base/str.h"
#include "verbs/show.h"
#include "verbs/term.h"
#include "wire/doc.h"

static enum fail_kind kind_of(int status)
{
    switch (status) {
    case 401: return FAIL_AUTH;
    case 403: return FAIL_DENIED;
    case 404:
    case 410: return FAIL_ABSENT;
    case 409:
    case 412: return FAIL_CLASH;
    case 413: return FAIL_SIZE;
    case 429: return FAIL_LIMIT;
    case 502: return FAIL_REMOTE;
    case 503:
    case 504: return FAIL_BUSY;
    default: return status >= 500 ? FAIL_BUG : FAIL_INPUT;
    }
}

int refusal_fail(int status, const struct doc *problem, bool has_key, struct fail *why)
{
    struct str title  = show_text(problem, "title");
    struct str detail = show_text(problem, "detail");

    if (status == 401 && !has_key)
        return fail_set(why, FAIL_AUTH, "the service wants a key: give --key or SMON_KEY");
    if (detail.size)
        return fail_set(why, kind_of(status), "%.*s (%d)", STR_ARG(detail), status);
    if (title.size)
        return fail_set(why, kind_of(status), "%.*s (%d)", STR_ARG(title), status);
    return fail_set(why, kind_of(status), "the service answered %d", status);
}

int refusal_set_aside(const struct doc *receipt, struct fail *why)
{
    struct str reason = show_text(receipt, "reason");
    double     count;

    if (!show_number(receipt, "quarantined", &count) || count < 1)
        return 0;
    return fail_set(why, FAIL_CLASH, "not understood, and set aside in quarantine: %.*s",
                    STR_ARG(reason));
}

void refusal_lines(const struct doc *problem, struct buf *out)
{
    const struct doc *errors = doc_member(problem, "errors");

    for (size_t i = 0; i < doc_count(errors); i++) {
        const struct doc *error = doc_item(errors, i);
        struct str        where = show_text(error, "pointer");
        struct str        what  = show_text(error, "detail");

        if (where.size == 0)
            where = show_text(error, "parameter");
        if (what.size == 0 || str_ends(show_text(problem, "detail"), what))
            continue; /* told already, perhaps behind its pointer */
        buf_text(out, "  ");
        term_inert(out, where);
        buf_text(out, where.size ? ": " : "");
        term_inert(out, what);
        buf_char(out, '\n');
    }
}
