#include "api/models/catalog_check.h"

#include "api/members.h"
#include "base/fail.h"
#include "store/models/catalog.h"
#include "wire/doc.h"

#include <string.h>

enum {
    DESCRIPTION_MOST = 4096,
    OWNER_MOST       = 320,
    URL_MOST         = 2048,
    NAME_MOST        = 256,
    SOURCES_MOST     = 50,
    PAYLOAD_MOST     = 1 << 20,
    ELAPSE_MOST      = 86400000,
    HOURS_MOST       = 24 * 366,
    POINTER_MOST     = 256
};

void catalog_texts_release(struct catalog_texts *texts)
{
    buf_release(&texts->record);
    buf_release(&texts->tags);
    buf_release(&texts->payload);
    buf_release(&texts->objective);
    buf_release(&texts->drift);
    buf_release(&texts->description);
}

/* --- the record --- */

static bool is_url(struct str text)
{
    for (size_t i = 0; i < text.size; i++)
        if ((unsigned char)text.data[i] <= ' ')
            return false;
    return str_starts(text, STR("https://")) || str_starts(text, STR("http://"))
           || str_starts(text, STR("ssh://")) || str_starts(text, STR("git@"));
}

static const struct members_text DESCRIPTION = {.most = DESCRIPTION_MOST};

static void check_source(const struct members *source)
{
    static const char *const allowed[] = {"name",  "type",       "description",
                                          "owner", "connection", NULL};
    struct str               unused;
    struct members           part;

    members_known(source, allowed);
    members_text(source, "name", &(struct members_text){.most = NAME_MOST, .is_needed = true},
                 &unused);
    members_text(source, "type", &(struct members_text){.most = NAME_MOST}, &unused);
    members_text(source, "description", &DESCRIPTION, &unused);
    members_text(source, "owner", &(struct members_text){.most = OWNER_MOST}, &unused);
    (void)members_object(source, "connection", &part); /* open: each kind has its own */
}

static void check_side(const struct members *inference, const char *name)
{
    static const char *const allowed[] = {"description", "schema", NULL};
    struct members           side, schema;
    struct str               unused;

    if (!members_object(inference, name, &side))
        return;
    members_known(&side, allowed);
    members_text(&side, "description", &DESCRIPTION, &unused);
    (void)members_object(&side, "schema", &schema); /* open */
}

static void check_record(const struct members *whole)
{
    static const char *const         sides[] = {"input", "output", NULL};
    static const struct members_text url     = {
            .most = URL_MOST, .is_good = is_url, .shape = "an address like https://host/path"};
    const struct doc *sources;
    struct members    part;
    struct str        unused;

    members_text(whole, "owner", &(struct members_text){.most = OWNER_MOST}, &unused);
    members_text(whole, "url", &url, &unused);
    sources = members_array(whole, "data_sources", SOURCES_MOST);
    for (size_t i = 0; i < doc_count(sources); i++)
        if (members_item(whole, "data_sources", i, doc_item(sources, i), &part))
            check_source(&part);
    if (members_object(whole, "inference", &part)) {
        members_known(&part, sides);
        check_side(&part, "input");
        check_side(&part, "output");
    }
}

/* The members of the record, as they are. */
static int write_record(const struct members *whole, struct buf *out, struct fail *why)
{
    static const char *const names[] = {"description", "owner", "url", "data_sources", "inference"};
    OWN_PTR(doc) record              = doc_object();
    int count                        = 0;

    for (size_t i = 0; record && i < sizeof names / sizeof names[0]; i++) {
        if (!members_has(whole, names[i]))
            continue;
        doc_set(record, names[i], doc_copy(doc_member(whole->object, names[i])));
        count++;
    }
    if (!record)
        return fail_set(why, FAIL_MEMORY, "no memory for a record");
    return count ? doc_render(record, out, why) : 0;
}

/* --- which bodies may be kept --- */

/* "request.amount" or "/request/amount", to the latter. A text that has a dot and no slash in front
 * is the former. */
static int write_pointer(struct str said, struct buf *out)
{
    struct str rest  = said, step;
    size_t     steps = 0;

    if (str_starts(said, STR("/"))) {
        buf_str(out, said);
        rest = str_part(said, 1, said.size);
        (void)str_cut(&rest, '/', &step);
        return str_is_text(step, "request") || str_is_text(step, "response") ? 0 : -1;
    }
    while (str_cut(&rest, '.', &step)) {
        if (!step.size
            || (!steps++ && !str_is_text(step, "request") && !str_is_text(step, "response")))
            return -1;
        buf_char(out, '/');
        for (size_t i = 0; i < step.size; i++) {
            if (step.data[i] == '~' || step.data[i] == '/')
                buf_str(out, step.data[i] == '~' ? STR("~0") : STR("~1"));
            else
                buf_char(out, step.data[i]);
        }
    }
    return 0;
}

static void add_pointer(const struct members *payload, size_t at, const struct doc *item,
                        struct doc *list)
{
    OWN(buf) pointer = BUF_UP_TO(2 * POINTER_MOST + 2);
    char       here[FLAW_POINTER_ROOM], base[FLAW_POINTER_ROOM];
    struct str said;

    flaws_pointer(base, payload->at, STR("members"));
    flaws_pointer_at(here, base, at);
    if (doc_as_text(item, &said))
        (void)flaws_add(payload->flaws, here, "wrong-type", "an item of 'members' is a text");
    else if (said.size > POINTER_MOST)
        (void)flaws_add(payload->flaws, here, "too-long", "a member has at most %d bytes",
                        POINTER_MOST);
    else if (write_pointer(said, &pointer) || pointer.broken)
        (void)flaws_add(payload->flaws, here, "bad-value",
                        "a member is a path within request or response, like /request/amount");
    else
        doc_add_text(list, buf_view(&pointer));
}

static void copy_span(const struct members *from, const char *name, const char *otherwise,
                      struct doc *to)
{
    struct str text;

    if (doc_as_text(doc_member(from->object, name), &text))
        text = str_of(otherwise);
    doc_set_text(to, name, text);
}

static int check_payload(const struct members *whole, struct buf *out, struct fail *why)
{
    static const char *const         allowed[] = {"max_bytes", "members", "retention", NULL};
    static const struct members_span retention = {MS_HOUR, 90 * (ms)MS_DAY, 7 * (ms)MS_DAY};
    OWN_PTR(doc) stored                        = doc_object();
    struct members    payload;
    const struct doc *members;
    struct doc       *list = NULL;
    int64_t           most;
    ms                unused;

    if (!members_object(whole, "payload", &payload))
        return 0;
    members_known(&payload, allowed);
    members_int(&payload, "max_bytes", &(struct members_int){1, PAYLOAD_MOST, 0}, &most);
    if (!members_has(&payload, "max_bytes"))
        members_flaw(&payload, "max_bytes", "missing", "'max_bytes' is needed");
    members_span(&payload, "retention", &retention, &unused);
    members = members_array(&payload, "members", CATALOG_MOST_MEMBERS);
    if (!members_has(&payload, "members") || (members && !doc_count(members)))
        members_flaw(&payload, "members", "missing", "'members' says what may be kept");
    list = doc_array();
    for (size_t i = 0; list && i < doc_count(members); i++)
        add_pointer(&payload, i, doc_item(members, i), list);
    if (!stored || !list) {
        doc_free(list);
        return fail_set(why, FAIL_MEMORY, "no memory for a setting");
    }
    doc_set_int(stored, "max_bytes", most);
    doc_set(stored, "members", list);
    copy_span(&payload, "retention", "7d", stored);
    return doc_render(stored, out, why);
}

/* --- error budget and drift --- */

static int check_objective(const struct members *whole, struct buf *out, struct fail *why)
{
    static const char *const allowed[]      = {"target_percent", "max_elapse_ms", "window", NULL};
    static const struct members_real target = {0, 100, 0, true};
    static const struct members_span window = {MS_HOUR, 90 * (ms)MS_DAY, CATALOG_WINDOW};
    OWN_PTR(doc) stored                     = doc_object();
    struct members objective;
    double         percent;
    int64_t        elapse;
    ms             unused;

    if (!members_object(whole, "objective", &objective))
        return 0;
    members_known(&objective, allowed);
    members_real(&objective, "target_percent", &target, &percent);
    members_int(&objective, "max_elapse_ms", &(struct members_int){1, ELAPSE_MOST, -1}, &elapse);
    members_span(&objective, "window", &window, &unused);
    if (!stored)
        return fail_set(why, FAIL_MEMORY, "no memory for a setting");
    doc_set_real(stored, "target_percent", percent);
    if (elapse > 0)
        doc_set_int(stored, "max_elapse_ms", elapse);
    copy_span(&objective, "window", "30d", stored);
    return doc_render(stored, out, why);
}

/* {"first_hours":24}, or {"from":..,"to":..}; the former when nothing is said. */
static void check_reference(const struct members *drift, struct doc *stored)
{
    static const char *const allowed[] = {"first_hours", "from", "to", NULL};
    struct doc              *out       = doc_object();
    struct members           said;
    int64_t                  hours = CATALOG_FIRST / MS_HOUR;
    ms                       from = WHEN_UNKNOWN, to = WHEN_UNKNOWN;

    if (members_object(drift, "reference", &said)) {
        members_known(&said, allowed);
        members_int(&said, "first_hours", &(struct members_int){1, HOURS_MOST, hours}, &hours);
        members_time(&said, "from", &from);
        members_time(&said, "to", &to);
        if ((members_has(&said, "from") || members_has(&said, "to"))
            && members_has(&said, "first_hours"))
            members_flaw(&said, "first_hours", "bad-value",
                         "the reference is the first hours or a range, not both");
        else if (members_has(&said, "from") != members_has(&said, "to"))
            members_flaw(&said, members_has(&said, "from") ? "to" : "from", "missing",
                         "a range has two ends");
        else if (from != WHEN_UNKNOWN && to != WHEN_UNKNOWN && from >= to)
            members_flaw(&said, "to", "bad-value", "'to' is not after 'from'");
    }
    if (out && from != WHEN_UNKNOWN) {
        doc_set_time(out, "from", from);
        doc_set_time(out, "to", to);
    } else if (out) {
        doc_set_int(out, "first_hours", hours);
    }
    doc_set(stored, "reference", out);
}

static int check_drift(const struct members *whole, struct buf *out, struct fail *why)
{
    static const char *const allowed[] = {"reference", "bins", "threshold", NULL};
    /* A population stability index may be above 1. */
    static const struct members_real threshold = {0, 10, CATALOG_THRESHOLD, false};
    OWN_PTR(doc) stored                        = doc_object();
    struct members drift;
    int64_t        bins;
    double         limit;

    if (!members_object(whole, "drift", &drift))
        return 0;
    if (!stored)
        return fail_set(why, FAIL_MEMORY, "no memory for a setting");
    members_known(&drift, allowed);
    members_int(&drift, "bins", &(struct members_int){INT64_MIN, INT64_MAX, CATALOG_BINS}, &bins);
    if (bins != CATALOG_BINS && bins != 2 * CATALOG_BINS)
        members_flaw(&drift, "bins", "bad-value", "'bins' is 10 or 20");
    members_real(&drift, "threshold", &threshold, &limit);
    check_reference(&drift, stored);
    doc_set_int(stored, "bins", bins);
    doc_set_real(stored, "threshold", limit);
    return doc_render(stored, out, why);
}

/* --- all of it --- */

int catalog_check(const struct members *whole, struct catalog_texts *out, struct fail *why)
{
    struct str description;

    members_text(whole, "description", &DESCRIPTION, &description);
    buf_str(&out->description, description);
    check_record(whole);
    (void)members_tags(whole, "tags", &out->tags); /* empty: none */
    if (write_record(whole, &out->record, why) || check_payload(whole, &out->payload, why)
        || check_objective(whole, &out->objective, why) || check_drift(whole, &out->drift, why)
        || buf_check(&out->tags, why))
        return -1;
    return 0;
}

struct copying {
    struct doc *to;
};

static int copy_member(void *ctx, const char *name, const struct doc *value, struct fail *why)
{
    struct copying *copying = ctx;

    (void)why;
    doc_set(copying->to, name, doc_copy(value));
    return 0;
}

static int add_part(struct doc *whole, const char *name, struct str text, struct fail *why)
{
    struct doc *part;

    if (!text.size)
        return 0;
    part = doc_parse(text, why);
    if (!part)
        return -1;
    doc_set(whole, name, part);
    return 0;
}

struct doc *catalog_document(const struct catalog_row *row, struct fail *why)
{
    OWN_PTR(doc) whole     = doc_object();
    OWN_PTR(doc) record    = row->record.size ? doc_parse(row->record, why) : NULL;
    struct copying copying = {whole};

    if (!whole)
        (void)fail_set(why, FAIL_MEMORY, "no memory for a record");
    if (!whole || (row->record.size && !record)
        || (record && doc_each(record, copy_member, &copying, why))
        || add_part(whole, "tags", row->tags, why) || add_part(whole, "payload", row->payload, why)
        || add_part(whole, "objective", row->objective, why)
        || add_part(whole, "drift", row->drift, why))
        return NULL;
    return TAKE(whole);
}
