/* API keys: their text, their life in the store, and the secret that cursors are signed with. */
#include "rows.h"

#include "store/key.h"

static void a_key_is_cut_only_when_it_is_whole(void **state)
{
    static const struct {
        const char *text;
        int         result;
    } cases[] = {
        {"smon_ab12_0123456789abcdef0123456789ABCDEF", 0},
        {"smon_ab12_0123456789abcdef0123456789abcde", -1}, /* one too short */
        {"smon__0123456789abcdef0123456789abcdef", -1},
        {"smon_ab12", -1},
        {"smon_ab12_0123456789abcdef_123456789abcdef", -1},
        {"smon_ab12_0123456789abcdef 123456789abcdef", -1},
        {"somn_ab12_0123456789abcdef0123456789abcdef", -1},
        {"smon_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa_0123456789abcdef0123456789abcdef", -1},
        {"", -1},
    };
    struct str kid, secret;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(key_split(str_of(cases[i].text), &kid, &secret), cases[i].result);
    assert_int_equal(key_split(str_of(cases[0].text), &kid, &secret), 0);
    CHECK_STR(kid, "ab12");
    CHECK_STR(secret, "0123456789abcdef0123456789ABCDEF");
}

static void a_new_key_is_well_formed_and_new(void **state)
{
    char          text[2][KEY_TEXT_ROOM], kid[2][KEY_ID_ROOM];
    unsigned char digest[CRYPT_SHA256], again[CRYPT_SHA256];
    struct fail   why = FAIL_OK;
    struct str    id, secret;

    (void)state;
    CHECK_OK(key_make(text[0], kid[0], digest, &why), &why);
    assert_int_equal(key_split(str_of(text[0]), &id, &secret), 0);
    CHECK_STR(id, kid[0]);
    CHECK_OK(crypt_sha256(secret, again, &why), &why);
    assert_memory_equal(digest, again, sizeof digest);
    CHECK_OK(key_make(text[1], kid[1], digest, &why), &why);
    assert_string_not_equal(text[0], text[1]);
}

static int note(void *ctx, const struct key_item *item, struct fail *why)
{
    struct key_item *out = ctx;

    (void)why;
    out->roles        = item->roles;
    out->expires_at   = item->expires_at;
    out->revoked_at   = item->revoked_at;
    out->last_used_at = item->last_used_at;
    return 0;
}

static void it_is_stored_used_expired_and_revoked(void **state)
{
    struct rows          *rows                 = *state;
    struct fail           why                  = FAIL_OK;
    static const char     digest[CRYPT_SHA256] = "0123456789";
    const struct key_item key                  = {.kid        = STR("ab12"),
                                                  .digest     = str_from(digest, sizeof digest),
                                                  .roles      = ROLE_READ | ROLE_INGEST,
                                                  .accounts   = STR("*"),
                                                  .namespaces = STR("*"),
                                                  .created_at = 1,
                                                  .expires_at = 5000};
    struct key_item       seen                 = {.roles = 0};

    CHECK_OK(key_put(&rows->batch, &key, &why), &why);
    assert_int_equal(key_find(rows->db, STR("ab12"), note, &seen, &why), 1);
    assert_int_equal(seen.roles, ROLE_READ | ROLE_INGEST);
    assert_int_equal(seen.last_used_at, WHEN_UNKNOWN);
    CHECK_OK(key_used(&rows->batch, STR("ab12"), 700, &why), &why);
    CHECK_OK(key_used(&rows->batch, STR("ab12"), 600, &why), &why); /* news that came late */
    assert_int_equal(key_expire(&rows->batch, STR("ab12"), 9000, &why), 1);
    assert_int_equal(key_expire(&rows->batch, STR("ab12"), 4000, &why), 1);
    assert_int_equal(key_revoke(&rows->batch, STR("ab12"), 800, &why), 1);
    assert_int_equal(key_revoke(&rows->batch, STR("ab12"), 900, &why), 1);
    assert_int_equal(key_revoke(&rows->batch, STR("nobody"), 900, &why), 0);
    CHECK_OK(key_list(rows->db, note, &seen, &why), &why);
    assert_int_equal(seen.last_used_at, 700);
    assert_int_equal(seen.expires_at, 4000); /* the earlier end counts */
    assert_int_equal(seen.revoked_at, 800);  /* the first time counts */
    assert_int_equal(key_find(rows->db, STR("zz"), note, &seen, &why), 0);
}

static void the_secret_is_made_once(void **state)
{
    struct rows  *rows = *state;
    struct fail   why  = FAIL_OK;
    unsigned char first[KEY_STORE_SECRET], again[KEY_STORE_SECRET];

    assert_int_equal(key_secret(rows->db, first, &why), 0);
    CHECK_OK(key_secret_make(&rows->batch, &why), &why);
    assert_int_equal(key_secret(rows->db, first, &why), 1);
    CHECK_OK(key_secret_make(&rows->batch, &why), &why); /* a sister service starts */
    assert_int_equal(key_secret(rows->db, again, &why), 1);
    assert_memory_equal(first, again, sizeof first);
}

static struct CMUnitTest tests[] = {
    ROWS_TEST(a_key_is_cut_only_when_it_is_whole),
    ROWS_TEST(a_new_key_is_well_formed_and_new),
    ROWS_TEST(it_is_stored_used_expired_and_revoked),
    ROWS_TEST(the_secret_is_made_once),
};

ROWS_MAIN("key", tests)
