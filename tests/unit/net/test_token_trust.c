#include "unit.h"

#include "net/token_trust.h"

/* A refusal of another user's call each time, while all users are refused. */
static const struct token_refusal refusal = {.all = true,
                                             .renewal = TOKEN_REQUESTED};

/* A token that follows one that was good and was refused. */
static struct token_trust renew(void)
{
    struct token_trust trust = {.refusals = 0};

    token_trust_accept(&trust);
    assert_int_equal(token_trust_refuse(&trust, &refusal), TOKEN_RENEWED);
    assert_true(trust.refused);
    token_trust_start(&trust);
    assert_false(trust.refused);
    return trust;
}

/* How many calls in a row may be refused until the token is not kept; with that
 * verdict. */
static unsigned count_refusals(struct token_trust *trust,
                               const struct token_refusal *what,
                               enum token_verdict *verdict)
{
    for (unsigned count = 1; count < 100; count++) {
        assert_int_equal(token_trust_is_in_doubt(trust), count > 2);
        *verdict = token_trust_refuse(trust, what);
        if (*verdict != TOKEN_KEPT)
            return count;
    }
    fail_msg("never");
    return 0;
}

/* A token that no call was accepted with must be lost after a few refusals,
 * wherever another one would come from. */
static void test_first(void **state)
{
    (void)state;
    for (enum token_renewal from = TOKEN_FIXED; from <= TOKEN_REQUESTED;
         from++) {
        struct token_trust trust = {.refusals = 0};
        enum token_verdict verdict;

        assert_int_equal(
            count_refusals(
                &trust, &(struct token_refusal){.all = true, .renewal = from},
                &verdict),
            4);
        assert_int_equal(verdict, TOKEN_LOST);
        assert_false(trust.refused);
    }
}

/* A token that is renewed because it was refused, and with which no call
 * passes, must be lost after a few more calls, without a third one. */
static void test_again(void **state)
{
    struct token_trust trust = renew();
    enum token_verdict verdict;

    (void)state;
    assert_int_equal(count_refusals(&trust, &refusal, &verdict), 8);
    assert_int_equal(verdict, TOKEN_LOST);
    assert_int_equal(token_trust_refuse(&trust, &refusal), TOKEN_LOST);
}

/* If calls are throttled, not all are refused: one of them must make up for two
 * refusals. */
static void test_throttled(void **state)
{
    struct token_trust trust = renew();
    enum token_verdict verdict;

    (void)state;
    token_trust_throttle(&trust);
    for (int i = 0; i < 100; i++) {
        assert_int_equal(token_trust_refuse(&trust, &refusal), TOKEN_KEPT);
        assert_int_equal(token_trust_refuse(&trust, &refusal), TOKEN_KEPT);
        token_trust_throttle(&trust);
    }
    assert_int_equal(token_trust_refuse(&trust, &refusal), TOKEN_KEPT);
    token_trust_throttle(&trust);
    assert_int_equal(count_refusals(&trust, &refusal, &verdict), 8);
    assert_int_equal(verdict, TOKEN_LOST);
    token_trust_throttle(&trust);
    assert_int_equal(token_trust_refuse(&trust, &refusal), TOKEN_KEPT);
    assert_int_equal(token_trust_refuse(&trust, &refusal), TOKEN_LOST);
}

/* However often one user is refused, that must only make the token doubtful: it
 * takes as many refusals of others as before to condemn it. */
static void test_one_user(void **state)
{
    const struct token_refusal again = {
        .again = true, .all = true, .renewal = TOKEN_REQUESTED};
    struct token_trust trust = renew();

    (void)state;
    for (int i = 0; i < 100; i++)
        assert_int_equal(token_trust_refuse(&trust, &again), TOKEN_KEPT);
    assert_true(token_trust_is_in_doubt(&trust));
    for (int i = 0; i < 5; i++)
        assert_int_equal(token_trust_refuse(&trust, &refusal), TOKEN_KEPT);
    assert_int_equal(token_trust_refuse(&trust, &refusal), TOKEN_LOST);
}

/* If calls pass with the new token, refusals of others must not renew it, until
 * many in a row, and of all users, prove that it is no longer good. */
static void test_at_times(void **state)
{
    const struct token_refusal some = {.renewal = TOKEN_REQUESTED};
    struct token_trust trust = renew();
    enum token_verdict verdict;

    (void)state;
    for (int i = 0; i < 100; i++) {
        token_trust_accept(&trust);
        for (int j = 0; j < 7; j++)
            assert_int_equal(token_trust_refuse(&trust, &refusal), TOKEN_KEPT);
    }
    for (int i = 0; i < 100; i++)
        assert_int_equal(token_trust_refuse(&trust, &some), TOKEN_KEPT);
    token_trust_accept(&trust);
    assert_int_equal(count_refusals(&trust, &refusal, &verdict), 8);
    assert_int_equal(verdict, TOKEN_RENEWED);
}

/* A token that had expired when it was refused must be renewed, although no
 * call had succeeded with it. */
static void test_expired(void **state)
{
    const struct token_refusal expired = {
        .all = true, .expired = true, .renewal = TOKEN_REQUESTED};
    struct token_trust trust = {.refusals = 100};

    (void)state;
    assert_int_equal(token_trust_refuse(&trust, &refusal), TOKEN_LOST);
    assert_int_equal(token_trust_refuse(&trust, &expired), TOKEN_RENEWED);
}

/* If another program renews a token that was good, calls must wait for it after
 * many refusals: the source may have no other one yet. */
static void test_awaited(void **state)
{
    const struct token_refusal read = {.all = true, .renewal = TOKEN_READ};
    struct token_trust trust = {.refusals = 0};
    enum token_verdict verdict;

    (void)state;
    token_trust_accept(&trust);
    assert_int_equal(token_trust_refuse(&trust, &read), TOKEN_RENEWED);
    trust.refused = false;
    trust.renewed = true; /* the source has the same token */
    trust.refusals = 0;
    assert_int_equal(count_refusals(&trust, &read, &verdict), 16);
    assert_int_equal(verdict, TOKEN_AWAITED);
    assert_true(trust.refused);
}

/* A token that nothing renews must be kept as long as other users pass. */
static void test_fixed(void **state)
{
    const struct token_refusal some = {.renewal = TOKEN_FIXED};
    const struct token_refusal all = {.all = true, .renewal = TOKEN_FIXED};
    struct token_trust trust = {.refusals = 0};

    (void)state;
    token_trust_accept(&trust);
    for (int i = 0; i < 100; i++)
        assert_int_equal(token_trust_refuse(&trust, &some), TOKEN_KEPT);
    assert_int_equal(token_trust_refuse(&trust, &all), TOKEN_LOST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first),    cmocka_unit_test(test_again),
        cmocka_unit_test(test_one_user), cmocka_unit_test(test_at_times),
        cmocka_unit_test(test_expired),  cmocka_unit_test(test_awaited),
        cmocka_unit_test(test_fixed),    cmocka_unit_test(test_throttled),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
