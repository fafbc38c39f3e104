#include "format/instance.h"

#include <stddef.h>

/* Sorted by bytes, as a test holds. Accelerators other than GPUs (inf, trn) have no GPU metrics. */
/* clang-format off */
static const struct instance_facts TYPES[] = {
    {"ml.c4.2xlarge", 8, 0}, {"ml.c4.4xlarge", 16, 0}, {"ml.c4.8xlarge", 36, 0},
    {"ml.c4.large", 2, 0}, {"ml.c4.xlarge", 4, 0}, {"ml.c5.12xlarge", 48, 0},
    {"ml.c5.18xlarge", 72, 0}, {"ml.c5.24xlarge", 96, 0}, {"ml.c5.2xlarge", 8, 0},
    {"ml.c5.4xlarge", 16, 0}, {"ml.c5.9xlarge", 36, 0}, {"ml.c5.large", 2, 0},
    {"ml.c5.xlarge", 4, 0}, {"ml.c5d.12xlarge", 48, 0}, {"ml.c5d.18xlarge", 72, 0},
    {"ml.c5d.24xlarge", 96, 0}, {"ml.c5d.2xlarge", 8, 0}, {"ml.c5d.4xlarge", 16, 0},
    {"ml.c5d.9xlarge", 36, 0}, {"ml.c5d.large", 2, 0}, {"ml.c5d.xlarge", 4, 0},
    {"ml.c5n.18xlarge", 72, 0}, {"ml.c5n.2xlarge", 8, 0}, {"ml.c5n.4xlarge", 16, 0},
    {"ml.c5n.9xlarge", 36, 0}, {"ml.c5n.large", 2, 0}, {"ml.c5n.xlarge", 4, 0},
    {"ml.c6g.12xlarge", 48, 0}, {"ml.c6g.16xlarge", 64, 0}, {"ml.c6g.2xlarge", 8, 0},
    {"ml.c6g.4xlarge", 16, 0}, {"ml.c6g.8xlarge", 32, 0}, {"ml.c6g.large", 2, 0},
    {"ml.c6g.xlarge", 4, 0}, {"ml.c6gd.12xlarge", 48, 0}, {"ml.c6gd.16xlarge", 64, 0},
    {"ml.c6gd.2xlarge", 8, 0}, {"ml.c6gd.4xlarge", 16, 0}, {"ml.c6gd.8xlarge", 32, 0},
    {"ml.c6gd.large", 2, 0}, {"ml.c6gd.xlarge", 4, 0}, {"ml.c6gn.12xlarge", 48, 0},
    {"ml.c6gn.16xlarge", 64, 0}, {"ml.c6gn.2xlarge", 8, 0}, {"ml.c6gn.4xlarge", 16, 0},
    {"ml.c6gn.8xlarge", 32, 0}, {"ml.c6gn.large", 2, 0}, {"ml.c6gn.xlarge", 4, 0},
    {"ml.c6i.12xlarge", 48, 0}, {"ml.c6i.16xlarge", 64, 0}, {"ml.c6i.24xlarge", 96, 0},
    {"ml.c6i.2xlarge", 8, 0}, {"ml.c6i.32xlarge", 128, 0}, {"ml.c6i.4xlarge", 16, 0},
    {"ml.c6i.8xlarge", 32, 0}, {"ml.c6i.large", 2, 0}, {"ml.c6i.xlarge", 4, 0},
    {"ml.c6id.12xlarge", 48, 0}, {"ml.c6id.16xlarge", 64, 0}, {"ml.c6id.24xlarge", 96, 0},
    {"ml.c6id.2xlarge", 8, 0}, {"ml.c6id.32xlarge", 128, 0}, {"ml.c6id.4xlarge", 16, 0},
    {"ml.c6id.8xlarge", 32, 0}, {"ml.c6id.large", 2, 0}, {"ml.c6id.xlarge", 4, 0},
    {"ml.c7g.12xlarge", 48, 0}, {"ml.c7g.16xlarge", 64, 0}, {"ml.c7g.2xlarge", 8, 0},
    {"ml.c7g.4xlarge", 16, 0}, {"ml.c7g.8xlarge", 32, 0}, {"ml.c7g.large", 2, 0},
    {"ml.c7g.xlarge", 4, 0}, {"ml.c7i.12xlarge", 48, 0}, {"ml.c7i.16xlarge", 64, 0},
    {"ml.c7i.24xlarge", 96, 0}, {"ml.c7i.2xlarge", 8, 0}, {"ml.c7i.48xlarge", 192, 0},
    {"ml.c7i.4xlarge", 16, 0}, {"ml.c7i.8xlarge", 32, 0}, {"ml.c7i.large", 2, 0},
    {"ml.c7i.xlarge", 4, 0}, {"ml.g4dn.12xlarge", 48, 4}, {"ml.g4dn.16xlarge", 64, 1},
    {"ml.g4dn.2xlarge", 8, 1}, {"ml.g4dn.4xlarge", 16, 1}, {"ml.g4dn.8xlarge", 32, 1},
    {"ml.g4dn.xlarge", 4, 1}, {"ml.g5.12xlarge", 48, 4}, {"ml.g5.16xlarge", 64, 1},
    {"ml.g5.24xlarge", 96, 4}, {"ml.g5.2xlarge", 8, 1}, {"ml.g5.48xlarge", 192, 8},
    {"ml.g5.4xlarge", 16, 1}, {"ml.g5.8xlarge", 32, 1}, {"ml.g5.xlarge", 4, 1},
    {"ml.g6.12xlarge", 48, 4}, {"ml.g6.16xlarge", 64, 1}, {"ml.g6.24xlarge", 96, 4},
    {"ml.g6.2xlarge", 8, 1}, {"ml.g6.48xlarge", 192, 8}, {"ml.g6.4xlarge", 16, 1},
    {"ml.g6.8xlarge", 32, 1}, {"ml.g6.xlarge", 4, 1}, {"ml.g6e.12xlarge", 48, 4},
    {"ml.g6e.16xlarge", 64, 1}, {"ml.g6e.24xlarge", 96, 4}, {"ml.g6e.2xlarge", 8, 1},
    {"ml.g6e.48xlarge", 192, 8}, {"ml.g6e.4xlarge", 16, 1}, {"ml.g6e.8xlarge", 32, 1},
    {"ml.g6e.xlarge", 4, 1}, {"ml.gr6.4xlarge", 16, 1}, {"ml.gr6.8xlarge", 32, 1},
    {"ml.inf1.24xlarge", 96, 0}, {"ml.inf1.2xlarge", 8, 0}, {"ml.inf1.6xlarge", 24, 0},
    {"ml.inf1.xlarge", 4, 0}, {"ml.inf2.24xlarge", 96, 0}, {"ml.inf2.48xlarge", 192, 0},
    {"ml.inf2.8xlarge", 32, 0}, {"ml.inf2.xlarge", 4, 0}, {"ml.m4.10xlarge", 40, 0},
    {"ml.m4.16xlarge", 64, 0}, {"ml.m4.2xlarge", 8, 0}, {"ml.m4.4xlarge", 16, 0},
    {"ml.m4.xlarge", 4, 0}, {"ml.m5.12xlarge", 48, 0}, {"ml.m5.16xlarge", 64, 0},
    {"ml.m5.24xlarge", 96, 0}, {"ml.m5.2xlarge", 8, 0}, {"ml.m5.4xlarge", 16, 0},
    {"ml.m5.8xlarge", 32, 0}, {"ml.m5.large", 2, 0}, {"ml.m5.xlarge", 4, 0},
    {"ml.m5d.12xlarge", 48, 0}, {"ml.m5d.16xlarge", 64, 0}, {"ml.m5d.24xlarge", 96, 0},
    {"ml.m5d.2xlarge", 8, 0}, {"ml.m5d.4xlarge", 16, 0}, {"ml.m5d.8xlarge", 32, 0},
    {"ml.m5d.large", 2, 0}, {"ml.m5d.xlarge", 4, 0}, {"ml.m6g.12xlarge", 48, 0},
    {"ml.m6g.16xlarge", 64, 0}, {"ml.m6g.2xlarge", 8, 0}, {"ml.m6g.4xlarge", 16, 0},
    {"ml.m6g.8xlarge", 32, 0}, {"ml.m6g.large", 2, 0}, {"ml.m6g.xlarge", 4, 0},
    {"ml.m6gd.12xlarge", 48, 0}, {"ml.m6gd.16xlarge", 64, 0}, {"ml.m6gd.2xlarge", 8, 0},
    {"ml.m6gd.4xlarge", 16, 0}, {"ml.m6gd.8xlarge", 32, 0}, {"ml.m6gd.large", 2, 0},
    {"ml.m6gd.xlarge", 4, 0}, {"ml.m6i.12xlarge", 48, 0}, {"ml.m6i.16xlarge", 64, 0},
    {"ml.m6i.24xlarge", 96, 0}, {"ml.m6i.2xlarge", 8, 0}, {"ml.m6i.32xlarge", 128, 0},
    {"ml.m6i.4xlarge", 16, 0}, {"ml.m6i.8xlarge", 32, 0}, {"ml.m6i.large", 2, 0},
    {"ml.m6i.xlarge", 4, 0}, {"ml.m6id.12xlarge", 48, 0}, {"ml.m6id.16xlarge", 64, 0},
    {"ml.m6id.24xlarge", 96, 0}, {"ml.m6id.2xlarge", 8, 0}, {"ml.m6id.32xlarge", 128, 0},
    {"ml.m6id.4xlarge", 16, 0}, {"ml.m6id.8xlarge", 32, 0}, {"ml.m6id.large", 2, 0},
    {"ml.m6id.xlarge", 4, 0}, {"ml.m7i.12xlarge", 48, 0}, {"ml.m7i.16xlarge", 64, 0},
    {"ml.m7i.24xlarge", 96, 0}, {"ml.m7i.2xlarge", 8, 0}, {"ml.m7i.48xlarge", 192, 0},
    {"ml.m7i.4xlarge", 16, 0}, {"ml.m7i.8xlarge", 32, 0}, {"ml.m7i.large", 2, 0},
    {"ml.m7i.xlarge", 4, 0}, {"ml.p2.16xlarge", 64, 16}, {"ml.p2.8xlarge", 32, 8},
    {"ml.p2.xlarge", 4, 1}, {"ml.p3.16xlarge", 64, 8}, {"ml.p3.2xlarge", 8, 1},
    {"ml.p3.8xlarge", 32, 4}, {"ml.p3dn.24xlarge", 96, 8}, {"ml.p4d.24xlarge", 96, 8},
    {"ml.p4de.24xlarge", 96, 8}, {"ml.p5.48xlarge", 192, 8}, {"ml.p5.4xlarge", 16, 1},
    {"ml.p5e.48xlarge", 192, 8}, {"ml.p5en.48xlarge", 192, 8}, {"ml.p6-b200.48xlarge", 192, 8},
    {"ml.r5.12xlarge", 48, 0}, {"ml.r5.16xlarge", 64, 0}, {"ml.r5.24xlarge", 96, 0},
    {"ml.r5.2xlarge", 8, 0}, {"ml.r5.4xlarge", 16, 0}, {"ml.r5.8xlarge", 32, 0},
    {"ml.r5.large", 2, 0}, {"ml.r5.xlarge", 4, 0}, {"ml.r5d.12xlarge", 48, 0},
    {"ml.r5d.16xlarge", 64, 0}, {"ml.r5d.24xlarge", 96, 0}, {"ml.r5d.2xlarge", 8, 0},
    {"ml.r5d.4xlarge", 16, 0}, {"ml.r5d.8xlarge", 32, 0}, {"ml.r5d.large", 2, 0},
    {"ml.r5d.xlarge", 4, 0}, {"ml.r6g.12xlarge", 48, 0}, {"ml.r6g.16xlarge", 64, 0},
    {"ml.r6g.2xlarge", 8, 0}, {"ml.r6g.4xlarge", 16, 0}, {"ml.r6g.8xlarge", 32, 0},
    {"ml.r6g.large", 2, 0}, {"ml.r6g.xlarge", 4, 0}, {"ml.r6gd.12xlarge", 48, 0},
    {"ml.r6gd.16xlarge", 64, 0}, {"ml.r6gd.2xlarge", 8, 0}, {"ml.r6gd.4xlarge", 16, 0},
    {"ml.r6gd.8xlarge", 32, 0}, {"ml.r6gd.large", 2, 0}, {"ml.r6gd.xlarge", 4, 0},
    {"ml.r6i.12xlarge", 48, 0}, {"ml.r6i.16xlarge", 64, 0}, {"ml.r6i.24xlarge", 96, 0},
    {"ml.r6i.2xlarge", 8, 0}, {"ml.r6i.32xlarge", 128, 0}, {"ml.r6i.4xlarge", 16, 0},
    {"ml.r6i.8xlarge", 32, 0}, {"ml.r6i.large", 2, 0}, {"ml.r6i.xlarge", 4, 0},
    {"ml.r6id.12xlarge", 48, 0}, {"ml.r6id.16xlarge", 64, 0}, {"ml.r6id.24xlarge", 96, 0},
    {"ml.r6id.2xlarge", 8, 0}, {"ml.r6id.32xlarge", 128, 0}, {"ml.r6id.4xlarge", 16, 0},
    {"ml.r6id.8xlarge", 32, 0}, {"ml.r6id.large", 2, 0}, {"ml.r6id.xlarge", 4, 0},
    {"ml.r7i.12xlarge", 48, 0}, {"ml.r7i.16xlarge", 64, 0}, {"ml.r7i.24xlarge", 96, 0},
    {"ml.r7i.2xlarge", 8, 0}, {"ml.r7i.48xlarge", 192, 0}, {"ml.r7i.4xlarge", 16, 0},
    {"ml.r7i.8xlarge", 32, 0}, {"ml.r7i.large", 2, 0}, {"ml.r7i.xlarge", 4, 0},
    {"ml.t2.2xlarge", 8, 0}, {"ml.t2.large", 2, 0}, {"ml.t2.medium", 2, 0}, {"ml.t2.xlarge", 4, 0},
    {"ml.t3.2xlarge", 8, 0}, {"ml.t3.large", 2, 0}, {"ml.t3.medium", 2, 0}, {"ml.t3.xlarge", 4, 0},
    {"ml.trn1.2xlarge", 8, 0}, {"ml.trn1.32xlarge", 128, 0}, {"ml.trn1n.32xlarge", 128, 0},
    {"ml.trn2.48xlarge", 192, 0},
};
/* clang-format on */

const struct instance_facts *instance_facts(struct str type)
{
    size_t low = 0, high = sizeof TYPES / sizeof TYPES[0];

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int    order  = str_order(type, str_of(TYPES[middle].name));

        if (order == 0)
            return &TYPES[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

size_t instance_count(void)
{
    return sizeof TYPES / sizeof TYPES[0];
}

const struct instance_facts *instance_at(size_t at)
{
    return &TYPES[at];
}
