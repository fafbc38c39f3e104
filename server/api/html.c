#include "api/html.h"

#include "base/buf.h"
#include "wire/web.h"

void html_text(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.size; i++) {
        switch (text.data[i]) {
        case '<': buf_text(out, "&lt;"); break;
        case '>': buf_text(out, "&gt;"); break;
        case '&': buf_text(out, "&amp;"); break;
        case '"': buf_text(out, "&quot;"); break;
        case '\'': buf_text(out, "&#39;"); break;
        default: buf_char(out, text.data[i]); break;
        }
    }
}

void html_element(struct buf *out, const char *name, struct str text)
{
    buf_format(out, "<%s>", name);
    html_text(out, text);
    buf_format(out, "</%s>\n", name);
}

void html_open(struct buf *out, const char *title)
{
    buf_text(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                  "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                  "<meta name=\"color-scheme\" content=\"light dark\">\n"
                  "<link rel=\"icon\" href=\"data:,\">\n<title>");
    html_text(out, str_of(title));
    buf_text(out, "</title>\n</head>\n<body>\n<main>\n");
}

void html_close(struct buf *out)
{
    buf_text(out, "</main>\n</body>\n</html>\n");
}

void html_headers(struct web_reply *reply)
{
    reply->type = "text/html; charset=utf-8";
    web_reply_header(reply, "Content-Security-Policy",
                     "default-src 'none'; img-src data:; base-uri 'none'; "
                     "form-action 'none'; frame-ancestors 'none'");
    web_reply_header(reply, "Referrer-Policy", "no-referrer");
}

void html_reply(struct web_reply *reply, struct buf *page)
{
    html_headers(reply);
    reply->body = buf_take(page);
}
