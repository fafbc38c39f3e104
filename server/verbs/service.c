#include "verbs/service.h"

#include "api/api.h"
#include "api/app.h"
#include "api/desk.h"
#include "api/guard.h"
#include "api/patience.h"
#include "base/buf.h"
#include "base/fail.h"
#include "base/log.h"
#include "base/mem.h"
#include "config.h"
#include "store/batch.h"
#include "store/key.h"
#include "store/store.h"
#include "store/writer.h"
#include "verbs/housekeeping.h"
#include "wire/db.h"
#include "wire/web.h"

#include <errno.h>
#include <sys/un.h>
#include <unistd.h>

enum { MOST_LOCAL_CONNECTIONS = 256 };

static const ms IDLE_TIMEOUT = 120 * (ms)MS_SECOND, LOOK_EVERY = 20;

struct service {
    const struct config *config;
    struct store        *store;
    struct writer       *writer;
    struct housekeeping *housekeeping;
    struct app           app;
    bool                 has_api;
    bool                 was_failing;  /* the store, at the last look */
    struct web          *local, *open; /* the socket in the data directory; the public address */
    char                 socket[108];  /* as long as the system lets it be */
};

/* ---- the first keys ---- */

struct first_key {
    const char   *label;
    int64_t       roles;
    char          text[KEY_TEXT_ROOM], kid[KEY_ID_ROOM];
    unsigned char digest[CRYPT_SHA256];
};

static int store_first_keys(void *ctx, struct batch *batch, struct fail *why)
{
    const struct first_key *keys = ctx;

    for (int i = 0; i < 2; i++) {
        const struct key_item item = {
            .kid          = str_of(keys[i].kid),
            .digest       = str_from((const char *)keys[i].digest, CRYPT_SHA256),
            .label        = str_of(keys[i].label),
            .roles        = keys[i].roles,
            .accounts     = STR("*"),
            .namespaces   = STR("*"),
            .created_at   = batch->now,
            .expires_at   = WHEN_UNKNOWN,
            .revoked_at   = WHEN_UNKNOWN,
            .last_used_at = WHEN_UNKNOWN,
        };

        if (key_put(batch, &item, why))
            return -1;
    }
    return 0;
}

static int count_key(void *ctx, const struct key_item *item, struct fail *why)
{
    (void)item;
    (void)why;
    ++*(int *)ctx;
    return 0;
}

int service_first_keys(struct service *service, struct fail *why)
{
    struct first_key keys[2] = {{.label = "first ingest key", .roles = ROLE_INGEST},
                                {.label = "first admin key", .roles = ROLE_ADMIN}};
    OWN_PTR(db) db           = NULL;
    int count                = 0;

    if (service->config->admin_key[0])
        return 0;
    if (store_reader(service->store, &db, why) || key_list(db, count_key, &count, why))
        return fail_in(why, "looking for keys");
    if (count)
        return 0;
    for (int i = 0; i < 2; i++)
        if (key_make(keys[i].text, keys[i].kid, keys[i].digest, why))
            return -1;
    if (writer_run(service->writer, store_first_keys, keys, why)
        || keys_reload(service->app.keys, db, why))
        return fail_in(why, "storing the first keys");
    LOG(LOG_NEW_KEYS, LOG_TEXT("ingest_kid", keys[0].kid), LOG_TEXT("admin_kid", keys[1].kid));
    printf("Two keys were made. They are shown this once; only their digests are kept.\n"
           "  ingest key (EventBridge connections): %s\n"
           "  admin key (people, more keys):        %s\n",
           keys[0].text, keys[1].text);
    fflush(stdout);
    return 0;
}

/* ---- listeners ---- */

static int open_local(struct service *service, const struct web_handlers *handlers,
                      struct fail *why)
{
    const struct config     *config  = service->config;
    int                      used    = config->socket[0]
                                           ? snprintf(service->socket, sizeof service->socket, "%s", config->socket)
                                           : snprintf(service->socket, sizeof service->socket, "%s/smon.sock",
                                                      store_data_dir(service->store));
    const struct web_options options = {.unix_path        = service->socket,
                                        .most_connections = MOST_LOCAL_CONNECTIONS,
                                        .request_deadline = config->request_deadline,
                                        .idle_timeout     = IDLE_TIMEOUT};

    if (used < 0 || (size_t)used >= sizeof service->socket)
        return fail_set(why, FAIL_INPUT,
                        "the path of the local socket is longer than %zu bytes; set listen.socket",
                        sizeof service->socket - 1);
    return web_open(&options, handlers, &service->local, why);
}

static const char *none_if_empty(const char *text)
{
    return text[0] ? text : NULL;
}

static int open_public(struct service *service, const struct web_handlers *handlers,
                       struct fail *why)
{
    const struct config *config = service->config;
    char                 host[CONFIG_HOST_ROOM];
    struct web_options   options = {
          .address          = host,
          .certificate_file = none_if_empty(config->tls_certificate),
          .key_file         = none_if_empty(config->tls_key),
          .most_connections = (int)config->most_connections,
          .most_per_address = config->behind_proxy ? 0 : (int)config->most_per_address,
          .request_deadline = config->request_deadline,
          .idle_timeout     = IDLE_TIMEOUT,
    };

    if (config_address(config->listen, host, &options.port, why)
        || web_open(&options, handlers, &service->open, why))
        return fail_in(why, "listening on %s", config->listen);
    return 0;
}

/* ---- opening ---- */

/* SQLite up to 3.51.2 can lose commits when two connections write or checkpoint at once. Ours is
 * the only one that does either, so this is for whoever opens the file with another tool. */
static void note_engine(struct store *store)
{
    const struct db *db = store_writer_db(store);

    if (db_engine(db) == DB_SQLITE)
        LOG(LOG_STORE_NOTE, LOG_TEXT("engine", db_version(db)),
            LOG_TEXT("note", "one connection writes and checkpoints; open the file with other tools"
                             " read-only only"));
    else
        LOG(LOG_STORE_NOTE, LOG_TEXT("engine", db_version(db)));
}

static int open_store(struct service *service, struct fail *why)
{
    const struct config       *config  = service->config;
    const struct store_options options = {.data_dir = config->data,
                                          .url      = none_if_empty(config->store_url)};
    const struct store_policy  policy  = {.enrich_settle      = config->enrich_settle,
                                          .wants_emf          = config->emf_enabled,
                                          .packages_namespace = config->packages_namespace};

    if (store_open(&options, &service->store, why))
        return -1;
    if (store_migrated(service->store))
        LOG(LOG_MIGRATED, LOG_INT("applied", store_migrated(service->store)),
            LOG_INT("version", store_schema_version(service->store)));
    note_engine(service->store);
    return writer_start(service->store, &policy, &service->writer, why);
}

static int open_api(struct service *service, struct web_handlers *handlers, struct fail *why)
{
    struct app *app = &service->app;

    app->config        = service->config;
    app->store         = service->store;
    app->writer        = service->writer;
    app->started_at    = when_now();
    app->version       = SMON_VERSION;
    app->opens_reading = service->config->open_reading;
    if (patience_new(&app->patience, why)
        || desk_new(service->store, service->writer, &app->desk, why)
        || api_open(app, handlers, why))
        return -1;
    service->has_api = true;
    return 0;
}

int service_open(const struct config *config, struct service **out, struct fail *why)
{
    OWN_PTR(service) service     = mem_new(sizeof *service);
    struct web_handlers handlers = {0};

    if (!service)
        return fail_set(why, FAIL_MEMORY, "no memory for the service");
    service->config = config;
    if (open_store(service, why) || open_api(service, &handlers, why)
        || housekeeping_new(config, service->store, service->writer, &service->housekeeping, why)
        || open_local(service, &handlers, why) || open_public(service, &handlers, why)
        || housekeeping_start(service->housekeeping, why))
        return -1;
    atomic_store(&service->app.webs[0], service->open);
    atomic_store(&service->app.webs[1], service->local);
    *out = TAKE(service);
    return 0;
}

/* ---- closing ---- */

void service_quiesce(struct service *service)
{
    atomic_store(&service->app.is_draining, true);
    web_quiesce(service->open);
    desk_stop(service->app.desk);
    api_end_streams(&service->app);
    housekeeping_stop(service->housekeeping);
}

bool service_wait_idle(struct service *service, ms until)
{
    while (web_pending(service->open) + web_pending(service->local) > 0) {
        if (when_monotonic() >= until)
            return false;
        /* The end of the program: nobody is kept waiting by this. */
        (void)usleep((useconds_t)LOOK_EVERY * 1000);
    }
    return true;
}

void service_free(struct service *service)
{
    if (!service)
        return;
    if (service->app.desk)
        desk_stop(service->app.desk);
    if (service->has_api)
        api_end_streams(&service->app);
    housekeeping_free(service->housekeeping);
    writer_free(service->writer); /* answers every post that waits */
    service->app.writer = NULL;
    web_free(service->open);
    web_free(service->local);
    if (service->has_api)
        api_close(&service->app);
    desk_free(service->app.desk);
    patience_free(service->app.patience);
    store_free(service->store);
    mem_free(service);
}

uint16_t service_port(const struct service *service)
{
    return web_port(service->open);
}

const char *service_socket(const struct service *service)
{
    return service->socket;
}

int service_reload_certificate(struct service *service, struct fail *why)
{
    return service->config->tls_certificate[0] ? web_reload_certificate(service->open, why) : 0;
}

void service_forget_collector(struct service *service, const char *worker)
{
    struct fail why   = FAIL_OK;
    int64_t     freed = 0;

    if (desk_forget(service->app.desk, str_of(worker), &freed, &why))
        LOG(LOG_STORE_FAILED, LOG_TEXT("doing", "leases"), LOG_WHY(&why)); /* they end in minutes */
    else if (freed)
        LOG(LOG_LEASES_FREED, LOG_TEXT("worker", worker), LOG_INT("errands", freed));
}

void service_watch_store(struct service *service)
{
    struct writer_figures figures;

    writer_figures(service->writer, &figures);
    if (figures.is_failing && !service->was_failing)
        LOG(LOG_STORE_FAILED, LOG_TEXT("why", figures.failure),
            LOG_INT("waiting", (int64_t)figures.waiting));
    if (!figures.is_failing && service->was_failing)
        LOG(LOG_STORE_BACK, LOG_INT("rollbacks", (int64_t)figures.rollbacks));
    service->was_failing = figures.is_failing;
}
