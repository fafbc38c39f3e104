/* client.h -- a verb's way to the running service: over its local socket, or over --url with a key.
 *
 * The socket is found as the service finds it: --socket, or the settings (--config, SMON_...,
 * --data). Answers are JSON; a refusal comes back as *why with the problem's own sentence. */
#ifndef SMON_VERBS_CLIENT_H
#define SMON_VERBS_CLIENT_H

#include "base/own.h"
#include "base/str.h"

struct args;
struct buf;
struct client;
struct doc;
struct fail;

/* FAIL_INPUT: a setting is wrong. Makes no connection yet. */
int  client_new(const struct args *args, struct client **out, struct fail *why);
int  client_at(const char *socket_path, struct client **out, struct fail *why);
void client_free(struct client *client);
OWN_PTR_TYPE(client)

/* One call. `body` empty: none. *out (may be NULL) is the answer, yours; NULL when it has no body.
 * FAIL_REMOTE: nobody answers, or not in JSON. */
int client_call(struct client *client, const char *method, const char *path, struct str body,
                struct doc **out, struct fail *why);
int client_get(struct client *client, const char *path, struct doc **out, struct fail *why);
/* For verbs that look again and again: the same, but a busy service gives 0 with *out NULL. */
int client_look(struct client *client, const char *path, struct doc **out, struct fail *why);

/* A call with more to say than most. */
struct client_request {
    const char *method, *path;
    struct str  body;
    const char *content_type; /* NULL: JSON */
    const char *if_match;     /* NULL: any state of the thing will do */
    const char *once;         /* Idempotency-Key; NULL: none */
};
int client_send(struct client *client, const struct client_request *request, struct doc **out,
                struct fail *why);
/* The same, but a refusal is an answer, too: *status, and *out its problem (may become NULL).
 * -1: nobody answers. */
int client_exchange(struct client *client, const struct client_request *request, int *status,
                    struct doc **out, struct fail *why);
/* Always -1: what a refusal that came out of client_exchange says. `problem` is given away; its
 * lines about members are shown when the verb ends. */
int client_refused(struct client *client, int status, struct doc *problem, struct fail *why);

/* Adds "?name=value" or "&name=value" with what it takes in escapes; a NULL value adds nothing. */
void client_query(struct buf *path, const char *name, const char *value);
/* Adds one part of a path, escaped. */
void client_segment(struct buf *path, struct str text);

/* The frame of every verb that asks: reads the arguments, opens the client, runs `ask` (0 done, -1
 * with *why, or an exit code), complains, and gives the exit code. */
typedef int client_ask(const struct args *args, struct client *client, struct fail *why);
int         client_verb(int argc, char **argv, client_ask *ask);

#endif
