#include "net/token_trust.h"

/* Refusals that make a token doubtful; that renew it once more; and that
 * condemn it, if no call has succeeded with it yet and if it was good: every
 * second one may come from a node that is wrong. */
#define MIN_DOUBTS         2
#define MAX_DOUBTS         8
#define MAX_FIRST_REFUSALS 4
#define MAX_NEXT_REFUSALS  8 /* the same, but a token before it was good */
#define MAX_REFUSALS       16

/* So many refusals may be due to single nodes, for each call that was
 * throttled: if most calls are refused, the token is, too. */
#define REFUSALS_PER_THROTTLED 2

void token_trust_start(struct token_trust *trust)
{
    trust->renewed = trust->refused;
    trust->accepted = false;
    trust->refused = false;
    trust->refusals = 0;
}

void token_trust_accept(struct token_trust *trust)
{
    trust->accepted = trust->passed = true;
    trust->refusals = 0;
}

void token_trust_throttle(struct token_trust *trust)
{
    trust->refusals -= trust->refusals < REFUSALS_PER_THROTTLED
                           ? trust->refusals
                           : REFUSALS_PER_THROTTLED;
}

bool token_trust_is_in_doubt(const struct token_trust *trust)
{
    return trust->refusals >= MIN_DOUBTS;
}

static bool should_renew(const struct token_trust *trust,
                         const struct token_refusal *refusal)
{
    if (refusal->renewal == TOKEN_FIXED)
        return false;
    if (refusal->expired)
        return true;
    return trust->accepted &&
           (!trust->renewed || (refusal->all && trust->refusals >= MAX_DOUBTS &&
                                refusal->renewal == TOKEN_REQUESTED));
}

static unsigned max_refusals(const struct token_trust *trust)
{
    if (trust->accepted)
        return MAX_REFUSALS;
    return trust->passed ? MAX_NEXT_REFUSALS : MAX_FIRST_REFUSALS;
}

enum token_verdict token_trust_refuse(struct token_trust *trust,
                                      const struct token_refusal *refusal)
{
    if (!refusal->again || trust->refusals < MIN_DOUBTS)
        trust->refusals++;
    if (should_renew(trust, refusal)) {
        trust->refused = true;
        return TOKEN_RENEWED;
    }
    if (!refusal->all || trust->refusals < max_refusals(trust))
        return TOKEN_KEPT;
    /* Without a token that was good, nothing shows that there will be another
     * one. */
    if (refusal->renewal != TOKEN_READ || !trust->passed)
        return TOKEN_LOST;
    trust->refused = true;
    return TOKEN_AWAITED;
}
