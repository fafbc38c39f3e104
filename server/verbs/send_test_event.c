/* smon send-test-event: one event, as EventBridge would post it, to see the whole way work. */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/own.h"
#include "base/retry.h"
#include "format/compose.h"
#include "verbs/args.h"
#include "verbs/client.h"
#include "verbs/refusal.h"
#include "verbs/show.h"
#include "verbs/verbs.h"
#include "wire/doc.h"

enum { BODY_MOST = (1 << 20) + (64 << 10), ID_ROOM = 40, RAN_FOR = 5 * MS_MINUTE };

struct test_event {
    struct str account, region, name, status;
    ms         now;
};

static const char *flag_or(const struct args *args, const char *name, const char *otherwise)
{
    return args_flag(args, name) ? args_flag(args, name) : otherwise;
}

static void compose_detail(struct compose *out, const struct test_event *event, struct str arn)
{
    bool is_running = str_is_text(event->status, "InProgress");

    compose_open(out, "detail", '{');
    compose_text(out, "TrainingJobName", event->name);
    compose_text(out, "TrainingJobArn", arn);
    compose_text(out, "TrainingJobStatus", event->status);
    compose_text(out, "SecondaryStatus", is_running ? STR("Training") : event->status);
    if (str_is_text(event->status, "Failed"))
        compose_text(out, "FailureReason", STR("AlgorithmError: sent by smon send-test-event"));
    compose_open(out, "ResourceConfig", '{');
    compose_text(out, "InstanceType", STR("ml.m5.xlarge"));
    compose_int(out, "InstanceCount", 1);
    compose_close(out, '}');
    compose_int(out, "CreationTime", event->now - RAN_FOR);
    compose_int(out, "TrainingStartTime", event->now - RAN_FOR);
    if (!is_running)
        compose_int(out, "TrainingEndTime", event->now);
    compose_int(out, "LastModifiedTime", event->now);
    compose_open(out, "Tags", '{');
    compose_text(out, "smon:test", STR("yes"));
    compose_close(out, '}');
    compose_close(out, '}');
}

static void compose_event(struct buf *out, const struct test_event *event, struct str id)
{
    OWN(buf) arn        = BUF_UP_TO(BODY_MOST);
    struct compose json = compose_into(out);

    buf_format(&arn, "arn:aws:sagemaker:%.*s:%.*s:training-job/%.*s", STR_ARG(event->region),
               STR_ARG(event->account), STR_ARG(event->name));
    compose_open(&json, NULL, '{');
    compose_text(&json, "version", STR("0"));
    compose_text(&json, "id", id);
    compose_text(&json, "detail-type", STR("SageMaker Training Job State Change"));
    compose_text(&json, "source", STR("aws.sagemaker"));
    compose_text(&json, "account", event->account);
    compose_time(&json, "time", event->now);
    compose_text(&json, "region", event->region);
    compose_open(&json, "resources", '[');
    compose_text(&json, NULL, buf_view(&arn));
    compose_close(&json, ']');
    compose_detail(&json, event, buf_view(&arn));
    compose_close(&json, '}');
}

static int read_file(const char *path, struct buf *out, struct fail *why)
{
    bool   is_stdin = strcmp(path, "-") == 0;
    FILE  *file     = is_stdin ? stdin : fopen(path, "re");
    char   piece[4096];
    size_t got;

    if (!file)
        return fail_set(why, FAIL_INPUT, "%s: %s", path, strerror(errno));
    while ((got = fread(piece, 1, sizeof piece, file)) > 0)
        buf_add(out, piece, got);
    if (!is_stdin)
        (void)fclose(file); /* it was only read */
    return buf_check(out, why) ? fail_in(why, "%s", path) : 0;
}

static int check_status(struct str status, struct fail *why)
{
    static const char *const known[] = {"InProgress", "Completed", "Failed", "Stopped"};

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_is_text(status, known[i]))
            return 0;
    return fail_set(why, FAIL_INPUT,
                    "--status: \"%.*s\" is none of InProgress, Completed, Failed, Stopped",
                    STR_ARG(status));
}

static int make_event(const struct args *args, struct buf *body, struct buf *name, struct fail *why)
{
    struct test_event event = {.account = str_of(flag_or(args, "account", "111122223333")),
                               .region  = str_of(flag_or(args, "region", "us-east-1")),
                               .status  = str_of(flag_or(args, "status", "Completed")),
                               .now     = when_now()};
    char              id[ID_ROOM];
    uint64_t          random = retry_random();

    if (event.account.size != 12 || strspn(event.account.data, "0123456789") != 12)
        return fail_set(why, FAIL_INPUT, "--account wants the 12 digits of an account");
    if (check_status(event.status, why))
        return -1;
    (void)snprintf(id, sizeof id, "%08x-%04x-4%03x-a%03x-%012" PRIx64, /* a UUID's size */
                   (unsigned)(random >> 32), (unsigned)(random >> 16 & 0xffff),
                   (unsigned)(random >> 4 & 0xfff), (unsigned)(random & 0xfff),
                   retry_random() & 0xffffffffffff);
    if (args_flag(args, "name"))
        buf_text(name, args_flag(args, "name"));
    else
        buf_format(name, "smon-test-%.8s", id);
    event.name = buf_view(name);
    compose_event(body, &event, str_of(id));
    return buf_check(body, why);
}

static int ask(const struct args *args, struct client *client, struct fail *why)
{
    OWN(buf) body       = BUF_UP_TO(BODY_MOST);
    OWN(buf) name       = BUF_UP_TO(BODY_MOST);
    OWN_PTR(doc) answer = NULL;
    const char *file    = args_flag(args, "file");
    bool        is_aside;

    if (file ? read_file(file, &body, why) : make_event(args, &body, &name, why))
        return -1;
    if (client_call(client, "POST", "/ingest/eventbridge", buf_view(&body), &answer, why))
        return -1;
    is_aside = refusal_set_aside(answer, why) != 0;
    if (!args_has(args, "json") && file)
        (void)printf("%s: %s\n", is_aside ? "Set aside" : "Taken", file);
    else if (!args_has(args, "json"))
        (void)printf("%s: training job %s is %s.\n", is_aside ? "Set aside" : "Taken", buf_c(&name),
                     flag_or(args, "status", "Completed"));
    if (answer
        && (args_has(args, "json") ? show_json(answer, why) : show_members(answer, NULL, why)))
        return -1;
    return is_aside ? -1 : 0;
}

int verb_send_test_event(int argc, char **argv)
{
    return client_verb(argc, argv, ask);
}
