#include "verbs/client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/mem.h"
#include "config.h"
#include "verbs/args.h"
#include "verbs/verbs.h"
#include "wire/doc.h"
#include "wire/fetch.h"

enum {
    ANSWER_MOST = 64 << 20,
    PATH_ROOM   = 1024,
    URL_MOST    = 16 * 1024,
    KEY_MOST    = 1024,
    DEADLINE    = 35 * MS_SECOND /* longer than the service's own for a question */
};

struct client {
    struct fetch *fetch;
    char          url[PATH_ROOM];    /* "http://smon" with a socket */
    char          socket[PATH_ROOM]; /* "": none */
    char          key[KEY_MOST];     /* "": none */
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
        buf_text(&key, getenv(text + strlen("env:")));
    } else if (str_starts(str_of(text), STR("file:"))) {
        file = fopen(text + strlen("file:"), "re");
        while (file && (c = fgetc(file)) != EOF)
            buf_char(&key, (char)c);
        if (file)
            (void)fclose(file); /* it was only read */
    } else {
        buf_text(&key, text);
    }
    if (buf_check(&key, why) || str_to_c(str_trim(buf_view(&key)), client->key, sizeof client->key))
        return fail_set(why, FAIL_INPUT, "the key is too long");
    return client->key[0] ? 0 : fail_set(why, FAIL_INPUT, "the key is empty: %.20s", text);
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
    bool        is_local =
        !args_flag(args, "url") && (!url || args_flag(args, "socket") || args_flag(args, "data"));

    if (!client)
        return fail_set(why, FAIL_MEMORY, "no memory for the client");
    if (copy(is_local ? "http://smon" : url, "URL", client->url, sizeof client->url, why))
        return -1;
    while (str_ends(str_of(client->url), STR("/")))
        client->url[strlen(client->url) - 1] = '\0';
    if (is_local && find_socket(args, client, why))
        return -1;
    if (!is_local && key && read_key(key, client, why))
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
    explicit_bzero(client->key, sizeof client->key);
    mem_free(client);
}

/* ---- one call ------------------------------------------------------------------------------- */

static enum fail_kind kind_of(int status)
{
    switch (status) {
    case 401: return FAIL_AUTH;
    case 403: return FAIL_DENIED;
    case 404:
    case 410: return FAIL_ABSENT;
    case 409:
    case 412: return FAIL_CLASH;
    case 413: return FAIL_SIZE;
    case 429: return FAIL_LIMIT;
    case 502: return FAIL_REMOTE;
    case 503:
    case 504: return FAIL_BUSY;
    default: return status >= 500 ? FAIL_BUG : FAIL_INPUT;
    }
}

/* Turns a refusal into a sentence: the problem's detail, or its title, or the bare status. */
static int refused(const struct client *client, int status, const struct doc *problem,
                   struct fail *why)
{
    struct str  title = STR_NONE, detail = STR_NONE;
    struct fail ignored = FAIL_OK; /* a problem without its members is still one */

    if (doc_is_object(problem)) {
        (void)doc_text_or(problem, "title", STR_NONE, &title, &ignored);
        (void)doc_text_or(problem, "detail", STR_NONE, &detail, &ignored);
    }
    if (status == 401 && !client->socket[0] && !client->key[0])
        return fail_set(why, FAIL_AUTH, "the service wants a key: give --key or SMON_KEY");
    if (detail.size)
        return fail_set(why, kind_of(status), "%.*s (%d)", STR_ARG(detail), status);
    if (title.size)
        return fail_set(why, kind_of(status), "%.*s (%d)", STR_ARG(title), status);
    return fail_set(why, kind_of(status), "the service answered %d", status);
}

static int read_answer(const struct client *client, const struct fetch_answer *answer,
                       struct doc **out, struct fail *why)
{
    OWN_PTR(doc) doc = answer->body.size ? doc_parse(buf_view(&answer->body), why) : NULL;

    if (answer->status < 200 || answer->status > 299)
        return refused(client, answer->status, doc, why);
    if (!doc && answer->body.size)
        return fail_set(why, FAIL_REMOTE, "what answers there is no smon: its answer is not JSON");
    if (out)
        *out = TAKE(doc);
    return 0;
}

int client_call(struct client *client, const char *method, const char *path, struct str body,
                struct doc **out, struct fail *why)
{
    OWN(fetch_answer) answer            = FETCH_ANSWER;
    OWN(buf) url                        = BUF_UP_TO(URL_MOST);
    const struct fetch_header headers[] = {{"Accept", "application/json"},
                                           {"Content-Type", "application/json"},
                                           {"X-API-Key", client->key}};
    struct fetch_call         call      = {.method        = method,
                                           .headers       = headers,
                                           .header_count  = client->key[0] ? 3 : 2,
                                           .body          = body,
                                           .deadline      = DEADLINE,
                                           .answer_limit  = ANSWER_MOST,
                                           .unix_path     = client->socket[0] ? client->socket : NULL,
                                           .ignores_proxy = client->socket[0] != '\0'};

    buf_format(&url, "%s%s", client->url, path);
    call.url = buf_c(&url);
    if (buf_check(&url, why))
        return -1;
    if (fetch_do(client->fetch, &call, &answer, why) == 0)
        return read_answer(client, &answer, out, why);
    if (why->kind != FAIL_REMOTE)
        return -1;
    return fail_in(why, "no service answers at %s (is smon serve running there?)",
                   client->socket[0] ? client->socket : client->url);
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
    return verbs_complain(argv[0], why.kind == FAIL_INPUT ? VERB_USAGE : verbs_exit_of(&why), &why);
}
