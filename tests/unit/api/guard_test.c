/* Who a key is: right, wrong, expired, revoked, configured; and that a caller outlives a reload. */
#include "../rows.h"

#include "api/guard.h"
#include "config.h"

#define SECRET "0123456789abcdef0123456789abcdef"
static const ms NOW = 5000;

static void put_key(struct rows *rows, const char *kid, int64_t roles, const char *accounts,
                    ms expires)
{
    struct fail           why = FAIL_OK;
    unsigned char         digest[CRYPT_SHA256];
    const struct key_item key = {.kid        = str_of(kid),
                                 .digest     = str_from((const char *)digest, sizeof digest),
                                 .roles      = roles,
                                 .accounts   = str_of(accounts),
                                 .namespaces = STR("*"),
                                 .created_at = 1,
                                 .expires_at = expires};

    CHECK_OK(crypt_sha256(STR(SECRET), digest, &why), &why);
    CHECK_OK(key_put(&rows->batch, &key, &why), &why);
}

static struct keys *open_keys(struct rows *rows)
{
    static char         admin[]   = "smon_boss_" SECRET;
    static char         headers[] = "X-API-Key, X-Other";
    const struct config config    = {.admin_key = admin, .key_headers = headers};
    struct keys        *keys      = NULL;
    struct fail         why       = FAIL_OK;

    CHECK_OK(keys_open(&config, &keys, &why), &why);
    CHECK_OK(keys_reload(keys, rows->db, &why), &why);
    return keys;
}

static void a_key_opens_what_its_row_says(void **state)
{
    struct rows *rows = *state;
    static const struct {
        const char *text;
        unsigned    roles; /* 0: nobody */
        int64_t     sees, does_not_see;
    } cases[] = {
        {"smon_reader_" SECRET, ROLE_READ, 111122223333, 444455556666},
        {"smon_reader_" SECRET "0", 0, 0, 0},
        {"smon_reader_1123456789abcdef0123456789abcdef", 0, 0, 0},
        {"smon_nobody_" SECRET, 0, 0, 0},
        {"smon_sender_" SECRET, ROLE_INGEST, 444455556666, 0},
        {"smon_chief_" SECRET, ROLE_ADMIN | ROLE_READ | ROLE_WRITE, 111122223333, 0},
        {"smon_boss_" SECRET, ROLE_ALL, 111122223333, 0},
        {"smon_late_" SECRET, 0, 0, 0},
        {"smon_early_" SECRET, ROLE_READ, 0, 111122223333}, /* no account: sees nothing */
        {"", 0, 0, 0},
        {"smon_", 0, 0, 0},
    };
    OWN_PTR(keys) keys = NULL;

    put_key(rows, "reader", ROLE_READ, "111122223333", WHEN_UNKNOWN);
    put_key(rows, "sender", ROLE_INGEST, "*", WHEN_UNKNOWN);
    put_key(rows, "chief", ROLE_ADMIN, "*", WHEN_UNKNOWN);
    put_key(rows, "late", ROLE_READ, "*", NOW);
    put_key(rows, "early", ROLE_READ, "", NOW + 1);
    keys = open_keys(rows);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct caller     caller = {.roles = 0};
        enum guard_result result = guard_key(keys, str_of(cases[i].text), NOW, &caller);

        assert_int_equal(result, cases[i].roles ? GUARD_KNOWN : GUARD_BAD_KEY);
        if (result != GUARD_KNOWN)
            continue;
        assert_int_equal(caller.roles, cases[i].roles);
        if (cases[i].sees)
            assert_true(scope_has(&caller.scope, cases[i].sees));
        if (cases[i].does_not_see)
            assert_false(scope_has(&caller.scope, cases[i].does_not_see));
        guard_release(&caller);
    }
}

static void a_caller_outlives_a_reload(void **state)
{
    struct rows *rows  = *state;
    OWN_PTR(keys) keys = NULL;
    struct caller caller, copy;
    struct fail   why = FAIL_OK;

    put_key(rows, "reader", ROLE_READ, "111122223333", WHEN_UNKNOWN);
    keys = open_keys(rows);
    assert_int_equal(guard_key(keys, STR("smon_reader_" SECRET), NOW, &caller), GUARD_KNOWN);
    copy = guard_copy(&caller);
    assert_int_equal(key_revoke(&rows->batch, STR("reader"), NOW, &why), 1);
    CHECK_OK(keys_reload(keys, rows->db, &why), &why);
    assert_true(scope_has(&caller.scope, 111122223333));
    guard_release(&caller);
    assert_true(scope_has(&copy.scope, 111122223333));
    assert_string_equal(copy.kid, "reader");
    guard_release(&copy);
    assert_int_equal(guard_key(keys, STR("smon_reader_" SECRET), NOW, &caller), GUARD_BAD_KEY);
}

static void a_weak_admin_key_is_refused(void **state)
{
    static char         weak[] = "smon_boss_short", headers[] = "";
    const struct config config = {.admin_key = weak, .key_headers = headers};
    OWN_PTR(keys) keys         = NULL;
    struct fail why            = FAIL_OK;

    (void)state;
    CHECK_FAILS(keys_open(&config, &keys, &why), FAIL_INPUT, &why);
}

static struct CMUnitTest tests[] = {
    ROWS_TEST(a_key_opens_what_its_row_says),
    ROWS_TEST(a_caller_outlives_a_reload),
    ROWS_TEST(a_weak_admin_key_is_refused),
};

ROWS_MAIN("guard", tests)
