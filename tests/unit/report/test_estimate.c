#include "report/estimate.h"
#include "unit.h"

/* Users, calls and time must be bounds if the number of users is one, and
 * ranges if not; what is assumed must be said. */
static void test_estimate(void **state)
{
    static const struct {
        struct estimate estimate;
        const char *wanted;
    } cases[] = {
        {{.users = 1204, .updates = true, .rate = 20, .rate_window = 1},
         "1,204 users, 1,204 to 2,408 calls, about 1 min to 2 min at 20 "
         "calls/s"},
        {{.users = 10000000,
          .at_most = true,
          .updates = true,
          .rate = 600,
          .rate_window = 60},
         "at most 10,000,000 users, at most 20,000,000 calls, at most 555 h 33 "
         "min at 600 calls/min"},
        {{.users = 100, .rate = 3, .rate_of_all = 1050, .rate_window = 60},
         "100 users, 100 calls, about 33 min at 3 calls/min, of 1,050 for all "
         "shards"},
        {{.users = 1, .rate = 1000, .rate_window = 1},
         "1 user, 1 call, about 1 s at 1,000 calls/s"},
        {{.users = 7, .at_most = true, .concurrency = 16},
         "at most 7 users, at most 7 calls, about 1 s if a call takes 0.1 to "
         "0.5 s and 16 run at once"},
        {{.users = 160000, .at_most = true, .updates = true, .concurrency = 16},
         "at most 160,000 users, at most 320,000 calls, about 17 min to 2 h 47 "
         "min if a call takes 0.1 to 0.5 s and 16 run at once"},
        {{.users = 600, .updates = true, .measured = 10.04, .concurrency = 16},
         "600 users, 600 to 1,200 calls, about 1 min to 2 min at the 10.0 "
         "calls/s of this run"},
        {{.users = UINT64_MAX / 2, .rate = 1, .rate_window = 60},
         "9,223,372,036,854,775,807 users, 9,223,372,036,854,775,807 calls, "
         "about 277777777 h 47 min at 1 calls/min"},
    };
    char text[ESTIMATE_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        estimate_format(text, &cases[i].estimate);
        assert_string_equal(text, cases[i].wanted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_estimate)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
