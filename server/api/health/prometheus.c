#include "api/health/prometheus.h"

#include "base/buf.h"
#include "format/compose.h"

void prometheus_family(struct buf *out, const char *name, const char *type, const char *help)
{
    buf_format(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void label_value(struct buf *out, struct str value)
{
    for (size_t i = 0; i < value.size; i++) {
        char c = value.data[i];

        if (c == '\n') {
            buf_text(out, "\\n");
            continue;
        }
        if (c == '"' || c == '\\')
            buf_char(out, '\\');
        buf_char(out, c);
    }
}

void prometheus_sample(struct buf *out, const char *name, const struct label *labels, size_t count,
                       double value)
{
    buf_text(out, name);
    for (size_t i = 0; i < count; i++) {
        buf_format(out, "%c%s=\"", i ? ',' : '{', labels[i].name);
        label_value(out, labels[i].value);
        buf_char(out, '"');
    }
    buf_text(out, count ? "} " : " ");
    compose_number(out, value);
    buf_char(out, '\n');
}

void prometheus_single(struct buf *out, const char *name, const char *type, const char *help,
                       double value)
{
    prometheus_family(out, name, type, help);
    prometheus_sample(out, name, NULL, 0, value);
}
