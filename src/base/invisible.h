/*
 * Characters that nobody sees: blanks, controls and format characters, such as
 * a no-break space, a zero-width space or a byte-order mark. Source: the
 * Unicode properties White_Space, Cc and Default_Ignorable_Code_Point. Pure.
 */
#ifndef BASE_INVISIBLE_H
#define BASE_INVISIBLE_H

#include <stdbool.h>
#include <stdint.h>

/* True for the space (U+0020), too. */
bool invisible_is_one(uint32_t character);

/* Does the character change the one before it, as variation selectors and the
 * tags of flags do? Such a character is invisible, but has a purpose after
 * another one. */
bool invisible_is_modifier(uint32_t character);

#endif
