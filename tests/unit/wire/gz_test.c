#include "check.h"

#include <string.h>

#include "base/mem.h"
#include "base/own.h"
#include "wire/gz.h"

enum { PLENTY = 8 << 20 };

/* Text that packs well but not to nothing. */
static struct buf sample(size_t size)
{
    struct buf text = BUF_UP_TO(PLENTY);

    for (int line = 0; text.size < size; line++)
        buf_format(&text, "line %d of the sample\n", line);
    text.size = size;
    return text;
}

static void packs_and_unpacks_every_size(void **state)
{
    static const size_t sizes[] = {0, 1, 100, 16383, 16384, 16385, 300000};

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct fail why = FAIL_OK;
        OWN(buf) text   = sample(sizes[i]);
        OWN(buf) packed = BUF_UP_TO(PLENTY);
        OWN(buf) back   = BUF_UP_TO(sizes[i] ? sizes[i] : 1);

        CHECK_OK(gz_pack(buf_view(&text), 6, &packed, &why), &why);
        CHECK_OK(gz_unpack(buf_view(&packed), &back, &why), &why);
        assert_true(str_is(buf_view(&text), buf_view(&back)));
    }
}

static void adds_member_after_member(void **state)
{
    struct fail why = FAIL_OK;
    OWN(buf) packed = BUF_UP_TO(PLENTY);
    OWN(buf) back   = BUF_UP_TO(PLENTY);

    (void)state;
    CHECK_OK(gz_pack(STR("one "), 1, &packed, &why), &why);
    CHECK_OK(gz_pack(STR(""), 1, &packed, &why), &why);
    CHECK_OK(gz_pack(STR("two"), 9, &packed, &why), &why);
    buf_text(&back, "zero ");
    CHECK_OK(gz_unpack(buf_view(&packed), &back, &why), &why);
    CHECK_STR(buf_view(&back), "zero one two");
}

static void takes_zlib_wrapping(void **state)
{
    static const char packed[] = "\x78\x9c\xcb\x48\xcd\xc9\xc9\x07\x00\x06\x2c\x02\x15";
    struct fail       why      = FAIL_OK;
    OWN(buf) back              = BUF_UP_TO(100);

    (void)state;
    CHECK_OK(gz_unpack(str_from(packed, sizeof packed - 1), &back, &why), &why);
    CHECK_STR(buf_view(&back), "hello");
}

static void stops_at_the_ceiling(void **state)
{
    struct fail why = FAIL_OK;
    OWN(buf) text   = sample(4 << 20);
    OWN(buf) packed = BUF_UP_TO(PLENTY);
    OWN(buf) back   = BUF_UP_TO(100000);
    OWN(buf) small  = BUF_UP_TO(50);

    (void)state;
    CHECK_OK(gz_pack(buf_view(&text), 9, &packed, &why), &why);
    CHECK_FAILS(gz_unpack(buf_view(&packed), &back, &why), FAIL_SIZE, &why);
    assert_true(back.room < 300000);
    CHECK_FAILS(gz_pack(buf_view(&text), 9, &small, &why), FAIL_SIZE, &why);
}

static void refuses_every_cut_and_damage(void **state)
{
    struct fail why = FAIL_OK;
    OWN(buf) text   = sample(3000);
    OWN(buf) packed = BUF_UP_TO(PLENTY);

    (void)state;
    CHECK_OK(gz_pack(buf_view(&text), 6, &packed, &why), &why);
    for (size_t size = 0; size < packed.size; size++) {
        OWN(buf) back = BUF_UP_TO(PLENTY);

        CHECK_FAILS(gz_unpack(str_from(packed.data, size), &back, &why), FAIL_INPUT, &why);
    }
    for (size_t at = 10; at < packed.size; at++) {
        OWN(buf) back = BUF_UP_TO(PLENTY);

        packed.data[at] ^= 0x55;
        assert_int_equal(gz_unpack(buf_view(&packed), &back, &why), -1);
        packed.data[at] ^= 0x55;
    }
    buf_text(&packed, "rubbish");
    {
        OWN(buf) back = BUF_UP_TO(PLENTY);

        CHECK_FAILS(gz_unpack(buf_view(&packed), &back, &why), FAIL_INPUT, &why);
    }
}

static void says_when_memory_is_gone(void **state)
{
    struct fail why = FAIL_OK;
    OWN(buf) packed = BUF_UP_TO(PLENTY);

    (void)state;
    CHECK_OK(gz_pack(STR("some text"), 6, &packed, &why), &why);
    for (long n = 1; n <= 2; n++) {
        OWN(buf) back  = BUF_UP_TO(PLENTY);
        OWN(buf) again = BUF_UP_TO(PLENTY);

        mem_fail_at(n, 1);
        CHECK_FAILS(gz_pack(STR("some text"), 6, &again, &why), FAIL_MEMORY, &why);
        mem_fail_at(n, 1);
        CHECK_FAILS(gz_unpack(buf_view(&packed), &back, &why), FAIL_MEMORY, &why);
        mem_fail_at(0, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packs_and_unpacks_every_size), cmocka_unit_test(adds_member_after_member),
        cmocka_unit_test(takes_zlib_wrapping),          cmocka_unit_test(stops_at_the_ceiling),
        cmocka_unit_test(refuses_every_cut_and_damage), cmocka_unit_test(says_when_memory_is_gone),
    };

    return cmocka_run_group_tests_name("wire/gz", tests, NULL, NULL);
}
