#include "emf/output.h"

#include <string.h>
#include <unistd.h>

#include "aws/aws.h"
#include "base/fail.h"
#include "base/mem.h"
#include "emf/ways.h"

enum way { WAY_STDOUT, WAY_FILE, WAY_TCP, WAY_UDP, WAY_LOGS, WAY_COUNT };

static const struct {
    const char *start;
} WAYS[WAY_COUNT] = {
    [WAY_STDOUT] = {"stdout"}, [WAY_FILE] = {"file:"}, [WAY_TCP] = {"tcp://"},
    [WAY_UDP] = {"udp://"},    [WAY_LOGS] = {"logs:"},
};

struct output {
    enum way           way;
    char              *rest; /* what stands behind the way's start */
    char              *region;
    struct way_address address;
    struct aws        *aws;
};

void output_free(struct output *output)
{
    if (!output)
        return;
    aws_free(output->aws);
    mem_free(output->rest);
    mem_free(output->region);
    mem_free(output);
}

static int way_find(struct str setting, enum way *out, struct fail *why)
{
    for (int i = 0; i < WAY_COUNT; i++) {
        struct str start = str_of(WAYS[i].start);

        if (!str_starts(setting, start) || (i == WAY_STDOUT) != (setting.size == start.size))
            continue;
        *out = (enum way)i;
        return 0;
    }
    return fail_set(why, FAIL_INPUT,
                    "emf.output \"%.*s\" is none of stdout, file:PATH, tcp://HOST:PORT,"
                    " udp://HOST:PORT, logs:GROUP/STREAM",
                    STR_ARG(setting));
}

static bool is_log_name(const char *group_and_stream)
{
    const char *slash = strrchr(group_and_stream, '/');

    return slash && slash > group_and_stream && slash[1] && !strpbrk(slash, ":*")
           && slash - group_and_stream <= 512 && strlen(slash + 1) <= 512;
}

static int make_ready(struct output *output, struct fail *why)
{
    switch (output->way) {
    case WAY_STDOUT:
    case WAY_FILE: return 0;
    case WAY_TCP:
    case WAY_UDP: return way_address_parse(str_of(output->rest), &output->address, why);
    case WAY_LOGS:
        if (!is_log_name(output->rest))
            return fail_set(why, FAIL_INPUT, "emf.output: \"%s\" is not GROUP/STREAM",
                            output->rest);
        return aws_new(
            &(struct aws_options){.default_region = output->region[0] ? output->region : NULL},
            &output->aws, why);
    case WAY_COUNT: break;
    }
    return fail_set(why, FAIL_BUG, "no such way");
}

int output_new(const char *setting, const char *region, struct output **out, struct fail *why)
{
    OWN_PTR(output) output = mem_new(sizeof *output);
    size_t start;

    if (!output)
        return fail_set(why, FAIL_MEMORY, "no memory for the output");
    if (way_find(str_of(setting), &output->way, why))
        return -1;
    start          = strlen(WAYS[output->way].start);
    output->rest   = mem_copy(setting + start, strlen(setting) - start);
    output->region = mem_copy(region, strlen(region));
    if (!output->rest || !output->region)
        return fail_set(why, FAIL_MEMORY, "no memory for the output");
    if (output->way != WAY_STDOUT && !output->rest[0])
        return fail_set(why, FAIL_INPUT, "emf.output \"%s\" names no place", setting);
    if (make_ready(output, why))
        return -1;
    *out = TAKE(output);
    return 0;
}

bool output_wants_log_group(const struct output *output)
{
    return output->way == WAY_TCP || output->way == WAY_UDP;
}

int output_write(struct output *output, struct output_event *events, size_t count, struct fail *why)
{
    for (size_t i = 0; i < count; i++)
        events[i].result = OUTPUT_WAITS;
    switch (output->way) {
    case WAY_STDOUT: return way_lines(STDOUT_FILENO, events, count, why);
    case WAY_FILE: return way_file(output->rest, events, count, why);
    case WAY_TCP: return way_tcp(&output->address, events, count, why);
    case WAY_UDP: return way_udp(&output->address, events, count, why);
    case WAY_LOGS: return way_logs(output->aws, output->region, output->rest, events, count, why);
    case WAY_COUNT: break;
    }
    return fail_set(why, FAIL_BUG, "no such way");
}
