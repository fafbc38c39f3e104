/* judge.h -- tests/peers/whoami.py as a child: services that judge our signatures with botocore's
 * signer, an instance and a container. It ends when its standard input does, so it cannot outlive
 * the test. */
#ifndef SMON_TESTS_JUDGE_H
#define SMON_TESTS_JUDGE_H

#include "check.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "wire/doc.h"
#include "wire/fetch.h"

enum { JUDGE_URLS = 3, JUDGE_SOON_MS = 5000 };

struct judge {
    pid_t         pid;
    FILE         *says;
    int           stdin_fd;
    char          services[64], instance[64], container[64];
    struct fetch *fetch;
};

static inline bool judge_reads(struct judge *judge, char url[64])
{
    if (!fgets(url, 64, judge->says))
        return false;
    url[strcspn(url, "\n")] = '\0';
    return true;
}

static inline void judge_close(struct judge *judge)
{
    if (!judge->pid)
        return; /* it never began */
    close(judge->stdin_fd);
    fclose(judge->says);
    (void)waitpid(judge->pid, NULL, 0);
    fetch_free(judge->fetch);
}

/* False, with a sentence: there is no python or no botocore, so nobody can judge. The child lives
 * in our environment, SMON_CLOCK_FILE included. */
static inline bool judge_open(struct judge *judge)
{
    char                       python[] = "/usr/bin/python3", script[] = "tests/peers/whoami.py";
    char                      *argv[] = {python, script, NULL};
    int                        in[2], out[2];
    posix_spawn_file_actions_t actions;
    struct fail                why = FAIL_OK;

    assert_int_equal(pipe2(in, O_CLOEXEC), 0);
    assert_int_equal(pipe2(out, O_CLOEXEC), 0);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], 0);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    if (posix_spawn(&judge->pid, python, &actions, NULL, argv, environ) != 0) {
        print_message("[ SKIPPED  ] %s is not here\n", python);
        judge->pid = 0;
        return false;
    }
    posix_spawn_file_actions_destroy(&actions);
    close(in[0]);
    close(out[1]);
    judge->stdin_fd = in[1];
    judge->says     = fdopen(out[0], "r");
    CHECK_OK(fetch_new(&judge->fetch, &why), &why);
    if (!judge_reads(judge, judge->services) || !judge_reads(judge, judge->instance)
        || !judge_reads(judge, judge->container)) {
        print_message("[ SKIPPED  ] the judge does not start (is python3-botocore there?)\n");
        return false;
    }
    return true;
}

/* Posts `body` (NULL: gets) to the peer's own path; what it answers. Release it. */
static inline struct buf judge_ask(struct judge *judge, const char *base, const char *path,
                                   const char *body)
{
    char                url[160];
    struct fetch_answer answer = FETCH_ANSWER;
    struct fail         why    = FAIL_OK;
    struct fetch_call   call   = {.method        = body ? "POST" : "GET",
                                  .url           = url,
                                  .body          = str_of(body),
                                  .deadline      = JUDGE_SOON_MS,
                                  .answer_limit  = 8u << 20,
                                  .ignores_proxy = true};
    struct buf          text;

    snprintf(url, sizeof url, "%s%s", base, path);
    CHECK_OK(fetch_do(judge->fetch, &call, &answer, &why), &why);
    assert_int_equal(answer.status, 200);
    text = buf_take(&answer.body);
    fetch_answer_release(&answer);
    return text;
}

static inline void judge_tell(struct judge *judge, const char *path, const char *body)
{
    struct buf said = judge_ask(judge, judge->services, path, body);

    buf_release(&said);
}

/* The next `times` requests of this action (NULL: any) meet this fault. */
static inline void judge_next(struct judge *judge, const char *fault, const char *args,
                              const char *on, int times)
{
    char wish[400];

    snprintf(wish, sizeof wish, "{\"fault\":\"%s\",\"args\":%s,\"on\":%s%s%s,\"times\":%d}", fault,
             args, on ? "\"" : "", on ? on : "null", on ? "\"" : "", times);
    judge_tell(judge, "/_peer/next", wish);
}

/* How many requests of this action came (since /_peer/clear). */
static inline int judge_calls(struct judge *judge, const char *action)
{
    struct buf  text  = judge_ask(judge, judge->services, "/_peer/seen", NULL);
    struct fail why   = FAIL_OK;
    struct doc *seen  = doc_parse(buf_view(&text), &why);
    int         count = 0;

    assert_non_null(seen);
    for (size_t i = 0; i < doc_count(seen); i++) {
        struct str got;

        if (doc_text_or(doc_item(seen, i), "action", STR_NONE, &got, &why) == 0)
            count += str_is_text(got, action);
    }
    doc_free(seen);
    buf_release(&text);
    return count;
}

/* No request was signed wrongly. */
static inline void judge_is_content(struct judge *judge)
{
    struct buf text = judge_ask(judge, judge->services, "/_peer/wrong", NULL);

    CHECK_STR(buf_view(&text), "[]");
    buf_release(&text);
}

#endif
