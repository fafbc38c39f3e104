/* question.h -- which transactions a command asks about, as the query of a path. */
#ifndef SMON_VERBS_MODELS_QUESTION_H
#define SMON_VERBS_MODELS_QUESTION_H

struct args;
struct buf;

/* Adds what --model, --version, --status, --since and the like say. */
void question_path(const struct args *args, struct buf *path);

#endif
