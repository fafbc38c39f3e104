#include "verbs/demo/variants.h"

#include <math.h>

static const struct variant variants[] = {
    {"fraud-online", "AllTraffic", 4, 0, 0.55},
    {"ranker-live", "champion", 8, 1, 0.9},
    {"ranker-live", "challenger", 8, 1, 0.12}, /* what one looks for: paid for, and hardly used */
};
enum { VARIANTS = sizeof variants / sizeof *variants };

/* Requests come in waves; what is loaded stays loaded. */
static const struct load {
    const char *metric;
    double      level; /* of a machine that is busy, in per cent */
    double      wave;  /* how much of it comes and goes */
    bool        is_gpu, is_per_core;
} loads[] = {
    {"CPUUtilization", 80, 0.35, false, true},    {"MemoryUtilization", 62, 0.02, false, false},
    {"GPUUtilization", 85, 0.45, true, true},     {"GPUMemoryUtilization", 70, 0, true, true},
    {"DiskUtilization", 21, 0.001, false, false},
};

static const ms     WAVE     = 23 * (ms)MS_MINUTE;
static const double FULL     = 6.283185307179586;
static const double RESTLESS = 0.08;

const struct variant *variant_at(size_t at)
{
    return at < VARIANTS ? &variants[at] : NULL;
}

const struct variant *variant_find(struct str endpoint, struct str name)
{
    for (size_t i = 0; i < VARIANTS; i++)
        if (str_is_text(endpoint, variants[i].endpoint) && str_is_text(name, variants[i].name))
            return &variants[i];
    return NULL;
}

static const struct load *load_of(struct str metric)
{
    for (size_t i = 0; i < sizeof loads / sizeof *loads; i++)
        if (str_is_text(metric, loads[i].metric))
            return &loads[i];
    return NULL;
}

int variant_units(const struct variant *variant, struct str metric)
{
    const struct load *load = load_of(metric);

    if (!load)
        return 0;
    return load->is_gpu ? variant->gpus : load->is_per_core ? variant->cores : 1;
}

/* From -1 to 1. */
static double noise(const struct variant *variant, struct str metric, ms minute)
{
    uint64_t salt = str_hash(str_of(variant->name), (uint64_t)minute);

    return (double)(str_hash(metric, salt) >> 11) / (double)(1ull << 52) - 1;
}

double variant_minute(const struct variant *variant, struct str metric, ms at)
{
    const struct load *load = load_of(metric);
    double             wave = sin(FULL * (double)(at % WAVE) / (double)WAVE);
    double             share, value;

    if (!load)
        return 0;
    share = 1 - load->wave + load->wave * wave
            + RESTLESS * load->wave * noise(variant, metric, at / MS_MINUTE);
    /* What is loaded does not follow the requests. */
    value = load->level * (load->wave > 0.1 ? variant->busy : 1) * share;
    return fmin(100, fmax(0, value)) * variant_units(variant, metric);
}
