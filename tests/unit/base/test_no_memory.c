#include "failing_memory.h"

#include "base/json.h"
#include "base/xml.h"

/* A text whose parsing needs so many allocations that this is a lot. */
#define MANY 10000

static const char some_json[] =
    "{\"a\":[1,2.50,\"text\",{\"b\":true,\"c\":null}],\"d\":-7e3,\"e\":{}}";

/* Whichever allocation fails: a text that is JSON must not be called anything
 * else, but the lack of memory must be named. */
static void test_json(void **state)
{
    unsigned long failing = 1;
    struct cJSON *document = NULL;

    (void)state;
    need_failing_memory();
    for (; !document && failing < MANY; failing++) {
        struct json_refusal refusal = {.why = NULL};
        bool has_failed;

        fail_memory_at(failing);
        document = json_parse(some_json, strlen(some_json), &refusal);
        has_failed = end_failing_memory();
        if (document) {
            assert_false(has_failed);
        } else {
            assert_true(has_failed);
            assert_true(refusal.no_memory);
            assert_false(refusal.is_json);
            assert_non_null(refusal.why);
        }
    }
    assert_in_range(failing, 3, MANY - 1);
    json_free(document);
}

/* Appends so many texts with a number in them, in two places. */
static int put(struct buffer *text, unsigned count, const char *begin,
               const char *middle, const char *end)
{
    for (unsigned i = 0; i < count; i++)
        if (buffer_printf(text, "%s%u%s%u%s", begin, i, middle, i, end))
            return -1;
    return 0;
}

/* A document for which a parser must enlarge its tables. It is printed as it
 * was written. (libxml2 2.9 uses freed memory if it runs out of it while it
 * reads the eleventh attribute of an element.) */
static void make_xml(struct buffer *text)
{
    buffer_init(text, 100000);
    assert_int_equal(buffer_puts(text, "<p:a xmlns:p=\"urn:x\"><!--c-->") ||
                         put(text, 30, "<e", " f=\"1&amp;", "\">") ||
                         put(text, 20, "<g", " xmlns:h=\"urn:h", "\"/>") ||
                         buffer_puts(text, "<i") ||
                         put(text, 8, " j", "=\"", "\"") ||
                         buffer_puts(text, ">") ||
                         put(text, 2000, "\xE2\x82\xAC&lt;", " ", " ") ||
                         buffer_puts(text, "</i>"),
                     0);
    for (unsigned i = 30; i-- > 0;)
        assert_int_equal(buffer_printf(text, "</e%u>", i), 0);
    assert_int_equal(buffer_puts(text, "</p:a>"), 0);
}

static void assert_prints(const struct xml *document, const struct buffer *text)
{
    static const struct xml_binding none[] = {{NULL, NULL}};
    struct buffer printed;

    buffer_init(&printed, text->max);
    assert_int_equal(xml_print(xml_root(document), none, &printed), 0);
    assert_string_equal(printed.data, text->data);
    buffer_free(&printed);
}

/* The same for XML. If libxml2 can do without the memory, the document must be
 * complete. */
static void test_xml(void **state)
{
    unsigned refused = 0;
    bool has_failed = true;
    struct xml_refusal none;
    struct buffer text;

    (void)state;
    need_failing_memory();
    make_xml(&text);
    xml_free(xml_parse(text.data, text.len, &none)); /* libxml2 is prepared */
    for (unsigned long failing = 1; has_failed && failing < MANY; failing++) {
        struct xml_refusal refusal = {.why = NULL};
        struct xml *document;

        fail_memory_at(failing);
        document = xml_parse(text.data, text.len, &refusal);
        has_failed = end_failing_memory();
        if (document) {
            assert_prints(document, &text);
            xml_free(document);
            continue;
        }
        if (!refusal.no_memory)
            fail_msg("allocation %lu: %s", failing, refusal.why);
        refused++;
    }
    assert_false(has_failed);
    assert_in_range(refused, 10, MANY);
    buffer_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_xml),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
