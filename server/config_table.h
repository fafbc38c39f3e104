/* config_table.h -- the table of settings, shared by the three files that fill, check and print a
 * struct config: config.c, config_check.c, config_text.c. Nobody else includes it. */
#ifndef SMON_CONFIG_TABLE_H
#define SMON_CONFIG_TABLE_H

#include "base/str.h"
#include "config.h"

enum setting_type {
    SETTING_TEXT,
    SETTING_CHOICE, /* `shape` lists the words: "auto|assume" */
    SETTING_YES_NO,
    SETTING_SPAN,  /* ms */
    SETTING_BYTES, /* int64_t; "10GiB" */
    SETTING_COUNT  /* int64_t */
};

enum setting_mark {
    SETTING_SECRET    = 1, /* in files and flags only by reference; shown as "(set)" */
    SETTING_COLLECTOR = 2  /* handed to smon-collect */
};

struct setting {
    const char       *name;
    enum setting_type type;
    size_t            offset; /* in struct config */
    const char       *otherwise;
    int64_t           least, most; /* of numbers; of a text: its length in bytes */
    unsigned          marks;
    const char       *shape;
    const char       *meaning;
};

enum { SETTING_MOST = 40 };

/* A config as it was loaded: what came from where stands behind it. */
struct config_loaded {
    struct config      config; /* first: a struct config * is a pointer to this */
    enum config_origin origin[SETTING_MOST];
};

const struct setting *config_table(size_t *count);

/* What must hold between settings; the sentence names the ways out. */
int config_check(const struct config *config, struct fail *why);

/* The value as it would be written in a file; secrets too. */
void config_value(const struct config *config, const struct setting *setting, struct buf *out);

#endif
