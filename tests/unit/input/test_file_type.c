#include "unit.h"

#include "input/file_type.h"

/* A literal may contain a NUL. */
#define LITERAL(text) (text), sizeof(text) - 1

/* A file that is no CSV must be called by its name. */
static void test_names(void **state)
{
    static const struct {
        const char *data;
        size_t len;
        const char *name;
    } cases[] = {
        {LITERAL("PK\003\004rest"), "a ZIP archive or an Excel workbook"},
        {LITERAL("\x1F\x8B\x08"),
         "compressed by gzip twice; decompress it once"},
        {LITERAL("\x78\xDA\x01"),
         "compressed by zlib, without the header of gzip"},
        {LITERAL("%PDF-1.4\n"), "a PDF document"},
        {LITERAL(" \r\n<html lang=\"en\">"), "a web page"},
        {LITERAL("<!-- saved --><html>"), "a web page"},
        {LITERAL("<!-- x -->"), "an XML or HTML document"},
        {LITERAL("<users>\n<Id>1</Id>"), "an XML or HTML document"},
        {LITERAL("<s:Envelope xmlns:s=\"x\">"), "an XML or HTML document"},
        {LITERAL("[\n  {"), "JSON"},
        {LITERAL("{}"), "JSON"},
        {LITERAL("[]"), "JSON"},
        {LITERAL("[1,2]"), "JSON"},
        {LITERAL("{\"Id\":1}\n{\"Id\":2}\n"), "JSON"},
        {LITERAL("I\0d\0"), "UTF-16 without a byte-order mark; use --encoding "
                            "UTF-16LE"},
        {LITERAL("\0I\0d"), "UTF-16 without a byte-order mark; use --encoding "
                            "UTF-16BE"},
        {LITERAL("I\0\0\0d\0\0\0"), "UTF-32"},
        {LITERAL("QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJz"
                 "dHV2\r\nd3"),
         "base64; decode it"},
        {LITERAL("H4sIABwnDGsC//NM0XHOLKnkMjRA\n"), "base64; decode it"},
        {LITERAL("-----BEGIN PGP MESSAGE-----\n"), "decrypt it"},
        {LITERAL("/annex/objects/SHA256E-s1--0.csv\n"), "git-annex"},
        {LITERAL("<<<<<<< HEAD\nId,City\n"), "a conflict of Git"},
        {LITERAL("HTTP/1.1 200 OK\r\n"), "the response of a web server"},
        {LITERAL("PK\005\006\0\0"), "an empty ZIP archive"},
        {LITERAL("\x85\x01\x0c\x03"), "a binary file, not text"},
        {LITERAL("\0\1\0\0Standard Jet DB\0"), "a binary file"},
        {LITERAL("\xCA\xFE\xBA\xBE\0\0"), "a binary file"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *name = file_type_find(cases[i].data, cases[i].len);

        if (!name || !strstr(name, cases[i].name))
            fail_msg("case %zu is %s", i, name ? name : "CSV");
    }
}

/* A header must never be taken for another format, however odd it is. */
static void test_csv(void **state)
{
    static const char *const texts[] = {
        "",
        "Id,City\n",
        "\"Id\";\"City\"\n",
        "[Id],[City]\n",
        "{Id}\n",
        "<Id>,<City>\n",
        "PK\n1\n",
        "BZ\n",
        "x^2,Id\n",
        "version,Id\n",
        "Id\n",
        "\n\n",
        "%Id\n",
        "Customer,Id\n",
        "LastModifiedByUserIdentifier\n",
        ("Id\x1F"
         "City\n"),
        "Id,M\xFCnchen\n",
        "sep=;\n",
        "7z\n",
    };
    char tar[300] = "Id,City\n";

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++)
        if (file_type_find(texts[i], strlen(texts[i])))
            fail_msg("%s", texts[i]);
    assert_null(file_type_find("Id\0City\n", 8));
    assert_null(file_type_find("\0\0\0\0\0\0", 6));
    assert_null(file_type_find(tar, sizeof(tar)));
    memcpy(tar + 257, "ustar", sizeof("ustar"));
    assert_non_null(strstr(file_type_find(tar, sizeof(tar)), "a tar archive"));
    assert_null(file_type_find(tar, 261));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_csv),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
