#include "api/grafana/cors.h"

#include "api/app.h"
#include "api/handlers.h"
#include "base/str.h"
#include "config.h"
#include "wire/web.h"

enum { MOST_HEADERS = 2048 };

static bool is_of_grafana(struct str path)
{
    return str_is_text(path, "/grafana") || str_starts(path, STR("/grafana/"));
}

bool cors_allows(const struct app *app, const struct web_request *request)
{
    struct str rest   = str_of(app->config->grafana_origins), one;
    struct str origin = web_header(request, "Origin");

    if (!origin.size || !rest.size || !is_of_grafana(web_path(request)))
        return false;
    while (str_cut(&rest, ',', &one))
        if (str_is_nocase(str_trim(one), origin))
            return true;
    return false;
}

void cors_admit(const struct app *app, struct web_request *request)
{
    if (!app->config->grafana_origins[0] || !is_of_grafana(web_path(request)))
        return;
    if (cors_allows(app, request))
        web_reply_always(request, "Access-Control-Allow-Origin", web_header(request, "Origin"));
    web_reply_always(request, "Vary", STR("Origin"));
}

/* Names of headers, as a browser lists them; anything else is not sent back. */
static bool is_list_of_names(struct str text)
{
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'
              || c == '_' || c == ',' || c == ' '))
            return false;
    }
    return text.size > 0 && text.size <= MOST_HEADERS;
}

/* Grafana adds headers of its own to what it asks (x-grafana-device-id, x-dashboard-id, ...), so
 * those that are asked for are allowed. */
void grafana_preflight(struct app *app, struct web_request *request, const struct caller *caller)
{
    struct web_reply reply  = WEB_REPLY(204);
    struct str       wanted = web_header(request, "Access-Control-Request-Headers");

    (void)caller; /* a browser sends no key along */
    if (cors_allows(app, request)) {
        web_reply_header(&reply, "Access-Control-Allow-Methods", "GET, POST");
        if (is_list_of_names(wanted))
            web_reply_header(&reply, "Access-Control-Allow-Headers",
                             "accept, content-type, authorization, %.*s", STR_ARG(wanted));
        else
            web_reply_header(&reply, "Access-Control-Allow-Headers",
                             "accept, content-type, authorization");
        web_reply_header(&reply, "Access-Control-Max-Age", "600");
        web_reply_header(&reply, "Vary", "Access-Control-Request-Headers");
    }
    web_reply(request, &reply);
}
