#include "base/redact_text.h"

#include "unit.h"

#include "base/utf8.h"
#include "base/vocabulary.h"

static bool is_public(const void *unused, const char *word)
{
    (void)unused;
    return vocabulary_has(word) || strcmp(word, "jobtitle") == 0;
}

/* The text, as utf8_clean() writes it, without the values that "|" separates.
 */
static const char *redacted(const char *text, const char *values)
{
    static const struct public_words public = {is_public, NULL};
    static char copy[REDACT_TEXT_SIZE];
    char list[1024];
    char *rest = list;
    const char *all[16];
    size_t count = 0;
    bool truncated = utf8_clean(copy, sizeof(copy), text);

    (void)snprintf(list, sizeof(list), "%s", values);
    while ((all[count] = strtok_r(rest, "|", &rest)))
        count++;
    assert_int_equal(redact_text(copy, truncated, all, count, &public), 0);
    return copy;
}

struct trial {
    const char *text, *values, *redacted;
};

static void try_all(const struct trial *trials, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *result = redacted(trials[i].text, trials[i].values);

        if (strcmp(result, trials[i].redacted) != 0)
            fail_msg("%s without %s is: %s", trials[i].text, trials[i].values,
                     result);
    }
}

/* Each whole value must be replaced, the longest first, with the signs that it
 * begins and ends with. */
static void test_values(void **state)
{
    static const struct trial trials[] = {
        {"'Bad Homburg' is no city", "Bad Homburg", "'***' is no city"},
        {"Geheimrat and Geheimrat", "Geheimrat", "*** and ***"},
        {"GeheimratGeheimrat", "Geheimrat", "***"},
        {"Anna Maria Lee, Anna, Ann, Lee", "Ann|Anna|Anna Maria Lee|Lee",
         "***, ***, ***, ***"},
        {"xM\xC3\xBCnchenx", "M\xC3\xBCnchen", "x***x"},
        {"no p<&> ss! here", "p<&> ss!", "no *** here"},
        {"no $$x$! here", "$$x$!", "no *** here"},
        {"no $%&/ here", "$%&/", "no *** here"},
        {"nothing of it", "Geheimrat", "nothing of it"},
        {"", "Geheimrat", ""},
        {"the user is unknown", "User", "the *** is unknown"},
        {"user name; User-Name", "user-name", "user name; ***"},
        {"\xE6\x9D\x8E\xE5\xB0\x8F\xE9\xBE\x99\xE6\x97\xA0\xE6\x95\x88",
         "\xE6\x9D\x8E\xE5\xB0\x8F\xE9\xBE\x99", "***\xE6\x97\xA0\xE6\x95\x88"},
    };

    (void)state;
    try_all(trials, COUNT(trials));
}

/* A value of two letters must be replaced where it is a word; a single letter,
 * and a short value that is a word of messages, must stay. */
static void test_short_values(void **state)
{
    static const struct trial trials[] = {
        {"Bo is bold", "Bo", "*** is bold"},
        {"country US, not Russia", "US", "country ***, not Russia"},
        {"it is in the list", "IN|IS", "it is in the list"},
        {"B is not valid", "B", "B is not valid"},
        {"Leeds by Lee", "Lee", "***ds by ***"},
    };

    (void)state;
    try_all(trials, COUNT(trials));
}

/* Words of four letters or more must be replaced, unless they are words of
 * messages; so must beginnings and ends of values. */
static void test_words(void **state)
{
    static const struct trial trials[] = {
        {"Secretary not found", "Chief Secretary", "*** not found"},
        {"SECRETARYS", "Chief Secretary", "***S"},
        {"the user, Miller", "Chief User Miller Jr", "the user, ***"},
        {"the user Miller", "User Miller Jr", "the ***"},
        {"jr is a suffix", "User Miller Jr", "jr is a suffix"},
        {"contoso.example is unknown", "jo@contoso.example", "*** is unknown"},
        {"Gehei... is bad", "Geheimrat", "***... is bad"},
        {"Am Alt... is bad", "Am Alten Markt 5", "***... is bad"},
        {"...imrat is bad", "Geheimrat", "...*** is bad"},
        {"Geh... is bad", "Geheimrat", "Geh... is bad"},
        {"JobTitle: title is invalid", "Job Title Holder",
         "JobTitle: title is invalid"},
        {"validation", "Valid Ation", "validation"},
    };

    (void)state;
    try_all(trials, COUNT(trials));
}

/* A value must be replaced in other case, with other accents and separators. */
static void test_letters(void **state)
{
    static const struct trial trials[] = {
        {"GEHEIMRAT geheimrat", "Geheimrat", "*** ***"},
        {"STRASSE, strasse",
         "Stra\xC3\x9F"
         "e",
         "***, ***"},
        {"\xD0\x98\xD0\x92\xD0\x90\xD0\x9D", "\xD0\x98\xD0\xB2\xD0\xB0\xD0\xBD",
         "***"},
        {"Anna-Maria AnnaMaria anna.maria A n n a M a r i a", "Anna Maria",
         "*** *** *** ***"},
        {"Gehe\xE2\x80\x8Bimrat, Gehe\xC2\xADimrat", "Geheimrat", "***, ***"},
        {"J\xC3\xB6rg Jo\xCC\x88rg JORG", "J\xC3\xB6rg", "*** *** ***"},
    };

    (void)state;
    try_all(trials, COUNT(trials));
}

/* A value must be replaced in each kind of escape, and in escapes of escapes.
 */
static void test_escapes(void **state)
{
    static const struct trial trials[] = {
        {"name=J%C3%B6rg%20Li&x", "J\xC3\xB6rg Li", "name=***&x"},
        {"J%25C3%25B6rg+Li", "J\xC3\xB6rg Li", "***"},
        {"O&#39;Brien &amp; O&apos;Brien", "O'Brien", "*** &amp; ***"},
        {"J\\u00f6rg\\nLi", "J\xC3\xB6rg Li", "***"},
        {"AT&amp;T or AT&T", "AT&T", "*** or ***"},
        {"100%25 or 100%", "100%25", "*** or 100%"},
    };

    (void)state;
    try_all(trials, COUNT(trials));
}

/* A value must be replaced in base64 at each position, in escapes within, and
 * the whole piece with it. */
static void test_base64(void **state)
{
    static const struct trial trials[] = {
        {"x R2VoZWltcmF0 y", "Geheimrat", "x *** y"},
        {"x eEdlaGVpbXJhdA== y", "Geheimrat", "x ***== y"},
        {"x eHhHZWhlaW1yYXQ= y", "Geheimrat", "x ***= y"},
        {"x R0VIRUlNUkFU y", "Geheimrat", "x *** y"},
        {"x SlxcdTAwZjZyZw== y", "J\xC3\xB6rg", "x ***== y"},
        {"x SlxcdTAwZjZyZw%3D%3D y", "J\xC3\xB6rg", "x ***%3D%3D y"},
        {"x /path/R2VoZWltcmF0/id y", "Geheimrat", "x *** y"},
        {"authentication/authorization", "Geheimrat",
         "authentication/authorization"},
    };

    (void)state;
    try_all(trials, COUNT(trials));
}

/* A telephone number must be replaced however its digits are grouped, and with
 * its area code. */
static void test_telephone(void **state)
{
    static const char *const spellings[] = {
        "+49 171 2345678",   "+491712345678",
        "0171/2345678",      "+49 (0)171 234 56 78",
        "0049-171-234-5678", "171.2345678",
        "2345678",           "0 1 7 1 2 3 4 5 6 7 8",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(spellings); i++) {
        char text[128];
        const char *result;

        (void)snprintf(text, sizeof(text), "phone: %s is invalid",
                       spellings[i]);
        result = redacted(text, "+49 171 2345678");
        if (strpbrk(result, "12345678"))
            fail_msg("%s is: %s", text, result);
        assert_non_null(strstr(result, "*** is invalid"));
    }
}

/* Ids and codes that support needs must stay, whatever the values are. */
static void test_kept(void **state)
{
    static const char text[] =
        "AADSTS700082: The refresh token has expired. Trace ID: "
        "7bd2c3d4-1111-2222-3333-444455556666 Correlation ID: "
        "0a0b0c0d-1234-2222-3333-444455556666";

    (void)state;
    assert_string_equal(
        redacted(text, "1111 Broadway|2222|70008|7bd2|4444 5555 6666"), text);
    assert_string_equal(redacted("id 7bd2c3d4-1111-2222-3333-444455556666",
                                 "7bd2c3d4-1111-2222-3333-444455556666"),
                        "id ***");
}

/* A truncated text must not end with the beginning of a value; the same end of
 * a whole text must stay. */
static void test_truncated(void **state)
{
    static const char value[] = "Waltraud M\xC3\xBCller-L\xC3\xBC"
                                "denscheidt";

    (void)state;
    for (size_t before = 460; before < 520; before++) {
        char text[1024];
        const char *result;

        memset(text, '-', before);
        memcpy(text + before, value, sizeof(value));
        result = redacted(text, value);
        assert_null(strstr(result, "Wa"));
        assert_true(utf8_is_valid(result, strlen(result)));
        assert_true(
            strspn(result, "-") >=
            (before < REDACT_TEXT_SIZE - 2 ? before : REDACT_TEXT_SIZE - 2));
    }
    assert_string_equal(redacted("City is Wal", value), "City is Wal");
}

/* A text that grows by the replacement must be truncated between characters. */
static void test_grows(void **state)
{
    char text[REDACT_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i + 6 < sizeof(text); i += 6)
        memcpy(text + i, "us \xC3\xA4 ", 7);
    for (size_t cut = 0; cut < 6; cut++) {
        const char *result = redacted(text + cut, "US");

        assert_true(strlen(result) < REDACT_TEXT_SIZE);
        assert_true(utf8_is_valid(result, strlen(result)));
        assert_null(strstr(result, "us"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),    cmocka_unit_test(test_short_values),
        cmocka_unit_test(test_words),     cmocka_unit_test(test_letters),
        cmocka_unit_test(test_escapes),   cmocka_unit_test(test_base64),
        cmocka_unit_test(test_telephone), cmocka_unit_test(test_kept),
        cmocka_unit_test(test_truncated), cmocka_unit_test(test_grows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
