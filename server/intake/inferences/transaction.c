#include "intake/inferences/transaction.h"

#include <math.h>

#include "base/buf.h"
#include "base/fail.h"
#include "format/flaws.h"
#include "format/namespace.h"
#include "store/scope.h"
#include "wire/crypt.h"

enum field {
    TYPE,
    MEASUREMENT_TYPE,
    MODEL_NAME,
    ENVIRONMENT,
    DEPLOYMENT_ID,
    MODEL_VERSION,
    SERVER_ID,
    REQUEST,
    RESPONSE,
    REQUEST_SIZE,
    RESPONSE_SIZE,
    START_AT,
    END_AT,
    ELAPSE,
    ELAPSED,
    STATUS,
    CONFIDENCE,
    ACCOUNT_ID,
    REGION,
    NAMESPACE,
    ENDPOINT_NAME,
    FIRST_KEPT, /* from here on they stay as they came, in extras */
    REQUESTER = FIRST_KEPT,
    ERROR,
    TRACE_ID,
    TRANSACTION_ID,
    FIELDS
};

static const struct str NAMES[FIELDS] = {
    [TYPE]             = STR("type"),
    [MEASUREMENT_TYPE] = STR("measurement_type"),
    [MODEL_NAME]       = STR("model_name"),
    [ENVIRONMENT]      = STR("environment"),
    [DEPLOYMENT_ID]    = STR("deployment_id"),
    [MODEL_VERSION]    = STR("model_version"),
    [SERVER_ID]        = STR("server_id"),
    [REQUEST]          = STR("request"),
    [RESPONSE]         = STR("response"),
    [REQUEST_SIZE]     = STR("request_size"),
    [RESPONSE_SIZE]    = STR("response_size"),
    [START_AT]         = STR("start_at"),
    [END_AT]           = STR("end_at"),
    [ELAPSE]           = STR("elapse"),
    [ELAPSED]          = STR("elapsed"),
    [STATUS]           = STR("status"),
    [CONFIDENCE]       = STR("confidence"),
    [ACCOUNT_ID]       = STR("account_id"),
    [REGION]           = STR("region"),
    [NAMESPACE]        = STR("namespace"),
    [ENDPOINT_NAME]    = STR("endpoint_name"),
    [REQUESTER]        = STR("requester"),
    [ERROR]            = STR("error"),
    [TRACE_ID]         = STR("trace_id"),
    [TRANSACTION_ID]   = STR("transaction_id"),
};

static const int64_t MOST_NUMBER = (int64_t)1 << 53, MOST_BYTES = (int64_t)1 << 50;
static const ms      MOST_ELAPSE = 366 * (ms)MS_DAY, MOST_AHEAD = MS_DAY;
static const double  MOST_CONFIDENCE = 100;

/* One transaction while it is read. */
struct draft {
    const struct scan                 *scan;
    const struct transaction_defaults *defaults;
    uint32_t                           at[FIELDS]; /* SCAN_NONE: absent, or null */
    struct buf                        *room;
    struct inference                  *out;
    struct flaws                      *flaws;
};

static void flaw(struct draft *draft, enum field field, const char *code, const char *detail)
{
    char pointer[FLAW_POINTER_ROOM];

    flaws_pointer(pointer, "", NAMES[field]);
    flaws_add(draft->flaws, pointer, code, "%s", detail);
}

static bool has(const struct draft *draft, enum field field)
{
    return draft->at[field] != SCAN_NONE;
}

static void want(struct draft *draft, enum field field)
{
    if (!has(draft, field))
        flaw(draft, field, "missing", "every transaction has it");
}

/* ---- the kinds of values ---- */

/* False: absent, or wrong. */
static bool text(struct draft *draft, enum field field, size_t most, struct str *out)
{
    struct str found;

    if (!has(draft, field))
        return false;
    if (scan_text(draft->scan, draft->at[field], draft->room, &found)) {
        flaw(draft, field, "wrong-type", "it is a text");
        return false;
    }
    if (!found.size || found.size > most) {
        flaw(draft, field, found.size ? "too-long" : "bad-value",
             found.size ? "it is longer than is taken" : "it is empty");
        return false;
    }
    *out = found;
    return true;
}

static bool whole(struct draft *draft, enum field field, int64_t least, int64_t most, int64_t *out)
{
    int64_t found;

    if (!has(draft, field))
        return false;
    if (scan_int(draft->scan, draft->at[field], &found)) {
        flaw(draft, field, "wrong-type", "it is a whole number");
        return false;
    }
    if (found < least || found > most) {
        flaw(draft, field, "bad-value", found < least ? "it is too small" : "it is too big");
        return false;
    }
    *out = found;
    return true;
}

static bool moment(struct draft *draft, enum field field, ms *out)
{
    ms found = WHEN_UNKNOWN;

    if (!has(draft, field))
        return false;
    if (scan_time(draft->scan, draft->at[field], &found) || found == WHEN_UNKNOWN) {
        flaw(draft, field, "bad-value", "it is a time: RFC 3339, or milliseconds since 1970");
        return false;
    }
    if (found < 0) {
        flaw(draft, field, "bad-value", "it lies before 1970");
        return false;
    }
    *out = found;
    return true;
}

/* An object, whose members in `texts` are texts when they are there. */
static void object(struct draft *draft, enum field field, const char *const *texts)
{
    const struct scan *scan = draft->scan;
    uint32_t           at   = draft->at[field];

    if (!has(draft, field))
        return;
    if (scan_type(scan, at) != SCAN_OBJECT) {
        flaw(draft, field, "wrong-type", "it is an object");
        return;
    }
    for (; *texts; texts++) {
        uint32_t member = scan_member(scan, at, *texts);
        char     base[FLAW_POINTER_ROOM], pointer[FLAW_POINTER_ROOM];

        if (member == SCAN_NONE || scan_type(scan, member) == SCAN_NULL
            || scan_type(scan, member) == SCAN_TEXT)
            continue;
        flaws_pointer(base, "", NAMES[field]);
        flaws_pointer(pointer, base, str_of(*texts));
        flaws_add(draft->flaws, pointer, "wrong-type", "it is a text or null");
    }
}

/* ---- the members ---- */

static void read_type(struct draft *draft)
{
    enum field field = has(draft, TYPE) ? TYPE : MEASUREMENT_TYPE;
    struct str type;

    if (!has(draft, field))
        want(draft, TYPE);
    else if (text(draft, field, TRANSACTION_MOST_WORD, &type)
             && !str_is_text(type, TRANSACTION_TYPE))
        flaw(draft, field, "bad-value", "only " TRANSACTION_TYPE " is taken");
}

static void read_account(struct draft *draft)
{
    struct inference_whose *whose = &draft->out->whose;
    struct str              digits;

    if (text(draft, ACCOUNT_ID, TRANSACTION_MOST_WORD, &digits)
        && scope_account(digits, &whose->account))
        flaw(draft, ACCOUNT_ID, "bad-value", "an account is 12 digits");
}

static void read_path(struct draft *draft)
{
    struct inference_whose *whose    = &draft->out->whose;
    struct fail             why      = FAIL_OK;
    bool                    has_path = text(draft, NAMESPACE, NAMESPACE_MOST, &whose->namespace);

    if (has_path && namespace_check(whose->namespace, &why))
        flaw(draft, NAMESPACE, "bad-value", "it is no path like /abc_corp/claim");
    want(draft, MODEL_NAME);
    if (!text(draft, MODEL_NAME, TRANSACTION_MOST_NAME, &whose->model_name))
        return;
    if (namespace_check_name(whose->model_name, &why))
        flaw(draft, MODEL_NAME, "bad-value", "it has letters, digits and _ - . # only");
    else if (whose->namespace.size + 1 + whose->model_name.size > NAMESPACE_MOST)
        flaw(draft, MODEL_NAME, "too-long", "namespace and name are too long together");
}

static void read_whose(struct draft *draft)
{
    const struct inference_whose *otherwise = &draft->defaults->whose;
    struct inference_whose       *whose     = &draft->out->whose;

    *whose = *otherwise;
    read_account(draft);
    read_path(draft);
    (void)text(draft, REGION, TRANSACTION_MOST_WORD, &whose->region);
    (void)text(draft, ENDPOINT_NAME, TRANSACTION_MOST_NAME, &whose->endpoint);
    if (!otherwise->environment.size)
        want(draft, ENVIRONMENT);
    (void)text(draft, ENVIRONMENT, TRANSACTION_MOST_WORD, &whose->environment);
    if (!otherwise->deployment)
        want(draft, DEPLOYMENT_ID);
    (void)whole(draft, DEPLOYMENT_ID, 1, MOST_NUMBER, &whose->deployment);
    if (!otherwise->version)
        want(draft, MODEL_VERSION);
    (void)whole(draft, MODEL_VERSION, 1, MOST_NUMBER, &whose->version);
}

/* A number, or the name of an instance. */
static void read_server(struct draft *draft)
{
    struct buf *room = draft->room;
    int64_t     number;
    size_t      start = room->size;

    want(draft, SERVER_ID);
    if (!has(draft, SERVER_ID))
        return;
    if (scan_type(draft->scan, draft->at[SERVER_ID]) == SCAN_TEXT) {
        (void)text(draft, SERVER_ID, TRANSACTION_MOST_NAME, &draft->out->server);
    } else if (scan_int(draft->scan, draft->at[SERVER_ID], &number)) {
        flaw(draft, SERVER_ID, "wrong-type", "it is a whole number or a text");
    } else if (number < 0 || number > MOST_NUMBER) {
        flaw(draft, SERVER_ID, "bad-value", "it is negative or too big");
    } else {
        buf_i64(room, number);
        draft->out->server = str_from(room->data + start, room->size - start);
    }
}

static int read_body(struct draft *draft, enum field body, enum field size,
                     struct inference_body *out, struct fail *why)
{
    static const char *const nothing[] = {NULL};

    object(draft, body, nothing);
    if (has(draft, body) && scan_type(draft->scan, draft->at[body]) == SCAN_OBJECT) {
        out->json     = scan_raw(draft->scan, draft->at[body]);
        out->is_there = true;
        out->size     = (int64_t)out->json.size;
        if (transaction_digest(out->json, &out->digest, why))
            return -1;
    }
    if (!has(draft, body) && !has(draft, size))
        flaw(draft, size, "missing", "without it, the body must be there to be measured");
    (void)whole(draft, size, 0, MOST_BYTES, &out->size);
    return 0;
}

static void read_elapse(struct draft *draft)
{
    struct inference *out   = draft->out;
    enum field        field = has(draft, ELAPSE) || !has(draft, ELAPSED) ? ELAPSE : ELAPSED;
    ms                span  = out->end - out->start;

    if (has(draft, field)) {
        if (whole(draft, field, 0, MOST_ELAPSE, &out->elapse_ms))
            out->is_mismatched = out->elapse_ms > span + 1 || out->elapse_ms < span - 1;
        return;
    }
    out->elapse_ms = span;
    if (span > MOST_ELAPSE)
        flaw(draft, END_AT, "bad-value", "it lies more than a year behind start_at");
}

static void read_times(struct draft *draft)
{
    struct inference *out = draft->out;
    bool              has_start, has_end;

    want(draft, START_AT);
    want(draft, END_AT);
    has_start = moment(draft, START_AT, &out->start);
    has_end   = moment(draft, END_AT, &out->end);
    if (has_start && out->start > draft->defaults->now
        && out->start - draft->defaults->now > MOST_AHEAD)
        flaw(draft, START_AT, "bad-value", "it lies more than a day ahead");
    if (has_start && has_end && out->end < out->start)
        flaw(draft, END_AT, "bad-value", "it lies before start_at");
    if (has_start && has_end && out->end >= out->start)
        read_elapse(draft);
    else if (has(draft, ELAPSE) || has(draft, ELAPSED))
        (void)whole(draft, has(draft, ELAPSE) ? ELAPSE : ELAPSED, 0, MOST_ELAPSE, &out->elapse_ms);
}

static void read_outcome(struct draft *draft)
{
    struct inference *out = draft->out;
    double            percent;

    want(draft, STATUS);
    (void)text(draft, STATUS, TRANSACTION_MOST_WORD, &out->status);
    if (!has(draft, CONFIDENCE))
        return;
    if (scan_number(draft->scan, draft->at[CONFIDENCE], &percent))
        flaw(draft, CONFIDENCE, "wrong-type", "it is a number");
    else if (!(percent >= 0 && percent <= MOST_CONFIDENCE))
        flaw(draft, CONFIDENCE, "bad-value", "it is a percentage, from 0 to 100");
    else
        out->confidence = (int)lround(100 * percent);
}

static void read_kept(struct draft *draft)
{
    static const char *const requester[] = {"principal", "ip", NULL};
    static const char *const error[]     = {"type", "message", NULL};
    struct str               id;

    object(draft, REQUESTER, requester);
    object(draft, ERROR, error);
    (void)text(draft, TRACE_ID, TRANSACTION_MOST_NAME, &id);
    if (text(draft, TRANSACTION_ID, TRANSACTION_MOST_NAME, &id))
        draft->out->uid = (int64_t)str_hash(id, 0);
}

/* ---- the whole ---- */

static int field_of(struct str name)
{
    for (int i = 0; i < FIELDS; i++)
        if (NAMES[i].size == name.size && memcmp(NAMES[i].data, name.data, name.size) == 0)
            return i;
    return FIELDS;
}

/* One member: what is known is remembered, what is to be kept is added to the extras. */
static void sort_member(struct draft *draft, uint32_t at)
{
    const struct scan *scan  = draft->scan;
    struct str         raw   = scan_raw(scan, at);
    int                field = FIELDS;
    struct buf        *room  = draft->room;

    if (!scan->tokens[at].has_escape)
        field = field_of(str_part(raw, 1, raw.size - 2));
    if (field < FIELDS)
        draft->at[field] = scan_type(scan, at + 1) == SCAN_NULL ? (uint32_t)SCAN_NONE : at + 1;
    if (field < FIRST_KEPT || (field < FIELDS && !has(draft, (enum field)field)))
        return;
    buf_char(room, draft->out->extras.size ? ',' : '{');
    draft->out->extras.size = 1;
    buf_str(room, raw);
    buf_char(room, ':');
    buf_str(room, scan_raw(scan, at + 1));
}

static void sort_members(struct draft *draft, uint32_t object)
{
    const struct scan *scan  = draft->scan;
    struct str        *kept  = &draft->out->extras;
    size_t             start = draft->room->size;

    for (uint32_t at = object + 1; at < scan->tokens[object].next; at = scan->tokens[at + 1].next)
        sort_member(draft, at);
    if (!kept->size)
        return;
    buf_char(draft->room, '}');
    if (draft->room->broken)
        return;
    *kept = str_from(draft->room->data + start, draft->room->size - start);
    if (kept->size > TRANSACTION_MOST_EXTRAS)
        flaws_add(draft->flaws, "", "too-long", "other members than known ones take over %d bytes",
                  TRANSACTION_MOST_EXTRAS);
}

int transaction_read(const struct transaction_source *source, uint32_t at, struct inference *out,
                     struct flaws *flaws, struct fail *why)
{
    const struct scan *scan  = source->scan;
    struct draft       draft = {.scan     = scan,
                                .defaults = source->defaults,
                                .room     = source->room,
                                .out      = out,
                                .flaws    = flaws};

    *out = (struct inference){.confidence = INFERENCE_NO_CONFIDENCE};
    if (scan_type(scan, at) != SCAN_OBJECT) {
        flaws_add(flaws, "", "wrong-type", "a transaction is an object");
        return 0;
    }
    sort_members(&draft, at);
    read_type(&draft);
    read_whose(&draft);
    read_server(&draft);
    read_times(&draft);
    read_outcome(&draft);
    read_kept(&draft);
    if (!has(&draft, TRANSACTION_ID))
        out->uid = (int64_t)scan_hash(scan, at);
    return read_body(&draft, REQUEST, REQUEST_SIZE, &out->request, why)
                   || read_body(&draft, RESPONSE, RESPONSE_SIZE, &out->response, why)
                   || buf_check(source->room, why)
               ? -1
               : 0;
}

int transaction_digest(struct str body, int64_t *out, struct fail *why)
{
    unsigned char digest[CRYPT_SHA256];
    uint64_t      first = 0;

    if (crypt_sha256(body, digest, why))
        return -1;
    for (size_t i = 0; i < sizeof first; i++)
        first = first << 8 | digest[i];
    *out = (int64_t)first;
    return 0;
}

/* ---- a line of a log ---- */

void transaction_line_release(struct transaction_line *line)
{
    scan_release(&line->scan);
    buf_release(&line->room);
}

static bool is_ours(const struct scan *scan)
{
    uint32_t at = scan_member(scan, 0, "type");

    if (at == SCAN_NONE)
        at = scan_member(scan, 0, "measurement_type");
    return at != SCAN_NONE && str_is_text(scan_raw(scan, at), "\"" TRANSACTION_TYPE "\"");
}

int transaction_of_line(struct transaction_line *line, struct str text, struct inference *out,
                        struct flaws *flaws, struct fail *why)
{
    const struct transaction_source source = {&line->scan, &line->defaults, &line->room};
    size_t      room   = TRANSACTION_ROOM_FACTOR * text.size + TRANSACTION_ROOM_MORE;
    struct fail reason = FAIL_OK;

    text = str_trim(text);
    if (!str_starts(text, STR("{")))
        return 0;
    if (scan_read(&line->scan, text, &reason)) {
        if (reason.kind != FAIL_INPUT)
            *why = reason;
        return reason.kind == FAIL_INPUT ? 0 : -1;
    }
    if (!is_ours(&line->scan))
        return 0;
    buf_clear(&line->room);
    line->room.ceiling_bytes = room;
    if (!buf_room(&line->room, room))
        return fail_set(why, FAIL_MEMORY, "no memory for the texts of a line");
    return transaction_read(&source, 0, out, flaws, why) ? -1 : 1;
}
