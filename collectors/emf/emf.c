#include "emf/emf.h"

#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/own.h"
#include "format/compose.h"

enum { MOST_NAMESPACE = 255, MOST_DIMENSION_VALUE = 1024 };

static const double GREATEST_POWER = 360; /* numbers up to 2^360 */

static const char *const UNITS[] = {
    "Seconds",
    "Microseconds",
    "Milliseconds",
    "Bytes",
    "Kilobytes",
    "Megabytes",
    "Gigabytes",
    "Terabytes",
    "Bits",
    "Kilobits",
    "Megabits",
    "Gigabits",
    "Terabits",
    "Percent",
    "Count",
    "Bytes/Second",
    "Kilobytes/Second",
    "Megabytes/Second",
    "Gigabytes/Second",
    "Terabytes/Second",
    "Bits/Second",
    "Kilobits/Second",
    "Megabits/Second",
    "Gigabits/Second",
    "Terabits/Second",
    "Count/Second",
    "None",
};

static bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
           || (c && strchr("._#:/-", c));
}

int emf_check_namespace(struct str name, struct fail *why)
{
    bool is_right = name.size >= 1 && name.size <= MOST_NAMESPACE && name.data[0] != ':'
                    && !str_starts(name, STR("AWS/"));

    for (size_t i = 0; is_right && i < name.size; i++)
        is_right = is_name_byte(name.data[i]);
    return is_right ? 0
                    : fail_set(why, FAIL_INPUT, "namespace \"%.*s\" is not allowed", STR_ARG(name));
}

/* Printable ASCII with at least one character that is not blank. */
static bool is_printable(struct str text)
{
    bool has_ink = false;

    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < ' ' || text.data[i] > '~')
            return false;
        has_ink = has_ink || text.data[i] != ' ';
    }
    return has_ink;
}

/* Names of root members: each may stand there once. */
static bool is_taken(const struct emf_document *document, struct str name)
{
    if (str_is_text(name, "_aws"))
        return true;
    for (size_t i = 0; i < document->dimension_count; i++)
        if (str_is_text(name, document->dimensions[i].name))
            return true;
    return false;
}

static bool is_metric(const struct emf_document *document, size_t most, struct str name)
{
    for (size_t i = 0; i < most; i++)
        if (str_is(name, document->metrics[i].name))
            return true;
    return false;
}

static int check_dimensions(const struct emf_document *document, struct fail *why)
{
    if (document->dimension_count > EMF_MOST_DIMENSIONS)
        return fail_set(why, FAIL_INPUT, "%zu dimensions, the most is %d",
                        document->dimension_count, EMF_MOST_DIMENSIONS);
    for (size_t i = 0; i < document->dimension_count; i++) {
        const struct emf_dimension *dimension = &document->dimensions[i];
        struct str                  name      = str_of(dimension->name);

        if (!is_printable(name) || name.size >= EMF_NAME_ROOM || name.data[0] == ':')
            return fail_set(why, FAIL_INPUT, "dimension name %zu is not allowed", i + 1);
        if (!is_printable(dimension->value) || dimension->value.size > MOST_DIMENSION_VALUE)
            return fail_set(why, FAIL_INPUT, "the value of dimension %s is not allowed",
                            dimension->name);
    }
    return 0;
}

static int check_sets(const struct emf_document *document, struct fail *why)
{
    for (size_t i = 0; i < document->set_count; i++) {
        const struct emf_dimension_set *set = &document->sets[i];

        if (set->count > EMF_MOST_DIMENSIONS)
            return fail_set(why, FAIL_INPUT, "a dimension set of %zu, the most is %d", set->count,
                            EMF_MOST_DIMENSIONS);
        for (size_t j = 0; j < set->count; j++)
            if (str_is_text(STR("_aws"), set->names[j])
                || !is_taken(document, str_of(set->names[j])))
                return fail_set(why, FAIL_INPUT, "dimension %s has no value", set->names[j]);
    }
    return 0;
}

static bool is_unit(const char *unit)
{
    for (size_t i = 0; i < sizeof UNITS / sizeof UNITS[0]; i++)
        if (strcmp(unit, UNITS[i]) == 0)
            return true;
    return false;
}

static int check_metrics(const struct emf_document *document, struct fail *why)
{
    const double greatest = ldexp(1, (int)GREATEST_POWER);

    for (size_t i = 0; i < document->metric_count; i++) {
        const struct emf_metric *metric = &document->metrics[i];

        if (!is_printable(metric->name) || metric->name.size >= EMF_NAME_ROOM
            || metric->name.data[0] == ':' || is_taken(document, metric->name)
            || is_metric(document, i, metric->name))
            return fail_set(why, FAIL_INPUT, "metric name \"%.*s\" is not allowed here",
                            STR_ARG(metric->name));
        if (!is_unit(metric->unit))
            return fail_set(why, FAIL_INPUT, "unit %s is not known", metric->unit);
        for (size_t j = 0; j < metric->count; j++)
            if (!isfinite(metric->values[j]) || fabs(metric->values[j]) > greatest)
                return fail_set(why, FAIL_INPUT, "metric %.*s: a value is not a finite number",
                                STR_ARG(metric->name));
    }
    return 0;
}

static int check_properties(const struct emf_document *document, struct fail *why)
{
    for (size_t i = 0; i < document->property_count; i++) {
        struct str name = document->properties[i].name;

        if (!name.size || is_taken(document, name)
            || is_metric(document, document->metric_count, name))
            return fail_set(why, FAIL_INPUT, "property \"%.*s\" is not allowed here",
                            STR_ARG(name));
    }
    return 0;
}

/* Which metrics a line carries: those from `first` on that have values behind `skipped` of them. */
struct slice {
    size_t first, count;
    size_t skipped;
};

static bool is_in(const struct slice *slice, const struct emf_metric *metric)
{
    return !slice->skipped || metric->count > slice->skipped;
}

static void compose_sets(struct compose *out, const struct emf_document *document)
{
    compose_open(out, "Dimensions", '[');
    for (size_t i = 0; i < document->set_count; i++) {
        compose_open(out, NULL, '[');
        for (size_t j = 0; j < document->sets[i].count; j++)
            compose_text(out, NULL, str_of(document->sets[i].names[j]));
        compose_close(out, ']');
    }
    if (!document->set_count) {
        compose_open(out, NULL, '[');
        for (size_t i = 0; i < document->dimension_count; i++)
            compose_text(out, NULL, str_of(document->dimensions[i].name));
        compose_close(out, ']');
    }
    compose_close(out, ']');
}

static void compose_directive(struct compose *out, const struct emf_document *document,
                              const struct slice *slice)
{
    compose_open(out, "_aws", '{');
    compose_int(out, "Timestamp", document->timestamp);
    if (document->log_group.data)
        compose_text(out, "LogGroupName", document->log_group);
    if (document->log_stream.data)
        compose_text(out, "LogStreamName", document->log_stream);
    compose_open(out, "CloudWatchMetrics", '[');
    compose_open(out, NULL, '{');
    compose_text(out, "Namespace", document->namespace);
    compose_sets(out, document);
    compose_open(out, "Metrics", '[');
    for (size_t i = slice->first; i < slice->first + slice->count; i++) {
        const struct emf_metric *metric = &document->metrics[i];

        if (!is_in(slice, metric))
            continue;
        compose_open(out, NULL, '{');
        compose_text(out, "Name", metric->name);
        compose_text(out, "Unit", str_of(metric->unit));
        if (metric->is_high_resolution)
            compose_int(out, "StorageResolution", 1);
        compose_close(out, '}');
    }
    compose_close(out, ']');
    compose_close(out, '}');
    compose_close(out, ']');
    compose_close(out, '}');
}

/* compose_* wants a NUL-terminated member name; the names of metrics are checked to fit. */
static void compose_values(struct compose *out, const struct emf_metric *metric, size_t skipped)
{
    char   name[EMF_NAME_ROOM];
    size_t count = metric->count - skipped;

    (void)str_to_c(metric->name, name, sizeof name);
    if (metric->count == 1) {
        compose_real(out, name, metric->values[0]);
        return;
    }
    compose_open(out, name, '[');
    for (size_t i = 0; i < count && i < EMF_MOST_VALUES; i++)
        compose_real(out, NULL, metric->values[skipped + i]);
    compose_close(out, ']');
}

static void compose_property(struct compose *out, const struct emf_property *property)
{
    char name[EMF_NAME_ROOM];

    if (str_to_c(property->name, name, sizeof name))
        return; /* a property nobody could query */
    switch (property->type) {
    case EMF_TEXT: compose_text(out, name, property->text); break;
    case EMF_INT: compose_int(out, name, property->number); break;
    case EMF_RAW: compose_raw(out, name, property->text); break;
    }
}

static int render_slice(const struct emf_document *document, const struct slice *slice,
                        struct buf *line, struct fail *why)
{
    struct compose out = compose_into(line);

    compose_open(&out, NULL, '{');
    compose_directive(&out, document, slice);
    for (size_t i = 0; i < document->dimension_count; i++)
        compose_text(&out, document->dimensions[i].name, document->dimensions[i].value);
    for (size_t i = slice->first; i < slice->first + slice->count; i++)
        if (is_in(slice, &document->metrics[i]))
            compose_values(&out, &document->metrics[i], slice->skipped);
    for (size_t i = 0; i < document->property_count; i++)
        compose_property(&out, &document->properties[i]);
    compose_close(&out, '}');
    return buf_check(line, why);
}

static size_t most_values(const struct emf_document *document, const struct slice *slice)
{
    size_t most = 0;

    for (size_t i = slice->first; i < slice->first + slice->count; i++)
        if (document->metrics[i].count > most)
            most = document->metrics[i].count;
    return most;
}

static int render_group(const struct emf_document *document, size_t first, emf_take *take,
                        void *ctx, struct fail *why)
{
    size_t       left  = document->metric_count - first;
    struct slice slice = {first, left < EMF_MOST_METRICS ? left : EMF_MOST_METRICS, 0};
    size_t       most  = most_values(document, &slice);
    OWN(buf) line      = BUF_UP_TO(EMF_MOST_BYTES - 1); /* and the line feed */

    do {
        buf_clear(&line);
        if (render_slice(document, &slice, &line, why))
            return fail_in(why, "EMF document");
        if (take(ctx, buf_view(&line), why))
            return -1;
        slice.skipped += EMF_MOST_VALUES;
    } while (slice.skipped < most);
    return 0;
}

int emf_render(const struct emf_document *document, emf_take *take, void *ctx, struct fail *why)
{
    size_t first = 0;

    if (emf_check_namespace(document->namespace, why) || check_dimensions(document, why)
        || check_sets(document, why) || check_metrics(document, why)
        || check_properties(document, why))
        return fail_in(why, "EMF document");
    do {
        if (render_group(document, first, take, ctx, why))
            return -1;
        first += EMF_MOST_METRICS;
    } while (first < document->metric_count);
    return 0;
}
