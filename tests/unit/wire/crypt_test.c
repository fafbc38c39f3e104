/* Published vectors (FIPS 180, RFC 4231, RFC 4648) and what a hostile text may try. */
#include "check.h"

#include <string.h>

#include "wire/crypt.h"

static void hex_of(const unsigned char digest[CRYPT_SHA256], const char *expected)
{
    char hex[CRYPT_SHA256_HEX];

    crypt_hex(digest, CRYPT_SHA256, hex);
    assert_string_equal(hex, expected);
}

static void test_sha256(void **state)
{
    static const struct {
        const char *text, *hex;
    } cases[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    };
    unsigned char digest[CRYPT_SHA256];
    struct fail   why = FAIL_OK;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CHECK_OK(crypt_sha256(str_of(cases[i].text), digest, &why), &why);
        hex_of(digest, cases[i].hex);
    }
    CHECK_OK(crypt_sha256(STR_NONE, digest, &why), &why);
    hex_of(digest, cases[0].hex);
}

static void test_hmac(void **state)
{
    static const struct {
        const char *key, *text, *hex;
    } cases[] = {
        {"Jefe", "what do ya want for nothing?",
         "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        {"", "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"},
    };
    unsigned char mac[CRYPT_SHA256];
    char          long_key[131];
    struct fail   why = FAIL_OK;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CHECK_OK(crypt_hmac_sha256(str_of(cases[i].key), str_of(cases[i].text), mac, &why), &why);
        hex_of(mac, cases[i].hex);
    }
    /* The key of the call before must not linger. */
    CHECK_OK(crypt_hmac_sha256(STR_NONE, STR_NONE, mac, &why), &why);
    hex_of(mac, cases[1].hex);
    memset(long_key, 0xaa, sizeof long_key);
    CHECK_OK(crypt_hmac_sha256(str_from(long_key, sizeof long_key),
                               STR("Test Using Larger Than Block-Size Key - Hash Key First"), mac,
                               &why),
             &why);
    hex_of(mac, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

static void test_same(void **state)
{
    (void)state;
    assert_true(crypt_same(STR("secret"), STR("secret")));
    assert_false(crypt_same(STR("secret"), STR("secreT")));
    assert_false(crypt_same(STR("secret"), STR("secret ")));
    assert_true(crypt_same(STR_NONE, STR("")));
}

static void test_random(void **state)
{
    unsigned char one[16] = {0}, two[16] = {0};
    struct fail   why = FAIL_OK;

    (void)state;
    CHECK_OK(crypt_random(one, sizeof one, &why), &why);
    CHECK_OK(crypt_random(two, sizeof two, &why), &why);
    assert_memory_not_equal(one, two, sizeof one);
}

static void test_base64_both_ways(void **state)
{
    static const struct {
        const char *text, *standard, *for_urls;
    } cases[] = {
        {"", "", ""},
        {"f", "Zg==", "Zg"},
        {"fo", "Zm8=", "Zm8"},
        {"foo", "Zm9v", "Zm9v"},
        {"foob", "Zm9vYg==", "Zm9vYg"},
        {"fooba", "Zm9vYmE=", "Zm9vYmE"},
        {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
        {"\xfb\xff\xfe", "+//+", "-__-"},
    };
    struct fail why = FAIL_OK;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf text = BUF_UP_TO(64), back = BUF_UP_TO(strlen(cases[i].text));

        crypt_base64(str_of(cases[i].text), &text);
        CHECK_STR(buf_view(&text), cases[i].standard);
        CHECK_OK(crypt_from_base64(buf_view(&text), &back, &why), &why);
        CHECK_STR(buf_view(&back), cases[i].text);
        buf_clear(&text);
        buf_clear(&back);
        crypt_base64url(str_of(cases[i].text), &text);
        CHECK_STR(buf_view(&text), cases[i].for_urls);
        CHECK_OK(crypt_from_base64url(buf_view(&text), &back, &why), &why);
        CHECK_STR(buf_view(&back), cases[i].text);
        buf_release(&text);
        buf_release(&back);
    }
}

static void test_base64_refuses(void **state)
{
    static const char *const wrong[] = {
        "A", "AAAAA", "Zg=", "Zg===", "=", "====", "Zm9v=", "Z g=", "Zm9v\n", "-__-", "Z=g="};
    struct fail why = FAIL_OK;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct buf out = BUF_UP_TO(64);

        CHECK_FAILS(crypt_from_base64(str_of(wrong[i]), &out, &why), FAIL_INPUT, &why);
        assert_int_equal(out.size, 0);
        buf_release(&out);
    }
    for (size_t i = 0; i < 2; i++) {
        struct buf out = BUF_UP_TO(64);

        CHECK_FAILS(crypt_from_base64url(i ? STR("+//+") : STR("Zm9\0"), &out, &why), FAIL_INPUT,
                    &why);
        buf_release(&out);
    }
}

static void test_base64_ceiling(void **state)
{
    struct buf  out = BUF_UP_TO(2);
    struct fail why = FAIL_OK;

    (void)state;
    CHECK_FAILS(crypt_from_base64(STR("Zm9v"), &out, &why), FAIL_SIZE, &why);
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sha256),
        cmocka_unit_test(test_hmac),
        cmocka_unit_test(test_same),
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_base64_both_ways),
        cmocka_unit_test(test_base64_refuses),
        cmocka_unit_test(test_base64_ceiling),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
