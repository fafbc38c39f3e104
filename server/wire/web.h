/* web.h -- HTTP in (libmicrohttpd): a request in, a reply out, and the guards the library lacks.
 *
 * One `struct web` is one listener with one event thread. It calls `admit` when the headers have
 * come (refuse early, or say how much body is welcome) and `serve` when the body is whole. Both run
 * on the event thread and must not block. `serve` answers at once, or keeps the request and any
 * thread answers later with web_reply: until then the connection is suspended. Exactly one reply
 * per request; after it the request is gone. Replies that wait together wake the event thread once.
 *
 * Guards: absolute deadline from the connection (later on: the request line) to the whole body, and
 * 60 s to read an answer; at most N connections, and N per address (per /64 of IPv6); two
 * Content-Length headers, Transfer-Encoding with Content-Length, an unknown Transfer-Encoding, bare
 * line feeds, folded headers, %00, %2f, %5c, dot segments and NUL are refused; 8 KiB of target,
 * 16 KiB of headers, and what admit says of body hold while bytes arrive; Range is ignored; HEAD is
 * GET without a body, and handlers see it as GET. Answers over 1 KiB are gzipped when asked, except
 * under /ingest/. Every answer carries X-Request-Id, nosniff, and Cache-Control: no-store unless
 * the reply has its own. What libmicrohttpd finds unreadable by itself (no colon, a Content-Length
 * that is no number, headers past its memory) gets its own plain 400, 413, 414, 431 or 505. */
#ifndef SMON_WIRE_WEB_H
#define SMON_WIRE_WEB_H

#include "base/buf.h"
#include "base/own.h"
#include "base/str.h"
#include "base/when.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fail;
struct web;
struct web_request;
struct web_stream;

struct web_handlers {
    /* The headers are in. Returns the most body bytes to take; or refuses with web_reply. */
    size_t (*admit)(struct web_request *request, void *ctx);
    /* The body is whole. Replies, or keeps the request to reply later. */
    void (*serve)(struct web_request *request, void *ctx);
    /* A problem found before or instead of routing (bad request, too large, deadline): fills a
     * reply body in the house's error shape. `status` is HTTP's. */
    void (*refuse)(int status, const char *detail, const char *request_id, struct buf *body,
                   void *ctx);
    void *ctx;
    /* Every answer of whatever origin, from the thread that gives it; NULL: nobody wants
     * to know. */
    void (*answered)(const struct web_request *request, int status, void *ctx);
};

struct web_options {
    const char *address;          /* in digits: "127.0.0.1", "::"; or NULL with unix_path */
    uint16_t    port;             /* 0: the system chooses, see web_port */
    const char *unix_path;        /* a local socket instead, mode 0600; a stale one is replaced */
    const char *certificate_file; /* PEM; both or none */
    const char *key_file;
    int         most_connections; /* 0: 1024. Fewer when descriptors are: 48 stay for others */
    int         most_per_address; /* 0: no such limit (behind a proxy, or local) */
    ms          request_deadline; /* absolute, to the whole body; 0: 10 s */
    ms          idle_timeout;     /* between requests; 0: 75 s */
};

int      web_open(const struct web_options *options, const struct web_handlers *handlers,
                  struct web **out, struct fail *why);
uint16_t web_port(const struct web *web);

/* Reads the certificate files again, from any thread. Connections that stand keep the old one until
 * their next answer, which closes them. -1: *why, and the old one stays in use. */
int web_reload_certificate(struct web *web, struct fail *why);

/* Stops accepting, soon; what is under way goes on, and each answer closes its connection. */
void web_quiesce(struct web *web);
/* Requests admitted and not yet answered to the last byte. Open streams do not count. */
int web_pending(const struct web *web);
/* Every kept request must have been replied to before; answers given get half a second to go out.
 * Streams that are open are cut: their senders get -1, also afterwards. */
void web_free(struct web *web);
OWN_PTR_TYPE(web)

/* What is asked. Borrowed until the reply. */
struct str  web_method(const struct web_request *request);
struct str  web_path(const struct web_request *request);  /* decoded, without the query */
struct str  web_query(const struct web_request *request); /* raw text behind '?', or empty */
struct str  web_body(const struct web_request *request);
struct str  web_header(const struct web_request *request, const char *name); /* no data: none */
const char *web_peer(const struct web_request *request); /* "127.0.0.1"; "local" on a Unix socket */
bool        web_is_local(const struct web_request *request);
const char *web_request_id(const struct web_request *request);
bool        web_takes_gzip(const struct web_request *request);  /* the client understands it */
ms          web_received_at(const struct web_request *request); /* monotonic, headers complete */

/* Of a kept request, from any thread: its client has closed the connection, so a reply would reach
 * nobody. It still must be given. */
bool web_is_gone(const struct web_request *request);

/* One pointer for the handlers' own use, kept with the request; `release` runs on the event thread
 * when the answer is out or the client gone. */
void  web_keep(struct web_request *request, void *mine, void (*release)(void *));
void *web_kept(const struct web_request *request);

enum { WEB_MOST_HEADERS = 10 };

struct web_reply {
    int         status;
    const char *type;        /* Content-Type; a constant; NULL: none */
    struct buf  body;        /* given away */
    struct str  static_body; /* instead of body: bytes that live as long as the program */
    struct {
        const char *name;  /* a constant */
        char       *value; /* mem_copy'd; given away */
    } headers[WEB_MOST_HEADERS];
    int  header_count;
    bool closes; /* Connection: close */
};

#define WEB_REPLY(code) ((struct web_reply){.status = (code)})

/* Adds a header (value is copied). Over the limit, or without memory, it is left out. */
__attribute__((format(printf, 3, 4))) void
web_reply_header(struct web_reply *reply, const char *name, const char *format, ...);

/* A header that whatever reply this request gets shall carry, also a refusal. Before the reply.
 * Over WEB_MOST_ALWAYS, or without memory, it is left out. */
enum { WEB_MOST_ALWAYS = 2 };
void web_reply_always(struct web_request *request, const char *name, struct str value);

/* Sends it, from any thread. Takes everything in *reply and ends the request. */
void web_reply(struct web_request *request, struct web_reply *reply);

/* Answers 200 with a body that goes on (server-sent events): headers of *reply are sent, then what
 * web_stream_send adds, until web_stream_end or the client goes away. Ends the request. NULL when
 * it cannot be opened (then the client got 503), or nothing is to go on (HEAD). */
struct web_stream *web_stream_open(struct web_request *request, struct web_reply *reply);
/* -1: the client is gone or reads too slowly (more than 1 MiB waits); end the stream. */
int  web_stream_send(struct web_stream *stream, struct str bytes);
void web_stream_end(struct web_stream *stream);

struct web_figures {
    uint64_t accepted, refused_smuggling, refused_deadline, refused_size, refused_per_address;
    int      open_connections;
};
void web_figures(const struct web *web, struct web_figures *out);

#endif
