/*
 * An error, with a text that can be printed as it is.
 *
 * A function that can fail receives a struct error, returns 0 or -1 (or a
 * pointer or NULL) and fills in the error only if it fails.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdbool.h>

/* Who must act on an error; ending/ending.h derives the exit status from it. */
enum error_kind {
    ERROR_NONE,
    ERROR_USAGE,   /* wrong usage or configuration; nothing was sent */
    ERROR_BUSY,    /* another process uses a file; later it may be free */
    ERROR_INPUT,   /* the input as a whole is invalid */
    ERROR_VALUE,   /* one row's value is invalid; becomes its result row */
    ERROR_SIGN_IN, /* the service rejects the credentials */
    ERROR_STOPPED, /* the run stops, and can be resumed */
    ERROR_PLANNED, /* the same, as an option requests */
    ERROR_LOCAL    /* memory, disk or pipe failed on this machine */
};

/* Room for all problems of a file's header. */
#define ERROR_TEXT_SIZE 2048

struct error {
    enum error_kind kind;
    const char *code;   /* symbolic name (static); NULL: none is needed */
    const char *field;  /* the column at fault (static); NULL: none */
    const char *option; /* the option that stops the run (static); NULL: none */
    bool disk_full;
    char text[ERROR_TEXT_SIZE]; /* what happened, to what, and what to do next;
                                   no line end */
};

/* Fills in the error. The text is truncated and cleaned as by utf8_clean().
 * Returns -1, so that a caller can write `return error_set(...)`. */
int error_set(struct error *error, enum error_kind kind, const char *format,
              ...) __attribute__((format(printf, 3, 4)));

/* The same for a value of a row: code is the ErrorName of its result row,
 * field the name of the column. Both must outlive the error. */
int error_value(struct error *error, const char *code, const char *field,
                const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Adds to an error what the errno of a failed write means: disk_full, or that
 * the file is too large, and what to do. Returns -1. */
int error_note_write(struct error *error, int number);

/* "out of memory", as ERROR_LOCAL. Returns -1. */
int error_memory(struct error *error);

#endif
