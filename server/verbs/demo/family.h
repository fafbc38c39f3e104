/* family.h -- the demo's models: who they are, and which version served how when.
 *
 * Three parts of the demo tell one story from this table: events (scenario_models.c),
 * registrations over REST (registry.c), and a day of transactions (traffic.c). */
#ifndef SMON_VERBS_DEMO_FAMILY_H
#define SMON_VERBS_DEMO_FAMILY_H

#include "verbs/demo/scenario_parts.h"

#include <stddef.h>

enum { FAMILY_MODELS = 3, FAMILY_SEED = 20261121 };

/* A deployment's time on duty, in minutes before now, and how it did. */
struct family_shift {
    int    deployment, version;
    int    from_ago, to_ago;
    double percent;            /* of the model's traffic */
    double median_ms, spread;  /* of a lognormal distribution */
    double failures, timeouts; /* of a thousand */
    double confidence, drift;  /* mean at the start; change by the hour */
};

struct family_model {
    const char *namespace, *name, *endpoint, *caller;
    const struct demo_place   *place;
    double                     per_minute;
    int                        request_bytes;
    const struct family_shift *shifts;
    size_t                     shift_count;
};

extern const struct family_model family[FAMILY_MODELS];

/* When things happened to them, in minutes before now. */
enum {
    FRAUD_V6_UP     = 1465, /* created with the endpoint */
    FRAUD_V7_UP     = 643,  /* blue/green */
    FRAUD_V8_CANARY = 90,   /* a quarter of the traffic, then a half */
    FRAUD_V8_HALF   = 65,
    FRAUD_V8_BACK   = 40, /* too slow: rolled back */

    RANKER_V1_UP = 1500,
    RANKER_V2_UP = 890, /* blue/green */
    RANKER_V3_5  = 390, /* canary */
    RANKER_V3_25 = 300,
    RANKER_V3_UP = 200,

    LIMIT_V1_UP   = 1500,
    LIMIT_V2_UP   = 600, /* gets less sure of itself */
    LIMIT_V2_BACK = 100  /* rolled back: version 1 as a new deployment */
};

#endif
