/* yaml.h -- a settings file (libcyaml): sections of scalars and lists, read with places.
 *
 *     enrich:
 *       settle: 120s            gives  "enrich.settle" = "120s" at line 2
 *
 * Two levels at most below the root; a list becomes one text, its items joined with ','. The caller
 * holds the table of known names; this file only knows YAML. */
#ifndef SMON_WIRE_YAML_H
#define SMON_WIRE_YAML_H

#include "base/str.h"

#include <stddef.h>

struct fail;

/* Called for every scalar in the file. -1 ends the reading; *why should name path:line. */
typedef int yaml_visit(void *ctx, const char *name, struct str value, int line, struct fail *why);

int yaml_read_file(const char *path, yaml_visit *visit, void *ctx, struct fail *why);

#endif
