#include "verbs/client.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/mem.h"
#include "config.h"
#include "verbs/args.h"
#include "verbs/refusal.h"
#include "verbs/verbs.h"
#include "wire/doc.h"
#include "wire/fetch.h"

enum {
    ANSWER_MOST = 64 << 20,
    PATH_ROOM   = 1024,
    URL_MOST    = 16 * 1024,
    KEY_MOST    = 1024,
    LINES_MOST  = 64 * 1024,
    BEARER_MOST = KEY_MOST + 8,
    DEADLINE    = 35 * MS_SECOND /* longer than the service's own for a question */
};

struct client {
    struct fetch *fetch;
    char          url[PATH_ROOM];      /* "http://smon" with a socket */
    char          socket[PATH_ROOM];   /* "": none */
    char          bearer[BEARER_MOST]; /* "Bearer smon_.."; "": no key */
    struct doc   *problem;             /* of the last refusal; may be NULL */
};

/* ---- where to ------------------------------------------------------------------------------- */

static int copy(const char *text, const char *what, char *out, size_t room, struct fail *why)
{
    if (str_to_c(str_of(text), out, room))
        return fail_set(why, FAIL_INPUT, "the %s is longer than %zu bytes", what, room - 1);
    return 0;
}

static int read_key(const char *text, struct client *client, struct fail *why)
{
    OWN(buf) key = BUF_UP_TO(KEY_MOST);
    FILE *file   = NULL;
    int   c;

    if (str_starts(str_of(text), STR("env:"))) {
        if (!getenv(text + strlen("env:")))
            return fail_set(why, FAIL_INPUT, "%s: there is no such variable", text);
        buf_text(&key, getenv(text + strlen("env:")));
    } else if (str_starts(str_of(text), STR("file:"))) {
        file = fopen(text + strlen("file:"), "re");
        if (!file)
            return fail_set(why, FAIL_INPUT, "the key's file %s: %s", text + strlen("file:"),
                            strerror(errno));
        while ((c = fgetc(file)) != EOF)
            buf_char(&key, (char)c);
        (void)fclose(file); /* it was only read */
    } else {
        buf_text(&key, text);
    }
    if (buf_check(&key, why))
        return fail_set(why, FAIL_INPUT, "the key is too long");
    if (str_trim(buf_view(&key)).size == 0)
        return fail_set(why, FAIL_INPUT, "the key is empty: %.20s", text);
    (void)snprintf(client->bearer, sizeof client->bearer, "Bearer %.*s", /* it fits */
                   STR_ARG(str_trim(buf_view(&key))));
    return 0;
}

static int find_socket(const struct args *args, struct client *client, struct fail *why)
{
    OWN_PTR(config) config = NULL;
    const char *flags[1]   = {NULL};
    const char *data       = args_flag(args, "data");
    char        flag[PATH_ROOM];
    int         used;

    if (args_flag(args, "socket"))
        return copy(args_flag(args, "socket"), "socket's path", client->socket,
                    sizeof client->socket, why);
    if (data) {
        used     = snprintf(flag, sizeof flag, "data=%s", data);
        flags[0] = flag;
        if (used < 0 || (size_t)used >= sizeof flag)
            return fail_set(why, FAIL_INPUT, "the data directory's name is too long");
    }
    if (config_load(args_flag(args, "config"), flags, data ? 1 : 0, &config, why))
        return -1;
    if (config->socket[0] && !data)
        return copy(config->socket, "socket's path", client->socket, sizeof client->socket, why);
    used = snprintf(client->socket, sizeof client->socket, "%s/smon.sock", config->data);
    if (used < 0 || (size_t)used >= sizeof client->socket)
        return fail_set(why, FAIL_INPUT, "the data directory's name is too long");
    return 0;
}

int client_new(const struct args *args, struct client **out, struct fail *why)
{
    OWN_PTR(client) client = mem_new(sizeof *client);
    const char *url        = args_flag(args, "url") ? args_flag(args, "url") : getenv("SMON_URL");
    const char *key        = args_flag(args, "key") ? args_flag(args, "key") : getenv("SMON_KEY");
    bool        names_socket =
        args_flag(args, "socket") || args_flag(args, "data") || args_flag(args, "config");
    bool is_here = !args_flag(args, "url") && (!url || names_socket);

    if (!client)
        return fail_set(why, FAIL_MEMORY, "no memory for the client");
    if (copy(is_here ? "http://smon" : url, "URL", client->url, sizeof client->url, why))
        return -1;
    while (str_ends(str_of(client->url), STR("/")))
        client->url[strlen(client->url) - 1] = '\0';
    if (is_here && find_socket(args, client, why))
        return -1;
    if (!is_here && key && read_key(key, client, why))
        return -1;
    if (fetch_setup(why) || fetch_new(&client->fetch, why))
        return -1;
    *out = TAKE(client);
    return 0;
}

int client_at(const char *socket_path, struct client **out, struct fail *why)
{
    OWN_PTR(client) client = mem_new(sizeof *client);

    if (!client)
        return fail_set(why, FAIL_MEMORY, "no memory for the client");
    if (copy("http://smon", "URL", client->url, sizeof client->url, why)
        || copy(socket_path, "socket's path", client->socket, sizeof client->socket, why)
        || fetch_setup(why) || fetch_new(&client->fetch, why))
        return -1;
    *out = TAKE(client);
    return 0;
}

void client_free(struct client *client)
{
    if (!client)
        return;
    fetch_free(client->fetch);
    doc_free(client->problem);
    explicit_bzero(client->bearer, sizeof client->bearer);
    mem_free(client);
}

/* ---- one call ------------------------------------------------------------------------------- */

static bool is_local(const struct client *client)
{
    return client->socket[0] != '\0';
}

int client_refused(struct client *client, int status, struct doc *problem, struct fail *why)
{
    doc_free(client->problem);
    client->problem = problem;
    return refusal_fail(status, problem, is_local(client) || client->bearer[0], why);
}

/* Of a socket that is not there libcurl would speak as of a host and a port. */
static int no_answer(const struct client *client, struct fail *why)
{
    int cause = is_local(client) && access(client->socket, R_OK | W_OK) ? errno : 0;

    if (cause == EACCES)
        return fail_set(why, FAIL_REMOTE,
                        "%s: %s; ask as the user smon serve runs as, or with --url and --key",
                        client->socket, strerror(cause));
    if (cause)
        return fail_set(why, FAIL_REMOTE,
                        "no service answers at %s: %s; start smon serve, or say with --data, "
                        "--config or --url where it runs",
                        client->socket, strerror(cause));
    return fail_in(why, "no service answers at %s (is smon serve running there?)",
                   is_local(client) ? client->socket : client->url);
}

/* One exchange, whatever the answer is. */
static int exchange(struct client *client, const struct client_request *request,
                    struct fetch_answer *answer, struct fail *why)
{
    OWN(buf) url                  = BUF_UP_TO(URL_MOST);
    struct fetch_header headers[] = {
        {"Accept", "application/json"},
        {"Content-Type", request->content_type ? request->content_type : "application/json"},
        {NULL, NULL},
        {NULL, NULL},
        {NULL, NULL}};
    struct fetch_call call = {.method        = request->method,
                              .headers       = headers,
                              .header_count  = 2,
                              .body          = request->body,
                              .deadline      = DEADLINE,
                              .answer_limit  = ANSWER_MOST,
                              .unix_path     = is_local(client) ? client->socket : NULL,
                              .ignores_proxy = is_local(client),
                              .ca_file       = getenv("SSL_CERT_FILE")};

    if (client->bearer[0])
        headers[call.header_count++] = (struct fetch_header){"Authorization", client->bearer};
    if (request->if_match)
        headers[call.header_count++] = (struct fetch_header){"If-Match", request->if_match};
    if (request->once)
        headers[call.header_count++] = (struct fetch_header){"Idempotency-Key", request->once};
    buf_format(&url, "%s%s", client->url, request->path);
    call.url = buf_c(&url);
    if (buf_check(&url, why))
        return -1;
    if (fetch_do(client->fetch, &call, answer, why) == 0)
        return 0;
    if (why->kind != FAIL_REMOTE)
        return -1;
    return no_answer(client, why);
}

static bool is_good(int status)
{
    return status >= 200 && status <= 299;
}

int client_exchange(struct client *client, const struct client_request *request, int *status,
                    struct doc **out, struct fail *why)
{
    OWN(fetch_answer) answer = FETCH_ANSWER;
    OWN_PTR(doc) doc         = NULL;

    if (exchange(client, request, &answer, why))
        return -1;
    if (answer.body.size)
        doc = doc_parse(buf_view(&answer.body), why);
    if (!doc && answer.body.size && is_good(answer.status))
        return fail_set(why, FAIL_REMOTE, "what answers there is no smon: its answer is not JSON");
    *status = answer.status;
    *out    = TAKE(doc);
    return 0;
}

int client_send(struct client *client, const struct client_request *request, struct doc **out,
                struct fail *why)
{
    OWN_PTR(doc) doc = NULL;
    int status       = 0;

    if (client_exchange(client, request, &status, &doc, why))
        return -1;
    if (!is_good(status))
        return client_refused(client, status, TAKE(doc), why);
    if (out)
        *out = TAKE(doc);
    return 0;
}

int client_call(struct client *client, const char *method, const char *path, struct str body,
                struct doc **out, struct fail *why)
{
    const struct client_request request = {.method = method, .path = path, .body = body};

    return client_send(client, &request, out, why);
}

int client_get(struct client *client, const char *path, struct doc **out, struct fail *why)
{
    return client_call(client, "GET", path, STR_NONE, out, why);
}

int client_look(struct client *client, const char *path, struct doc **out, struct fail *why)
{
    if (client_get(client, path, out, why) == 0)
        return 0;
    return why->kind == FAIL_BUSY || why->kind == FAIL_LIMIT ? 0 : -1;
}

/* ---- addresses ------------------------------------------------------------------------------ */

void client_segment(struct buf *path, struct str text)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];

        if (c && strchr(plain, c))
            buf_char(path, c);
        else
            buf_format(path, "%%%02X", (unsigned)(unsigned char)c);
    }
}

void client_query(struct buf *path, const char *name, const char *value)
{
    if (!value)
        return;
    buf_char(path, path->size && memchr(path->data, '?', path->size) ? '&' : '?');
    client_segment(path, str_of(name));
    buf_char(path, '=');
    client_segment(path, str_of(value));
}

/* ---- the frame ------------------------------------------------------------------------------ */

/* What the service found wrong in what it was sent, member by member, under the complaint. */
static int complain(const char *verb, const struct client *client, enum verb_exit code,
                    const struct fail *why)
{
    OWN(buf) lines = BUF_UP_TO(LINES_MOST);
    int done       = verbs_complain(verb, code, why);

    refusal_lines(client->problem, &lines);
    (void)fputs(buf_c(&lines), stderr); /* nobody has to read it */
    return done;
}

int client_verb(int argc, char **argv, client_ask *ask)
{
    OWN(args) args         = ARGS_NONE;
    OWN_PTR(client) client = NULL;
    struct fail why        = FAIL_OK;
    int         done;

    if (args_read(verbs_find(argv[0]), argc, argv, &args, &why))
        return verbs_complain(argv[0], VERB_USAGE, &why);
    if (client_new(&args, &client, &why))
        return verbs_complain(argv[0], why.kind == FAIL_INPUT ? VERB_CONFIG : verbs_exit_of(&why),
                              &why);
    done = ask(&args, client, &why);
    if (done >= 0)
        return done;
    return complain(argv[0], client, why.kind == FAIL_INPUT ? VERB_USAGE : verbs_exit_of(&why),
                    &why);
}
