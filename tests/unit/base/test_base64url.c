#include "base/base64url.h"

#include "unit.h"

/* Each length must be encoded as RFC 4648, section 10, without padding. */
static void test_lengths(void **state)
{
    static const struct {
        const char *bytes, *text;
    } cases[] = {
        {"", ""},
        {"f", "Zg"},
        {"fo", "Zm8"},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg"},
        {"fooba", "Zm9vYmE"},
        {"foobar", "Zm9vYmFy"},
    };
    char text[BASE64URL_SIZE(6)];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        size_t len = strlen(cases[i].bytes);

        base64url_format((const unsigned char *)cases[i].bytes, len, text);
        assert_string_equal(text, cases[i].text);
        assert_int_equal(strlen(text) + 1, BASE64URL_SIZE(len));
    }
}

/* The last two letters of the alphabet must be those of URLs. */
static void test_alphabet(void **state)
{
    static const unsigned char bytes[] = {0xfb, 0xef, 0xbe, 0xff, 0xff, 0xff};
    char text[BASE64URL_SIZE(sizeof(bytes))];

    (void)state;
    base64url_format(bytes, sizeof(bytes), text);
    assert_string_equal(text, "----____");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_alphabet),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
