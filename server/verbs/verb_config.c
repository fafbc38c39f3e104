/* smon config: what is set and from where, whether a file is right, a file to start from. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/own.h"
#include "config.h"
#include "verbs/args.h"
#include "verbs/verbs.h"

enum { SHOWN_MOST = 4 << 20 };

static int print(struct buf *text, struct fail *why)
{
    if (buf_check(text, why))
        return -1;
    (void)fwrite(text->data, 1, text->size, stdout); /* verbs_main looks at stdout at the end */
    return 0;
}

static int init(void)
{
    OWN(buf) text   = BUF_UP_TO(SHOWN_MOST);
    struct fail why = FAIL_OK;

    if (config_template(&text, &why) || print(&text, &why))
        return verbs_complain("config init", VERB_TEMPORARY, &why);
    return VERB_OK;
}

int verb_config(int argc, char **argv)
{
    OWN(args) args         = ARGS_NONE;
    OWN(buf) text          = BUF_UP_TO(SHOWN_MOST);
    OWN_PTR(config) config = NULL;
    struct fail why        = FAIL_OK;

    if (args_read(verbs_find("config"), argc, argv, &args, &why))
        return verbs_complain("config", VERB_USAGE, &why);
    if (strcmp(args.word, "init") == 0)
        return init();
    if (config_load(args_flag(&args, "config"), (const char *const *)args.settings,
                    args.setting_count, &config, &why))
        return verbs_complain("config", VERB_CONFIG, &why);
    if (strcmp(args.word, "check") == 0) {
        if (config_files(config, &why))
            return verbs_complain("config", VERB_CONFIG, &why);
        (void)puts(args_has(&args, "json") ? "{\"ok\":true}" : "The settings are right.");
        return VERB_OK;
    }
    if (config_show(config, args_has(&args, "json"), &text, &why) || print(&text, &why))
        return verbs_complain("config show", VERB_TEMPORARY, &why);
    return VERB_OK;
}
