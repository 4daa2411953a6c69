#include "unit.h"

#include "input/decoder.h"

#define LITERAL(text) (text), sizeof(text) - 1
#define TEXT_MAX      ((size_t)1 << 20)

static int take(void *context, const char *text, size_t len,
                struct error *error)
{
    (void)error;
    return buffer_append(context, text, len);
}

static int fail_to_take(void *context, const char *text, size_t len,
                        struct error *error)
{
    (void)context;
    (void)text;
    (void)len;
    return error_set(error, ERROR_STOPPED, "enough");
}

/* Decodes the data, step bytes at a time. */
static int decode(const char *encoding, const char *data, size_t len,
                  size_t step, struct buffer *text, struct error *error)
{
    struct decoder *decoder = decoder_new(encoding, take, text, error);
    int result = 0;

    assert_non_null(decoder);
    buffer_clear(text);
    assert_int_equal(buffer_puts(text, ""), 0);
    for (size_t at = 0; at < len && result == 0; at += step)
        result = decoder_feed(decoder, data + at,
                              len - at < step ? len - at : step, error);
    if (result == 0)
        result = decoder_end(decoder, error);
    decoder_free(decoder);
    return result;
}

/* Each encoding must become UTF-8, wherever its bytes are cut; a byte-order
 * mark must select UTF-16 or UTF-32, and everything else pass through. */
static void test_encodings(void **state)
{
    static const struct {
        const char *encoding;
        const char *data;
        size_t len;
        const char *text;
    } cases[] = {
        {NULL, LITERAL("Id,K\xC3\xB6ln\n"), "Id,K\xC3\xB6ln\n"},
        {NULL, LITERAL(""), ""},
        {NULL, LITERAL("I"), "I"},
        {NULL, LITERAL("\xFF"), "\xFF"},
        {NULL, LITERAL("\xE9\xFF"), "\xE9\xFF"},
        {NULL, LITERAL("\xFF\xFEI\0d\0\xF6\0"), "Id\xC3\xB6"},
        {NULL, LITERAL("\xFE\xFF\0I\0d\0\xF6"), "Id\xC3\xB6"},
        {NULL, LITERAL("\xFF\xFE=\xD8\0\xDE"), "\xF0\x9F\x98\x80"},
        {NULL, LITERAL("\xFF\xFE\0\0I\0\0\0"), "I"},
        {NULL, LITERAL("\0\0\xFE\xFF\0\0\0I"), "I"},
        {"UTF-16LE", LITERAL("I\0d\0"), "Id"},
        {"WINDOWS-1252", LITERAL("K\xF6ln \x80"), "K\xC3\xB6ln \xE2\x82\xAC"},
        {"SHIFT_JIS", LITERAL("\x93\x8C\x8B\x9E"), "\xE6\x9D\xB1\xE4\xBA\xAC"},
        {"ISO-2022-JP", LITERAL("\x1B$BEl\x1B(B."), "\xE6\x9D\xB1."},
        {"UTF-8", LITERAL("K\xC3\xB6ln"), "K\xC3\xB6ln"},
        {"utf8", LITERAL("\xEF\xBB\xBFId"), "\xEF\xBB\xBFId"},
        {"UCS-2LE", LITERAL("\xFF\xFEI\0"), "\xEF\xBB\xBFI"},
    };
    struct buffer text;
    struct error error;

    (void)state;
    buffer_init(&text, TEXT_MAX);
    for (size_t i = 0; i < COUNT(cases); i++) {
        for (size_t step = 1; step < 8; step++) {
            if (decode(cases[i].encoding, cases[i].data, cases[i].len, step,
                       &text, &error))
                fail_msg("case %zu: %s", i, error.text);
            assert_string_equal(text.data, cases[i].text);
        }
    }
    buffer_free(&text);
}

/* Text that is longer than all buffers must be whole. */
static void test_long_text(void **state)
{
    size_t count = 100001;
    char *data = malloc(2 * count + 2);
    struct buffer text;
    struct error error;

    (void)state;
    assert_non_null(data);
    data[0] = (char)0xFF;
    data[1] = (char)0xFE;
    for (size_t i = 0; i < count; i++) {
        data[2 + 2 * i] = (char)0xF6;
        data[3 + 2 * i] = '\0';
    }
    buffer_init(&text, TEXT_MAX);
    assert_int_equal(decode(NULL, data, 2 * count + 2, 70001, &text, &error),
                     0);
    assert_int_equal(text.len, 2 * count);
    for (size_t i = 0; i < count; i++)
        assert_memory_equal(text.data + 2 * i, "\xC3\xB6", 2);
    buffer_free(&text);
    free(data);
}

/* Bytes that are not in the encoding, and half of a character at the end, must
 * be refused; the text before them must come first. */
static void test_refused(void **state)
{
    static const struct {
        const char *encoding;
        const char *data;
        size_t len;
        const char *text, *message;
    } cases[] = {
        {"UTF-8", LITERAL("K\xF6ln"), "K", "not valid UTF-8"},
        {"SHIFT_JIS", LITERAL("a\xFF"), "a", "not valid SHIFT_JIS"},
        {NULL, LITERAL("\xFF\xFEI\0\0\xDC"), "I", "not valid UTF-16"},
        {NULL, LITERAL("\xFF\xFEI\0d"), "I", "within a character of UTF-16"},
        {"WINDOWS-1252", LITERAL("\xEF\xBB\xBFId"), "",
         "the byte-order mark of UTF-8, but --encoding names another"},
        {"WINDOWS-1252", LITERAL("\xFF\xFEI\0"), "", "mark of UTF-16"},
        {"UTF-16LE", LITERAL("\xEF\xBB\xBFI"), "", "mark of UTF-8"},
        {"utf8", LITERAL("\xFE\xFF\0I"), "", "mark of UTF-16"},
    };
    struct buffer text;
    struct error error;

    (void)state;
    buffer_init(&text, TEXT_MAX);
    for (size_t i = 0; i < COUNT(cases); i++) {
        for (size_t step = 1; step < 8; step++) {
            assert_int_equal(decode(cases[i].encoding, cases[i].data,
                                    cases[i].len, step, &text, &error),
                             -1);
            assert_int_equal(error.kind, ERROR_INPUT);
            assert_string_equal(text.data, cases[i].text);
            assert_non_null(strstr(error.text, cases[i].message));
        }
    }
    buffer_free(&text);
}

/* An unknown encoding must be refused as wrong usage, and a failure of take()
 * must be passed on. */
static void test_failures(void **state)
{
    struct error error;
    struct decoder *decoder;

    (void)state;
    assert_null(decoder_new("UTF-99", take, NULL, &error));
    assert_int_equal(error.kind, ERROR_USAGE);
    assert_non_null(strstr(error.text, "'UTF-99' is unknown"));
    decoder = decoder_new("UTF-16LE", fail_to_take, NULL, &error);
    assert_non_null(decoder);
    assert_int_equal(decoder_feed(decoder, "I\0", 2, &error), -1);
    assert_string_equal(error.text, "enough");
    decoder_free(decoder);
    decoder_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_encodings),
        cmocka_unit_test(test_long_text),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_failures),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
