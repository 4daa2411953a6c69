/*
 * What went wrong, in a form that can be printed as it is.
 *
 * A function that can fail takes a struct error, answers 0 or -1 (or a pointer
 * or NULL) and touches the error only when it fails.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

/* Who has to act on an error; main() makes the exit status of it. */
enum error_kind {
    ERROR_NONE,
    ERROR_USAGE,   /* wrong usage or configuration; nothing was sent */
    ERROR_INPUT,   /* the input as a whole is refused */
    ERROR_VALUE,   /* one row's value is refused; becomes its result row */
    ERROR_SIGN_IN, /* the service refuses the credentials */
    ERROR_STOPPED, /* the run cannot go on, but can be taken up again */
    ERROR_LOCAL    /* memory, disk or pipe failed on this machine */
};

struct error {
    enum error_kind kind;
    const char *code;  /* symbolic name (static); NULL where none is needed */
    const char *field; /* the column at fault (static); NULL where none is */
    char text[512];    /* what, where and what to do; no line end */
};

/* Fills the error; a text too long is cut between two characters, and what
 * can't be shown becomes '?' (as text_clean() has it). Answers -1, so that a
 * failure reads `return error_set(...)`. */
int error_set(struct error *error, enum error_kind kind, const char *format,
              ...) __attribute__((format(printf, 3, 4)));

/* The same for a value of a row: code is the ErrorName of its result row,
 * field the column's name. Both must outlive the error. */
int error_value(struct error *error, const char *code, const char *field,
                const char *format, ...) __attribute__((format(printf, 4, 5)));

/* "Out of memory", as ERROR_LOCAL. Answers -1. */
int error_memory(struct error *error);

#endif
