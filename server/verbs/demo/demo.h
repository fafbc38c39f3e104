/* demo.h -- what smon demo holds while it runs: the pieces of a small world. */
#ifndef SMON_VERBS_DEMO_DEMO_H
#define SMON_VERBS_DEMO_DEMO_H

#include "base/own.h"

#include <stdbool.h>
#include <stddef.h>

struct fail;

enum {
    DEMO_PATH_ROOM    = 1024,
    DEMO_KEY_ROOM     = 80,
    DEMO_ADDRESS_ROOM = 280,
    DEMO_URL_ROOM     = DEMO_ADDRESS_ROOM + 8
};

struct demo_options {
    const char *listen; /* NULL: 127.0.0.1:8080, or any free port when that one is taken */
    const char *data;   /* NULL: a folder that goes away */
};

/* Where it all is. */
struct demo_places {
    char data[DEMO_PATH_ROOM], socket[DEMO_PATH_ROOM], emf[DEMO_PATH_ROOM];
    char listen[DEMO_ADDRESS_ROOM], url[DEMO_URL_ROOM];
    char key[DEMO_KEY_ROOM];
    bool is_temporary;
};

int demo_places_make(const struct demo_options *options, struct demo_places *out, struct fail *why);
void demo_places_release(struct demo_places *places); /* removes a temporary folder */

#endif
