/*
 * The letters, digits and words of a text, as values are searched in it. Pure.
 */
#ifndef BASE_READING_H
#define BASE_READING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/unescape.h"

#define READING_SIZE        (2 * GLYPHS_MAX) /* letters; further ones are dropped */
#define READING_FILTER_BITS 4096

/* Words that reveal nothing. */
struct public_words {
    /* Is it one? In lowercase, without accents. */
    bool (*has)(const void *context, const char *word);
    const void *context;
};

/* A letter or digit of the text; see letters.h. */
struct letter {
    uint32_t folded;
    uint16_t glyph; /* index of the character that it is made of */
    uint16_t word;  /* index of the word that contains it */
};

/* A sequence of letters and digits, from index first to before end. */
struct word {
    uint16_t first, end;
    bool public;
};

struct reading {
    const struct glyphs *glyphs; /* borrowed */
    size_t letter_count, word_count;
    struct letter letters[READING_SIZE];
    struct word words[READING_SIZE];
    uint8_t pairs[READING_FILTER_BITS / 8]; /* of letters side by side */
};

/* Is the character neither a letter nor a separator: an accent, or invisible?
 */
bool reading_ignores(uint32_t character);

/* Reads the characters. A GUID is one public word, as it is the id of a call.
 * public: NULL: no word is public. */
void reading_read(struct reading *reading, const struct glyphs *glyphs,
                  const struct public_words *public);

/* Can the text contain these letters side by side? */
bool reading_may_have(const struct reading *reading, uint32_t first,
                      uint32_t second);

/* Does a word start with the letter of this index, or end before it? */
bool reading_starts_word(const struct reading *reading, size_t letter);
bool reading_ends_word(const struct reading *reading, size_t end);

/* Are the letters from first to before end in one word? */
bool reading_is_in_word(const struct reading *reading, size_t first,
                        size_t end);

/* Are all words public that contain these letters? */
bool reading_is_public(const struct reading *reading, size_t first, size_t end);

#endif
