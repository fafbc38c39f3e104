/* smon keys: who may do what. A key is shown once, when it is made; only its digest is kept. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/own.h"
#include "verbs/args.h"
#include "verbs/client.h"
#include "verbs/show.h"
#include "verbs/table.h"
#include "verbs/term.h"
#include "verbs/verbs.h"
#include "wire/doc.h"

enum { COLUMNS = 7, PATH_MOST = 4 * 1024, BODY_MOST = 64 * 1024 };

/* ---- list ----------------------------------------------------------------------------------- */

static void heads(struct table *table)
{
    table_heads(table, "KID", "LABEL", "ROLES", "ACCOUNTS", "CREATED", "EXPIRES", "REVOKED");
}

static void row(struct table *table, const struct doc *item)
{
    show_cell(table, item, "kid");
    show_cell(table, item, "label");
    show_words_cell(table, item, "roles");
    show_words_cell(table, item, "accounts");
    show_time_cell(table, item, "created_at");
    show_time_cell(table, item, "expires_at");
    show_time_cell(table, item, "revoked_at");
}

/* ---- add ------------------------------------------------------------------------------------ */

static void set_words(struct doc *body, const char *name, const char *text)
{
    struct doc *words = doc_array();
    struct str  rest  = str_of(text), word;

    while (str_cut(&rest, ',', &word))
        if (str_trim(word).size)
            doc_add_text(words, str_trim(word));
    doc_set(body, name, words);
}

static int new_key_body(const struct args *args, struct buf *out, struct fail *why)
{
    OWN_PTR(doc) body   = doc_object();
    const char *roles   = args_flag(args, "roles");
    const char *expires = args_flag(args, "expires");
    ms          span;

    if (!args_has(args, "accounts")) /* a key opens nothing that was not said */
        return fail_set(why, FAIL_INPUT,
                        "--accounts says which accounts the key reaches: their numbers with commas,"
                        " or '*' for all");
    doc_set_text(body, "label", str_of(args_flag(args, "label") ? args_flag(args, "label") : ""));
    set_words(body, "roles", roles ? roles : "ingest");
    set_words(body, "accounts", args_flag(args, "accounts"));
    set_words(body, "namespaces",
              args_flag(args, "namespaces") ? args_flag(args, "namespaces") : "*");
    if (expires) {
        if (when_parse_span(str_of(expires), &span) || span <= 0)
            return fail_set(why, FAIL_INPUT, "--expires: \"%s\" is no time (30d, 6h)", expires);
        doc_set_time(body, "expires_at", when_now() + span);
    }
    return doc_render(body, out, why);
}

/* A new key goes to stdout alone, so that a script can take it; the rest is for people. */
static int print_new(const struct args *args, const struct doc *answer, struct fail *why)
{
    OWN(buf) key = BUF_UP_TO(BODY_MOST);

    if (args_has(args, "json"))
        return show_json(answer, why);
    term_inert(&key, show_text(answer, "key"));
    if (key.size == 0)
        return fail_set(why, FAIL_REMOTE, "the service made a key and did not say which");
    (void)fputs("The key, shown this once:\n", stderr);
    (void)puts(buf_c(&key));
    return 0;
}

/* ---- the verb ------------------------------------------------------------------------------- */

static int add(const struct args *args, struct client *client, struct fail *why)
{
    OWN(buf) body       = BUF_UP_TO(BODY_MOST);
    OWN_PTR(doc) answer = NULL;

    if (new_key_body(args, &body, why)
        || client_call(client, "POST", "/api/v1/keys", buf_view(&body), &answer, why))
        return -1;
    return print_new(args, answer, why);
}

static int change(const struct args *args, struct client *client, bool rotates, struct fail *why)
{
    OWN(buf) path       = BUF_UP_TO(PATH_MOST);
    OWN_PTR(doc) answer = NULL;
    const char *kid;

    if (args_operand(args, "a key's id (the part between the two '_')", &kid, why))
        return -1;
    buf_text(&path, "/api/v1/keys/");
    client_segment(&path, str_of(kid));
    if (rotates)
        buf_text(&path, "/rotate");
    if (buf_check(&path, why)
        || client_call(client, rotates ? "POST" : "DELETE", buf_c(&path), STR_NONE, &answer, why))
        return -1;
    if (rotates)
        return print_new(args, answer, why);
    if (args_has(args, "json"))
        (void)puts("{\"revoked\":true}");
    else
        (void)printf("%s is revoked.\n", kid);
    return 0;
}

static int ask(const struct args *args, struct client *client, struct fail *why)
{
    static const struct show_list list = {COLUMNS, heads, row, SHOW_WHOLE};

    if (strcmp(args->word, "rotate") == 0)
        return change(args, client, true, why);
    if (strcmp(args->word, "revoke") == 0)
        return change(args, client, false, why);
    if (args_most_operands(args, 0, why))
        return -1;
    if (strcmp(args->word, "add") == 0)
        return add(args, client, why);
    return show_list(args, client, STR("/api/v1/keys"), &list, why);
}

int verb_keys(int argc, char **argv)
{
    return client_verb(argc, argv, ask);
}
