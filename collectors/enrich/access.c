#include "enrich/access.h"

#include <stdio.h>
#include <string.h>

#include "base/fail.h"

int access_parse(const char *text, enum access_way *out)
{
    static const char *const names[] = {"auto", "observability", "assume"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(text, names[i]) == 0) {
            *out = (enum access_way)i;
            return 0;
        }
    return -1;
}

static size_t place_of(const struct access *access, struct str account)
{
    size_t at = 0;

    while (at < access->count && !str_is_text(account, access->known[at].account))
        at++;
    return at;
}

enum access_way access_find(const struct access *access, struct str account)
{
    size_t at = place_of(access, account);

    return at < access->count ? access->known[at].way : ACCESS_AUTO;
}

void access_remember(struct access *access, struct str account, enum access_way way)
{
    size_t at = place_of(access, account);

    if (at == ACCESS_MOST) {
        at           = access->next;
        access->next = (access->next + 1) % ACCESS_MOST;
    }
    if (str_to_c(account, access->known[at].account, ACCOUNT_ROOM))
        return; /* not an account id: nothing to remember */
    access->known[at].way = way;
    if (at == access->count)
        access->count++;
}

int access_role_arn(struct str account, struct str region, const char *role,
                    char out[ROLE_ARN_ROOM], struct fail *why)
{
    const char *partition = str_starts(region, STR("cn-"))       ? "aws-cn"
                            : str_starts(region, STR("us-gov-")) ? "aws-us-gov"
                                                                 : "aws";
    int         wrote =
        snprintf(out, ROLE_ARN_ROOM, "arn:%s:iam::%.*s:role/%s", partition, STR_ARG(account), role);

    return wrote > 0 && wrote < ROLE_ARN_ROOM
               ? 0
               : fail_set(why, FAIL_INPUT, "the role's name is too long");
}
