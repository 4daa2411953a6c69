/*
 * The word in a cell that clears a value. Pure.
 */
#ifndef INPUT_CLEAR_TOKEN_H
#define INPUT_CLEAR_TOKEN_H

#include <stddef.h>

#include "base/error.h"
#include "service/column.h"

/* Was the text of a cell, which is not empty and not the clear token, meant as
 * a value? -1 with InvalidValue if it is blank, or resembles the token: other
 * letter case, invisible characters, other marks between the letters, or one
 * wrong letter in a long token. */
int clear_token_check(const char *token, const struct column *column,
                      const char *text, size_t len, struct error *error);

#endif
