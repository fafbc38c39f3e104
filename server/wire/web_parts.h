/* web_parts.h -- what the files of web share. Nobody else includes it, and it alone includes
 * microhttpd.h.
 *
 * One thread per web runs everything: it accepts, drives libmicrohttpd (which polls nothing by
 * itself here), calls the handlers, cuts the slow, and ends. So nearly all of what follows belongs
 * to that thread. What others touch is marked `shared`: atomics, and a stream behind its lock. They
 * wake the thread through one queue without locks; however many replies wait there, it is woken
 * once. libmicrohttpd is built without our sanitizers, so no other thread calls into it, except to
 * read headers of a request that is held.
 *
 *     epoll -> woken by others -> resume held requests -> MHD_run -> handlers -> deadlines -> epoll
 */
#ifndef SMON_WIRE_WEB_PARTS_H
#define SMON_WIRE_WEB_PARTS_H

#include "wire/web.h"

#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>

#include <microhttpd.h>

#include "base/lock.h"

enum {
    WEB_MOST_TARGET   = 8 * 1024,  /* bytes of path and query */
    WEB_MOST_HEADING  = 16 * 1024, /* bytes of request line and headers */
    WEB_POOL          = 20 * 1024, /* libmicrohttpd's memory per connection; past it, its own 431 */
    WEB_MOST_ID       = 128,
    WEB_ADDRESS_ROOM  = INET6_ADDRSTRLEN,
    WEB_ADDRESS_SLOTS = 256,
    WEB_LINGERERS     = 64,
    WEB_BACKLOG       = 1024,
    WEB_BATCH         = 64,
    WEB_ANSWER_WITHIN = 60 * MS_SECOND, /* the longest a client may take to read an answer */
    WEB_SWEEP_EVERY   = 50              /* deadlines are looked at no more often; ms */
};

/* What an event of our epoll is about; the first member of whatever it points at. */
struct web_source {
    enum { SOURCE_WAKE, SOURCE_LISTENER, SOURCE_ENGINE, SOURCE_STREAM, SOURCE_LINGERER } kind;
};

/* One libmicrohttpd daemon without a listener. There is one, and for a while two or more after a
 * certificate was changed: the older keep their connections until these end. */
struct web_engine {
    struct web_source  source;
    struct MHD_Daemon *daemon;
    int                epoll_fd;
    int                visitors;
    bool               is_started; /* after that its complaints are not kept */
    bool               is_retired;
    char               complaint[160];
    struct web_engine *next;
};

/* How many connections one address has (an IPv6 address: its /64). */
struct web_address {
    unsigned char       bytes[16];
    int                 count;
    struct web_address *next;
};

/* One connection. */
struct web_visitor {
    struct web            *web;
    struct web_engine     *engine;
    struct MHD_Connection *connection;
    struct web_address    *address; /* NULL: not counted */
    struct web_visitor    *before, *after;
    ms                     due; /* cut when it has come; WHEN_UNKNOWN: no deadline */
    int                    fd;
    bool                   lingers; /* may still be sending: read on for a while after the close */
    bool                   is_asking; /* `due` is about its request, not about our answer */
    struct web_stream     *stream;    /* our epoll looks whether its client hangs up */
    char                   peer[WEB_ADDRESS_ROOM];
};

/* A refused connection whose client still sends: closed at once, its kernel would throw our answer
 * away. So it is read and forgotten for a moment. */
struct web_lingerer {
    struct web_source source;
    int               fd; /* -1: free */
    ms                due;
    size_t            left; /* bytes we are willing to read */
};

/* Something the event thread must look at: a request that was replied to, or a stream. */
struct web_wake {
    struct web_wake    *next;
    struct web_stream  *stream; /* NULL: resume the request */
    struct web_request *request;
};

enum web_stage {
    STAGE_HEADING, /* the request line is in */
    STAGE_BODY,    /* the headers are in, the body comes */
    STAGE_SWALLOW, /* answered already; the rest of the body is read and forgotten */
    STAGE_HELD,    /* whole; serve was called */
    STAGE_ANSWERED
};

/* shared: who has it. */
enum web_hold {
    HOLD_OPEN,   /* the event thread, in admit or serve */
    HOLD_KEPT,   /* the handlers; the connection is suspended */
    HOLD_REPLIED /* the event thread again; `reply` is filled */
};

struct web_request {
    struct web_visitor *visitor;
    struct web_wake     wake;
    enum web_stage      stage;
    _Atomic int         hold;           /* shared: enum web_hold */
    int                 refused_status; /* found in the request line; 0: fine */
    const char         *refused_why;
    const char         *target_end; /* in libmicrohttpd's memory, see web_heading */
    bool                is_head, has_body, wants_gzip, is_counted;
    struct str          method, path, query;
    size_t              body_limit, swallowed;
    struct buf          body;
    ms                  received_at;
    void               *mine;
    void (*release)(void *);
    struct {
        const char *name;
        char       *value;
    } always[WEB_MOST_ALWAYS]; /* headers of whatever reply */
    int                always_count;
    struct web_reply   reply;
    struct web_stream *stream; /* the reply goes on: holds libmicrohttpd's share of it */
    char               id[WEB_MOST_ID + 1];
    char               target[]; /* path, decoded, then the query */
};

struct web {
    struct web_handlers handlers;
    int                 most_connections, most_per_address;
    ms                  request_deadline, idle_timeout;
    char               *unix_path, *certificate_file, *key_file;
    uint16_t            port;
    pthread_t           thread;
    int                 epoll_fd, listen_fd, wake_fd;
    struct web_source   wake_source, listen_source;

    /* shared */
    _Atomic(struct web_wake *)   woken;       /* newest first */
    atomic_int                   wakers;      /* threads inside web_reply or a stream's call */
    _Atomic(struct web_engine *) next_engine; /* to be taken over by the event thread */
    atomic_bool                  is_quiesced, is_stopping;
    atomic_int                   pending, open_connections;
    atomic_ullong accepted, refused_smuggling, refused_deadline, refused_size, refused_per_address;

    /* the event thread's */
    struct web_engine  *engines; /* the first takes new connections */
    struct web_visitor *visitors, *arriving;
    struct web_address *addresses[WEB_ADDRESS_SLOTS];
    struct web_lingerer lingerers[WEB_LINGERERS];
    bool                is_accepting;
    ms  accept_again; /* WHEN_UNKNOWN, or when descriptors ran out: look again then */
    ms  next_sweep;
    int held;
};

/* web.c: for any thread. Wakes the event thread to look at `wake`, which stays where it is until
 * it did. */
void web_wake(struct web *web, struct web_wake *wake);
void web_watch(struct web *web, int fd, uint32_t events, struct web_source *source);

/* web_listen.c: -1 and *why; else the socket, listening, and *port. */
int web_listen_address(const char *address, uint16_t port, uint16_t *bound, struct fail *why);
int web_listen_unix(const char *path, struct fail *why);

/* web_engine.c */
struct web_engine *web_engine_new(struct web *web, struct fail *why);
void               web_engine_free(struct web_engine *engine);
bool               web_engine_has_timeout(const struct web_engine *engine, ms *in);
void               web_engine_run_all(struct web *web);

/* web_visitor.c */
bool web_visitor_accept(struct web *web); /* a few; true: more may wait */
void web_visitor_pause(struct web *web, bool accepts);
void web_visitor_notify(void *web, struct MHD_Connection *connection, void **context,
                        enum MHD_ConnectionNotificationCode code);
void web_visitor_due(struct web_visitor *visitor, ms in, bool is_asking); /* WHEN_UNKNOWN: never */
void web_visitor_hasten(struct web_visitor *visitor, ms in);              /* sooner, never later */
void web_visitor_cut(struct web_visitor *visitor);
void web_visitor_sweep(struct web *web, ms now);
void web_visitor_read_on(struct web *web, struct web_lingerer *lingerer);

/* web_guard.c: NULL, or why the request is refused, and *status. `out` comes empty but for
 * target_end. */
struct web_heading {
    const char *target_end; /* the NUL that libmicrohttpd set behind the target */
    const char *next;       /* where the next name must begin; libmicrohttpd parses in place */
    bool        is_broken, is_chunked, expects_continue, wants_gzip, is_1_1;
    int         lengths, encodings, hosts;
    int64_t     length; /* -1: unreadable */
    struct str  id;     /* X-Request-Id, when we keep it */
};
const char *web_guard_target(char *target, size_t size, struct str *path, struct str *query,
                             int *status);
const char *web_guard_heading(struct MHD_Connection *connection, const char *method,
                              const char *version, struct web_heading *out, int *status);

/* web_request.c */
void           *web_request_start(void *web, const char *target, struct MHD_Connection *connection);
enum MHD_Result web_request_handle(void *web, struct MHD_Connection *connection, const char *url,
                                   const char *method, const char *version, const char *upload,
                                   size_t *upload_size, void **context);
void            web_request_completed(void *web, struct MHD_Connection *connection, void **context,
                                      enum MHD_RequestTerminationCode code);
void            web_request_resume(struct web_request *request);
void            web_request_settle(struct web_request *request); /* no longer pending */
void            web_request_fresh_id(char id[WEB_MOST_ID + 1]);

/* web_reply.c */
void            web_reply_refuse(struct web_request *request, int status, const char *why);
void            web_reply_release(struct web_reply *reply);
enum MHD_Result web_reply_queue(struct web_request *request);
void web_reply_raw(struct web_request *request); /* past libmicrohttpd, then the connection ends */

/* web_stream.c */
struct MHD_Response *web_stream_response(struct web_stream *stream, struct web_visitor *visitor);
void                 web_stream_look(struct web_stream *stream); /* somebody sent or ended */
void web_stream_hang_up(struct web_stream *stream); /* the client did, or all is over */
void web_stream_leave(struct web_stream *stream);   /* its request has ended */
struct web_stream *web_stream_at(struct web_source *source);

#endif
