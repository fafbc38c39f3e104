/* emit.h -- the deeds "emit" and "emit-utilization": EMF documents to the configured output.
 *
 * Errands that were leased together are written as one batch. An errand is done when the output has
 * taken all its lines, or will never take them; otherwise it is tried again, so a document may
 * arrive twice. One thread. */
#ifndef SMON_EMIT_EMIT_H
#define SMON_EMIT_EMIT_H

#include "base/own.h"
#include "format/errand.h"

#include <stddef.h>

struct emit;
struct fail;

struct emit_options {
    const char *output;    /* emf.output */
    const char *namespace; /* emf.namespace */
    const char *region;    /* emf.region */
    const char
        *log_group; /* where the CloudWatch agent shall put it; "": named like the namespace */
};

/* Borrows the options' texts. FAIL_INPUT: output or namespace cannot be used. */
int  emit_new(const struct emit_options *options, struct emit **out, struct fail *why);
void emit_free(struct emit *emit);
OWN_PTR_TYPE(emit)

/* Fills everything in the outcomes but id and fence. */
void emit_act(struct emit *emit, const struct errand *errands, size_t count,
              struct errand_outcome *outcomes);

#endif
