/* ways.h -- the ways of output.h, each in its own file. Only output.c calls these. */
#ifndef SMON_EMF_WAYS_H
#define SMON_EMF_WAYS_H

#include "base/str.h"
#include "emf/output.h"

#include <stddef.h>
#include <stdint.h>

struct aws;
struct fail;

/* Lines to an open descriptor, one write each where the system allows. */
int way_lines(int fd, struct output_event *events, size_t count, struct fail *why);

/* Opens, mends a line cut by an earlier death, appends, brings to disk, closes. */
int way_file(const char *path, struct output_event *events, size_t count, struct fail *why);

struct way_address {
    char host[256];
    char port[8];
};
/* "HOST:PORT", "[::1]:PORT". */
int way_address_parse(struct str text, struct way_address *out, struct fail *why);
int way_tcp(const struct way_address *to, struct output_event *events, size_t count,
            struct fail *why);
int way_udp(const struct way_address *to, struct output_event *events, size_t count,
            struct fail *why);

int way_logs(struct aws *aws, const char *region, const char *group_and_stream,
             struct output_event *events, size_t count, struct fail *why);

#endif
