#include "command.h"

#include "cli/rate_share.h"

/* The shares of all shards together must be the rate, and none may be 0. With a
 * shared budget, no rate is divided. */
static void test_shares(void **state)
{
    struct command command;
    struct options options;

    (void)state;
    parse(&options, &command, "--rate 50/m --shard 0/16 a b");
    for (unsigned shards = 1; shards <= 50; shards++) {
        unsigned sum = 0;

        options.shards = shards;
        for (options.shard = 0; options.shard < shards; options.shard++) {
            assert_in_range(rate_share(&options), 50 / shards, 50);
            sum += rate_share(&options);
        }
        assert_int_equal(sum, 50);
    }
    options_clear(&options);
    parse(&options, &command, "--shard 1/16 a b");
    assert_int_equal(rate_share(&options), 0);
    options_clear(&options);
    parse(&options, &command, "--rate 7/s a b");
    assert_int_equal(rate_share(&options), 7);
    options_clear(&options);
    parse(&options, &command,
          "--rate 15/m --shard 0/16 --budget redis://localhost/key a b");
    assert_int_equal(rate_share(&options), 15);
    options_clear(&options);
}

/* A shard that could make no call must be refused. */
static void test_too_little(void **state)
{
    struct command command;
    struct options options;

    (void)state;
    assert_refused("--rate 15/m --shard 0/16 a b",
                   "less than one call for each of them; use --rate 16/m");
    assert_refused("--rate 15/s --shard 0/16 a b", "use a rate per minute, ");
    parse(&options, &command, "--rate 16/m --shard 15/16 a b");
    assert_int_equal(rate_share(&options), 1);
    options_clear(&options);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_shares),
                                       cmocka_unit_test(test_too_little)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
