#include "store/scope.h"

#include "base/buf.h"
#include "base/fail.h"
#include "base/mem.h"
#include "format/namespace.h"

enum { ACCOUNT_DIGITS = 12 };

bool scope_has(const struct scope *scope, int64_t account)
{
    if (scope->is_all)
        return true;
    for (size_t i = 0; i < scope->count; i++)
        if (scope->accounts[i] == account)
            return true;
    return false;
}

bool scope_has_path(const struct scope *scope, struct str path)
{
    struct str rest = scope->namespaces, tree;

    if (str_is_text(rest, "*"))
        return true;
    while (rest.size && str_cut(&rest, ',', &tree))
        if (namespace_holds(tree, path))
            return true;
    return false;
}

bool scope_covers(const struct scope *scope, struct str accounts, struct str namespaces)
{
    struct str word;
    int64_t    account;

    while (!scope->is_all && accounts.size && str_cut(&accounts, ',', &word))
        if (scope_account(word, &account) || !scope_has(scope, account))
            return false;
    while (namespaces.size && str_cut(&namespaces, ',', &word))
        if (!scope_has_path(scope, word))
            return false;
    return true;
}

int scope_account(struct str text, int64_t *out)
{
    if (text.size != ACCOUNT_DIGITS)
        return -1;
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] < '0' || text.data[i] > '9')
            return -1;
    return str_to_i64(text, 0, 999999999999, out);
}

int scope_parse(struct str text, bool *out_all, int64_t **out, size_t *out_count,
                struct buf *out_text, struct fail *why)
{
    int64_t   *accounts;
    size_t     count = 0;
    struct str rest  = text, piece;

    *out_all = str_is_text(str_trim(text), "*");
    accounts = mem_array(SCOPE_MOST_ACCOUNTS, sizeof *accounts);
    if (!accounts)
        return fail_set(why, FAIL_MEMORY, "no memory for a list of accounts");
    while (!*out_all && text.size && str_cut(&rest, ',', &piece)) {
        if (count == SCOPE_MOST_ACCOUNTS || scope_account(str_trim(piece), &accounts[count])) {
            mem_free(accounts);
            return fail_set(why, FAIL_INPUT,
                            "'%.*s' is not an account: 12 digits, at most %d of them",
                            STR_ARG(piece), SCOPE_MOST_ACCOUNTS);
        }
        buf_char(out_text, ',');
        buf_i64(out_text, accounts[count++]);
    }
    buf_char(out_text, ',');
    *out       = accounts;
    *out_count = count;
    return 0;
}
