/*
 * The words of which messages of services and of this program consist. They
 * reveal nothing about a user, so they need not be redacted. Names of people or
 * places are not among them.
 */
#ifndef BASE_VOCABULARY_H
#define BASE_VOCABULARY_H

#include <stdbool.h>

/* Is it a word of messages? In lowercase, as letters_fold() writes it. */
bool vocabulary_has(const char *word);

#endif
