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

/* The stream in pieces of `step` bytes, taking `most` at a time. 0, or -1. */
static int unpack_pieces(struct str packed, size_t step, size_t most, struct buf *out,
                         struct fail *why)
{
    OWN_PTR(gz_stream) stream = NULL;

    CHECK_OK(gz_stream_new(&stream, why), why);
    for (size_t at = 0; at < packed.size; at += step) {
        struct str piece = str_part(packed, at, step);
        size_t     before;

        do {
            before = out->size;
            if (gz_stream_take(stream, &piece, most, out, why))
                return -1;
            assert_true(out->size - before <= most);
        } while (piece.size || out->size > before);
    }
    return gz_stream_is_whole(stream) ? 0 : 1;
}

static void streams_come_in_pieces_of_any_size(void **state)
{
    static const size_t steps[] = {1, 7, 1000, 1 << 20};
    struct fail         why     = FAIL_OK;
    OWN(buf) text               = sample(300000);
    OWN(buf) packed             = BUF_UP_TO(PLENTY);

    (void)state;
    CHECK_OK(gz_pack(str_part(buf_view(&text), 0, 100000), 6, &packed, &why), &why);
    CHECK_OK(gz_pack(str_part(buf_view(&text), 100000, 200000), 6, &packed, &why), &why);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        OWN(buf) back = BUF_UP_TO(PLENTY);
        OWN(buf) part = BUF_UP_TO(PLENTY);

        assert_int_equal(unpack_pieces(buf_view(&packed), steps[i], 5000, &back, &why), 0);
        assert_true(str_is(buf_view(&text), buf_view(&back)));
        assert_int_equal(unpack_pieces(str_part(buf_view(&packed), 0, packed.size - 1), steps[i],
                                       5000, &part, &why),
                         1);
    }
    packed.data[packed.size / 2] ^= 0x55;
    buf_clear(&text);
    CHECK_FAILS(unpack_pieces(buf_view(&packed), 1000, 5000, &text, &why), FAIL_INPUT, &why);
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
        cmocka_unit_test(packs_and_unpacks_every_size),
        cmocka_unit_test(adds_member_after_member),
        cmocka_unit_test(takes_zlib_wrapping),
        cmocka_unit_test(stops_at_the_ceiling),
        cmocka_unit_test(refuses_every_cut_and_damage),
        cmocka_unit_test(streams_come_in_pieces_of_any_size),
        cmocka_unit_test(says_when_memory_is_gone),
    };

    return cmocka_run_group_tests_name("wire/gz", tests, NULL, NULL);
}
