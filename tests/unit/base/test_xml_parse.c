#include "unit.h"

#include <unistd.h>

#include "base/xml.h"

#define TEXT_MAX ((size_t)8 << 20)

static struct xml *parse(const char *text, struct xml_refusal *refusal)
{
    return xml_parse(text, strlen(text), refusal);
}

static void expect_refused(const char *text, const char *why)
{
    struct xml_refusal refusal;

    assert_null(parse(text, &refusal));
    assert_string_equal(refusal.why, why);
    assert_false(refusal.no_memory);
}

/* An ampersand in a namespace must come back unchanged, as one in an attribute.
 */
static void test_keeps_ampersands_of_namespaces(void **state)
{
    static const struct xml_binding none[] = {{NULL, NULL}};
    static const char text[] = "<p:a xmlns:p=\"urn:x?y&amp;z\"><b "
                               "xmlns=\"urn:&amp;b\"/></p:a>";
    struct xml_refusal refusal;
    struct xml *document = parse(text, &refusal);
    struct buffer printed;

    (void)state;
    assert_non_null(document);
    buffer_init(&printed, TEXT_MAX);
    assert_int_equal(xml_print(xml_root(document), none, &printed), 0);
    assert_string_equal(printed.data, "<p:a xmlns:p=\"urn:x?y&amp;z\">"
                                      "<b xmlns=\"urn:&amp;b\"/></p:a>");
    buffer_free(&printed);
    xml_free(document);
}

/* Parsing must end at the first error, however many attributes follow it: each
 * of these texts would take many minutes. */
static void test_stops_at_the_first_error(void **state)
{
    static const char *const begins[] = {"<?xml version='1.0' b=' ?><r><x ",
                                         "<r><? b='?><x ", "<r><! b='><x "};

    (void)state;
    for (size_t i = 0; i < COUNT(begins); i++) {
        struct buffer text;

        buffer_init(&text, TEXT_MAX);
        assert_int_equal(buffer_puts(&text, begins[i]), 0);
        for (unsigned n = 0; n < 400000; n++)
            assert_int_equal(buffer_printf(&text, "a%u=\"\" ", n), 0);
        assert_int_equal(buffer_puts(&text, "/>'/></r>"), 0);
        expect_refused(text.data, "not XML, or incomplete");
        buffer_free(&text);
    }
}

/* A text that declares another encoding than UTF-8, and is not in ASCII, must
 * be refused and not converted: the converter prints errors to standard error,
 * with bytes of the text. */
static void test_refuses_other_encodings_silently(void **state)
{
    static const char *const names[] = {"EUC-JP", "UTF-16", "US-ASCII", "UTF-7",
                                        "utf8",   "utf-8x", "",         "none"};
    char text[100], caught[10];
    int pipes[2], kept = dup(STDERR_FILENO);

    (void)state;
    assert_int_equal(pipe(pipes), 0);
    assert_int_equal(dup2(pipes[1], STDERR_FILENO), STDERR_FILENO);
    for (size_t i = 0; i < COUNT(names); i++) {
        (void)snprintf(text, sizeof(text),
                       "<?xml version=\"1.0\" encoding='%s'?><a>\xC3\xA9\xC3"
                       "\xAD\xC3\xA4\xC3\xBC</a>",
                       names[i]);
        expect_refused(text, "another encoding than UTF-8");
    }
    assert_int_equal(dup2(kept, STDERR_FILENO), STDERR_FILENO);
    close(kept);
    close(pipes[1]);
    assert_int_equal(read(pipes[0], caught, sizeof(caught)), 0);
    close(pipes[0]);
}

/* UTF-8 may be declared, in any letter case, with or without a byte-order mark.
 */
static void test_takes_utf8_by_name(void **state)
{
    static const char *const begins[] = {
        "<?xml version='1.0' encoding='utf-8'?>",
        "\xEF\xBB\xBF<?xml version=\"1.0\" encoding = \"UTF-8\" ?>\n",
        "\xEF\xBB\xBF", "<?xml version='1.0'?><!-- encoding='x' -->"};
    struct xml_refusal refusal;
    char text[100];

    (void)state;
    for (size_t i = 0; i < COUNT(begins); i++) {
        struct xml *document;

        (void)snprintf(text, sizeof(text), "%s<a>\xC3\xA9</a>", begins[i]);
        document = parse(text, &refusal);
        assert_non_null(document);
        assert_string_equal(xml_text(xml_root(document)), "\xC3\xA9");
        xml_free(document);
    }
}

/* A text that is too large for a document must not be reported as a
 * lack of memory. */
static void test_refuses_a_text_beyond_the_bound(void **state)
{
    const size_t size = XML_MAX_MEMORY;
    char *text = malloc(size + 1);

    (void)state;
    assert_non_null(text);
    memcpy(text, "<a>", 4);
    memset(text + 3, ' ', size - 3);
    memcpy(text + size - 4, "</a>", 5);
    expect_refused(text, "too large");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keeps_ampersands_of_namespaces),
        cmocka_unit_test(test_stops_at_the_first_error),
        cmocka_unit_test(test_refuses_other_encodings_silently),
        cmocka_unit_test(test_takes_utf8_by_name),
        cmocka_unit_test(test_refuses_a_text_beyond_the_bound),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
