/* The console: one page, its script and its style, the same for everybody. It holds no secret, so
 * it is open; all it shows comes from the REST API, with the asker's key. Where one is within the
 * console stands behind '#', which is never sent.
 *
 * Assets are named after their contents and kept by browsers for ever; the page is asked for each
 * time and answered 304 while it is the same. */
#include "api/app.h"
#include "api/console/console_files.h"
#include "api/guard.h"
#include "api/handlers.h"
#include "api/html.h"
#include "api/match.h"
#include "api/problem.h"
#include "base/fail.h"
#include "wire/gz.h"
#include "wire/web.h"

static const char POLICY[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

enum { PAGE_CEILING = 4096 };

static struct str packed(const struct console_file *file)
{
    return str_from((const char *)file->data, file->packed_bytes);
}

static void put_body(const struct web_request *request, const struct console_file *file,
                     struct web_reply *reply)
{
    struct fail why = FAIL_OK;

    if (web_takes_gzip(request)) {
        web_reply_header(reply, "Vary", "Accept-Encoding");
        web_reply_header(reply, "Content-Encoding", "gzip");
        reply->static_body = packed(file);
        return;
    }
    reply->body = BUF_UP_TO(file->plain_bytes);
    if (gz_unpack(packed(file), &reply->body, &why))
        reply->body.broken = FAIL_MEMORY; /* it is ours, so nothing else can be: answered 503 */
}

static void reply_file(struct web_request *request, const struct console_file *file,
                       const char *keep)
{
    struct web_reply reply = WEB_REPLY(200);

    web_reply_header(&reply, "Cache-Control", "%s", keep);
    web_reply_header(&reply, "ETag", "%s", file->tag);
    web_reply_header(&reply, "Content-Security-Policy", "%s", POLICY);
    web_reply_header(&reply, "Referrer-Policy", "no-referrer");
    if (match_has(web_header(request, "If-None-Match"), file->tag)) {
        reply.status = 304;
    } else {
        reply.type = file->type;
        put_body(request, file, &reply);
    }
    web_reply(request, &reply);
}

static void reply_none(struct web_request *request)
{
    struct web_reply reply = WEB_REPLY(200);
    struct buf       page  = BUF_UP_TO(PAGE_CEILING);

    html_open(&page, "smon");
    html_element(&page, "h1", STR("smon"));
    html_element(&page, "p",
                 STR("This program was built without the console: node and npm were not there. "
                     "The REST API describes itself at /openapi.json; on the command line there "
                     "are smon top, smon jobs list and more."));
    html_close(&page);
    html_reply(&reply, &page);
    web_reply(request, &reply);
}

void console_page(struct app *app, struct web_request *request, const struct caller *caller)
{
    (void)app;
    (void)caller; /* the same for everybody */
    web_reply_always(request, "Link", STR("</openapi.json>; rel=\"service-desc\""));
    if (console_file_count)
        reply_file(request, &console_files[0], "no-cache");
    else
        reply_none(request);
}

void console_asset(struct app *app, struct web_request *request, const struct caller *caller)
{
    (void)app;
    for (size_t i = 1; i < console_file_count; i++) {
        if (!str_is_text(caller->ids[0], console_files[i].name))
            continue;
        reply_file(request, &console_files[i], "public, max-age=31536000, immutable");
        return;
    }
    problem_reply_as(request, "not-found", "there is no such asset; load the page again");
}
