#include "unit.h"

#include "run/target.h"

/* The line must say what the run does, to how many rows, and to whom. */
static void test_format(void **state)
{
    static const struct {
        struct target target;
        const char *text;
    } cases[] = {
        {{.counted = true,
          .rows = 1204,
          .service = "S",
          .environment = "production",
          .endpoint = "https://s",
          .customer_id = "123"},
         "apply 1,204 rows to S, production, customer 123"},
        {{.mode = MODE_DRY_RUN,
          .counted = true,
          .rows = 1,
          .service = "S",
          .environment = "sandbox",
          .endpoint = "https://s",
          .account_id = "9",
          .profile = "night"},
         "dry run of 1 row on S, sandbox, account 9, profile night"},
        {{.mode = MODE_RECONCILE, .service = "S", .endpoint = "http://[::1]:1"},
         "reconcile the rows of a pipe with S, endpoint http://[::1]:1"},
        {{.counted = true,
          .rows = 2,
          .service = "S",
          .environment = "sandbox",
          .shard = 3,
          .shards = 16},
         "apply 2 rows to S, sandbox, shard 3/16"},
        {{.counted = true,
          .rows = 2,
          .service = "S",
          .environment = "sandbox",
          .shard = 3,
          .shards = 16,
          .rate = 4,
          .rate_of_all = 64,
          .rate_window = 60},
         "apply 2 rows to S, sandbox, shard 3/16, 4 of 64 calls/min"},
        {{.counted = true,
          .service = "S",
          .environment = "sandbox",
          .shards = 1,
          .shard_variable = "PARALLEL_SEQ"},
         "apply 0 rows to S, sandbox, shard 0/1 of PARALLEL_SEQ"},
        {{.mode = MODE_EXPORT,
          .resumes = true,
          .counted = true,
          .service = "S",
          .environment = "production"},
         "resume: export 0 rows from S, production"},
        {{.retries = true,
          .counted = true,
          .rows = 1204,
          .retried = 1000,
          .service = "S",
          .environment = "sandbox"},
         "retry: apply 1,000 of 1,204 rows to S, sandbox"},
        {{.resumes = true,
          .retries = true,
          .counted = true,
          .rows = 1,
          .service = "S",
          .environment = "sandbox"},
         "resume: apply 0 of 1 row to S, sandbox"},
        {{.retries = true, .service = "S", .environment = "sandbox"},
         "retry: apply the failed rows of a pipe to S, sandbox"},
        {{.mode = MODE_LIST,
          .service = "S",
          .environment = "production",
          .customer_id = "123"},
         "list the users of S, production, customer 123"},
    };
    char text[TARGET_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        target_format(text, &cases[i].target);
        assert_string_equal(text, cases[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_format)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
