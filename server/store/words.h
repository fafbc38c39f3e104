/* words.h -- texts that repeat, as numbers: the table `word`, with a cache.
 *
 * Number 0 is "no text". Each connection has a cache of its own; the writer's forgets on
 * rollback. Statuses and types of events are what senders make of them, so a cache is emptied
 * when it has grown too much. */
#ifndef SMON_STORE_WORDS_H
#define SMON_STORE_WORDS_H

#include "base/own.h"
#include "base/str.h"

#include <stdint.h>

struct db;
struct fail;
struct words;

int  words_new(struct words **out, struct fail *why);
void words_free(struct words *words);
OWN_PTR_TYPE(words)

/* Its number, made when new. Only within a transaction of the writer. */
int words_put(struct words *words, struct db *db, struct str text, int64_t *out, struct fail *why);
/* 1 found, 0 not known, -1. */
int words_find(struct words *words, struct db *db, struct str text, int64_t *out, struct fail *why);
/* The text behind a number; empty for 0 or for a number that is not there. Valid until words_trim.
 */
struct str words_text(struct words *words, struct db *db, int64_t id);
/* After a rollback: forget what this transaction learnt. */
void words_forget(struct words *words);

enum { WORDS_MOST = 32768 };
/* Between transactions, or between questions: empties a cache of more than WORDS_MOST. */
void words_trim(struct words *words);

#endif
