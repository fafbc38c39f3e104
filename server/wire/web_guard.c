/* web_guard.c -- what libmicrohttpd 0.9.75 lets through and we do not.
 *
 * It parses the heading in place. A line `Name: value CR LF` is left in memory as
 *
 *     N a m e \0 _ v a l u e \0 \0 N e x t ...        (':' CR LF became NULs)
 *
 * and it tells where each name and value begins, where the version stands, and how long the whole
 * was. So each name must begin two bytes behind the value before it. Where it does not, there was
 * a bare LF (one byte), a NUL inside a value, or a folded line (copied elsewhere): the ways to make
 * two servers read one request differently. A newer libmicrohttpd may lay things out otherwise, but
 * refuses these by itself; then the places are not compared. */
#include "wire/web_parts.h"

#include <string.h>

enum { BAD_REQUEST = 400, URI_TOO_LONG = 414, HEADING_TOO_LARGE = 431, LINE_END = 2 };

static const char LAYOUT_KNOWN[] = "0.9.75";

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Percent signs replaced where they stand; NULL, or what is wrong. */
static const char *decode_path(char *path, size_t *size)
{
    size_t from = 0, to = 0;

    while (from < *size) {
        int high, low, byte;

        if (path[from] != '%') {
            path[to++] = path[from++];
            continue;
        }
        high = from + 2 < *size ? hex_digit(path[from + 1]) : -1;
        low  = from + 2 < *size ? hex_digit(path[from + 2]) : -1;
        byte = high * 16 + low;
        if (high < 0 || low < 0)
            return "a percent sign without two hex digits in the path";
        if (byte == '/' || byte == '\\' || byte == 0)
            return "an encoded slash, backslash or NUL in the path";
        path[to++] = (char)byte;
        from += 3;
    }
    *size = to;
    return NULL;
}

static const char *check_path(struct str path)
{
    struct str rest = path, piece;

    for (size_t i = 0; i < path.size; i++)
        if ((unsigned char)path.data[i] < ' ' || path.data[i] == 0x7f || path.data[i] == '\\')
            return "a control character or backslash in the path";
    if (!str_is_utf8(path))
        return "the path is not UTF-8";
    while (str_cut(&rest, '/', &piece))
        if (str_is_text(piece, ".") || str_is_text(piece, ".."))
            return "a dot segment in the path";
    return NULL;
}

static bool is_printable(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)text[i] <= ' ' || text[i] == 0x7f || text[i] == '#')
            return false;
    return true;
}

const char *web_guard_target(char *target, size_t size, struct str *path, struct str *query,
                             int *status)
{
    char       *question;
    size_t      path_size;
    const char *why;

    *status = URI_TOO_LONG;
    if (size > WEB_MOST_TARGET)
        return "the request target is longer than 8 KiB";
    *status = BAD_REQUEST;
    if (size == 0 || target[0] != '/' || !is_printable(target, size))
        return "the request target is not a plain path";
    question  = memchr(target, '?', size);
    path_size = question ? (size_t)(question - target) : size;
    *query    = question ? str_from(question + 1, size - path_size - 1) : STR_NONE;
    why       = decode_path(target, &path_size);
    *path     = str_from(target, path_size);
    return why ? why : check_path(*path);
}

/* RFC 9110 5.6.2: what a name of a header may hold. A blank before the colon is not among it. */
static bool is_token(const char *text, size_t size)
{
    static const char others[] = "!#$%&'*+-.^_`|~";

    for (size_t i = 0; i < size; i++) {
        char c = text[i];

        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-')
            continue;
        if (!c || !strchr(others, c))
            return false;
    }
    return size > 0;
}

/* Only blanks may stand between the colon and the value. */
static bool is_in_place(const char *next, const char *name, size_t name_size, const char *value)
{
    const char *at = name + name_size + 1;

    if (name != next || (uintptr_t)value < (uintptr_t)at || value - at > WEB_MOST_HEADING)
        return false;
    while (at < value && (*at == ' ' || *at == '\t'))
        at++;
    return at == value;
}

static bool has_control(struct str value)
{
    for (size_t i = 0; i < value.size; i++) {
        unsigned char c = (unsigned char)value.data[i];

        if ((c < ' ' && c != '\t') || c == 0x7f)
            return true;
    }
    return false;
}

/* "gzip;q=0" says no. */
static bool is_declined(struct str parameters)
{
    struct str weight = str_trim(parameters);

    if (!str_starts(weight, STR("q=0")))
        return false;
    for (size_t i = 3; i < weight.size; i++)
        if (weight.data[i] >= '1' && weight.data[i] <= '9')
            return false;
    return true;
}

static bool accepts_gzip(struct str rest)
{
    struct str piece, name;
    bool       takes_any = false;

    while (str_cut(&rest, ',', &piece)) {
        bool is_wanted;

        (void)str_cut(&piece, ';', &name); /* gives at least an empty name */
        is_wanted = !is_declined(piece);
        name      = str_trim(name);
        if (str_is_nocase(name, STR("gzip")))
            return is_wanted;
        if (str_is_text(name, "*"))
            takes_any = is_wanted;
    }
    return takes_any;
}

static bool is_request_id(struct str id)
{
    if (id.size == 0 || id.size > WEB_MOST_ID)
        return false;
    for (size_t i = 0; i < id.size; i++) {
        char c = id.data[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.'
              || c == '_' || c == '-'))
            return false;
    }
    return true;
}

static void note_header(struct web_heading *heading, struct str name, struct str value)
{
    if (str_is_nocase(name, STR("Content-Length"))) {
        heading->lengths++;
        if (str_to_i64(value, 0, INT64_MAX, &heading->length))
            heading->length = -1;
    } else if (str_is_nocase(name, STR("Transfer-Encoding"))) {
        heading->encodings++;
        heading->is_chunked = str_is_nocase(value, STR("chunked"));
    } else if (str_is_nocase(name, STR("Host"))) {
        heading->hosts++;
    } else if (str_is_nocase(name, STR("Expect"))) {
        heading->expects_continue = str_is_nocase(value, STR("100-continue"));
    } else if (str_is_nocase(name, STR("Accept-Encoding"))) {
        heading->wants_gzip = accepts_gzip(value);
    } else if (str_is_nocase(name, STR("X-Request-Id")) && is_request_id(value)) {
        heading->id = value;
    }
}

static enum MHD_Result see_header(void *ctx, enum MHD_ValueKind kind, const char *name,
                                  size_t name_size, const char *value, size_t value_size)
{
    struct web_heading *heading = ctx;

    (void)kind;
    if (!is_token(name, name_size) || has_control(str_from(value, value_size)))
        heading->is_broken = true;
    if (heading->next) {
        if (!is_in_place(heading->next, name, name_size, value))
            heading->is_broken = true;
        heading->next = value + value_size + LINE_END;
    }
    note_header(heading, str_from(name, name_size), str_from(value, value_size));
    return MHD_YES;
}

static const char *judge(const struct web_heading *heading)
{
    if (heading->is_broken)
        return "a malformed header: a control character, a bare line feed, a folded line or a name "
               "that is not a token";
    if (heading->lengths > 1)
        return "more than one Content-Length";
    if (heading->encodings > 0 && heading->lengths > 0)
        return "both Transfer-Encoding and Content-Length";
    if (heading->encodings > 1 || (heading->encodings == 1 && !heading->is_chunked))
        return "a Transfer-Encoding other than chunked";
    if (heading->encodings > 0 && !heading->is_1_1)
        return "a Transfer-Encoding in HTTP/1.0";
    if (heading->lengths == 1 && heading->length < 0)
        return "an unreadable Content-Length";
    if (heading->hosts > 1 || (heading->is_1_1 && heading->hosts == 0))
        return "not exactly one Host";
    return NULL;
}

const char *web_guard_heading(struct MHD_Connection *connection, const char *method,
                              const char *version, struct web_heading *out, int *status)
{
    size_t size =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE)->header_size;
    bool knows_layout = strncmp(MHD_get_version(), LAYOUT_KNOWN, sizeof LAYOUT_KNOWN - 1) == 0;

    out->is_1_1 = strcmp(version, "HTTP/1.0") != 0;
    if (knows_layout) {
        out->is_broken = version != out->target_end + 1; /* a NUL in the target */
        out->next      = version + strlen(version) + LINE_END;
    }
    (void)MHD_get_connection_values_n(connection, MHD_HEADER_KIND, see_header, out); /* a count */
    if (knows_layout && out->next + LINE_END != method + size)
        out->is_broken = true;
    *status = HEADING_TOO_LARGE;
    if (size > WEB_MOST_HEADING)
        return "the headers are larger than 16 KiB";
    *status = BAD_REQUEST;
    if (!is_token(method, strlen(method)))
        return "the method is not a token";
    return judge(out);
}
