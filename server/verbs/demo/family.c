#include "verbs/demo/family.h"

enum { ALWAYS = 100000 };

#define SHIFTS(...)                                                                                \
    .shifts = (const struct family_shift[]){__VA_ARGS__},                                          \
    .shift_count =                                                                                 \
        sizeof((const struct family_shift[]){__VA_ARGS__}) / sizeof(struct family_shift)

const struct family_model family[FAMILY_MODELS] = {
    {.namespace     = "/northwind/risk",
     .name          = "card_fraud",
     .endpoint      = "fraud-online",
     .caller        = "arn:aws:sts::111122223333:assumed-role/checkout/card-service",
     .place         = &demo_risk,
     .per_minute    = 10.5,
     .request_bytes = 1800,
     SHIFTS({3, 8, FRAUD_V8_CANARY, FRAUD_V8_HALF, 25, 2350, 0.35, 4, 22, 93, 0},
            {3, 8, FRAUD_V8_HALF, FRAUD_V8_BACK, 50, 2600, 0.38, 4, 31, 93, 0},
            {1, 6, ALWAYS, FRAUD_V7_UP, 100, 160, 0.45, 2.5, 0.4, 90, 0},
            {2, 7, FRAUD_V7_UP, 0, 100, 118, 0.42, 1.5, 0.3, 92, 0})},
    {.namespace     = "/northwind/ads",
     .name          = "ad_ranker",
     .endpoint      = "https://ranker.ads.northwind.example/v1/rank",
     .caller        = "arn:aws:sts::444455556666:assumed-role/storefront/page",
     .place         = &demo_ads,
     .per_minute    = 7,
     .request_bytes = 5200,
     SHIFTS({3, 3, RANKER_V3_5, RANKER_V3_25, 5, 41, 0.4, 0.9, 0.1, 82, 0},
            {3, 3, RANKER_V3_25, RANKER_V3_UP, 25, 42, 0.4, 0.9, 0.1, 82, 0},
            {3, 3, RANKER_V3_UP, 0, 100, 43, 0.4, 1.1, 0.1, 82, 0},
            {1, 1, ALWAYS, RANKER_V2_UP, 100, 66, 0.5, 3, 0.6, 76, 0},
            {2, 2, RANKER_V2_UP, 0, 100, 55, 0.45, 1.8, 0.3, 79, 0})},
    {.namespace     = "/northwind/risk",
     .name          = "credit_limit",
     .endpoint      = "credit-limit-prod",
     .caller        = "arn:aws:sts::111122223333:assumed-role/lending/batch",
     .place         = &demo_risk,
     .per_minute    = 7,
     .request_bytes = 900,
     SHIFTS({1, 1, ALWAYS, LIMIT_V2_UP, 100, 240, 0.5, 2, 0.5, 88, 0},
            {2, 2, LIMIT_V2_UP, LIMIT_V2_BACK, 100, 225, 0.5, 2.2, 0.5, 88, -3.4},
            {3, 1, LIMIT_V2_BACK, 0, 100, 238, 0.5, 2, 0.5, 88, 0})},
};
