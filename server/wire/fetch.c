#include "wire/fetch.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include <curl/curl.h>

#include "base/fail.h"
#include "base/mem.h"

enum {
    FETCH_MAGIC      = 0x66657463,
    CONNECT_MS       = 5 * MS_SECOND,
    TRICKLE_WINDOW   = 10 * MS_SECOND, /* an answer that has begun brings this much in this time */
    TRICKLE_BYTES    = 100,
    HEADER_NAME_MOST = 128,
};

struct fetch {
    uint32_t magic;
    CURL    *curl;
    char     error[CURL_ERROR_SIZE];

    /* The call under way. */
    struct fetch_answer *answer;
    bool                 is_refused;   /* the address was not public */
    bool                 is_trickling; /* we ended it for that */
    bool                 is_abandoned; /* our caller wants it no more */
    const atomic_bool   *abandon;
    ms                   window_began; /* 0: the answer has not begun */
    curl_off_t           window_bytes;
};

/* --- setting up ------------------------------------------------------------------------------- */

static void *grow(void *old, size_t size)
{
    return mem_grow(old, size, 1);
}

static char *copy(const char *text)
{
    return mem_copy(text, strlen(text));
}

int fetch_setup(struct fail *why)
{
    CURLcode code =
        curl_global_init_mem(CURL_GLOBAL_DEFAULT, mem_raw, mem_free, grow, copy, mem_array);

    if (code != CURLE_OK)
        return fail_set(why, FAIL_MEMORY, "libcurl: %s", curl_easy_strerror(code));
    return 0;
}

int fetch_new(struct fetch **out, struct fail *why)
{
    struct fetch *fetch = mem_new(sizeof *fetch);

    if (!fetch)
        return fail_set(why, FAIL_MEMORY, "no memory for an HTTP client");
    fetch->magic = FETCH_MAGIC;
    fetch->curl  = curl_easy_init();
    if (!fetch->curl) {
        fetch_free(fetch);
        return fail_set(why, FAIL_MEMORY, "no memory for an HTTP client");
    }
    *out = fetch;
    return 0;
}

void fetch_free(struct fetch *fetch)
{
    if (!fetch)
        return;
    curl_easy_cleanup(fetch->curl);
    mem_free(fetch);
}

void fetch_answer_release(struct fetch_answer *answer)
{
    buf_release(&answer->body);
    buf_release(&answer->headers);
}

struct str fetch_answer_header(const struct fetch_answer *answer, const char *name)
{
    struct str rest = buf_view(&answer->headers), line;

    while (str_cut(&rest, '\n', &line)) {
        struct str key;

        if (str_cut(&line, ':', &key) && line.data && str_is_nocase(key, str_of(name)))
            return str_trim(line);
    }
    return STR_NONE;
}

int fetch_answer_date(const struct fetch_answer *answer, const char *name, ms *out)
{
    char   text[64];
    time_t when;

    if (str_to_c(fetch_answer_header(answer, name), text, sizeof text))
        return 0;
    when = curl_getdate(text, NULL);
    if (when < 0)
        return 0;
    *out = (ms)when * MS_SECOND;
    return 1;
}

ms fetch_answer_retry_after(const struct fetch_answer *answer)
{
    struct str text = fetch_answer_header(answer, "Retry-After");
    int64_t    seconds;
    ms         at;

    if (str_to_i64(text, INT64_MIN, INT64_MAX, &seconds) == 0) {
        if (seconds <= 0)
            return 0;
        return seconds < MS_DAY / MS_SECOND ? seconds * MS_SECOND : MS_DAY;
    }
    if (fetch_answer_date(answer, "Retry-After", &at) != 1 || at <= when_now())
        return 0;
    return at - when_now() < MS_DAY ? at - when_now() : MS_DAY;
}

/* --- while it runs ---------------------------------------------------------------------------- */

/* Not when_monotonic: tests move that one, and a peer is real. */
static ms real_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (ms)now.tv_sec * MS_SECOND + now.tv_nsec / 1000000;
}

static struct fetch *mine(void *ctx)
{
    struct fetch *fetch = ctx;

    return fetch->magic == FETCH_MAGIC ? fetch : NULL;
}

/* One header line. A status line begins anew: what went before was a 100 or a proxy's. */
static size_t on_header(char *data, size_t size, size_t n, void *ctx)
{
    struct fetch *fetch = mine(ctx);
    struct str    line  = str_from(data, size * n);

    if (!fetch)
        return 0;
    if (str_starts(line, STR("HTTP/")))
        buf_clear(&fetch->answer->headers);
    if (!fetch->window_began)
        fetch->window_began = real_now();
    buf_str(&fetch->answer->headers, line);
    return fetch->answer->headers.broken ? 0 : line.size;
}

static size_t on_body(char *data, size_t size, size_t n, void *ctx)
{
    struct fetch *fetch = mine(ctx);

    if (!fetch)
        return 0;
    buf_add(&fetch->answer->body, data, size * n);
    return fetch->answer->body.broken ? 0 : size * n;
}

/* libcurl's own low-speed limit also counts the time a peer thinks, which would end a long poll. */
static int on_progress(void *ctx, curl_off_t down_all, curl_off_t down, curl_off_t up_all,
                       curl_off_t up)
{
    struct fetch *fetch = mine(ctx);
    ms            now   = real_now();

    (void)down_all;
    (void)up_all;
    (void)up;
    if (!fetch)
        return 1;
    fetch->is_abandoned = fetch->abandon && atomic_load(fetch->abandon);
    if (fetch->is_abandoned)
        return 1;
    if (!fetch->window_began || now - fetch->window_began < TRICKLE_WINDOW)
        return 0;
    fetch->is_trickling = down - fetch->window_bytes < TRICKLE_BYTES;
    fetch->window_began = now;
    fetch->window_bytes = down;
    return fetch->is_trickling;
}

static bool is_public_v4(uint32_t address)
{
    static const struct {
        uint32_t net, mask;
    } others[] = {
        {0x00000000, 0xff000000}, /* 0/8 this network */
        {0x0a000000, 0xff000000}, /* 10/8 private */
        {0x64400000, 0xffc00000}, /* 100.64/10 carrier's own */
        {0x7f000000, 0xff000000}, /* 127/8 loopback */
        {0xa9fe0000, 0xffff0000}, /* 169.254/16 link-local, metadata */
        {0xac100000, 0xfff00000}, /* 172.16/12 private */
        {0xc0000000, 0xffffff00}, /* 192.0.0/24 protocol assignments */
        {0xc0a80000, 0xffff0000}, /* 192.168/16 private */
        {0xc6120000, 0xfffe0000}, /* 198.18/15 benchmarks */
        {0xe0000000, 0xe0000000}, /* 224/3 multicast, reserved, broadcast */
    };

    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if ((address & others[i].mask) == others[i].net)
            return false;
    return true;
}

static uint32_t last_four(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static bool is_public_v6(const unsigned char bytes[16])
{
    static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};
    static const unsigned char nat64[12]  = {0x00, 0x64, 0xff, 0x9b};

    if (memcmp(bytes, mapped, sizeof mapped) == 0 || memcmp(bytes, nat64, sizeof nat64) == 0)
        return is_public_v4(last_four(bytes + 12));
    if (bytes[0] == 0x20 && bytes[1] == 0x02) /* 2002::/16 carries an IPv4 address */
        return is_public_v4(last_four(bytes + 2));
    return (bytes[0] & 0xe0) == 0x20; /* 2000::/3 is all that is routed worldwide */
}

static bool is_public(const struct curl_sockaddr *to)
{
    if (to->family == AF_INET) {
        struct sockaddr_in v4;

        memcpy(&v4, &to->addr, sizeof v4);
        return is_public_v4(ntohl(v4.sin_addr.s_addr));
    }
    if (to->family == AF_INET6) {
        struct sockaddr_in6 v6;

        memcpy(&v6, (const char *)to + offsetof(struct curl_sockaddr, addr), sizeof v6);
        return is_public_v6(v6.sin6_addr.s6_addr);
    }
    return false;
}

/* Asked with the address that is dialled, so a name that changes its mind gains nothing. */
static curl_socket_t on_dial(void *ctx, curlsocktype purpose, struct curl_sockaddr *to)
{
    struct fetch *fetch = mine(ctx);

    (void)purpose;
    if (!fetch)
        return CURL_SOCKET_BAD;
    if (!is_public(to)) {
        fetch->is_refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

/* --- one call --------------------------------------------------------------------------------- */

/* A list that libcurl made. */
struct lines {
    struct curl_slist *first;
};

static void lines_release(struct lines *lines)
{
    curl_slist_free_all(lines->first);
}

static int lines_add(struct lines *lines, const char *line, struct fail *why)
{
    struct curl_slist *longer = curl_slist_append(lines->first, line);

    if (!longer)
        return fail_set(why, FAIL_MEMORY, "no memory for a header");
    lines->first = longer;
    return 0;
}

static bool is_header_name(const char *name)
{
    size_t size = strspn(name, "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
                               "ABCDEFGHIJKLMNOPQRSTUVWXYZ");

    return size > 0 && size <= HEADER_NAME_MOST && name[size] == '\0';
}

static int add_header(struct lines *lines, const struct fetch_header *header, struct fail *why)
{
    OWN(buf) line = BUF_UP_TO(1u << 20);

    if (!is_header_name(header->name))
        return fail_set(why, FAIL_INPUT, "a header name that HTTP does not allow");
    if (header->value[strcspn(header->value, "\r\n")] != '\0')
        return fail_set(why, FAIL_INPUT, "header %s: its value holds a line break", header->name);
    buf_text(&line, header->name);
    if (header->value[strspn(header->value, " \t")] == '\0') {
        buf_char(&line, ';'); /* how libcurl is told to send a header without value */
    } else {
        buf_text(&line, ": ");
        buf_text(&line, header->value);
    }
    (void)buf_c(&line);
    if (buf_check(&line, why))
        return fail_in(why, "header %s", header->name);
    return lines_add(lines, line.data, why);
}

static bool has_header(const struct fetch_call *call, const char *name)
{
    for (size_t i = 0; i < call->header_count; i++)
        if (str_is_nocase(str_of(call->headers[i].name), str_of(name)))
            return true;
    return false;
}

static int make_headers(const struct fetch_call *call, struct lines *lines, struct fail *why)
{
    /* What libcurl would add by itself and a signature would not know of. */
    if (lines_add(lines, "Expect:", why)
        || (!has_header(call, "Content-Type") && lines_add(lines, "Content-Type:", why)))
        return -1;
    for (size_t i = 0; i < call->header_count; i++)
        if (add_header(lines, &call->headers[i], why))
            return -1;
    return 0;
}

static int check_call(const struct fetch_call *call, struct fail *why)
{
    static const char *const methods[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};
    struct str               url       = str_of(call->url);
    bool                     is_known  = false;

    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        is_known = is_known || strcmp(methods[i], call->method) == 0;
    if (!is_known || call->deadline <= 0 || call->answer_limit == 0)
        return fail_set(why, FAIL_BUG, "an HTTP call without method, deadline or answer limit");
    if (!str_starts(url, STR("http://")) && !str_starts(url, STR("https://")))
        return fail_set(why, FAIL_INPUT, "only http:// and https:// addresses are called");
    for (size_t i = 0; i < url.size; i++)
        if ((unsigned char)url.data[i] <= ' ' || url.data[i] == 0x7f)
            return fail_set(why, FAIL_INPUT, "the address holds a blank or a control character");
    return 0;
}

/* Collects the first refusal of curl_easy_setopt: all of ours mean "no memory" or our mistake. */
#define SET(option, value) (code = code ? code : curl_easy_setopt(curl, (option), (value)))

static CURLcode set_rules(CURL *curl, const struct fetch_call *call)
{
    CURLcode code = CURLE_OK;

    SET(CURLOPT_PROTOCOLS_STR, "http,https");
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    SET(CURLOPT_PATH_AS_IS, 1L);
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_ACCEPT_ENCODING, "gzip");
    SET(CURLOPT_USERAGENT, "smon");
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_TCP_KEEPALIVE, 1L);
    SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    SET(CURLOPT_TIMEOUT_MS, (long)call->deadline);
    SET(CURLOPT_CONNECTTIMEOUT_MS,
        (long)(call->connect_within ? call->connect_within : CONNECT_MS));
    if (call->unix_path)
        SET(CURLOPT_UNIX_SOCKET_PATH, call->unix_path);
    if (call->ca_file)
        SET(CURLOPT_CAINFO, call->ca_file);
    if (call->ignores_proxy || call->public_only || call->unix_path)
        SET(CURLOPT_PROXY, ""); /* also not the environment's */
    return code;
}

static CURLcode set_hooks(CURL *curl, struct fetch *fetch, bool public_only)
{
    CURLcode code = CURLE_OK;

    SET(CURLOPT_ERRORBUFFER, fetch->error);
    SET(CURLOPT_HEADERFUNCTION, on_header);
    SET(CURLOPT_HEADERDATA, fetch);
    SET(CURLOPT_WRITEFUNCTION, on_body);
    SET(CURLOPT_WRITEDATA, fetch);
    SET(CURLOPT_NOPROGRESS, 0L);
    SET(CURLOPT_XFERINFOFUNCTION, on_progress);
    SET(CURLOPT_XFERINFODATA, fetch);
    if (public_only) {
        SET(CURLOPT_OPENSOCKETFUNCTION, on_dial);
        SET(CURLOPT_OPENSOCKETDATA, fetch);
        SET(CURLOPT_FRESH_CONNECT, 1L); /* one that stands was perhaps not looked at */
    }
    return code;
}

static CURLcode set_request(CURL *curl, const struct fetch_call *call, const struct lines *lines)
{
    CURLcode code = CURLE_OK;

    SET(CURLOPT_URL, call->url);
    SET(CURLOPT_HTTPHEADER, lines->first);
    if (call->body.size
        || (strcmp(call->method, "GET") != 0 && strcmp(call->method, "DELETE") != 0)) {
        SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.size);
        SET(CURLOPT_POSTFIELDS, call->body.size ? call->body.data : "");
    }
    SET(CURLOPT_CUSTOMREQUEST, call->method);
    return code;
}

#undef SET

static int explain(const struct fetch *fetch, CURLcode code, struct fail *why)
{
    const char *sentence = fetch->error[0] ? fetch->error : curl_easy_strerror(code);

    /* libcurl also says "out of memory" to a header line over its own 100 KB. */
    if (code == CURLE_OUT_OF_MEMORY && fetch->window_began)
        return fail_set(why, FAIL_REMOTE, "an endless header line, or no memory for the answer");
    if (code == CURLE_OUT_OF_MEMORY)
        return fail_set(why, FAIL_MEMORY, "no memory for an HTTP call");
    if (code == CURLE_URL_MALFORMAT)
        return fail_set(why, FAIL_INPUT, "the address cannot be read");
    if (fetch->is_refused)
        return fail_set(why, FAIL_DENIED, "the address is not a public one");
    if (fetch->is_abandoned)
        return fail_set(why, FAIL_BUSY, "the call was abandoned");
    if (fetch->is_trickling)
        return fail_set(why, FAIL_REMOTE, "the answer came too slowly");
    if (code == CURLE_WRITE_ERROR && buf_check(&fetch->answer->body, why))
        return fail_in(why, "the answer");
    if (code == CURLE_WRITE_ERROR && buf_check(&fetch->answer->headers, why))
        return fail_in(why, "the answer's headers");
    return fail_set(why, FAIL_REMOTE, "%s", sentence);
}

static void begin(struct fetch *fetch, const struct fetch_call *call, struct fetch_answer *out)
{
    size_t header_limit = out->headers.ceiling_bytes;

    fetch_answer_release(out);
    *out                       = FETCH_ANSWER;
    out->headers.ceiling_bytes = header_limit;
    out->body.ceiling_bytes    = call->answer_limit;
    fetch->answer              = out;
    fetch->is_refused          = false;
    fetch->is_trickling        = false;
    fetch->is_abandoned        = false;
    fetch->abandon             = call->abandon;
    fetch->window_began        = 0;
    fetch->window_bytes        = 0;
    fetch->error[0]            = '\0';
    curl_easy_reset(fetch->curl); /* options only: connections stay */
}

int fetch_do(struct fetch *fetch, const struct fetch_call *call, struct fetch_answer *out,
             struct fail *why)
{
    OWN(lines) lines = {NULL};
    CURLcode code;
    long     status = 0;

    begin(fetch, call, out);
    if (check_call(call, why) || make_headers(call, &lines, why))
        return -1;
    code = set_rules(fetch->curl, call);
    code = code ? code : set_hooks(fetch->curl, fetch, call->public_only);
    code = code ? code : set_request(fetch->curl, call, &lines);
    if (code)
        return fail_set(why, FAIL_MEMORY, "preparing an HTTP call: %s", curl_easy_strerror(code));
    code = curl_easy_perform(fetch->curl);
    (void)curl_easy_getinfo(fetch->curl, CURLINFO_RESPONSE_CODE, &status); /* 0 when unknown */
    /* What we lent must not be looked at after we return. */
    (void)curl_easy_setopt(fetch->curl, CURLOPT_HTTPHEADER, NULL);
    (void)curl_easy_setopt(fetch->curl, CURLOPT_POSTFIELDS, NULL);
    out->is_late = code == CURLE_OPERATION_TIMEDOUT || fetch->is_trickling;
    if (code)
        return explain(fetch, code, why);
    out->status = (int)status;
    return 0;
}
