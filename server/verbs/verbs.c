#include "verbs/verbs.h"

#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/guess.h"
#include "base/own.h"
#include "base/str.h"
#include "config.h"
#include "verbs/args.h"
#include "verbs/term.h"

enum { HELP_MOST = 256 * 1024, HELP_COLUMN = 26, SENTENCE_MOST = 8 * 1024 };

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define FLAGS(...) ((const struct verb_flag[]){__VA_ARGS__, {NULL, NULL, NULL}})

const struct verb_flag verbs_common_flags[] = {
    {"json", NULL, "the result as one JSON document"},
    {"help", NULL, "show this and do nothing"},
    {NULL, NULL, NULL},
};

const struct verb_flag verbs_client_flags[] = {
    {"url", "URL", "the service to ask (SMON_URL); without it: its local socket"},
    {"key", "KEY", "key for --url (SMON_KEY): the key, file:/path or env:NAME"},
    {"data", "DIR", "the service's data directory, where its local socket is"},
    {"socket", "PATH", "the local socket itself"},
    {"config", "FILE", "the service's settings file, to find its socket"},
    {NULL, NULL, NULL},
};

#define PAGE_FLAGS                                                                                 \
    {"limit", "NUMBER", "how many at most (50)"},                                                  \
    {                                                                                              \
        "all", NULL, "all pages"                                                                   \
    }

#define LIST_FLAGS                                                                                 \
    PAGE_FLAGS,                                                                                    \
    {                                                                                              \
        "account", "ID", "only this account"                                                       \
    }

#define PLACE_FLAGS                                                                                \
    {"namespace", "PATH", "of models in or below this namespace; a model's own: /org/team"},       \
    {                                                                                              \
        "region", "REGION", "only this region"                                                     \
    }

static const struct verb table[] = {
    {"serve", NULL, "", 0, "take posts, keep them, answer questions: the service", NULL,
     VERB_SETTINGS, verb_serve},
    {"demo", NULL, "", 0, "run the service with sample events and stand-ins for AWS",
     FLAGS({"listen", "HOST:PORT", "where (127.0.0.1:8080)"},
           {"data", "DIR", "keep the data here instead of in a folder that goes away"},
           {"once", NULL, "feed, wait until every errand is done, print a summary, end"}),
     0, verb_demo},
    {"config", WORDS("show", "check", "init"), "", 0,
     "show every setting, check a settings file, print a new one", NULL, VERB_SETTINGS,
     verb_config},
    {"keys", WORDS("list", "add", "rotate", "revoke"), "[KID]", 1, "who may do what",
     FLAGS({"label", "TEXT", "what the new key is for"},
           {"roles", "ingest|read|write|admin|collect", "several with commas (ingest)"},
           {"accounts", "IDS", "the accounts it reaches, with commas; * for all"},
           {"namespaces", "PATHS", "the namespaces it reaches, with commas; * for all (*)"},
           {"expires", "TIME", "it ends after this time: 90d"}),
     VERB_ASKS, verb_keys},
    {"accounts", NULL, "", 0, "the accounts and regions that were heard of", FLAGS(PAGE_FLAGS),
     VERB_ASKS, verb_accounts},
    {"jobs", WORDS("list", "show", "watch"), "[ID]", 1, "what ran, runs, and how it went",
     FLAGS(LIST_FLAGS, {"region", "REGION", "only this region"},
           {"kind", "KIND", "training, processing, transform, ... ; several with commas"},
           {"status", "STATUS", "InProgress, Failed, ... ; several with commas, ! for not"},
           {"name-prefix", "TEXT", "names that start so"},
           {"tag", "NAME=VALUE", "only with this tag"},
           {"since", "TIME", "created in the last 6h, 7d, ..."},
           {"failed-before-start", NULL, "only those that never started"},
           {"sort", "MEMBER", "-created_at, -ended_at; without -: the oldest first"}),
     VERB_ASKS, verb_jobs},
    {"models", WORDS("list", "show", "register", "versions", "aliases", "approve", "lineage"),
     "[MODEL [VERSION|ALIAS]]", 2, "what there is to serve: versions, names for them, their origin",
     FLAGS(LIST_FLAGS, PLACE_FLAGS, {"q", "TEXT", "with these words in name or description"},
           {"name-prefix", "TEXT", "models whose names start so"},
           {"tag", "NAME=VALUE", "only with this tag; what is registered: its tags, with commas"},
           {"alias", "NAME", "versions this alias points at"},
           {"approval", "Approved|Rejected|PendingManualApproval",
            "versions that are so; to approve: what it becomes (Approved)"},
           {"since", "TIME", "created in the last 6h, 7d, ..."},
           {"sort", "MEMBER", "-created_at, name; of versions: model_version, -create_at"},
           {"file", "FILE", "register what this JSON document says; - is stdin"},
           {"artifact", "NAME=URI", "register with this artifact; several with commas"},
           {"description", "TEXT", "of the version that is registered"},
           {"job-arn", "ARN", "the job that made it"},
           {"package-arn", "ARN", "the model package it is"},
           {"once", "KEY", "Idempotency-Key: the same key registers once"},
           {"to", "VERSION", "point the alias there; several with weights: 4=90,5=10"},
           {"remove", NULL, "remove the alias"}, {"why", "TEXT", "kept with the alias's move"},
           {"depth", "NUMBER", "how many steps lineage goes (4)"},
           {"direction", "up|down|both", "where to lineage goes (both)"}),
     VERB_ASKS, verb_models},
    {"deployments", WORDS("list", "show", "create", "shift", "promote", "rollback", "retire", "at"),
     "[TIME] [MODEL [DEPLOYMENT]]", 2, "which version works where, and what happened to it",
     FLAGS(LIST_FLAGS, PLACE_FLAGS,
           {"state", "STATE", "pending, active, retired, failed, rolled_back; ! for not"},
           {"version", "NUMBER", "only of this version; to create: the version"},
           {"environment", "NAME", "only of this one; to create: where it works"},
           {"endpoint", "ENDPOINT", "only of this one; to create: a URL, a name or an ARN"},
           {"variant", "NAME", "of the endpoint"},
           {"method", "METHOD", "self hosted EKS, AWS SageMaker, ..."},
           {"strategy", "STRATEGY", "blue green, canary, rolling"}, {"sort", "MEMBER", "id, -id"},
           {"reveal", NULL, "show the values of environment variables, with an admin key"},
           {"file", "FILE", "create what this JSON document says; - is stdin"},
           {"variables", "NAME=VALUE", "environment variables, with commas"},
           {"percent", "NUMBER", "of the traffic it gets"},
           {"tag", "NAME=VALUE", "its tags, with commas"},
           {"description", "TEXT", "what it is for"}, {"why", "TEXT", "kept with what happened"},
           {"at", "TIME", "when it happened (now)"},
           {"once", "KEY", "Idempotency-Key: the same key is done once"}),
     VERB_ASKS, verb_deployments},
    {"inferences", WORDS("list", "slow", "summary", "budget", "drift", "query"), "[MODEL]", 1,
     "what models were asked, and how well they did",
     FLAGS(LIST_FLAGS, PLACE_FLAGS, {"model", "MODEL", "of this model: its name or its path"},
           {"version", "NUMBER", "of this version; several with commas"},
           {"deployment", "NUMBER", "of this deployment"},
           {"server", "NAME", "answered by this server"},
           {"environment", "NAME", "in this environment"}, {"endpoint", "NAME", "of this endpoint"},
           {"status", "STATUS", "succeeded, failed, timeout; ! for not"},
           {"from", "TIME", "started then or later"}, {"to", "TIME", "started before"},
           {"since", "TIME", "started in the last 6h, 7d, ..."},
           {"min-elapse-ms", "NUMBER", "took so long or longer (slow: 3000)"},
           {"max-elapse-ms", "NUMBER", "took so long at most"},
           {"sort", "MEMBER", "-start_at, -elapse"},
           {"group-by", "model|version|deployment|server|environment|status|endpoint",
            "a line of the summary each"},
           {"as", "insights|sql|elasticsearch", "the language of the query's text"}),
     VERB_ASKS, verb_inferences},
    {"import", WORDS("inferences"), "FILE|-", 1, "take transactions from a file or a stream",
     FLAGS(PLACE_FLAGS, {"account", "ID", "of transactions that do not say theirs"},
           {"skip", "NUMBER", "leave out so many lines: go on where it stopped"},
           {"refused", "FILE", "write refused lines there, with what is wrong with them"}),
     VERB_ASKS, verb_import},
    {"events", WORDS("list", "show", "replay"), "[ID]", 1, "every event that came, as it came",
     FLAGS(LIST_FLAGS, {"since", "TIME", "received in the last 6h, 7d, ..."}), VERB_ASKS,
     verb_events},
    {"quarantine", WORDS("list", "show", "replay"), "[ID]", 1,
     "posts that were kept but not understood", FLAGS(LIST_FLAGS), VERB_ASKS, verb_quarantine},
    {"errands", WORDS("list", "retry"), "[ID|all]", 1,
     "what is still to be done outside, and what was given up",
     FLAGS(LIST_FLAGS, {"state", "STATE", "waiting, leased, given_up"},
           {"deed", "DEED", "enrich, emit, emit-utilization"}),
     VERB_ASKS, verb_errands},
    {"top", NULL, "", 0, "the picture at a glance, refreshed",
     FLAGS({"every", "TIME", "refresh after this time (2s)"}, {"once", NULL, "print it once"}),
     VERB_ASKS, verb_top},
    {"tail", NULL, "", 0, "events as they come in",
     FLAGS({"account", "ID", "only this account"},
           {"limit", "NUMBER", "start with this many of the newest (10)"}),
     VERB_ASKS, verb_tail},
    {"send-test-event", NULL, "", 0, "post one event as EventBridge would",
     FLAGS({"account", "ID", "the account it seems to come from (111122223333)"},
           {"region", "REGION", "its region (us-east-1)"},
           {"name", "TEXT", "the training job's name"},
           {"status", "STATUS", "InProgress, Completed, Failed, Stopped (Completed)"},
           {"file", "FILE", "post this file instead; - is stdin"}),
     VERB_ASKS, verb_send_test_event},
    {"version", NULL, "", 0, "which smon this is",
     FLAGS({"fault-points", NULL, "list where a test build can be made to fail or die"}), 0,
     verb_version},
    {"completion", WORDS("bash", "zsh", "fish"), "", 0, "print the completion for a shell", NULL, 0,
     verb_completion},
};

const struct verb *verbs_table(size_t *count)
{
    *count = sizeof table / sizeof *table;
    return table;
}

const struct verb *verbs_find(const char *name)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (strcmp(table[i].name, name) == 0)
            return &table[i];
    return NULL;
}

int verbs_complain(const char *verb, enum verb_exit code, const struct fail *why)
{
    OWN(buf) text = BUF_UP_TO(SENTENCE_MOST);

    term_inert(&text, str_of(why->text));
    (void)fprintf(stderr, "smon%s%s: %s\n", verb ? " " : "", verb ? verb : "", buf_c(&text));
    return (int)code;
}

enum verb_exit verbs_exit_of(const struct fail *why)
{
    switch (why->kind) {
    case FAIL_BUSY:
    case FAIL_LIMIT:
    case FAIL_MEMORY: return VERB_TEMPORARY;
    case FAIL_REMOTE: return VERB_UNAVAILABLE;
    case FAIL_NONE:
    case FAIL_INPUT:
    case FAIL_AUTH:
    case FAIL_DENIED:
    case FAIL_ABSENT:
    case FAIL_CLASH:
    case FAIL_SIZE:
    case FAIL_BUG: return VERB_FAILED;
    }
    return VERB_FAILED;
}

int verbs_read_settings(int argc, char **argv, struct config **out, struct fail *why)
{
    OWN(args) args = ARGS_NONE;

    if (args_read(verbs_find(argv[0]), argc, argv, &args, why))
        return VERB_USAGE;
    if (config_load(args_flag(&args, "config"), (const char *const *)args.settings,
                    args.setting_count, out, why))
        return VERB_CONFIG;
    return VERB_OK;
}

/* ---- help ----------------------------------------------------------------------------------- */

static void help_flags(const struct verb_flag *flags, struct buf *out)
{
    for (; flags && flags->name; flags++) {
        OWN(buf) shown = BUF_UP_TO(HELP_MOST);

        buf_format(&shown, "--%s%s%s", flags->name, flags->shape ? " " : "",
                   flags->shape ? flags->shape : "");
        buf_format(out, "  %-*s %s\n", HELP_COLUMN, buf_c(&shown), flags->meaning);
    }
}

static void help_words(const struct verb *verb, struct buf *out)
{
    if (!verb->words)
        return;
    for (size_t i = 0; verb->words[i]; i++)
        buf_format(out, "%s%s", i ? "|" : " [", verb->words[i]);
    buf_char(out, ']');
}

static void help_verb(const struct verb *verb, struct buf *out)
{
    struct fail why = FAIL_OK;

    buf_format(out, "smon %s", verb->name);
    help_words(verb, out);
    buf_format(out, "%s%s [flags]\n%s\n\n", verb->operands[0] ? " " : "", verb->operands,
               verb->meaning);
    help_flags(verb->flags, out);
    help_flags(verbs_common_flags, out);
    if (verb->marks & VERB_ASKS)
        help_flags(verbs_client_flags, out);
    if (verb->marks & VERB_SETTINGS) {
        buf_format(out,
                   "  %-*s %s\n\nSettings, each also as SMON_... in the environment and in the"
                   " file:\n",
                   HELP_COLUMN, "--config FILE", "settings file");
        (void)config_help(out, &why); /* fails only with `out`, which is looked at below */
    }
}

static void help_all(struct buf *out)
{
    buf_text(out, "smon: one pane of glass over every SageMaker workload\n\n");
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        OWN(buf) shown = BUF_UP_TO(HELP_MOST);

        buf_text(&shown, table[i].name);
        help_words(&table[i], &shown);
        buf_format(out, "  smon %-38s %s\n", buf_c(&shown), table[i].meaning);
    }
    buf_text(out, "\n`smon VERB --help` tells more. Exit codes: 0 done, 1 failed, 2 usage,"
                  " 69 no service answers,\n75 try again later, 78 a setting is wrong.\n");
}

static int help(const struct verb *verb)
{
    OWN(buf) text   = BUF_UP_TO(HELP_MOST);
    struct fail why = FAIL_OK;

    if (verb)
        help_verb(verb, &text);
    else
        help_all(&text);
    if (buf_check(&text, &why))
        return verbs_complain(NULL, VERB_TEMPORARY, &why);
    (void)fwrite(text.data, 1, text.size, stdout); /* verbs_main looks at stdout at the end */
    return VERB_OK;
}

static bool asks_help(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    return false;
}

/* ---- the program ---------------------------------------------------------------------------- */

static int unknown(const char *name)
{
    struct fail  why   = FAIL_OK;
    struct guess guess = guess_of(str_of(name));

    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        guess_offer(&guess, table[i].name);
    if (guess_best(&guess))
        (void)fail_set(&why, FAIL_INPUT, "there is no verb \"%s\"; did you mean \"%s\"?", name,
                       guess_best(&guess));
    else
        (void)fail_set(&why, FAIL_INPUT, "there is no verb \"%s\"; smon --help lists them", name);
    return verbs_complain(NULL, VERB_USAGE, &why);
}

static int run(int argc, char **argv)
{
    const struct verb *verb;

    if (argc < 2) {
        (void)help(NULL); /* and still wrong: nothing was asked for */
        return VERB_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0
        || strcmp(argv[1], "help") == 0)
        return help(argc > 2 ? verbs_find(argv[2]) : NULL);
    if (strcmp(argv[1], "--version") == 0)
        return verb_version(1, argv + 1);
    verb = verbs_find(argv[1]);
    if (!verb)
        return unknown(argv[1]);
    if (asks_help(argc - 1, argv + 1))
        return help(verb);
    return verb->run(argc - 1, argv + 1);
}

/* Told but to those who closed the pipe themselves (head, a pager). Which write failed, and why, is
 * no longer known. */
static int unwritten(void)
{
    struct fail   why = FAIL_OK;
    struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};

    if (poll(&out, 1, 0) == 1 && out.revents & POLLERR)
        return VERB_FAILED;
    (void)fail_set(&why, FAIL_REMOTE, "the result could not be written whole; is the disk full?");
    return verbs_complain(NULL, VERB_FAILED, &why);
}

int verbs_main(int argc, char **argv)
{
    int code = run(argc, argv);

    /* A full disk or a closed pipe behind stdout is a failure of what was asked. */
    if ((fflush(stdout) || ferror(stdout)) && code == VERB_OK)
        return unwritten();
    return code;
}
