#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "input/value.h"
#include "service/bing/columns.h"
#include "service/partner/columns.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Texts of a known length, and characters of one and two UTF-16 units. */
#define FIVE(x)   x x x x x
#define E_ACUTE   "\xC3\xA9"
#define CJK       "\xE5\x9F\x8E"
#define EMOJI     "\xF0\x9F\x98\x80"
#define THIRTY(x) FIVE(x) FIVE(x) FIVE(x) FIVE(x) FIVE(x) FIVE(x)

static const struct column *column_named(const char *name)
{
    for (unsigned i = 0; i < BING_COLUMN_COUNT; i++) {
        if (strcmp(bing_columns[i].name, name) == 0)
            return &bing_columns[i];
    }
    fail_msg("no column %s", name);
    return NULL;
}

struct accepted {
    const char *column;
    const char *text;
    const char *value; /* NULL: means empty */
};

/* Each text must be taken, and must fit the room that was promised. */
static void assert_accepted(const struct accepted *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t len = strlen(cases[i].text);
        char *memory = malloc(len + 1);
        char *room = memory;
        const char *value = "";
        struct error error;

        assert_non_null(memory);
        if (value_parse(column_named(cases[i].column), cases[i].text, len,
                        &room, &value, &error))
            fail_msg("%s '%s': %s", cases[i].column, cases[i].text, error.text);
        if (cases[i].value)
            assert_string_equal(value, cases[i].value);
        else
            assert_null(value);
        assert_in_range((size_t)(room - memory), 0, len + 1);
        free(memory);
    }
}

struct refused {
    const char *column;
    const char *text;
    const char *code;
    const char *message; /* a part of it */
};

/* Each text must be refused for its column, with code and message. */
static void assert_refused(const struct refused *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t len = strlen(cases[i].text);
        char *memory = malloc(len + 1);
        char *room = memory;
        const char *value;
        struct error error = {.kind = ERROR_NONE};

        assert_non_null(memory);
        if (value_parse(column_named(cases[i].column), cases[i].text, len,
                        &room, &value, &error) == 0)
            fail_msg("%s '%s' is taken", cases[i].column, cases[i].text);
        assert_int_equal(error.kind, ERROR_VALUE);
        assert_string_equal(error.code, cases[i].code);
        assert_string_equal(error.field, cases[i].column);
        if (!strstr(error.text, cases[i].message))
            fail_msg("%s '%s': %s", cases[i].column, cases[i].text, error.text);
        free(memory);
    }
}

/* Whole numbers within 64 bits come out in plain decimal form. */
static void test_numbers(void **state)
{
    static const struct accepted accepted[] = {
        {"CustomerId", "0", "0"},
        {"CustomerId", "000", "0"},
        {"CustomerId", "-0", "0"},
        {"CustomerId", "-00", "0"},
        {"CustomerId", "007", "7"},
        {"CustomerId", "-007", "-7"},
        {"CustomerId", "9223372036854775807", "9223372036854775807"},
        {"CustomerId", "-9223372036854775808", "-9223372036854775808"},
    };
    static const struct refused refused[] = {
        {"CustomerId", "9223372036854775808", "InvalidNumber", "64 bits"},
        {"CustomerId", "-9223372036854775809", "InvalidNumber", "64 bits"},
        {"CustomerId", "9.1E+18", "InvalidNumber", "spreadsheet"},
        {"CustomerId", "9,1E+18", "InvalidNumber", "spreadsheet"},
        {"CustomerId", "9E18", "InvalidNumber", "spreadsheet"},
        {"CustomerId", "-1.5e+10", "InvalidNumber", "spreadsheet"},
        {"CustomerId", "1.0", "InvalidNumber", "has decimals (.0)"},
        {"CustomerId", "1.5", "InvalidNumber", "digits only"},
        {"CustomerId", "1,000", "InvalidNumber", "thousands separators"},
        {"CustomerId", " 1", "InvalidNumber", "a space (U+0020)"},
        {"CustomerId", "1 ", "InvalidNumber", "a space (U+0020)"},
        {"CustomerId", "+1", "InvalidNumber", "digits only"},
        {"CustomerId", "-", "InvalidNumber", "digits only"},
        {"CustomerId", "--1", "InvalidNumber", "digits only"},
        {"CustomerId", "0x10", "InvalidNumber", "digits only"},
        {"CustomerId", "one", "InvalidNumber", "digits only"},
    };

    (void)state;
    assert_accepted(accepted, COUNT(accepted));
    assert_refused(refused, COUNT(refused));
}

/* An Id is a whole number from 1 on; its plain form has no leading zeros. */
static void test_ids(void **state)
{
    static const char *const good[][2] = {
        {"1", "1"},
        {"0012", "12"},
        {"9223372036854775807", "9223372036854775807"},
    };
    static const char *const bad[][2] = {
        {"", "empty"},
        {"0", "from 1 to"},
        {"-1", "from 1 to"},
        {"-0", "from 1 to"},
        {"9223372036854775808", "from 1 to"},
        {"9.1E+18", "spreadsheet"},
        {" ", "contains only invisible characters (U+0020); fill in"},
        {"\xC2\xA0\xE2\x80\x8B", "contains only invisible characters (U+00A0)"},
        {"12\xC2\xA0", "contains an invisible character (U+00A0)"},
        {"\xEF\xBB\xBF"
         "12",
         "contains an invisible character (U+FEFF)"},
        {"12 ", "contains a space (U+0020)"},
        {"12 3456", "contains a space (U+0020)"},
        {"'12", "begins with an apostrophe"},
        {"=\"12\"", "has the form =\"...\""},
        {"12.0", "has decimals (.0)"},
        {"12,00", "has decimals (.0)"},
        {"1,000,000", "has thousands separators"},
        {"1.000.000", "has thousands separators"},
        {"12 345", "has thousands separators"},
        {"12'345", "has thousands separators"},
        {"1\xE2\x80\xAF"
         "000",
         "has thousands separators"},
        {"1\xC2\xA0"
         "000",
         "has thousands separators"},
        {"1,000.000", "digits only"},
        {"1e18", "looks like a number with an exponent, such as 9.1E+18"},
        {"1,00000000000E+18",
         "looks like a number with an exponent, such as 9.1E+18"},
        {"jo@contoso.example", "is an e-mail address"},
        {"#N/A", "is an error of a spreadsheet"},
        {"NULL", "is a word that programs write for an empty value"},
        {"(null)", "is a word that programs write"},
        {"\"12\"", "is in quotes or braces"},
        {"１２", "contains the character U+FF11, which is no plain"},
        {"12a", "digits only"},
        {"123e4567-e89b-12d3", "digits only"},
        {"4b10bf41-ab11-40e3-8c53-cd67849b50de", "another service"},
    };
    const struct column *column = column_named("Id");
    char room[GUID_SIZE];
    struct error error;

    (void)state;
    for (size_t i = 0; i < COUNT(good); i++)
        assert_string_equal(value_parse_id(column, good[i][0], room, &error),
                            good[i][1]);
    for (size_t i = 0; i < COUNT(bad); i++) {
        assert_null(value_parse_id(column, bad[i][0], room, &error));
        assert_string_equal(error.code, "InvalidId");
        assert_string_equal(error.field, "Id");
        if (!strstr(error.text, bad[i][1]))
            fail_msg("'%s': %s", bad[i][0], error.text);
    }
}

/* An Id may be a GUID; its plain form has small letters. */
static void test_guid_ids(void **state)
{
    static const char *const bad[][2] = {
        {"", "empty"},
        {"1000000000000000001", "another service"},
        {"12-", "GUID such as"},
        {"4b10bf41-ab11-40e3-8c53-cd67849b50d", "GUID"},
        {"4b10bf41-ab11-40e3-8c53-cd67849b50de0", "GUID"},
        {"4b10bf41ab1140e38c53cd67849b50de", "GUID"},
        {"{4b10bf41-ab11-40e3-8c53-cd67849b50de}", "in quotes or braces"},
        {"4b10bf41–ab11–40e3–8c53–cd67849b50de", "the character U+2013"},
        {"4b10bf41-ab11-40e3-8c53-cd67849b50dg", "GUID"},
        {" 4b10bf41-ab11-40e3-8c53-cd67849b50de", "a space (U+0020)"},
        {"4b10bf41-ab11-40e3-8c53-cd67849b50de\xE2\x80\x8B", "(U+200B)"},
        {"'4b10bf41-ab11-40e3-8c53-cd67849b50de", "apostrophe"},
        {"=\"4b10bf41-ab11-40e3-8c53-cd67849b50de\"", "the form =\"...\""},
        {"jo@contoso.example", "is an e-mail address"},
    };
    const struct column *column = &partner_columns[PARTNER_COLUMN_ID];
    char room[GUID_SIZE];
    struct error error;

    (void)state;
    assert_ptr_equal(value_parse_id(column,
                                    "4B10bf41-AB11-40e3-8c53-CD67849B50DE",
                                    room, &error),
                     room);
    assert_string_equal(room, "4b10bf41-ab11-40e3-8c53-cd67849b50de");
    for (size_t i = 0; i < COUNT(bad); i++) {
        assert_null(value_parse_id(column, bad[i][0], room, &error));
        assert_string_equal(error.code, "InvalidId");
        assert_string_equal(error.field, "Id");
        if (!strstr(error.text, bad[i][1]))
            fail_msg("'%s': %s", bad[i][0], error.text);
    }
}

/* No message about a password may show any of it. */
static void test_refused_passwords(void **state)
{
    static const char *const texts[] = {"Kq7#xZ", "*********",
                                        THIRTY("Kq7#xZ_9Q") "!"};
    const struct column *column = NULL;

    (void)state;
    for (unsigned i = 0; i < PARTNER_COLUMN_COUNT; i++)
        if (partner_columns[i].secret)
            column = &partner_columns[i];
    assert_non_null(column);
    for (size_t i = 0; i < COUNT(texts); i++) {
        char memory[512];
        char *room = memory;
        const char *value;
        struct error error;

        assert_int_equal(value_parse(column, texts[i], strlen(texts[i]), &room,
                                     &value, &error),
                         -1);
        assert_string_equal(error.field, "Password");
        assert_null(strstr(error.text, "Kq7"));
        assert_null(strchr(error.text, '*'));
    }
}

/* Booleans are words or digits, in any letter case, and nothing else. */
static void test_booleans(void **state)
{
    static const struct accepted accepted[] = {
        {"ContactByPhone", "true", "true"},
        {"ContactByPhone", "TRUE", "true"},
        {"ContactByPhone", "1", "true"},
        {"ContactByPhone", "False", "false"},
        {"ContactByPhone", "0", "false"},
    };
    static const struct refused refused[] = {
        {"ContactByPhone", "yes", "InvalidBoolean", "true or false"},
        {"ContactByPhone", "2", "InvalidBoolean", "true or false"},
        {"ContactByPhone", "01", "InvalidBoolean", "true or false"},
        {"ContactByPhone", " true", "InvalidBoolean", "true or false"},
        {"ContactByPhone", "truest", "InvalidBoolean", "true or false"},
    };

    (void)state;
    assert_accepted(accepted, COUNT(accepted));
    assert_refused(refused, COUNT(refused));
}

/* A value of a set comes out in the service's spelling; another one is
 * answered with the nearest of the set, or with all of a small set. */
static void test_value_sets(void **state)
{
    static const struct accepted accepted[] = {
        {"Lcid", "englishus", "EnglishUS"},
        {"Lcid", "CROATIAN", "Croatian"},
        {"EmailFormat", "HTML", "Html"},
        {"UserLifeCycleStatus", "active", "Active"},
        {"SecretQuestion", "favoritemovie", "FavoriteMovie"},
        {"SecretQuestion", "none", NULL},
    };
    static const struct refused refused[] = {
        {"Lcid", "EnglishUSA", "InvalidValue",
         "of Lcid is not allowed; did you mean EnglishUS?"},
        {"Lcid", "Slovenia", "InvalidValue", "did you mean Slovenian?"},
        {"Lcid", "1033", "InvalidValue", "such as ArabicSaudiArabia"},
        {"Lcid", " EnglishUS", "InvalidValue", "did you mean EnglishUS?"},
        {"EmailFormat", "Rich", "InvalidValue",
         "the allowed values are: Html, Text"},
        {"EmailFormat", "?", "InvalidValue", "Html, Text"},
        {"UserLifeCycleStatus", "None", "InvalidValue", "Pending, Active"},
    };

    (void)state;
    assert_accepted(accepted, COUNT(accepted));
    assert_refused(refused, COUNT(refused));
}

/* Lengths count UTF-16 units: an emoji is two, a Chinese character one. */
static void test_lengths(void **state)
{
    static const struct accepted accepted[] = {
        {"City", THIRTY("x") FIVE("x"), THIRTY("x") FIVE("x")},
        {"City", THIRTY(CJK) FIVE(CJK), THIRTY(CJK) FIVE(CJK)},
        {"City", " ", " "},
        {"MiddleInitial", E_ACUTE, E_ACUTE},
        {"SecretAnswer", "12345", "12345"},
        {"SecretAnswer", CJK EMOJI EMOJI, CJK EMOJI EMOJI},
        {"StateOrProvince", THIRTY(THIRTY("x")), THIRTY(THIRTY("x"))},
        {"UserName", THIRTY(THIRTY("x")), THIRTY(THIRTY("x"))},
    };
    static const struct refused refused[] = {
        {"City", THIRTY("x") FIVE("x") "x", "ValueTooLong",
         "the length of City is 36; the maximum is 35"},
        {"City", THIRTY(CJK) FIVE(CJK) CJK, "ValueTooLong",
         "length of City is 36"},
        {"MiddleInitial", EMOJI, "ValueTooLong",
         "the length of MiddleInitial is 2; the maximum is 1"},
        {"SecretAnswer", "1234", "ValueTooShort",
         "the length of SecretAnswer is 4; the minimum is 5"},
        {"SecretAnswer", CJK CJK, "ValueTooShort", "SecretAnswer is 2;"},
        {"SecretAnswer", THIRTY("x") THIRTY("x") FIVE("x"), "ValueTooLong",
         "SecretAnswer is 65;"},
    };

    (void)state;
    assert_accepted(accepted, COUNT(accepted));
    assert_refused(refused, COUNT(refused));
}

/* A country code is two ASCII letters, sent in capitals. */
static void test_country_codes(void **state)
{
    static const struct accepted accepted[] = {
        {"CountryCode", "US", "US"},
        {"CountryCode", "de", "DE"},
        {"CountryCode", "zA", "ZA"},
    };
    static const struct refused refused[] = {
        {"CountryCode", "U", "InvalidValue", "two letters"},
        {"CountryCode", "USA", "InvalidValue", "two letters"},
        {"CountryCode", "U1", "InvalidValue", "two letters"},
        {"CountryCode", "@A", "InvalidValue", "two letters"},
        {"CountryCode", "Z[", "InvalidValue", "two letters"},
        {"CountryCode", "`a", "InvalidValue", "two letters"},
        {"CountryCode", "z{", "InvalidValue", "two letters"},
        {"CountryCode", E_ACUTE, "InvalidValue", "two letters"},
        {"CountryCode", "**", "InvalidValue", "two letters"},
    };

    (void)state;
    assert_accepted(accepted, COUNT(accepted));
    assert_refused(refused, COUNT(refused));
}

/* A value of asterisks alone is the service's mask and never written. */
static void test_masks(void **state)
{
    static const struct accepted accepted[] = {
        {"City", "*x", "*x"},
        {"City", "x*", "x*"},
        {"UserName", "***", "***"},
    };
    static const struct refused refused[] = {
        {"City", "*", "InvalidValue", "asterisks"},
        {"Email", "*****", "InvalidValue", "asterisks"},
    };

    (void)state;
    assert_accepted(accepted, COUNT(accepted));
    assert_refused(refused, COUNT(refused));
}

/* A TimeStamp is base64 with its padding. */
static void test_base64(void **state)
{
    static const struct accepted accepted[] = {
        {"TimeStamp", "AAAAAAAB+/8=", "AAAAAAAB+/8="},
        {"TimeStamp", "QQ==", "QQ=="},
        {"AddressTimeStamp", "QUJD", "QUJD"},
    };
    static const struct refused refused[] = {
        {"TimeStamp", "QQ=", "InvalidBase64", "truncated or changed"},
        {"TimeStamp", "QQ", "InvalidBase64", "truncated or changed"},
        {"TimeStamp", "Q===", "InvalidBase64", "truncated or changed"},
        {"TimeStamp", "====", "InvalidBase64", "truncated or changed"},
        {"TimeStamp", "QQ==QQ==", "InvalidBase64", "truncated or changed"},
        {"TimeStamp", "QQ-_", "InvalidBase64", "truncated or changed"},
        {"TimeStamp", "QUJD\n", "InvalidBase64", "truncated or changed"},
    };

    (void)state;
    assert_accepted(accepted, COUNT(accepted));
    assert_refused(refused, COUNT(refused));
}

/* A time is one of XML Schema's. */
static void test_times(void **state)
{
    static const struct accepted accepted[] = {
        {"LastModifiedTime", "2026-01-02T03:04:05.678",
         "2026-01-02T03:04:05.678"},
        {"LastModifiedTime", "2026-01-02T03:04:05+01:00",
         "2026-01-02T03:04:05+01:00"},
    };
    static const struct refused refused[] = {
        {"LastModifiedTime", "02.01.2026 03:04", "InvalidTime", "spreadsheet"},
        {"LastModifiedTime", "2026-02-30T00:00:00", "InvalidTime", "such as"},
    };

    (void)state;
    assert_accepted(accepted, COUNT(accepted));
    assert_refused(refused, COUNT(refused));
}

/* No message repeats the value that it is about. */
static void test_messages_keep_values_to_themselves(void **state)
{
    (void)state;
    for (unsigned i = 0; i < BING_COLUMN_COUNT; i++) {
        static const char secret[] = "\tXyzzy-" THIRTY("Xyzzy-");
        char room[sizeof(secret)];
        char *next = room;
        const char *value;
        struct error error = {.text = ""};

        (void)value_parse(&bing_columns[i], secret, strlen(secret), &next,
                          &value, &error);
        assert_null(strstr(error.text, "Xyzzy"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_ids),
        cmocka_unit_test(test_guid_ids),
        cmocka_unit_test(test_refused_passwords),
        cmocka_unit_test(test_booleans),
        cmocka_unit_test(test_value_sets),
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_country_codes),
        cmocka_unit_test(test_masks),
        cmocka_unit_test(test_base64),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_messages_keep_values_to_themselves),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
