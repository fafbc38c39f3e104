#include "verbs/kept.h"

#include <string.h>

#include "base/fail.h"
#include "base/own.h"
#include "verbs/args.h"
#include "verbs/client.h"
#include "verbs/refusal.h"
#include "wire/doc.h"

enum { PATH_MOST = 16 * 1024 };

static int list(const struct args *args, struct client *client, const struct kept *kept,
                struct fail *why)
{
    OWN(buf) path = BUF_UP_TO(PATH_MOST);

    if (args_most_operands(args, 0, why))
        return -1;
    buf_text(&path, kept->path);
    for (size_t i = 0; i < KEPT_MOST_FILTERS && kept->filters[i]; i++)
        client_query(&path, kept->filters[i], args_flag(args, kept->filters[i]));
    return buf_check(&path, why) ? -1 : show_list(args, client, buf_view(&path), &kept->list, why);
}

int kept_ask(const struct args *args, struct client *client, const struct kept *kept,
             struct fail *why)
{
    OWN(buf) path       = BUF_UP_TO(PATH_MOST);
    OWN_PTR(doc) answer = NULL;
    bool        replays = strcmp(args->word, "replay") == 0;
    const char *id;

    if (strcmp(args->word, "list") == 0)
        return list(args, client, kept, why);
    if (args_operand(args, kept->operand, &id, why))
        return -1;
    buf_text(&path, kept->path);
    buf_char(&path, '/');
    client_segment(&path, str_of(id));
    if (replays)
        buf_text(&path, "/replay");
    if (buf_check(&path, why)
        || client_call(client, replays ? "POST" : "GET", buf_c(&path), STR_NONE, &answer, why))
        return -1;
    if (answer
        && (args_has(args, "json") ? show_json(answer, why) : show_members(answer, NULL, why)))
        return -1;
    return replays ? refusal_set_aside(answer, why) : 0;
}
