/*
 * Checks that INPUT is UTF-8 without NUL, and explains what is not. Pure.
 */
#ifndef INPUT_TEXT_CHECK_H
#define INPUT_TEXT_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zeroed at first. */
struct text_check {
    uint32_t state; /* of utf8_check() */
    bool has_wide;  /* there was a character beyond ASCII */
    bool refused;   /* a byte is not UTF-8 */
};

/* Returns the offset of the first byte that is not UTF-8 or is NUL, or len. */
size_t text_check_feed(struct text_check *check, const char *data, size_t len);

/* Examines bytes after the first one that is not UTF-8: do they contain a
 * character beyond ASCII? A conversion of the file would then damage it. */
void text_check_look_on(struct text_check *check, const char *data, size_t len);

/* May text_check_look_on() still change the explanation? */
bool text_check_is_open(const struct text_check *check);

/* What is wrong with the byte that was found, and what to do. */
const char *text_check_explain(const struct text_check *check, char byte);

/* The same for the end of the text; NULL: it is complete. */
const char *text_check_explain_end(const struct text_check *check);

#endif
