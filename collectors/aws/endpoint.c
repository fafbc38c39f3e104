#include "aws/endpoint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/profile.h"
#include "base/buf.h"
#include "base/fail.h"

enum { REGION_MOST = 32 };

static bool is_true(const char *variable)
{
    const char *value = getenv(variable);

    return value && str_is_nocase(str_of(value), STR("true"));
}

static struct str from_profile(const struct endpoint_wish *wish, const struct profiles *profiles)
{
    struct str section = profiles_get(profiles, wish->profile, "services");
    struct str found   = section.data
                             ? profiles_service(profiles, section, str_of(wish->id), "endpoint_url")
                             : STR_NONE;

    return found.size ? found : profiles_get(profiles, wish->profile, "endpoint_url");
}

static struct str configured(const struct endpoint_wish *wish, const struct profiles *profiles)
{
    char       variable[64];
    struct str found;

    if (is_true("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"))
        return STR_NONE;
    found = profiles_get(profiles, wish->profile, "ignore_configured_endpoint_urls");
    if (str_is_nocase(found, STR("true")))
        return STR_NONE;
    if (snprintf(variable, sizeof variable, "AWS_ENDPOINT_URL_%s", wish->id)
        >= (int)sizeof variable)
        return STR_NONE; /* no service has so long a name */
    found = str_of(getenv(variable));
    if (found.size == 0)
        found = str_of(getenv("AWS_ENDPOINT_URL"));
    return found.size ? found : from_profile(wish, profiles);
}

static bool is_region(struct str region)
{
    if (region.size == 0 || region.size > REGION_MOST)
        return false;
    for (size_t i = 0; i < region.size; i++) {
        char c = region.data[i];

        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-')
            return false;
    }
    return true;
}

int endpoint_find(const struct endpoint_wish *wish, const struct profiles *profiles,
                  struct buf *out, struct fail *why)
{
    struct str            url   = configured(wish, profiles);
    struct endpoint_parts parts = {0};

    if (!is_region(wish->region))
        return fail_set(why, FAIL_INPUT, "\"%.*s\" is not a region", STR_ARG(wish->region));
    if (url.size) {
        while (str_ends(url, STR("/")))
            url.size--;
        if (endpoint_split(url, &parts, why))
            return fail_in(why, "the address configured for %s", wish->id);
        buf_str(out, str_from(url.data, (size_t)(parts.path.data + parts.path.size - url.data)));
        return buf_check(out, why);
    }
    buf_format(out, "https://%s.%.*s.amazonaws.com%s", wish->host_prefix, STR_ARG(wish->region),
               str_starts(wish->region, STR("cn-")) ? ".cn" : "");
    return buf_check(out, why);
}

/* Splits "host:port" or "[v6]:port"; -1 when it is neither. */
static int split_authority(struct str text, struct str *host, struct str *port)
{
    if (str_starts(text, STR("["))) {
        struct str rest = str_part(text, 1, text.size);

        (void)str_cut(&rest, ']', host);
        if (!rest.data || (rest.size && rest.data[0] != ':'))
            return -1;
        *port = rest.size ? str_part(rest, 1, rest.size) : STR_NONE;
    } else {
        *port = text;
        (void)str_cut(port, ':', host);
    }
    return host->size && host->size <= 255 ? 0 : -1;
}

int endpoint_split(struct str url, struct endpoint_parts *out, struct fail *why)
{
    struct endpoint_parts parts = {0};
    struct str            rest, port;
    size_t                end = 0;
    int64_t               number;
    bool                  is_https = str_starts(url, STR("https://"));

    if (!is_https && !str_starts(url, STR("http://")))
        return fail_set(why, FAIL_INPUT, "it begins with neither http:// nor https://");
    parts.scheme = str_part(url, 0, is_https ? 5 : 4);
    rest         = str_part(url, parts.scheme.size + 3, url.size);
    while (end < rest.size && !strchr("/?#", rest.data[end]))
        end++;
    parts.authority = str_part(rest, 0, end);
    parts.path      = str_part(rest, end, rest.size);
    if (memchr(parts.authority.data ? parts.authority.data : "", '@', parts.authority.size)
        || split_authority(parts.authority, &parts.host, &port)
        || (port.size && str_to_i64(port, 1, 65535, &number)))
        return fail_set(why, FAIL_INPUT, "it has no proper host and port");
    for (end = 0; end < parts.path.size && !strchr("?#", parts.path.data[end]);)
        end++;
    parts.path.size = end;
    if (port.data && (port.size == 0 || number == (is_https ? 443 : 80)))
        parts.authority.size -= port.size + 1;
    *out = parts;
    return 0;
}
