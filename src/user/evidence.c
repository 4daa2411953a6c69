#include "user/evidence.h"

/* A version from before the update proves nothing, even if it has the values:
 * the update may take back what an earlier one of this run has written. */
static bool shows_values(const struct evidence *evidence)
{
    return evidence->values && evidence->stamps != EVIDENCE_REPLACED;
}

/* No copy can have been applied: the service refused each one. */
static enum evidence_verdict judge_refused(const struct evidence *evidence)
{
    /* A refusal such as "too many calls" may come from a gateway, after the
     * service applied the copy. */
    if (evidence->copies == EVIDENCE_REFUSED_ALL && shows_values(evidence))
        return VERDICT_APPLIED;
    return evidence->end == EVIDENCE_OPEN ? VERDICT_RESEND
                                          : VERDICT_NOT_APPLIED;
}

static bool proves_refusal(const struct evidence *evidence)
{
    /* The stamps of a later copy are stale because an earlier one was applied,
     * or because others wrote. A request id tells these cases apart. */
    if (evidence->end == EVIDENCE_STALE)
        return evidence->idempotent;
    return evidence->end == EVIDENCE_REFUSED && evidence->settled &&
           evidence->stamps == EVIDENCE_SAME;
}

enum evidence_verdict evidence_judge(const struct evidence *evidence)
{
    if (evidence->copies != EVIDENCE_UNANSWERED)
        return judge_refused(evidence);
    if (shows_values(evidence))
        return VERDICT_APPLIED;
    if (evidence->stamps == EVIDENCE_OWN)
        return VERDICT_OVERTAKEN;
    if (proves_refusal(evidence))
        return VERDICT_NOT_APPLIED;
    if (evidence->end == EVIDENCE_OPEN && evidence->resendable &&
        (evidence->idempotent || evidence->stamps == EVIDENCE_SAME))
        return VERDICT_RESEND;
    return evidence->settled ? VERDICT_UNKNOWN : VERDICT_READ_AGAIN;
}
