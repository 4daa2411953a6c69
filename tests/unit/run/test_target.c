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
        {{.mode = MODE_EXPORT,
          .resumes = true,
          .counted = true,
          .service = "S",
          .environment = "production"},
         "resume: export 0 rows from S, production"},
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
