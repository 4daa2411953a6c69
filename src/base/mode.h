/*
 * What a run does with the rows of INPUT.
 */
#ifndef BASE_MODE_H
#define BASE_MODE_H

#include <stdbool.h>

enum mode {
    MODE_APPLY,
    MODE_CHECK,
    MODE_DRY_RUN,
    MODE_RECONCILE,
    MODE_EXPORT,
    MODE_LIST,   /* its rows are users, not those of INPUT */
    MODE_REVIEW, /* this and those below are no modes of a run */
    MODE_MERGE,
    MODE_RESOLVE,
    MODE_SIGN_IN, /* this and the next one have no files */
    MODE_WHOAMI
};

#define MODE_COUNT (MODE_WHOAMI + 1)

/* Its name in messages: "apply", "check", ... */
const char *mode_name(enum mode mode);

/* Does it have INPUT or OUTPUT? */
bool mode_has_files(enum mode mode);

/* Has its OUTPUT a result for each row of INPUT? */
bool mode_has_results(enum mode mode);

/* Finds the mode with this name; false: there is none. */
bool mode_find(const char *name, enum mode *mode);

#endif
