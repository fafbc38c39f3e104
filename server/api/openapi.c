/* The description of this API for programs, embedded when the program is built, and the pages that
 * problem types point to. */
#include "api/app.h"
#include "api/guard.h"
#include "api/handlers.h"
#include "api/html.h"
#include "api/match.h"
#include "api/openapi_text.h"
#include "api/problem.h"
#include "base/str.h"
#include "wire/web.h"

#include <stdio.h>

enum { TAG_ROOM = 32, PAGE_CEILING = 16 * 1024 };

struct str openapi_text(void)
{
    return str_from((const char *)openapi_json, openapi_json_size);
}

void openapi_show(struct app *app, struct web_request *request, const struct caller *caller)
{
    struct web_reply reply = WEB_REPLY(200);
    char             tag[TAG_ROOM];
    int              size =
        snprintf(tag, sizeof tag, "\"%016llx\"", (unsigned long long)str_hash(openapi_text(), 0));

    (void)app;
    (void)caller; /* the same for everybody */
    web_reply_header(&reply, "Cache-Control", "max-age=300");
    if (size > 0)
        web_reply_header(&reply, "ETag", "%s", tag);
    if (match_has(web_header(request, "If-None-Match"), tag)) {
        reply.status = 304;
    } else {
        reply.type        = "application/json";
        reply.static_body = openapi_text();
    }
    web_reply(request, &reply);
}

void openapi_problem(struct app *app, struct web_request *request, const struct caller *caller)
{
    const struct problem_type *type  = problem_find(caller->ids[0]);
    struct web_reply           reply = WEB_REPLY(200);
    struct buf                 page  = BUF_UP_TO(PAGE_CEILING);

    (void)app;
    if (!type) {
        problem_reply_as(request, "not-found", "there is no problem of this type");
        return;
    }
    html_open(&page, type->title);
    html_element(&page, "h1", str_of(type->title));
    html_element(&page, "p", str_of(type->advice));
    buf_format(&page, "<p>HTTP status %d.</p>\n", type->status);
    html_close(&page);
    html_reply(&reply, &page);
    web_reply(request, &reply);
}
