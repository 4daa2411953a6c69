#include "base/reading.h"

#include <string.h>

#include "base/invisible.h"
#include "base/letters.h"

#define GUID_WORDS  5
#define PUBLIC_SIZE 40 /* bytes of the longest public word, with its NUL */

static uint32_t hash_pair(uint32_t a, uint32_t b)
{
    return (a * 61 + b) % READING_FILTER_BITS;
}

bool reading_may_have(const struct reading *reading, uint32_t first,
                      uint32_t second)
{
    uint32_t hash = hash_pair(first, second);

    return reading->pairs[hash / 8] >> (hash % 8) & 1;
}

static void add_letter(struct reading *reading, uint32_t folded, size_t glyph,
                       bool begins)
{
    size_t count = reading->letter_count;

    if (count == READING_SIZE)
        return;
    if (begins)
        reading->words[reading->word_count++] =
            (struct word){.first = (uint16_t)count};
    if (count > 0) {
        uint32_t hash = hash_pair(reading->letters[count - 1].folded, folded);

        reading->pairs[hash / 8] |= (uint8_t)(1U << (hash % 8));
    }
    reading->letters[count] = (struct letter){
        folded, (uint16_t)glyph, (uint16_t)(reading->word_count - 1)};
    reading->words[reading->word_count - 1].end = (uint16_t)(count + 1);
    reading->letter_count++;
}

bool reading_ignores(uint32_t character)
{
    return letters_is_mark(character) ||
           (character >= 0x80 && character != 0xA0 && character != 0x3000 &&
            invisible_is_one(character));
}

static bool is_public(const struct reading *reading, const struct word *word,
                      const struct public_words *public)
{
    char text[PUBLIC_SIZE];
    size_t len = word->end - word->first;

    if (len >= sizeof(text))
        return false;
    for (size_t i = 0; i < len; i++) {
        uint32_t folded = reading->letters[word->first + i].folded;

        if (folded >= 0x80)
            return false;
        text[i] = (char)folded;
    }
    text[len] = '\0';
    return public->has(public->context, text);
}

static bool is_hex_digit(uint32_t folded)
{
    return (folded >= '0' && folded <= '9') || (folded >= 'a' && folded <= 'f');
}

/* Are the words from this one on a GUID, such as the id of a call? */
static bool is_guid(const struct reading *reading, size_t first)
{
    static const size_t lengths[] = {8, 4, 4, 4, 12};
    const struct word *words = &reading->words[first];

    for (size_t i = 0; i < GUID_WORDS; i++) {
        size_t start = reading->letters[words[i].first].glyph;

        if ((size_t)(words[i].end - words[i].first) != lengths[i] ||
            (i > 0 && reading->glyphs->all[start - 1].character != '-'))
            return false;
        for (size_t k = words[i].first; k < words[i].end; k++)
            if (!is_hex_digit(reading->letters[k].folded))
                return false;
    }
    return true;
}

/* Makes one public word of the words of each GUID. */
static void join_guids(struct reading *reading)
{
    for (size_t i = 0; i + GUID_WORDS <= reading->word_count; i++) {
        struct word *word = &reading->words[i];

        if (!is_guid(reading, i))
            continue;
        word->end = word[GUID_WORDS - 1].end;
        for (size_t k = word->first; k < word->end; k++)
            reading->letters[k].word = (uint16_t)i;
        for (size_t k = 0; k < GUID_WORDS; k++)
            word[k].public = true;
    }
}

static void find_public(struct reading *reading,
                        const struct public_words *public)
{
    for (size_t i = 0; i < reading->word_count; i++)
        reading->words[i].public =
            is_public(reading, &reading->words[i], public);
    join_guids(reading);
}

void reading_read(struct reading *reading, const struct glyphs *glyphs,
                  const struct public_words *public)
{
    uint32_t folded[LETTERS_MAX];
    bool begins = true;

    reading->glyphs = glyphs;
    reading->letter_count = reading->word_count = 0;
    memset(reading->pairs, 0, sizeof(reading->pairs));
    for (size_t i = 0; i < glyphs->count; i++) {
        uint32_t character = glyphs->all[i].character;
        unsigned count;

        if (reading_ignores(character))
            continue;
        count = letters_fold(character, folded);
        for (unsigned k = 0; k < count; k++)
            add_letter(reading, folded[k], i, begins && k == 0);
        begins = count == 0;
    }
    if (public)
        find_public(reading, public);
}

static const struct word *word_of(const struct reading *reading, size_t letter)
{
    return &reading->words[reading->letters[letter].word];
}

bool reading_starts_word(const struct reading *reading, size_t letter)
{
    return word_of(reading, letter)->first == letter;
}

bool reading_ends_word(const struct reading *reading, size_t end)
{
    return word_of(reading, end - 1)->end == end;
}

bool reading_is_in_word(const struct reading *reading, size_t first, size_t end)
{
    return word_of(reading, first)->end >= end;
}

bool reading_is_public(const struct reading *reading, size_t first, size_t end)
{
    size_t last = reading->letters[end - 1].word;

    for (size_t i = reading->letters[first].word; i <= last; i++)
        if (!reading->words[i].public)
            return false;
    return true;
}
