#include "wire/db_postgres_text.h"

#include <string.h>

enum { COARSE_MS = 1000, FINE_MS = 50, LONG_MS = 5000 };

/* By the beginning of the SQLSTATE; the first that fits counts. */
static const struct {
    const char           *begins;
    struct postgres_state means;
} states[] = {
    {"57014", {FAIL_LIMIT, false}}, /* statement_timeout */
    {"55P03", {FAIL_BUSY, false}},  /* lock_timeout */
    {"55", {FAIL_BUSY, false}},     /* object in use */
    {"40", {FAIL_BUSY, false}},     /* serialization, deadlock */
    {"08", {FAIL_BUSY, true}},      /* connection */
    {"57", {FAIL_BUSY, true}},      /* shutting down, starting up */
    {"25P03", {FAIL_BUSY, true}},   /* idle in transaction for too long */
    {"25006", {FAIL_BUSY, true}},   /* read-only: this server has become a standby */
    {"26000", {FAIL_BUSY, true}},   /* a pooler gave us another session, without our statements */
    {"53", {FAIL_BUSY, false}},     /* disk full, out of memory, too many connections */
    {"58", {FAIL_BUSY, true}},      /* the server's I/O */
    {"XX001", {FAIL_BUSY, true}},   /* damaged data */
    {"XX002", {FAIL_BUSY, true}},   /* damaged index */
    {"23", {FAIL_CLASH, false}},    /* constraints */
    {"22", {FAIL_INPUT, false}},    /* a value the type does not hold */
    {"28", {FAIL_INPUT, false}},    /* user or password */
    {"3D", {FAIL_INPUT, false}},    /* no such database */
};

struct postgres_state postgres_state(const char *state, bool is_writer)
{
    if (!is_writer && strcmp(state, "25006") == 0)
        return (struct postgres_state){FAIL_BUG, false}; /* a reader that tried to write */
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
        if (str_starts(str_of(state), str_of(states[i].begins)))
            return states[i].means;
    return (struct postgres_state){FAIL_BUG, false};
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool has_whole_escapes(struct str url)
{
    for (size_t i = 0; i < url.size; i++)
        if (url.data[i] == '%'
            && (i + 2 >= url.size || !is_hex(url.data[i + 1]) || !is_hex(url.data[i + 2])))
            return false;
    return true;
}

/* "db.example.org:5432", "[::1]", or nothing. */
static bool is_host(struct str item)
{
    struct str port = str_after_last(item, ']'), host;
    int64_t    number;

    if (!str_cut(&port, ':', &host) || !port.data)
        return true;
    return port.size == 0 || str_to_i64(port, 1, 65535, &number) == 0;
}

static bool has(struct str text, char c)
{
    return text.size && memchr(text.data, c, text.size);
}

/* HOST:PORT,HOST:PORT */
static bool are_hosts(struct str hosts)
{
    struct str item;
    bool       is_good = !has(hosts, '@');

    while (is_good && hosts.size && str_cut(&hosts, ',', &item))
        is_good = is_host(item);
    return is_good;
}

int postgres_url_check(struct str url, struct fail *why)
{
    struct str rest = url, before, hosts, path;

    (void)str_cut(&rest, ':', &before); /* the scheme, which was looked at */
    rest = path = str_part(rest, 2, rest.size);
    (void)str_cut(&path, '/', &before);
    if (has(before, '@'))
        (void)str_cut(&rest, '@', &before); /* user and password end at the first */
    (void)str_cut(&rest, '?', &path);       /* the parameters are named: nothing is mixed up */
    (void)str_cut(&path, '/', &hosts);
    if (has_whole_escapes(url) && are_hosts(hosts) && !has(path, '@'))
        return 0;
    return fail_set(why, FAIL_INPUT,
                    "store.url is not postgres://USER:PASSWORD@HOST:PORT/DATABASE; within a "
                    "password write / as %%2F, @ as %%40 and %% as %%25");
}

struct str postgres_first_line(struct str text)
{
    struct str line = text;

    (void)str_cut(&text, '\n', &line);
    return line;
}

static int nibble(char c)
{
    return c <= '9' ? c - '0' : c - 'a' + 10;
}

size_t postgres_unhex(char *text, size_t size)
{
    if (size < 2)
        return 0;
    for (size_t i = 2; i + 1 < size; i += 2)
        text[i / 2 - 1] = (char)(nibble(text[i]) << 4 | nibble(text[i + 1]));
    return (size - 2) / 2;
}

ms postgres_timeout(ms most, ms deadline)
{
    ms left;
    ms step;

    if (deadline == WHEN_UNKNOWN)
        return most;
    left = deadline - when_monotonic();
    step = left > LONG_MS ? COARSE_MS : FINE_MS;
    left = left < 1 ? step : (left + step - 1) / step * step;
    return left < most ? left : most;
}
