/*
 * Texts as a service may normalize them: it may trim a value, change its case
 * or write a telephone number with other separators. Pure.
 */
#ifndef USER_NORMALIZED_H
#define USER_NORMALIZED_H

#include <stdbool.h>

/* Do both texts, in valid UTF-8, have the same letters and digits, without
 * regard to case? Case is ignored in the Latin, Greek and Cyrillic scripts;
 * spaces and punctuation are ignored everywhere. False if there is no letter or
 * digit. */
bool normalized_is_same(const char *a, const char *b);

/* Do both texts differ only in letter case and in invisible characters, such as
 * spaces? NULL is no text. */
bool normalized_is_alike(const char *a, const char *b);

#endif
