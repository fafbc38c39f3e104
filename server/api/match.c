#include "api/match.h"

#include "api/ask.h"
#include "base/fail.h"
#include "wire/web.h"

#include <stdio.h>
#include <string.h>

void match_tag(char out[MATCH_ROOM], char letter, int64_t number, int64_t rev)
{
    /* Two numbers of 20 digits and five more characters fit. */
    (void)snprintf(out, MATCH_ROOM, "\"%c%lld-%lld\"", letter, (long long)number, (long long)rev);
}

static const char *strong(const char *tag)
{
    return strncmp(tag, "W/", 2) == 0 ? tag + 2 : tag;
}

/* How two tags are held against each other. */
enum manner { EXACTLY, WEAKLY, BY_REVISION };

static bool is_tag(struct str given, const char *tag, enum manner manner)
{
    const char *last = strrchr(tag, '-');

    if (manner == BY_REVISION && last)
        return str_starts(given, str_from(tag, (size_t)(last - tag) + 1));
    return str_is_text(given, tag);
}

static bool names(struct str list, const char *tag, enum manner manner)
{
    struct str one;

    while (str_cut(&list, ',', &one)) {
        one = str_trim(one);
        if (str_is_text(one, "*"))
            return true;
        if (manner == WEAKLY && str_starts(one, STR("W/")))
            one = str_part(one, 2, one.size);
        if (tag && is_tag(one, tag, manner))
            return true;
    }
    return false;
}

bool match_has(struct str list, const char *tag)
{
    return names(list, tag ? strong(tag) : NULL, WEAKLY);
}

int match_given(struct ask *ask, struct fail *why)
{
    if (str_trim(web_header(ask->request, "If-Match")).size)
        return 0;
    return ask_refuse(ask, "precondition-required", why,
                      "If-Match says which state this change was made for");
}

static int check(struct ask *ask, const char *tag, enum manner manner, struct fail *why)
{
    if (names(web_header(ask->request, "If-Match"), tag, manner))
        return 0;
    return ask_refuse(ask, "precondition-failed", why,
                      "it is not what If-Match names any more; its tag is %s now", tag);
}

int match_check(struct ask *ask, const char *tag, struct fail *why)
{
    return check(ask, tag, EXACTLY, why);
}

int match_check_rev(struct ask *ask, const char *tag, struct fail *why)
{
    return check(ask, tag, BY_REVISION, why);
}

void match_answer(struct ask *ask, const char *tag, bool is_immutable)
{
    web_reply_header(&ask->reply, "ETag", "%s", tag);
    if (is_immutable)
        web_reply_header(&ask->reply, "Cache-Control", "private, max-age=86400, immutable");
}
