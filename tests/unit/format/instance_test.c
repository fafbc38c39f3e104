#include "check.h"

#include "format/instance.h"

static void the_table_is_sorted_and_sane(void **state)
{
    (void)state;
    for (size_t i = 0; i < instance_count(); i++) {
        const struct instance_facts *facts = instance_at(i);

        assert_true(i == 0 || str_order(str_of(instance_at(i - 1)->name), str_of(facts->name)) < 0);
        assert_true(str_starts(str_of(facts->name), STR("ml.")));
        assert_true(facts->vcpus >= 1 && facts->vcpus <= 192);
        assert_true(facts->gpus >= 0 && facts->gpus <= 16);
        assert_ptr_equal(instance_facts(str_of(facts->name)), facts);
    }
}

static void well_known_types(void **state)
{
    static const struct {
        const char *name;
        int         vcpus, gpus;
    } cases[] = {{"ml.m5.xlarge", 4, 0},       {"ml.p3.16xlarge", 64, 8},
                 {"ml.p4d.24xlarge", 96, 8},   {"ml.g5.12xlarge", 48, 4},
                 {"ml.g4dn.xlarge", 4, 1},     {"ml.p5.48xlarge", 192, 8},
                 {"ml.trn1.32xlarge", 128, 0}, {"ml.c5.18xlarge", 72, 0}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct instance_facts *facts = instance_facts(str_of(cases[i].name));

        assert_non_null(facts);
        assert_int_equal(facts->vcpus, cases[i].vcpus);
        assert_int_equal(facts->gpus, cases[i].gpus);
    }
    assert_null(instance_facts(STR("ml.z9.mega")));
    assert_null(instance_facts(STR("m5.xlarge")));
    assert_null(instance_facts(STR("ml.m5.xlargest")));
    assert_null(instance_facts(STR_NONE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_is_sorted_and_sane),
        cmocka_unit_test(well_known_types),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
