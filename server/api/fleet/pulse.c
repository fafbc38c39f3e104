#include "api/fleet/pulse.h"

#include "format/compose.h"
#include "store/account_list.h"

void pulse_add(struct account_item *sum, const struct account_item *one)
{
    sum->events += one->events;
    sum->duplicates += one->duplicates;
    sum->repeats += one->repeats;
    sum->out_of_order += one->out_of_order;
    sum->conflicts += one->conflicts;
    sum->unknown_types += one->unknown_types;
    sum->unknown_statuses += one->unknown_statuses;
    sum->bad_times += one->bad_times;
    sum->quarantined += one->quarantined;
}

void pulse_json(struct compose *out, const struct account_item *pulse)
{
    compose_int(out, "events", pulse->events);
    compose_int(out, "duplicates", pulse->duplicates);
    compose_int(out, "repeats", pulse->repeats);
    compose_int(out, "out_of_order", pulse->out_of_order);
    compose_int(out, "conflicts", pulse->conflicts);
    compose_int(out, "unknown_types", pulse->unknown_types);
    compose_int(out, "unknown_statuses", pulse->unknown_statuses);
    compose_int(out, "bad_times", pulse->bad_times);
    compose_int(out, "quarantined", pulse->quarantined);
}
