#include "aws/trouble.h"

#include <string.h>

#include "aws/xml.h"
#include "base/buf.h"
#include "base/str.h"
#include "wire/doc.h"

enum { MOST_ERROR_BYTES = 64 * 1024 };

enum meaning {
    IS_THROTTLE,
    IS_TRANSIENT,
    IS_EXPIRED,
    IS_SKEW,
    IS_AUTH,
    IS_DENIED,
    IS_ABSENT,
    IS_CLASH
};

/* Codes without "Exception" at their end: services spell them both ways. */
static const struct {
    const char  *code;
    enum meaning meaning;
} known[] = {
    {"Throttling", IS_THROTTLE},
    {"Throttled", IS_THROTTLE},
    {"RequestThrottled", IS_THROTTLE},
    {"TooManyRequests", IS_THROTTLE},
    {"ProvisionedThroughputExceeded", IS_THROTTLE},
    {"TransactionInProgress", IS_THROTTLE},
    {"RequestLimitExceeded", IS_THROTTLE},
    {"BandwidthLimitExceeded", IS_THROTTLE},
    {"LimitExceeded", IS_THROTTLE},
    {"SlowDown", IS_THROTTLE},
    {"EC2Throttled", IS_THROTTLE},
    {"RequestTimeout", IS_TRANSIENT},
    {"PriorRequestNotComplete", IS_TRANSIENT},
    {"IDPCommunicationError", IS_TRANSIENT},
    {"ServiceUnavailable", IS_TRANSIENT},
    {"InternalServiceError", IS_TRANSIENT},
    {"InternalServerError", IS_TRANSIENT},
    {"InternalFailure", IS_TRANSIENT},
    {"ExpiredToken", IS_EXPIRED},
    {"TokenRefreshRequired", IS_EXPIRED},
    {"RequestTimeTooSkewed", IS_SKEW},
    {"SignatureDoesNotMatch", IS_SKEW},
    {"InvalidSignature", IS_SKEW},
    {"RequestExpired", IS_SKEW},
    {"RequestInTheFuture", IS_SKEW},
    {"UnrecognizedClient", IS_AUTH},
    {"InvalidClientTokenId", IS_AUTH},
    {"InvalidAccessKeyId", IS_AUTH},
    {"InvalidIdentityToken", IS_AUTH},
    {"IncompleteSignature", IS_AUTH},
    {"MissingAuthenticationToken", IS_AUTH},
    {"AccessDenied", IS_DENIED},
    {"UnauthorizedOperation", IS_DENIED},
    {"NotAuthorized", IS_DENIED},
    {"AuthorizationError", IS_DENIED},
    {"RegionDisabled", IS_DENIED},
    {"OptInRequired", IS_DENIED},
    {"ResourceNotFound", IS_ABSENT},
    {"ResourceNotFoundFault", IS_ABSENT},
    {"NotFound", IS_ABSENT},
    {"NoSuchBucket", IS_ABSENT},
    {"NoSuchKey", IS_ABSENT},
    {"NoSuchEntity", IS_ABSENT},
    {"ResourceAlreadyExists", IS_CLASH},
    {"OperationAborted", IS_CLASH},
    {"Conflict", IS_CLASH},
    {"InvalidSequenceToken", IS_CLASH},
    {"DataAlreadyAccepted", IS_CLASH},
};

/* --- reading ---------------------------------------------------------------------------------- */

/* What lies between '#' and ':' or ';' (either may be missing), if it looks like a code. Behind the
 * colon stands an address, which may have a '#' of its own. */
static void keep_code(struct str text, struct trouble *out)
{
    size_t size = 0;

    text = str_trim(text);
    while (size < text.size && !strchr(":; ", text.data[size]))
        size++;
    text = str_after_last(str_part(text, 0, size), '#');
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];

        if (!(c >= 'A' && c <= 'Z') && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9')
            && !strchr("._-", c))
            return;
    }
    if (out->code[0] == '\0')
        (void)str_to_c(text, out->code, sizeof out->code); /* too long a code is none */
}

static void keep_message(struct str text, struct trouble *out)
{
    text = str_head(text, sizeof out->message - 1);
    if (!str_is_utf8(text) || str_to_c(text, out->message, sizeof out->message))
        out->message[0] = '\0';
    for (char *c = out->message; *c; c++)
        if ((unsigned char)*c < ' ')
            *c = ' ';
}

static void read_json(struct str body, struct trouble *out)
{
    static const char *const types[]    = {"__type", "code", "Code"};
    static const char *const messages[] = {"message", "Message", "errorMessage"};
    struct fail              unsaid = FAIL_OK; /* an unreadable answer is still an error answer */
    OWN_PTR(doc) doc                = doc_parse(body, &unsaid);
    struct str text;

    for (size_t i = 0; doc && i < sizeof types / sizeof *types; i++)
        if (doc_as_text(doc_member(doc, types[i]), &text) == 0)
            keep_code(text, out);
    for (size_t i = 0; doc && !out->message[0] && i < sizeof messages / sizeof *messages; i++)
        if (doc_as_text(doc_member(doc, messages[i]), &text) == 0)
            keep_message(text, out);
}

static void read_xml(struct str body, struct trouble *out)
{
    static const char *const places[] = {"ErrorResponse/Error", "Error", "Response/Errors/Error"};
    OWN(buf) message                  = BUF_UP_TO(MOST_ERROR_BYTES);
    struct fail unsaid                = FAIL_OK;
    struct str  error                 = STR_NONE;

    for (size_t i = 0; !error.data && i < sizeof places / sizeof *places; i++)
        error = xml_at(body, places[i]);
    if (!error.data)
        return;
    keep_code(xml_at(error, "Code"), out);
    if (xml_text(xml_at(error, "Message"), &message, &unsaid) == 0)
        keep_message(buf_view(&message), out);
}

/* --- what it means ---------------------------------------------------------------------------- */

static void mean(enum meaning meaning, struct trouble *out)
{
    static const enum fail_kind kinds[] = {
        [IS_THROTTLE] = FAIL_LIMIT, [IS_TRANSIENT] = FAIL_REMOTE, [IS_EXPIRED] = FAIL_AUTH,
        [IS_SKEW] = FAIL_AUTH,      [IS_AUTH] = FAIL_AUTH,        [IS_DENIED] = FAIL_DENIED,
        [IS_ABSENT] = FAIL_ABSENT,  [IS_CLASH] = FAIL_CLASH,
    };

    out->kind         = kinds[meaning];
    out->is_throttle  = meaning == IS_THROTTLE;
    out->is_transient = meaning == IS_THROTTLE || meaning == IS_TRANSIENT;
    out->is_expired   = meaning == IS_EXPIRED;
    out->is_skew      = meaning == IS_SKEW;
}

static void mean_by_status(struct trouble *out)
{
    if (out->status == 429) {
        mean(IS_THROTTLE, out);
    } else if (out->status == 401) {
        mean(IS_AUTH, out);
    } else if (out->status == 403) {
        mean(IS_DENIED, out);
    } else if (out->status == 404) {
        mean(IS_ABSENT, out);
    } else if (out->status == 409) {
        mean(IS_CLASH, out);
    } else if (out->status >= 400 && out->status < 500) {
        out->kind = FAIL_INPUT;
    } else {
        out->kind         = FAIL_REMOTE;
        out->is_transient = out->status == 500 || (out->status >= 502 && out->status <= 504);
    }
}

static void mean_by_code(struct trouble *out)
{
    struct str code = str_of(out->code);

    if (str_ends(code, STR("Exception")))
        code.size -= STR("Exception").size;
    for (size_t i = 0; code.size && i < sizeof known / sizeof *known; i++)
        if (str_is_text(code, known[i].code)) {
            mean(known[i].meaning, out);
            return;
        }
}

/* x-amz-retry-after in milliseconds, or Retry-After. */
static ms read_hint(const struct fetch_answer *answer)
{
    int64_t hint;

    if (str_to_i64(fetch_answer_header(answer, "x-amz-retry-after"), 0, MS_DAY, &hint) == 0)
        return hint;
    return fetch_answer_retry_after(answer);
}

void trouble_read(const struct fetch_answer *answer, struct trouble *out)
{
    struct str body = str_trim(str_head(buf_view(&answer->body), MOST_ERROR_BYTES));

    *out = (struct trouble){.status = answer->status, .hint = read_hint(answer)};
    if (str_starts(body, STR("{")))
        read_json(body, out);
    else if (str_starts(body, STR("<")))
        read_xml(body, out);
    keep_code(fetch_answer_header(answer, "x-amzn-errortype"), out);
    keep_code(fetch_answer_header(answer, "x-amzn-query-error"), out);
    mean_by_status(out);
    mean_by_code(out);
    /* AWS explains a wrong signature by quoting the request, session token included. */
    if (out->is_skew)
        out->message[0] = '\0';
}
