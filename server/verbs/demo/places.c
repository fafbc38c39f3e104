#include "verbs/demo/demo.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/str.h"
#include "config.h"
#include "wire/crypt.h"

enum { SECRET_BYTES = 24, OPEN_FILES = 16 };

/* ---- the folder ----------------------------------------------------------------------------- */

static int join(const char *folder, const char *name, char *out, struct fail *why)
{
    int used = snprintf(out, DEMO_PATH_ROOM, "%s/%s", folder, name);

    return used > 0 && used < DEMO_PATH_ROOM
               ? 0
               : fail_set(why, FAIL_INPUT, "the name of the data directory is too long");
}

/* A folder with a store in it has to be a demo's: made-up events among real ones are a lie. */
static int claim_folder(const char *folder, struct fail *why)
{
    char store[DEMO_PATH_ROOM], mark[DEMO_PATH_ROOM];
    int  file;

    if (join(folder, "smon.db", store, why) || join(folder, "demo", mark, why))
        return -1;
    if (access(store, F_OK) == 0 && access(mark, F_OK))
        return fail_set(why, FAIL_INPUT,
                        "%s holds the data of a service, and a demo would add made-up events to it:"
                        " name a folder that is new or a demo's",
                        folder);
    file = open(mark, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0)
        return fail_set(why, FAIL_INPUT, "%s: %s", mark, strerror(errno));
    (void)close(file); /* empty */
    return 0;
}

static int make_folder(const struct demo_options *options, struct demo_places *out,
                       struct fail *why)
{
    const char *temporary = getenv("TMPDIR");

    if (options->data) {
        if (str_to_c(str_of(options->data), out->data, sizeof out->data))
            return fail_set(why, FAIL_INPUT, "the name of the data directory is too long");
        if (mkdir(out->data, 0700) && errno != EEXIST)
            return fail_set(why, FAIL_INPUT, "%s: %s", out->data, strerror(errno));
        if (claim_folder(out->data, why))
            return -1;
    } else {
        if (join(temporary && *temporary ? temporary : "/tmp", "smon-demo-XXXXXX", out->data, why))
            return -1;
        if (!mkdtemp(out->data))
            return fail_set(why, FAIL_INPUT, "%s: %s", out->data, strerror(errno));
        out->is_temporary = true;
    }
    return join(out->data, "smon.sock", out->socket, why)
                   || join(out->data, "emf.log", out->emf, why)
               ? -1
               : 0;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *place)
{
    (void)status;
    (void)type;
    (void)place;
    (void)remove(path); /* what cannot be removed stays in the temporary folder */
    return 0;
}

void demo_places_release(struct demo_places *places)
{
    if (places->is_temporary)
        (void)nftw(places->data, remove_one, OPEN_FILES, FTW_DEPTH | FTW_PHYS);
    places->is_temporary = false;
    explicit_bzero(places->key, sizeof places->key);
}

/* ---- the address ---------------------------------------------------------------------------- */

/* The port if it is free on loopback; for 0, any that is. -1: taken. */
static int free_port(uint16_t port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int       yes = 1, found = -1;
    int       fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -1;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes); /* as the service will */
    if (bind(fd, (struct sockaddr *)&address, sizeof address) == 0
        && getsockname(fd, (struct sockaddr *)&address, &size) == 0)
        found = ntohs(address.sin_port);
    (void)close(fd);
    return found;
}

static int choose_address(const struct demo_options *options, struct demo_places *out,
                          struct fail *why)
{
    char     host[CONFIG_HOST_ROOM];
    uint16_t port;
    int      chosen;

    if (config_address(options->listen ? options->listen : "127.0.0.1:8080", host, &port, why))
        return -1;
    if (!config_is_loopback(host))
        return fail_set(why, FAIL_INPUT,
                        "%s is not loopback, and the demo lets everybody read what it holds",
                        options->listen);
    chosen = options->listen && port ? port : free_port(port);
    if (chosen < 0)
        chosen = free_port(0);
    if (chosen <= 0)
        return fail_set(why, FAIL_BUSY, "there is no free port on loopback");
    (void)snprintf(out->listen, sizeof out->listen, strchr(host, ':') ? "[%s]:%d" : "%s:%d", host,
                   chosen); /* a host has at most 255 bytes */
    (void)snprintf(out->url, sizeof out->url, "http://%s", out->listen); /* the same */
    return 0;
}

static int make_key(struct demo_places *out, struct fail *why)
{
    unsigned char secret[SECRET_BYTES];
    char          hex[2 * SECRET_BYTES + 1];

    if (crypt_random(secret, sizeof secret, why))
        return -1;
    crypt_hex(secret, sizeof secret, hex);
    (void)snprintf(out->key, sizeof out->key, "smon_demo_%s", hex); /* it fits */
    return 0;
}

int demo_places_make(const struct demo_options *options, struct demo_places *out, struct fail *why)
{
    *out = (struct demo_places){.is_temporary = false};
    if (choose_address(options, out, why) || make_key(out, why) || make_folder(options, out, why)) {
        demo_places_release(out);
        return -1;
    }
    return 0;
}
