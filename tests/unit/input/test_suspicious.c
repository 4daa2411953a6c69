#include "unit.h"

#include "input/suspicious.h"
#include "service/partner/columns.h"

static const struct column *find_column(const char *name)
{
    for (unsigned i = 0; i < PARTNER_COLUMN_COUNT; i++) {
        if (strcmp(partner_columns[i].name, name) == 0)
            return &partner_columns[i];
    }
    return &bing_columns[column_named(name, strlen(name))];
}

struct refused {
    const char *column, *text, *message;
};

static void assert_refused(const struct refused *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct column *column = find_column(cases[i].column);
        const char *text = cases[i].text;
        struct error error = {.kind = ERROR_NONE};

        if (suspicious_check(column, text, strlen(text), &error) == 0)
            fail_msg("%s '%s' is accepted", cases[i].column, text);
        assert_int_equal(error.kind, ERROR_VALUE);
        assert_string_equal(error.code, "SuspiciousValue");
        assert_string_equal(error.field, cases[i].column);
        if (!strstr(error.text, cases[i].message) ||
            !strstr(error.text, "--allow-suspicious "))
            fail_msg("%s '%s': %s", cases[i].column, text, error.text);
    }
}

struct accepted {
    const char *column, *text;
};

static void assert_accepted(const struct accepted *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *text = cases[i].text;
        struct error error;

        if (suspicious_check(find_column(cases[i].column), text, strlen(text),
                             &error))
            fail_msg("%s '%s': %s", cases[i].column, text, error.text);
    }
}

/* An error of a spreadsheet must be recognized in every language, also with
 * blanks around it; other texts with these signs must not. */
static void test_spreadsheet_errors(void **state)
{
    static const char *const errors[] = {
        "#N/A",     "#n/a",     "#NV",        "#N/D",      "#N/B",
        "#I/T",     "#Н/Д",     "#YOK",       "#HIÁNYZIK", "#PUUTTUU",
        "#SAKNAS!", "#REF!",    "#VALUE!",    "#NAME?",    "#DIV/0!",
        "#NUM!",    "#NULL!",   "#SPILL!",    "#CALC!",    "#WERT!",
        "#BEZUG!",  "#ZAHL!",   "#ÜBERLAUF!", "#VALEUR!",  "#NOM?",
        "#NOMBRE!", "#¡VALOR!", "#¿NOMBRE?",  "#¡REF!",    "#RIF!",
        "#NÚM!",    "#WAARDE!", "#DEEL/0!",   "#ARG!",     "#ADR!",
        "#VÆRDI!",  "#ЗНАЧ!",   "#ССЫЛКА!",   "#ИМЯ?",     "#DEĞER!",
        "#ÉRTÉK!",  "#ERROR!",  "#スピル!",   "#溢出!",    "#GETTING_DATA",
        "Err:502",  "########", "##",         " #N/A ",    "#REF!\xC2\xA0",
        "#DIV/0",   "#VALUE",
    };
    static const struct accepted accepted[] = {
        {"City", "#"},
        {"Line1", "#12"},
        {"Line1", "#4/B"},
        {"JobTitle", "#1 in sales!"},
        {"JobTitle", "Win!"},
        {"City", "Err:50"},
        {"City", "Westward Ho!"},
    };
    struct refused refused = {"City", NULL,
                              "City is an error of a spreadsheet"};

    (void)state;
    for (size_t i = 0; i < COUNT(errors); i++) {
        refused.text = errors[i];
        assert_refused(&refused, 1);
    }
    assert_accepted(accepted, COUNT(accepted));
}

/* A word for "no value" must be refused in this spelling exactly, except where
 * it may be a name. */
static void test_null_words(void **state)
{
    static const struct refused refused[] = {
        {"JobTitle", "NULL", "is a word that programs write"},
        {"JobTitle", "null", "is a word"},
        {"Phone1", "nan", "is a word"},
        {"Line1", "NaN", "is a word"},
        {"StateOrProvince", "N/A", "is a word"},
        {"Email", "undefined", "is a word"},
        {"UserName", "NULL", "is a word"},
        {"JobTitle", " NULL ", "is a word"},
        {"City", "(null)", "is a word"},
        {"LastName", "\\N", "is a word"},
        {"displayName", "<NA>", "is a word"},
        {"LastName", "[NULL]", "is a word"},
        {"City", "<null>", "is a word"},
    };
    static const struct accepted accepted[] = {
        {"LastName", "Null"},   {"LastName", "NULL"},
        {"City", "null"},       {"FirstName", "nan"},
        {"displayName", "N/A"}, {"JobTitle", "Null"},
        {"JobTitle", "NA"},     {"JobTitle", "None"},
        {"Line1", "nullable"},  {"lastName", "undefined"},
    };

    (void)state;
    assert_refused(refused, COUNT(refused));
    assert_accepted(accepted, COUNT(accepted));
    assert_true(suspicious_is_null_name(find_column("LastName"), "NULL"));
    assert_false(suspicious_is_null_name(find_column("LastName"), "Null"));
    assert_false(suspicious_is_null_name(find_column("JobTitle"), "NULL"));
}

/* Numbers as a spreadsheet shows them must be refused in telephone numbers and
 * postal codes, and nowhere else. */
static void test_numbers(void **state)
{
    static const struct refused refused[] = {
        {"Phone1", "4.42079E+11",
         "Phone1 looks like a number with an exponent, such as 9.1E+18"},
        {"Mobile", "4,42E+11",
         "looks like a number with an exponent, such as 9.1E+18"},
        {"Fax", "-4e11",
         "looks like a number with an exponent, such as 9.1E+18"},
        {"phoneNumber", "+4.9E+11",
         "looks like a number with an exponent, such as 9.1E+18"},
        {"PostalCode", "1.2E+04",
         "looks like a number with an exponent, such as 9.1E+18"},
        {"PostalCode", "'01234", "begins with an apostrophe"},
        {"HomePhone", "'+49 30", "begins with an apostrophe"},
        {"Phone1", "4.42079E+11 ",
         "looks like a number with an exponent, such as 9.1E+18"},
        {"Phone1",
         "\xC2\xA0"
         "4.42E11",
         "looks like a number with an exponent, such as 9.1E+18"},
        {"Phone1", " '+49 30", "begins with an apostrophe"},
        {"Phone1", "442079460000.0", "has decimals (.0)"},
        {"Fax", "+5551234.00", "has decimals (.0)"},
        {"Mobile", "493012345,00", "has decimals (.0)"},
        {"PostalCode", "10115.0 ", "has decimals (.0)"},
    };
    static const struct accepted accepted[] = {
        {"City", "'s-Hertogenbosch"},
        {"LastName", "'t Hooft"},
        {"JobTitle", "1E5"},
        {"Phone1", "+49 (30) 1234-5 ext 6"},
        {"PostalCode", "E1 6AN"},
        {"PostalCode", "K1A 0B1"},
        {"Phone1", "E"},
        {"Phone1", "1E"},
        {"Phone1", "1.5"},
        {"Phone1", "030.0"},
        {"Phone1", "206.555.0100"},
        {"Phone1", "5551234.0.0"},
        {"JobTitle", "10115.0"},
    };

    (void)state;
    assert_refused(refused, COUNT(refused));
    assert_accepted(accepted, COUNT(accepted));
}

/* A formula for text, and a character lost in a conversion, must be refused in
 * every column. */
static void test_anywhere(void **state)
{
    static const struct refused refused[] = {
        {"City", "=\"Bonn\"", "has the form =\"...\""},
        {"LastName", "=\"\"", "has the form =\"...\""},
        {"City", "K\xEF\xBF\xBDln", "contains U+FFFD"},
        {"UserName", "\xEF\xBF\xBD", "contains U+FFFD"},
        {"City", " =\"Bonn\"\xC2\xA0", "has the form =\"...\""},
        {"City", "MÃ¼nchen", "looks like UTF-8 that was read in another"},
        {"LastName", "Oâ€™Brien", "looks like UTF-8"},
        {"Line1", "StraÃŸe 1", "looks like UTF-8"},
        {"Line1",
         "StraÃ\xC2\x9F"
         "e 1",
         "looks like UTF-8"},
        {"City", "x\x1B$BEl5~", "contains a control character (U+001B)"},
        {"City",
         "O\xC2\x92"
         "Hara",
         "contains a control character (U+0092)"},
        {"City", "????", "has question marks in place of letters"},
        {"LastName", "?? ??? ??", "has question marks"},
        {"FirstName", "Ng?c", "has question marks"},
        {"JobTitle", "[object Object]", "for a list or an object"},
        {"JobTitle", "System.Object[]", "for a list or an object"},
        {"JobTitle", "Error 2042", "is an error of a spreadsheet"},
    };
    static const struct accepted accepted[] = {
        {"City", "="},
        {"City", "=A1"},
        {"JobTitle", "=1+1"},
        {"City", "=\""},
        {"City", "== Bonn"},
        {"City", "= Bonn ="},
        {"City", "Köln"},
        {"City", "?"},
        {"JobTitle", "Who??"},
        {"City", "SÃO PAULO"},
        {"City", "Ã, Â and â"},
        {"FirstName", "CAFÉ’S"},
        {"City", "\x0C"
                 "Bonn\x1A"},
        {"Line1", "House 1\r\nStreet\t2\xC2\x85"},
        {"JobTitle", "Error 20"},
        {"JobTitle", "System.Object"},
    };

    (void)state;
    assert_refused(refused, COUNT(refused));
    assert_accepted(accepted, COUNT(accepted));
}

/* An invisible character must be refused in e-mail addresses, sign-in names and
 * telephone numbers, and shown; names may contain them. */
static void test_invisible(void **state)
{
    static const struct refused refused[] = {
        {"Email", "jo\xE2\x80\x8B@contoso.example",
         "Email contains an invisible character (U+200B)"},
        {"Email", "jo@contoso.example\xC2\xA0", "(U+00A0)"},
        {"Email", "\xE2\x80\xAAjo@contoso.example\xE2\x80\xAC", "(U+202A)"},
        {"Email", "jo@contoso.example\n", "(U+000A)"},
        {"Email", " jo@contoso.example", "contains a space (U+0020)"},
        {"Email", "\xEF\xBB\xBFjo@contoso.example", "(U+FEFF)"},
        {"Email", "jo@contoso.example;bo@contoso.example", "single address"},
        {"Email", "Jo <jo@contoso.example>", "contains a space"},
        {"userPrincipalName", "jo\xC2\xAD@contoso.example", "(U+00AD)"},
        {"userPrincipalName", "jo@contoso.example;", "single address"},
        {"Email", "mailto:jo@contoso.example", "begins with mailto:"},
        {"Email", "'jo@contoso.example'", "begins with an apostrophe"},
        {"UserName", "jo\xE2\x80\x8B", "(U+200B)"},
        {"Phone1",
         "+49\xC2\xA0"
         "30",
         "(U+00A0)"},
        {"Phone1", "+49\t30", "(U+0009)"},
    };
    static const struct accepted accepted[] = {
        {"Email", "jö@contoso.example"},
        {"Email", "jo.o'brien@contoso.example"},
        {"Phone1", " +49 30 "},
        {"UserName", "Jo Doe"},
        {"LastName", "\xD9\x86\xE2\x80\x8C\xDB\x8C"}, /* a Persian name */
        {"City", "Bad\xC2\xA0"
                 "Ems"},
    };

    (void)state;
    assert_refused(refused, COUNT(refused));
    assert_accepted(accepted, COUNT(accepted));
}

/* A value that is written as it is, although it looks odd, must get a remark.
 * That of a password must not say which character it has. */
static void test_remarks(void **state)
{
    static const struct {
        const char *column, *text, *remark;
    } cases[] = {
        {"City", "Bonn", ""},
        {"City", "Bonn\xC2\xA0", "ends with an invisible character (U+00A0)"},
        {"City",
         "\xE2\x80\x8B"
         "Bonn ",
         "begins with an invisible character (U+200B)"},
        {"City", " Bonn", "begins with a space"},
        {"City", "Bonn\n", "ends with an invisible character (U+000A)"},
        {"JobTitle", "Fan \xE2\x9D\xA4\xEF\xB8\x8F", ""},
        {"LastName", "NULL",
         "is a word that programs write for an empty value"},
        {"Password", "Kq7#xZ_9Q ", "ends with an invisible character"},
    };
    char remark[SUSPICIOUS_REMARK_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        suspicious_remark(find_column(cases[i].column), cases[i].text, remark);
        assert_string_equal(remark, cases[i].remark);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spreadsheet_errors),
        cmocka_unit_test(test_null_words),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_anywhere),
        cmocka_unit_test(test_invisible),
        cmocka_unit_test(test_remarks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
