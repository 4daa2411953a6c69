/*
 * What a run does with the rows of INPUT.
 */
#ifndef BASE_MODE_H
#define BASE_MODE_H

enum mode { MODE_APPLY, MODE_CHECK, MODE_DRY_RUN, MODE_RECONCILE, MODE_EXPORT };

/* Its name in messages: "apply", "check", ... */
const char *mode_name(enum mode mode);

#endif
