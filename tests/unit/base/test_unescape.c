#include "unit.h"

#include "base/unescape.h"

/* The characters as a text; others than ASCII are shown by their number. */
static const char *show(const struct glyphs *glyphs)
{
    static char text[4096];
    size_t used = 0;

    for (size_t i = 0; i < glyphs->count; i++) {
        uint32_t c = glyphs->all[i].character;

        used += (size_t)snprintf(text + used, sizeof(text) - used,
                                 c >= ' ' && c < 0x7F ? "%c" : "<%X>", (int)c);
    }
    text[used] = '\0';
    return text;
}

/* Each kind of escape must be replaced by its character; what only looks like
 * an escape must stay. */
static void test_escapes(void **state)
{
    static const struct {
        const char *text, *decoded; /* NULL: there is no escape */
    } cases[] = {
        {"J%C3%B6rg%20Li", "J<F6>rg Li"},
        {"J%F6rg", "J<F6>rg"},
        {"%u00F6%u20ac", "<F6><20AC>"},
        {"&amp;&#246;&#xF6;&ouml;&apos;&quot;", "&<F6><F6><F6>'\""},
        {"J\\u00f6rg\\n\\\"\\\\\\/", "J<F6>rg<A>\"\\/"},
        {"\\ud83d\\ude00", "<1F600>"},
        {"\\ud83d", "<D83D>"},
        {"\\xC3\\xB6 \\x{f6} \\u{f6} \\303\\266 \\U0001F600",
         "<F6> <F6> <F6> <F6> <1F600>"},
        {"aU+200Bb U+00ADDE", "a<200B>b <AD>DE"},
        {"J\xC3\x83\xC2\xB6rg", "J<F6>rg"},
        {"a%zz%1 &nothing; &amp U+0041 \\q 100%", NULL},
        {"plain \xC3\xB6", NULL},
        {"", NULL},
    };
    struct glyphs plain, decoded;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        unescape_read(&plain, cases[i].text);
        assert_int_equal(unescape_once(&decoded, &plain),
                         cases[i].decoded != NULL);
        if (cases[i].decoded)
            assert_string_equal(show(&decoded), cases[i].decoded);
    }
}

/* A character must remember the bytes of the text that stand for it, through
 * several escapes. */
static void test_bytes(void **state)
{
    static const char text[] = "x%25C3%25B6y";
    struct glyphs first, second;

    (void)state;
    unescape_read(&first, text);
    assert_true(unescape_once(&second, &first));
    assert_string_equal(show(&second), "x%C3%B6y");
    assert_true(unescape_once(&first, &second));
    assert_string_equal(show(&first), "x<F6>y");
    assert_int_equal(first.all[1].start, 1);
    assert_int_equal(first.all[1].end, strlen(text) - 1);
    assert_false(unescape_once(&second, &first));
}

/* Base64 must be decoded from each position, whichever part of the bytes it
 * begins with. */
static void test_base64(void **state)
{
    /* "Geheimrat" after no, one and two other bytes. */
    static const char *const texts[] = {
        "<R2VoZWltcmF0>",     "<eEdlaGVpbXJhdA==>", "<eHhHZWhlaW1yYXQ=>",
        "R2VoZWltcmF0P_-w",   "AR2VoZWltcmF0",      "ABR2VoZWltcmF0",
        "ABCR2VoZWltcmF0end",
    };
    struct glyphs plain, decoded;

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        unescape_read(&plain, texts[i]);
        assert_true(unescape_base64(&decoded, &plain));
        assert_non_null(strstr(show(&decoded), "Geheimrat"));
        assert_int_equal(decoded.all[0].start, *texts[i] == '<');
    }
    unescape_read(&plain, "a bc def");
    assert_false(unescape_base64(&decoded, &plain));
}

/* A text of any length must be read up to the maximum. */
static void test_maximum(void **state)
{
    char text[GLYPHS_MAX + 100];
    struct glyphs plain, decoded;

    (void)state;
    memset(text, 'A', sizeof(text));
    text[sizeof(text) - 1] = '\0';
    unescape_read(&plain, text);
    assert_int_equal(plain.count, GLYPHS_MAX);
    assert_true(unescape_base64(&decoded, &plain));
    assert_int_equal(decoded.count, GLYPHS_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_escapes),
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_base64),
        cmocka_unit_test(test_maximum),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
