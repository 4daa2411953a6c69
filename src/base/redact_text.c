#include "base/redact_text.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buffer.h"
#include "base/letters.h"
#include "base/reading.h"
#include "base/unescape.h"
#include "base/utf8.h"

#define STARS "***"

#define PATTERN_SIZE REDACT_TEXT_SIZE /* letters; more are not in a text */

#define MIN_WORD  4 /* letters of the shortest word that is redacted */
#define MIN_PART  3 /* letters of the shortest value in a longer word */
#define MIN_REST  2 /* letters of the beginning of a value at the end */
#define MIN_PHONE 7 /* digits by which a telephone number is found */

#define MAX_ESCAPES 3 /* escapes of escapes */

/* The first character of the scripts that write words without spaces. */
#define FIRST_DENSE 0x0E00

/* The letters and digits of a value, or of a word of it. */
struct pattern {
    size_t count;
    const uint32_t *letters;
    const char *value; /* the whole value; NULL: a word of it */
};

struct redaction {
    char *text;
    const char *const *values;
    size_t value_count;
    const struct public_words *public;
    bool hidden[REDACT_TEXT_SIZE]; /* the bytes to be replaced */
    struct glyphs levels[2], decoded_levels[2];
    struct reading reading; /* of the text as it is, or with decoded escapes */
    bool truncated;         /* its last word may be incomplete */
    bool decoded;           /* from what may be base64: most of it is noise */
};

/* ---- hiding ------------------------------------------------------------- */

static void hide_glyphs(struct redaction *redaction, size_t first, size_t last)
{
    const struct glyph *all = redaction->reading.glyphs->all;

    for (size_t i = first; i <= last; i++)
        memset(redaction->hidden + all[i].start, true,
               (size_t)(all[i].end - all[i].start));
}

static void hide_letters(struct redaction *redaction, size_t first, size_t end)
{
    hide_glyphs(redaction, redaction->reading.letters[first].glyph,
                redaction->reading.letters[end - 1].glyph);
}

static bool is_sign(char c)
{
    uint32_t ignored[LETTERS_MAX];

    return c > 0 && letters_fold((unsigned char)c, ignored) == 0;
}

/* Hides a whole value, with the signs that it begins and ends with. */
static void hide_value(struct redaction *redaction, const char *value,
                       size_t first, size_t end)
{
    const struct glyphs *glyphs = redaction->reading.glyphs;
    size_t from = redaction->reading.letters[first].glyph;
    size_t to = redaction->reading.letters[end - 1].glyph;
    size_t len = strlen(value);
    size_t before = 0, after = 0;

    while (is_sign(value[before]))
        before++;
    while (is_sign(value[len - 1 - after]))
        after++;
    while (before > 0 && from > 0 &&
           glyphs->all[from - 1].character == (uint32_t)value[before - 1]) {
        from--;
        before--;
    }
    while (after > 0 && to + 1 < glyphs->count &&
           glyphs->all[to + 1].character == (uint32_t)value[len - after]) {
        to++;
        after--;
    }
    hide_glyphs(redaction, from, to);
}

/* Are these the very characters of the value, except for case? */
static bool is_exact(const struct redaction *redaction, const char *value,
                     size_t first, size_t end)
{
    const struct reading *reading = &redaction->reading;
    const struct glyph *all = reading->glyphs->all;
    size_t start = all[reading->letters[first].glyph].start;
    size_t stop = all[reading->letters[end - 1].glyph].end;

    return strlen(value) == stop - start &&
           strncasecmp(redaction->text + start, value, stop - start) == 0;
}

/* Are the letters of the text that equal the pattern to be hidden? */
static bool is_hit(const struct redaction *redaction,
                   const struct pattern *pattern, size_t first, size_t end)
{
    const struct reading *reading = &redaction->reading;
    bool bounded =
        reading_starts_word(reading, first) && reading_ends_word(reading, end);
    bool dense = pattern->letters[0] >= FIRST_DENSE;

    if (!pattern->value && end - first < MIN_WORD)
        return false;
    if (reading_is_public(reading, first, end))
        return bounded && pattern->value &&
               (end - first >= MIN_WORD ||
                !reading_is_in_word(reading, first, end)) &&
               is_exact(redaction, pattern->value, first, end);
    if (bounded)
        return end - first >= (redaction->decoded ? MIN_PART : 2) || dense;
    return reading_is_in_word(reading, first, end) &&
           (end - first >= MIN_PART || dense);
}

static void hide_hit(struct redaction *redaction, const struct pattern *pattern,
                     size_t first, size_t end)
{
    if (pattern->value)
        hide_value(redaction, pattern->value, first, end);
    else
        hide_letters(redaction, first, end);
}

/* ---- finding ------------------------------------------------------------ */

static size_t common_start(const struct reading *reading, size_t at,
                           const struct pattern *pattern)
{
    size_t count = 0;

    while (count < pattern->count && at + count < reading->letter_count &&
           reading->letters[at + count].folded == pattern->letters[count])
        count++;
    return count;
}

/* The letters before end that equal the pattern's last ones. */
static size_t common_end(const struct reading *reading, size_t end,
                         const struct pattern *pattern)
{
    size_t count = 0;

    while (count < pattern->count && count < end &&
           reading->letters[end - 1 - count].folded ==
               pattern->letters[pattern->count - 1 - count])
        count++;
    return count;
}

/* Hides the letters from first on that begin the pattern, if they end with a
 * word. */
static void hide_start(struct redaction *redaction, size_t first, size_t count)
{
    const struct reading *reading = &redaction->reading;
    bool cut = redaction->truncated && !redaction->decoded &&
               first + count == reading->letter_count;

    while (count > 0 && !reading_ends_word(reading, first + count))
        count--;
    if (count >= (cut ? MIN_REST : MIN_WORD) &&
        (cut || !reading_is_public(reading, first, first + count)))
        hide_letters(redaction, first, first + count);
}

/* Hides the letters before end that end the pattern, if they start with a word.
 */
static void hide_end(struct redaction *redaction, size_t end, size_t count)
{
    const struct reading *reading = &redaction->reading;

    while (count > 0 && !reading_starts_word(reading, end - count))
        count--;
    if (count >= MIN_WORD && !reading_is_public(reading, end - count, end))
        hide_letters(redaction, end - count, end);
}

static void hide_pattern(struct redaction *redaction,
                         const struct pattern *pattern)
{
    const struct reading *reading = &redaction->reading;
    const uint32_t *letters = pattern->letters;
    size_t last = pattern->count - 1;

    for (size_t i = 0; i < reading->letter_count; i++) {
        size_t count = reading->letters[i].folded == letters[0]
                           ? common_start(reading, i, pattern)
                           : 0;

        if (count == pattern->count && is_hit(redaction, pattern, i, i + count))
            hide_hit(redaction, pattern, i, i + count);
        else if (count > 0 && reading_starts_word(reading, i))
            hide_start(redaction, i, count);
        if (reading->letters[i].folded == letters[last] &&
            reading_ends_word(reading, i + 1))
            hide_end(redaction, i + 1, common_end(reading, i + 1, pattern));
    }
}

/* Can the pattern, its beginning or its end be in the text? */
static bool is_possible(const struct reading *reading,
                        const struct pattern *pattern)
{
    const uint32_t *letters = pattern->letters;
    size_t last = pattern->count - 1;

    if (pattern->count < MIN_WORD && !pattern->value)
        return false;
    return pattern->count < 2 ||
           reading_may_have(reading, letters[0], letters[1]) ||
           reading_may_have(reading, letters[last - 1], letters[last]);
}

static void find(struct redaction *redaction, const struct pattern *pattern)
{
    if (pattern->count > 0 && is_possible(&redaction->reading, pattern))
        hide_pattern(redaction, pattern);
}

/* ---- telephone numbers -------------------------------------------------- */

static bool is_digit(uint32_t folded)
{
    return folded >= '0' && folded <= '9';
}

/* Are both letters digits, with nothing but signs of telephone numbers between
 * them? */
static bool is_joined(const struct reading *reading, size_t first,
                      size_t second)
{
    const struct letter *letters = reading->letters;

    if (!is_digit(letters[first].folded) || !is_digit(letters[second].folded) ||
        reading_is_public(reading, first, second + 1))
        return false;
    for (size_t i = letters[first].glyph + 1U; i < letters[second].glyph; i++) {
        uint32_t sign = reading->glyphs->all[i].character;

        if (sign < 0x80 && !strchr(" ()+-./", (int)sign))
            return false;
    }
    return true;
}

/* Hides the telephone numbers with the pattern's last digits. */
static void find_phone(struct redaction *redaction,
                       const struct pattern *pattern)
{
    const struct reading *reading = &redaction->reading;
    const struct pattern tail = {
        MIN_PHONE, pattern->letters + pattern->count - MIN_PHONE, NULL};

    for (size_t i = 0; i + MIN_PHONE <= reading->letter_count; i++) {
        size_t first = i, end = i + MIN_PHONE;

        if (common_start(reading, i, &tail) < MIN_PHONE ||
            reading_is_public(reading, i, end))
            continue;
        while (first > 0 && is_joined(reading, first - 1, first))
            first--;
        while (end < reading->letter_count && is_joined(reading, end - 1, end))
            end++;
        hide_letters(redaction, first, end);
    }
}

static bool is_phone(const struct pattern *pattern)
{
    for (size_t i = 0; i < pattern->count; i++)
        if (!is_digit(pattern->letters[i]))
            return false;
    return pattern->count >= MIN_PHONE;
}

/* ---- values ------------------------------------------------------------- */

/* The letters of a value that were read. */
struct letters {
    size_t count;
    uint32_t all[PATTERN_SIZE];
};

static void add_letters(struct letters *to, const uint32_t *folded,
                        unsigned count)
{
    for (unsigned i = 0; i < count && to->count < PATTERN_SIZE; i++)
        to->all[to->count++] = folded[i];
}

/* An invalid byte is '?', as utf8_clean() shows it. */
static uint32_t take_character(const char **text, bool is_valid)
{
    if (is_valid)
        return utf8_take(text);
    return (unsigned char)*(*text)++ < 0x80 ? (unsigned char)(*text)[-1] : '?';
}

/* A value that is hardly more than signs, such as a password. */
static void find_signs(struct redaction *redaction, const char *value)
{
    size_t len = strlen(value);
    const char *at = redaction->text;

    while (len >= MIN_WORD && (at = strstr(at, value))) {
        memset(redaction->hidden + (at - redaction->text), true, len);
        at += len;
    }
}

static void find_whole(struct redaction *redaction, const char *value,
                       const struct letters *letters)
{
    const struct pattern pattern = {letters->count, letters->all, value};

    if (letters->count < 2)
        find_signs(redaction, value);
    find(redaction, &pattern);
    if (is_phone(&pattern))
        find_phone(redaction, &pattern);
}

static void find_word(struct redaction *redaction,
                      const struct letters *letters)
{
    find(redaction, &(struct pattern){letters->count, letters->all, NULL});
}

static void find_value(struct redaction *redaction, const char *value)
{
    bool is_valid = utf8_is_valid(value, strlen(value));
    struct letters whole, word;
    uint32_t folded[LETTERS_MAX];
    const char *at = value;

    whole.count = word.count = 0;
    while (*at) {
        uint32_t character = take_character(&at, is_valid);
        unsigned count;

        if (reading_ignores(character))
            continue;
        count = letters_fold(character, folded);
        add_letters(&whole, folded, count);
        add_letters(&word, folded, count);
        if (count == 0) {
            find_word(redaction, &word);
            word.count = 0;
        }
    }
    if (word.count < whole.count)
        find_word(redaction, &word);
    find_whole(redaction, value, &whole);
}

/* ---- the text ----------------------------------------------------------- */

/* Hides the values in these characters of the text. */
static void search(struct redaction *redaction, const struct glyphs *glyphs,
                   bool decoded)
{
    redaction->decoded = decoded;
    reading_read(&redaction->reading, glyphs,
                 decoded ? NULL : redaction->public);
    for (size_t i = 0; i < redaction->value_count; i++)
        find_value(redaction, redaction->values[i]);
}

/* Can the character of this index be a sign within base64? */
static bool is_base64_sign(const struct glyphs *glyphs, size_t i)
{
    uint32_t character = i < glyphs->count ? glyphs->all[i].character : 0;

    return character && character < 0x80 && strchr("+/-_", (int)character);
}

/* Copies the characters that were read, with spaces for public words. */
static void copy_private(struct glyphs *to, const struct reading *reading)
{
    to->count = reading->glyphs->count;
    memcpy(to->all, reading->glyphs->all, to->count * sizeof(to->all[0]));
    for (size_t i = 0; i < reading->word_count; i++) {
        const struct word *word = &reading->words[i];
        size_t first = reading->letters[word->first].glyph;
        size_t last = reading->letters[word->end - 1].glyph;

        if (!word->public || is_base64_sign(reading->glyphs, first - 1) ||
            is_base64_sign(reading->glyphs, last + 1))
            continue;
        for (size_t k = first; k <= last; k++)
            to->all[k].character = ' ';
    }
}

static void search_base64(struct redaction *redaction);

/* Hides the values in the characters in levels[0], and with their escapes
 * decoded once, twice and so on. */
static void search_levels(struct redaction *redaction, struct glyphs levels[2],
                          bool decoded)
{
    unsigned level = 0;

    do {
        search(redaction, &levels[level % 2], decoded);
        if (!decoded)
            search_base64(redaction);
    } while (level++ < MAX_ESCAPES &&
             unescape_once(&levels[level % 2], &levels[(level + 1) % 2]));
}

/* Hides the values in what can be base64, in the text that was read. */
static void search_base64(struct redaction *redaction)
{
    struct glyphs *decoded = redaction->decoded_levels;

    copy_private(&decoded[1], &redaction->reading);
    if (unescape_base64(&decoded[0], &decoded[1]))
        search_levels(redaction, decoded, true);
}

/* Replaces the hidden bytes. */
static void replace(struct redaction *redaction)
{
    char shown[REDACT_TEXT_SIZE + sizeof(STARS)] = "";
    const char *text = redaction->text;
    size_t len = 0;

    for (size_t i = 0; text[i] && len < REDACT_TEXT_SIZE;) {
        if (!redaction->hidden[i]) {
            shown[len++] = text[i++];
            continue;
        }
        memcpy(shown + len, STARS, sizeof(STARS) - 1);
        len += sizeof(STARS) - 1;
        while (text[i] && redaction->hidden[i])
            i++;
    }
    if (len >= REDACT_TEXT_SIZE)
        len = REDACT_TEXT_SIZE - 1;
    memcpy(redaction->text, shown, len);
    redaction->text[len] = '\0';
    utf8_trim(redaction->text, len);
}

int redact_text(char text[REDACT_TEXT_SIZE], bool truncated,
                const char *const *values, size_t count,
                const struct public_words *public)
{
    struct redaction *redaction = malloc(sizeof(*redaction));

    assert(strlen(text) < REDACT_TEXT_SIZE);
    if (!redaction) {
        *text = '\0';
        return -1;
    }
    redaction->text = text;
    redaction->values = values;
    redaction->value_count = count;
    redaction->public = public;
    redaction->truncated = truncated;
    memset(redaction->hidden, 0, sizeof(redaction->hidden));
    unescape_read(&redaction->levels[0], text);
    search_levels(redaction, redaction->levels, false);
    replace(redaction);
    memory_wipe(redaction, sizeof(*redaction)); /* it has read secrets */
    free(redaction);
    return 0;
}
