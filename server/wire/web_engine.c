#include "wire/web_parts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

enum { MOST_PEM = 256 * 1024, MOST_OPTIONS = 16 };

static const char PRIORITIES[] = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";

/* Its reason when it cannot start; afterwards it only complains about clients. */
__attribute__((format(printf, 2, 0))) static void complain(void *ctx, const char *format,
                                                           va_list args)
{
    struct web_engine *engine = ctx;

    if (engine->is_started)
        return;
    if (vsnprintf(engine->complaint, sizeof engine->complaint, format, args) < 0)
        engine->complaint[0] = '\0';
    engine->complaint[strcspn(engine->complaint, "\n")] = '\0';
}

static int read_pem(const char *path, struct buf *out, struct fail *why)
{
    FILE  *file = fopen(path, "rbe");
    char   piece[4096];
    size_t got;

    if (!file)
        return fail_set(why, FAIL_INPUT, "%s: %s", path, strerror(errno));
    while ((got = fread(piece, 1, sizeof piece, file)) > 0)
        buf_add(out, piece, got);
    fclose(file);
    if (buf_check(out, why))
        return fail_in(why, "%s", path);
    return 0;
}

static void add_option(struct MHD_OptionItem *options, enum MHD_OPTION option, intptr_t value,
                       void *pointer)
{
    while (options->option != MHD_OPTION_END)
        options++;
    options[0] = (struct MHD_OptionItem){option, value, pointer};
    options[1] = (struct MHD_OptionItem){MHD_OPTION_END, 0, NULL};
}

/* libmicrohttpd takes its strings and functions as they come; it only reads them. */
static void *loose(const void *pointer)
{
    void *same;

    memcpy(&same, &pointer, sizeof same);
    return same;
}

static int count_of(const char *text, const char *word)
{
    int count = 0;

    while ((text = strstr(text, word))) {
        text += strlen(word);
        count++;
    }
    return count;
}

/* A file somebody is just writing. GnuTLS 3.7 would refuse it, too, but leak 10 KB each time. */
static int check_whole(struct buf *certificate, const char *path, struct fail *why)
{
    const char *text  = buf_c(certificate);
    int         begun = count_of(text, "-----BEGIN CERTIFICATE-----");

    if (begun == 0 || begun != count_of(text, "-----END CERTIFICATE-----"))
        return fail_set(why, FAIL_INPUT, "%s: not a whole PEM certificate", path);
    return 0;
}

/* Its words would be its secret, so only the marks around them are looked at. */
static int check_key(struct buf *key, const char *path, struct fail *why)
{
    const char *text = buf_c(key);

    if (strstr(text, "-----BEGIN ENCRYPTED") || strstr(text, "Proc-Type: 4,ENCRYPTED"))
        return fail_set(why, FAIL_INPUT, "%s: a key with a password, which nobody is here to type",
                        path);
    if (!strstr(text, "PRIVATE KEY-----"))
        return fail_set(why, FAIL_INPUT, "%s: not a PEM private key", path);
    return 0;
}

static int refuse_start(const struct web *web, const struct web_engine *engine, struct fail *why)
{
    const char *complaint =
        engine->complaint[0] ? engine->complaint : "libmicrohttpd does not start";

    if (!web->certificate_file)
        return fail_set(why, FAIL_INPUT, "HTTP: %s", complaint);
    return fail_set(why, FAIL_INPUT, "%s Does the key %s belong to the certificate %s?", complaint,
                    web->key_file, web->certificate_file);
}

static int read_certificate(struct web *web, struct buf *certificate, struct buf *key,
                            struct MHD_OptionItem *options, struct fail *why)
{
    if (!web->certificate_file)
        return 0;
    if (read_pem(web->certificate_file, certificate, why) || read_pem(web->key_file, key, why)
        || check_whole(certificate, web->certificate_file, why)
        || check_key(key, web->key_file, why))
        return -1;
    add_option(options, MHD_OPTION_HTTPS_MEM_CERT, 0, loose(buf_c(certificate)));
    add_option(options, MHD_OPTION_HTTPS_MEM_KEY, 0, loose(buf_c(key)));
    add_option(options, MHD_OPTION_HTTPS_PRIORITIES, 0, loose(PRIORITIES));
    return 0;
}

static int start(struct web *web, struct web_engine *engine, struct fail *why)
{
    struct MHD_OptionItem options[MOST_OPTIONS] = {{MHD_OPTION_END, 0, NULL}};
    OWN(buf) certificate                        = BUF_UP_TO(MOST_PEM);
    OWN(buf) key                                = BUF_UP_TO(MOST_PEM);
    unsigned flags =
        MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;

    if (web->certificate_file)
        flags |= MHD_USE_TLS;
    add_option(options, MHD_OPTION_CONNECTION_LIMIT, web->most_connections, NULL);
    add_option(options, MHD_OPTION_CONNECTION_TIMEOUT,
               (web->idle_timeout + MS_SECOND - 1) / MS_SECOND, NULL);
    add_option(options, MHD_OPTION_CONNECTION_MEMORY_LIMIT, WEB_POOL, NULL);
    if (read_certificate(web, &certificate, &key, options, why))
        return -1;
    engine->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, web_request_handle, web, MHD_OPTION_EXTERNAL_LOGGER, complain, engine,
        MHD_OPTION_URI_LOG_CALLBACK, web_request_start, web, MHD_OPTION_NOTIFY_COMPLETED,
        web_request_completed, web, MHD_OPTION_NOTIFY_CONNECTION, web_visitor_notify, web,
        MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 0, MHD_OPTION_ARRAY, options, MHD_OPTION_END);
    if (key.data)
        explicit_bzero(key.data, key.room);
    if (!engine->daemon)
        return refuse_start(web, engine, why);
    engine->is_started = true;
    return 0;
}

struct web_engine *web_engine_new(struct web *web, struct fail *why)
{
    struct web_engine *engine = mem_new(sizeof *engine);

    if (!engine) {
        fail_set(why, FAIL_MEMORY, "no memory to start HTTP");
        return NULL;
    }
    engine->source.kind = SOURCE_ENGINE;
    if (start(web, engine, why)) {
        mem_free(engine);
        return NULL;
    }
    engine->epoll_fd = MHD_get_daemon_info(engine->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    return engine;
}

void web_engine_free(struct web_engine *engine)
{
    if (!engine)
        return;
    MHD_stop_daemon(engine->daemon);
    mem_free(engine);
}

bool web_engine_has_timeout(const struct web_engine *engine, ms *in)
{
    MHD_UNSIGNED_LONG_LONG left;

    if (MHD_get_timeout(engine->daemon, &left) != MHD_YES)
        return false;
    *in = left > INT32_MAX ? INT32_MAX : (ms)left;
    return true;
}

/* Runs all; those that were replaced go when their last connection has gone. */
void web_engine_run_all(struct web *web)
{
    struct web_engine **at = &web->engines;

    while (*at) {
        struct web_engine *engine = *at;

        (void)MHD_run(engine->daemon); /* what goes wrong is a connection's, and ends it */
        if (engine->is_retired && engine->visitors == 0) {
            *at = engine->next;
            web_engine_free(engine);
        } else {
            at = &engine->next;
        }
    }
}
