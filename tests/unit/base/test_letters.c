#include "unit.h"

#include "base/letters.h"
#include "base/utf8.h"

/* Folds a whole text; '-' is what is no letter. */
static const char *fold(const char *text)
{
    static char folded[256];
    size_t used = 0;

    while (*text) {
        uint32_t letters[LETTERS_MAX];
        uint32_t character = utf8_take(&text);
        unsigned count = letters_fold(character, letters);

        if (letters_is_mark(character))
            continue;
        if (count == 0)
            folded[used++] = '-';
        for (unsigned i = 0; i < count; i++) {
            int len =
                snprintf(folded + used, sizeof(folded) - used,
                         letters[i] < 0x80 ? "%c" : "<%X>", (int)letters[i]);

            used += (size_t)len;
        }
    }
    folded[used] = '\0';
    return folded;
}

/* Texts that differ only in case, accents, width, or in how accents are encoded
 * must be the same; others must differ. */
static void test_same(void **state)
{
    static const char *const pairs[][2] = {
        {"M\xC3\xBCller", "MU\xCC\x88LLER"},
        {"Stra\xC3\x9F"
         "e",
         "STRASSE"},
        {"\xC3\x86r\xC3\xB8", "\xC3\xA6R\xC3\x98"},
        {"\xC5\x81\xC3\xB3"
         "d\xC5\xBA",
         "\xC5\x82\xC3\x93"
         "D\xC5\xB9"},
        {"\xC4\xB0stanbul", "istanbul"},
        {"\xC4\xB1slak", "ISLAK"},
        {"\xC4\x90or\xC4\x91"
         "e",
         "\xC4\x91or\xC4\x90"
         "e"},
        {"Nguy\xE1\xBB\x85n", "NGUY\xE1\xBB\x84N"},
        {"\xCE\xA3\xCE\xAF\xCF\x83\xCF\x85\xCF\x86\xCE\xBF\xCF\x82",
         "\xCE\xA3\xCE\x8A\xCE\xA3\xCE\xA5\xCE\xA6\xCE\x9F\xCE\xA3"},
        {"\xD0\x81\xD0\xB6\xD0\xB8\xD0\xBA",
         "\xD1\x91\xD0\x96\xD0\x98\xD0\x9A"},
        {"\xEF\xBC\xA1\xEF\xBD\x82\xEF\xBC\x97", "aB7"},
        {"\xEF\xAC\x81n", "FIN"},
        {"\xD9\xA1\xDB\xB2", "12"},
        {"\xE6\x9D\x8E", "\xE6\x9D\x8E"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(pairs); i++) {
        char first[256];

        (void)snprintf(first, sizeof(first), "%s", fold(pairs[i][0]));
        assert_string_equal(fold(pairs[i][1]), first);
    }
    assert_string_equal(fold("Az09"), "az09");
    assert_string_equal(fold("\xE6\x9D\x8E\xD1\x84\xC3\xB8"),
                        "<674E><444><F8>");
}

/* Blanks, punctuation and signs must be no letters. */
static void test_separators(void **state)
{
    (void)state;
    assert_string_equal(fold(" @._-'\t\x7F"), "--------");
    assert_string_equal(fold("\xC2\xA0\xE2\x80\x93\xE3\x80\x80\xEF\xBC\x8C"
                             "\xC3\x97\xC2\xAB"),
                        "------");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same),
        cmocka_unit_test(test_separators),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
