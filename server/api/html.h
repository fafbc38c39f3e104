/* html.h -- pages written by the server: escaped by construction, without script.
 *
 * For the few pages beside the console: what a type of problem means. Text only goes in through
 * html_text and html_element; a strict Content-Security-Policy allows nothing else. */
#ifndef SMON_API_HTML_H
#define SMON_API_HTML_H

#include "base/str.h"

struct buf;
struct web_reply;

void html_open(struct buf *out, const char *title);
void html_close(struct buf *out);
void html_text(struct buf *out, struct str text);
/* <name>text</name>; the name is a constant. */
void html_element(struct buf *out, const char *name, struct str text);

/* Moves the page into a reply, with its headers. */
void html_reply(struct web_reply *reply, struct buf *page);
void html_headers(struct web_reply *reply);

#endif
