/* app.h -- what every handler works with: one for the whole service.
 *
 * Filled by `smon serve` and constant after api_open, but for the atomic members. */
#ifndef SMON_API_APP_H
#define SMON_API_APP_H

#include "base/when.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct config;
struct desk;
struct keeper;
struct keys;
struct patience;
struct prices;
struct readers;
struct recent;
struct store;
struct stream;
struct web;
struct writer;

enum { APP_CURSOR_KEY = 16, APP_MOST_WEBS = 4 };

/* Answers are counted by what was asked, and by status / 100. */
enum { APP_INGEST, APP_REST, APP_PARTS, APP_STATUS_CLASSES = 6 };

struct app {
    /* Set before api_open. */
    const struct config *config;
    struct store        *store;
    struct writer       *writer;
    ms                   started_at;    /* our clock */
    const char          *version;       /* "0.1.0" */
    bool                 opens_reading; /* who has no key may read: a demo on loopback */
    struct desk         *desk;          /* where collectors wait */
    struct patience     *patience;      /* answers posts that wait too long */

    /* Made by api_open, freed by api_close. */
    struct prices  *prices; /* NULL: none are kept */
    struct readers *readers;
    struct keys    *keys;
    struct recent  *recent;
    struct stream  *stream;
    struct keeper  *keeper;
    unsigned char   cursor_key[APP_CURSOR_KEY];

    /* The listeners, for /metrics; set when they are open. */
    _Atomic(const struct web *) webs[APP_MOST_WEBS];

    atomic_bool           is_draining;
    _Atomic(const char *) not_durable; /* a constant: why an acknowledged post might be lost */
    _Atomic uint64_t      answers[APP_PARTS][APP_STATUS_CLASSES];
};

#endif
