/*
 * The evidence about an update that was sent: was it applied? Pure.
 *
 * A verdict that rows were not applied needs proof: the service refused every
 * copy of the update that it may have received. The service applies an update
 * at most once for its TimeStamps (or its request id), so another copy of an
 * update with unknown outcome does no harm. If neither is proven, the outcome
 * stays unknown.
 *
 * A single read proves nothing that it does not show: an update can be applied
 * after its response was lost, and a read can come from a replica that lags.
 * Both are over when the evidence is settled.
 */
#ifndef USER_EVIDENCE_H
#define USER_EVIDENCE_H

#include <stdbool.h>

/* What is known of the copies of the update that were sent. */
enum evidence_copies {
    EVIDENCE_REFUSED_ONCE, /* one copy, which was refused */
    EVIDENCE_REFUSED_ALL,  /* several copies, which were all refused */
    EVIDENCE_UNANSWERED    /* no response says whether a copy was applied */
};

/* How the last copy ended. */
enum evidence_end {
    EVIDENCE_OPEN,   /* without a final refusal */
    EVIDENCE_STALE,  /* refused because of its stamps */
    EVIDENCE_REFUSED /* refused for good, for another reason */
};

/* The stamps of the user that was read back. */
enum evidence_stamps {
    EVIDENCE_SAME,     /* those that the update carried */
    EVIDENCE_REPLACED, /* some that were replaced before: the read is stale */
    EVIDENCE_OWN, /* later ones, which other updates of this run made from those
                     that the update carried: users of one person share values
                   */
    EVIDENCE_OTHER
};

struct evidence {
    enum evidence_copies copies;
    enum evidence_end end;
    enum evidence_stamps stamps;
    bool values;     /* the read shows the values that were sent, or another
                        update of this run has overwritten them */
    bool resendable; /* a retry is left */
    bool idempotent; /* the service recognizes a copy by its request id */
    bool settled;    /* the last copy is so old that neither it nor an earlier
                        one will still be applied, and that no read is older */
};

enum evidence_verdict {
    VERDICT_APPLIED,
    VERDICT_NOT_APPLIED, /* for the reason of the last refusal */
    VERDICT_OVERTAKEN,   /* not applied, and never will be: its stamps are stale
                          */
    VERDICT_RESEND,      /* the same update: the same stamps and request id */
    VERDICT_READ_AGAIN,  /* later */
    VERDICT_UNKNOWN
};

enum evidence_verdict evidence_judge(const struct evidence *evidence);

#endif
