#include "unit.h"

#include "user/evidence.h"

/* Calls the function with every possible evidence. */
static void for_all(void (*check)(const struct evidence *evidence))
{
    for (unsigned i = 0; i < 3 * 3 * 4 * 16; i++) {
        unsigned flags = i / 36;
        const struct evidence evidence = {
            .copies = (enum evidence_copies)(i % 3),
            .end = (enum evidence_end)(i / 3 % 3),
            .stamps = (enum evidence_stamps)(i / 9 % 4),
            .values = flags & 1,
            .resendable = flags & 2,
            .idempotent = flags & 4,
            .settled = flags & 8,
        };

        check(&evidence);
    }
}

static bool is_unanswered(const struct evidence *evidence)
{
    return evidence->copies == EVIDENCE_UNANSWERED;
}

/* The values of a version that this run has replaced prove nothing. */
static bool shows_values(const struct evidence *evidence)
{
    return evidence->values && evidence->stamps != EVIDENCE_REPLACED;
}

static void check_values(const struct evidence *evidence)
{
    if (is_unanswered(evidence) && shows_values(evidence))
        assert_int_equal(evidence_judge(evidence), VERDICT_APPLIED);
}

/* An update without a response must count as applied if the user has its
 * values, whatever the stamps, unless they are those of a stale read. */
static void test_values_prove(void **state)
{
    (void)state;
    for_all(check_values);
}

static void check_applied(const struct evidence *evidence)
{
    if (evidence_judge(evidence) == VERDICT_APPLIED) {
        assert_true(shows_values(evidence));
        assert_int_not_equal(evidence->copies, EVIDENCE_REFUSED_ONCE);
    }
}

/* No update must count as applied without its values, or if its only copy was
 * refused. */
static void test_applied_has_values(void **state)
{
    (void)state;
    for_all(check_applied);
}

static void check_proof(const struct evidence *evidence)
{
    if (evidence_judge(evidence) != VERDICT_NOT_APPLIED)
        return;
    assert_int_not_equal(evidence->end, EVIDENCE_OPEN);
    if (!is_unanswered(evidence))
        return;
    assert_false(shows_values(evidence));
    if (evidence->end == EVIDENCE_STALE) {
        assert_true(evidence->idempotent);
    } else {
        assert_true(evidence->settled);
        assert_int_equal(evidence->stamps, EVIDENCE_SAME);
    }
}

/* "Not applied" must have a proof: a refusal of every copy, or a refusal of a
 * later copy under the same stamps while the values are absent, or one by a
 * service that would have recognized an earlier copy. */
static void test_not_applied_is_proven(void **state)
{
    (void)state;
    for_all(check_proof);
}

static void check_overtaken(const struct evidence *evidence)
{
    if (evidence_judge(evidence) == VERDICT_OVERTAKEN) {
        assert_true(is_unanswered(evidence) && !shows_values(evidence));
        assert_int_equal(evidence->stamps, EVIDENCE_OWN);
    }
}

/* Only other updates of this run must prove that the stamps were replaced
 * before the update could be applied. */
static void test_overtaken_by_own_updates(void **state)
{
    (void)state;
    for_all(check_overtaken);
}

static void check_resend(const struct evidence *evidence)
{
    if (evidence_judge(evidence) != VERDICT_RESEND)
        return;
    assert_int_equal(evidence->end, EVIDENCE_OPEN);
    if (!is_unanswered(evidence))
        return;
    assert_true(evidence->resendable);
    assert_false(shows_values(evidence));
    assert_true(evidence->idempotent || evidence->stamps == EVIDENCE_SAME);
}

/* An update that may have been applied must be sent again only if that can't
 * apply it twice, and if a retry is left. */
static void test_resend_is_harmless(void **state)
{
    (void)state;
    for_all(check_resend);
}

static void check_settled(const struct evidence *evidence)
{
    enum evidence_verdict verdict = evidence_judge(evidence);

    if (verdict == VERDICT_UNKNOWN)
        assert_true(evidence->settled);
    if (verdict == VERDICT_READ_AGAIN)
        assert_false(evidence->settled);
    if (verdict == VERDICT_UNKNOWN || verdict == VERDICT_READ_AGAIN)
        assert_true(is_unanswered(evidence) && !shows_values(evidence));
}

/* The outcome must not be given up before it is settled, and not be looked for
 * without end. */
static void test_settles(void **state)
{
    (void)state;
    for_all(check_settled);
}

/* The verdicts on an update without a response whose values are absent, by a
 * service with stamps, and by one with request ids. */
static void test_verdicts(void **state)
{
    static const enum evidence_verdict again = VERDICT_READ_AGAIN,
                                       send = VERDICT_RESEND,
                                       none = VERDICT_UNKNOWN,
                                       not = VERDICT_NOT_APPLIED,
                                       merge = VERDICT_OVERTAKEN;
    static const struct {
        enum evidence_end end;
        enum evidence_stamps stamps;
        bool resendable;
        enum evidence_verdict stamped[2];    /* before and after it settled */
        enum evidence_verdict idempotent[2]; /* likewise */
    } cases[] = {
        {EVIDENCE_OPEN, EVIDENCE_SAME, true, {send, send}, {send, send}},
        {EVIDENCE_OPEN, EVIDENCE_REPLACED, true, {again, none}, {send, send}},
        {EVIDENCE_OPEN, EVIDENCE_OTHER, true, {again, none}, {send, send}},
        {EVIDENCE_OPEN, EVIDENCE_SAME, false, {again, none}, {again, none}},
        {EVIDENCE_OPEN, EVIDENCE_REPLACED, false, {again, none}, {again, none}},
        {EVIDENCE_OPEN, EVIDENCE_OTHER, false, {again, none}, {again, none}},
        {EVIDENCE_STALE, EVIDENCE_SAME, true, {again, none}, {not, not }},
        {EVIDENCE_STALE, EVIDENCE_REPLACED, true, {again, none}, {not, not }},
        {EVIDENCE_STALE, EVIDENCE_OTHER, true, {again, none}, {not, not }},
        {EVIDENCE_REFUSED, EVIDENCE_SAME, true, {again, not }, {again, not }},
        {EVIDENCE_REFUSED,
         EVIDENCE_REPLACED,
         true,
         {again, none},
         {again, none}},
        {EVIDENCE_REFUSED, EVIDENCE_OTHER, true, {again, none}, {again, none}},
        {EVIDENCE_OPEN, EVIDENCE_OWN, true, {merge, merge}, {merge, merge}},
        {EVIDENCE_OPEN, EVIDENCE_OWN, false, {merge, merge}, {merge, merge}},
        {EVIDENCE_STALE, EVIDENCE_OWN, true, {merge, merge}, {merge, merge}},
        {EVIDENCE_REFUSED, EVIDENCE_OWN, true, {merge, merge}, {merge, merge}},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases) * 4; i++) {
        bool idempotent = i & 1, settled = i & 2;
        const struct evidence evidence = {
            .copies = EVIDENCE_UNANSWERED,
            .end = cases[i / 4].end,
            .stamps = cases[i / 4].stamps,
            .resendable = cases[i / 4].resendable,
            .idempotent = idempotent,
            .settled = settled,
        };

        assert_int_equal(evidence_judge(&evidence),
                         idempotent ? cases[i / 4].idempotent[settled]
                                    : cases[i / 4].stamped[settled]);
    }
}

/* If every copy was refused, the values can only be those of an earlier copy,
 * and the last refusal decides. */
static void test_refused(void **state)
{
    static const struct {
        enum evidence_copies copies;
        enum evidence_end end;
        bool values;
        enum evidence_verdict verdict;
    } cases[] = {
        {EVIDENCE_REFUSED_ONCE, EVIDENCE_STALE, false, VERDICT_NOT_APPLIED},
        {EVIDENCE_REFUSED_ONCE, EVIDENCE_STALE, true, VERDICT_NOT_APPLIED},
        {EVIDENCE_REFUSED_ONCE, EVIDENCE_REFUSED, false, VERDICT_NOT_APPLIED},
        {EVIDENCE_REFUSED_ONCE, EVIDENCE_REFUSED, true, VERDICT_NOT_APPLIED},
        {EVIDENCE_REFUSED_ONCE, EVIDENCE_OPEN, false, VERDICT_RESEND},
        {EVIDENCE_REFUSED_ALL, EVIDENCE_STALE, false, VERDICT_NOT_APPLIED},
        {EVIDENCE_REFUSED_ALL, EVIDENCE_STALE, true, VERDICT_APPLIED},
        {EVIDENCE_REFUSED_ALL, EVIDENCE_REFUSED, false, VERDICT_NOT_APPLIED},
        {EVIDENCE_REFUSED_ALL, EVIDENCE_REFUSED, true, VERDICT_APPLIED},
        {EVIDENCE_REFUSED_ALL, EVIDENCE_OPEN, false, VERDICT_RESEND},
        {EVIDENCE_REFUSED_ALL, EVIDENCE_OPEN, true, VERDICT_APPLIED},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct evidence evidence = {.copies = cases[i].copies,
                                          .end = cases[i].end,
                                          .values = cases[i].values};

        assert_int_equal(evidence_judge(&evidence), cases[i].verdict);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_prove),
        cmocka_unit_test(test_applied_has_values),
        cmocka_unit_test(test_not_applied_is_proven),
        cmocka_unit_test(test_overtaken_by_own_updates),
        cmocka_unit_test(test_resend_is_harmless),
        cmocka_unit_test(test_settles),
        cmocka_unit_test(test_verdicts),
        cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
