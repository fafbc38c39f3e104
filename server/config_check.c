/* What must hold between settings, and the shapes of texts that are more than texts. */
#include "config.h"

#include "base/fail.h"
#include "base/str.h"
#include "config_table.h"
#include "format/namespace.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

/* As keys of the store (store/key.h, which stands above us). */
enum { SECRET_LEAST = 32, KID_MOST = 24, KEY_MOST = 127 };
enum { PORT_MOST = 65535 };

/* A deleted endpoint is remembered for so long: EventBridge delivers for a day, and SageMaker may
 * have taken a day before. */
static const ms LEAST_AGE = 7 * MS_DAY;

static int split_address(struct str listen, struct str *host, struct str *port)
{
    const char *bracket = listen.size ? memchr(listen.data, ']', listen.size) : NULL;

    if (str_starts(listen, STR("["))) {
        if (!bracket)
            return -1;
        *host = str_part(listen, 1, (size_t)(bracket - listen.data) - 1);
        *port = str_part(listen, (size_t)(bracket - listen.data) + 1, listen.size);
        if (!str_starts(*port, STR(":")))
            return -1;
        *port = str_part(*port, 1, port->size);
        return 0;
    }
    *port = str_after_last(listen, ':');
    if (port->size == listen.size)
        return -1; /* no colon at all */
    *host = str_part(listen, 0, listen.size - port->size - 1);
    return host->size && memchr(host->data, ':', host->size) ? -1 : 0; /* IPv6 wants its brackets */
}

static bool is_ip_address(const char *host)
{
    struct in6_addr any;

    return inet_pton(AF_INET, host, &any) == 1 || inet_pton(AF_INET6, host, &any) == 1;
}

int config_address(const char *listen, char host[CONFIG_HOST_ROOM], uint16_t *port,
                   struct fail *why)
{
    struct str host_text = STR_NONE, port_text = STR_NONE;
    int64_t    number;

    if (split_address(str_of(listen), &host_text, &port_text)
        || str_to_i64(port_text, 0, PORT_MOST, &number))
        return fail_set(why, FAIL_INPUT,
                        "\"%s\" is no address to listen on (127.0.0.1:8080, [::1]:8080)", listen);
    if (host_text.size == 0 || str_is(host_text, STR("*")))
        host_text = STR("::");
    if (str_is_nocase(host_text, STR("localhost")))
        host_text = STR("127.0.0.1");
    if (str_to_c(host_text, host, CONFIG_HOST_ROOM) || !is_ip_address(host))
        return fail_set(why, FAIL_INPUT,
                        "\"%.60s\": the host is an address of this machine (127.0.0.1, [::1]),"
                        " or * for all of them, not a name",
                        listen);
    *port = (uint16_t)number;
    return 0;
}

bool config_is_loopback(const char *host)
{
    struct in_addr  v4;
    struct in6_addr v6;

    if (inet_pton(AF_INET, host, &v4) == 1)
        return ntohl(v4.s_addr) >> 24 == IN_LOOPBACKNET;
    return inet_pton(AF_INET6, host, &v6) == 1
           && (IN6_IS_ADDR_LOOPBACK(&v6)
               || (IN6_IS_ADDR_V4MAPPED(&v6) && v6.s6_addr[12] == IN_LOOPBACKNET));
}

static int check_listening(const struct config *config, struct fail *why)
{
    char     host[CONFIG_HOST_ROOM];
    uint16_t port;
    bool     has_tls = config->tls_certificate[0] && config->tls_key[0];

    if (config_address(config->listen, host, &port, why))
        return fail_in(why, "listen");
    if (!config->tls_certificate[0] != !config->tls_key[0])
        return fail_set(why, FAIL_INPUT, "tls.certificate and tls.key go together: %s is missing",
                        config->tls_key[0] ? "tls.certificate" : "tls.key");
    if (config->open_reading && (config->behind_proxy || !config_is_loopback(host)))
        return fail_set(why, FAIL_INPUT,
                        "listen.open_reading: without keys everybody who reaches %s could read;"
                        " it is for loopback alone, without a proxy in front",
                        config->listen);
    if (has_tls || config->behind_proxy || config_is_loopback(host))
        return 0;
    return fail_set(why, FAIL_INPUT,
                    "listen: %s is not loopback, and keys would travel in clear text: give"
                    " tls.certificate and tls.key, or say listen.behind_proxy: yes when a proxy in"
                    " front does TLS",
                    config->listen);
}

static bool is_one_of(char c, const char *more)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
           || (c && strchr(more, c));
}

static bool is_made_of(struct str text, const char *more)
{
    for (size_t i = 0; i < text.size; i++)
        if (!is_one_of(text.data[i], more))
            return false;
    return true;
}

/* smon_<kid>_<secret>. Never shown, not even when it is wrong. */
static int check_admin_key(const struct config *config, struct fail *why)
{
    struct str rest = str_of(config->admin_key), prefix = STR_NONE, kid = STR_NONE;

    if (!rest.size)
        return 0;
    if (!str_cut(&rest, '_', &prefix) || !str_is(prefix, STR("smon")) || !str_cut(&rest, '_', &kid)
        || kid.size == 0 || kid.size > KID_MOST || !is_made_of(kid, "") || !rest.data
        || !is_made_of(rest, "") || strlen(config->admin_key) > KEY_MOST)
        return fail_set(why, FAIL_INPUT,
                        "admin_key has not the form smon_<kid>_<secret> of letters and digits");
    if (rest.size < SECRET_LEAST)
        return fail_set(why, FAIL_INPUT,
                        "the secret in admin_key has %zu characters; at least %d are needed",
                        rest.size, SECRET_LEAST);
    return 0;
}

static int check_logs_output(struct str target, struct fail *why)
{
    struct str stream = str_after_last(target, '/');
    struct str group =
        str_part(target, 0, target.size > stream.size ? target.size - stream.size - 1 : 0);

    if (group.size == 0 || stream.size == 0 || stream.size == target.size
        || !is_made_of(group, "_-/.#") || memchr(stream.data, ':', stream.size)
        || memchr(stream.data, '*', stream.size))
        return fail_set(why, FAIL_INPUT,
                        "emf.output: logs: wants GROUP/STREAM, as CloudWatch"
                        " Logs spells them");
    return 0;
}

static int check_emf(const struct config *config, struct fail *why)
{
    static const char *const starts[] = {"tcp://", "udp://"};
    struct str               output   = str_of(config->emf_output);
    struct str               space    = str_of(config->emf_namespace);

    if (!is_made_of(space, "._#:/-") || str_starts(space, STR("AWS/")) || space.data[0] == ':')
        return fail_set(why, FAIL_INPUT,
                        "emf.namespace: letters, digits and . _ # : / - ; not starting with ':' or"
                        " AWS/, which CloudWatch keeps for itself");
    if (str_is(output, STR("stdout")) || (str_starts(output, STR("file:")) && output.size > 5))
        return 0;
    if (str_starts(output, STR("logs:")))
        return check_logs_output(str_part(output, 5, output.size), why);
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        struct str host, port;
        int64_t    number;

        if (str_starts(output, str_of(starts[i]))
            && !split_address(str_part(output, strlen(starts[i]), output.size), &host, &port)
            && host.size && !str_to_i64(port, 1, PORT_MOST, &number))
            return 0;
    }
    return fail_set(why, FAIL_INPUT,
                    "emf.output: \"%s\" is none of stdout, file:PATH, tcp://HOST:PORT,"
                    " udp://HOST:PORT, logs:GROUP/STREAM",
                    config->emf_output);
}

/* scheme://host[:port], nothing behind it: as a browser writes it. */
static int check_origins(const struct config *config, struct fail *why)
{
    struct str rest = str_of(config->grafana_origins), origin;

    while (rest.size && str_cut(&rest, ',', &origin)) {
        struct str host = str_trim(origin);

        if (str_starts(host, STR("https://")))
            host = str_part(host, strlen("https://"), host.size);
        else if (str_starts(host, STR("http://")))
            host = str_part(host, strlen("http://"), host.size);
        else
            host = STR("");
        if (!host.size || !is_made_of(host, "-._:[]"))
            return fail_set(why, FAIL_INPUT,
                            "grafana.origins: \"%.*s\" is not like https://grafana.example.com",
                            STR_ARG(origin));
    }
    return 0;
}

static int check_rest(const struct config *config, struct fail *why)
{
    struct str  url   = str_of(config->store_url);
    struct str  rest  = str_of(config->key_headers), header;
    struct fail wrong = FAIL_OK;

    if (url.size && !str_starts(url, STR("postgres://")) && !str_starts(url, STR("postgresql://")))
        return fail_set(why, FAIL_INPUT, "store.url does not start with postgres://");
    if (namespace_check(str_of(config->packages_namespace), &wrong))
        return fail_set(why, FAIL_INPUT, "models.packages_namespace: %s", wrong.text);
    if (config->retention_age > 0 && config->retention_age < LEAST_AGE)
        return fail_set(why, FAIL_INPUT,
                        "retention.age is shorter than 7d: events that come late or twice must"
                        " still find what they are about");
    if (config->enrich_give_up < config->enrich_settle)
        return fail_set(why, FAIL_INPUT, "enrich.give_up is shorter than enrich.settle");
    if (!is_made_of(str_of(config->enrich_role), "+=,.@_-/"))
        return fail_set(why, FAIL_INPUT, "enrich.role: \"%s\" is no role name",
                        config->enrich_role);
    while (str_cut(&rest, ',', &header)) {
        header = str_trim(header);
        if (header.size == 0 || !is_made_of(header, "!#$%&'*+-.^_`|~"))
            return fail_set(why, FAIL_INPUT, "intake.key_headers: \"%.*s\" is no header name",
                            STR_ARG(header));
    }
    return 0;
}

int config_files(const struct config *config, struct fail *why)
{
    const struct {
        const char *setting, *path;
    } files[] = {
        {"tls.certificate", config->tls_certificate},
        {"tls.key", config->tls_key},
        {"prices.file", config->prices_file},
    };

    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (files[i].path[0] && access(files[i].path, R_OK))
            return fail_set(why, FAIL_INPUT, "%s: %s: %s", files[i].setting, files[i].path,
                            strerror(errno));
    return 0;
}

int config_check(const struct config *config, struct fail *why)
{
    if (check_listening(config, why) || check_admin_key(config, why) || check_emf(config, why)
        || check_origins(config, why) || check_rest(config, why))
        return -1;
    return 0;
}
