#include "unit.h"

#include "base/json_split.h"

struct parts {
    struct buffer text;
    struct buffer document;
    struct buffer all; /* the documents, a line each, and what is left */
};

static void init_parts(struct parts *parts)
{
    buffer_init(&parts->text, 100000);
    buffer_init(&parts->document, 100000);
    buffer_init(&parts->all, 1000000);
}

static void free_parts(struct parts *parts)
{
    buffer_free(&parts->text);
    buffer_free(&parts->document);
    buffer_free(&parts->all);
}

/* Passes the text in pieces of so many bytes, and moves what can be moved after
 * each. */
static const char *split(struct parts *parts, const char *text, size_t size)
{
    struct json_split state;
    size_t len = strlen(text);

    buffer_clear(&parts->text);
    buffer_clear(&parts->all);
    assert_int_equal(buffer_puts(&parts->text, ""), 0);
    json_split_init(&state, "items");
    for (size_t at = 0; at < len; at += size) {
        size_t piece = len - at < size ? len - at : size;

        assert_int_equal(buffer_append(&parts->text, text + at, piece), 0);
        if (json_split_scan(&state, &parts->text) == 0)
            continue;
        assert_int_equal(
            json_split_move(&state, &parts->text, &parts->document), 0);
        assert_int_equal(buffer_puts(&parts->all, parts->document.data), 0);
        assert_int_equal(buffer_puts(&parts->all, "\n"), 0);
    }
    assert_int_equal(buffer_puts(&parts->all, parts->text.data), 0);
    return parts->all.data;
}

/* Items become documents of their own, with all that precedes the array; those
 * that arrive with the end of the array stay with what follows it. */
static void test_items(void **state)
{
    struct parts parts;

    (void)state;
    init_parts(&parts);
    assert_string_equal(
        split(&parts, "{\"n\":2,\"items\":[{\"a\":1},{\"b\":2},3],\"z\":{}}",
              1),
        "{\"n\":2,\"items\":[{\"a\":1}]}\n"
        "{\"n\":2,\"items\":[{\"b\":2}]}\n"
        "{\"n\":2,\"items\":[3],\"z\":{}}");
    assert_string_equal(
        split(&parts, "{\"items\":[{\"a\":1},{\"b\":2},[3,4],5]}", 28),
        "{\"items\":[{\"a\":1},{\"b\":2}]}\n{\"items\":[[3,4],5]}");
    free_parts(&parts);
}

/* Texts without such an array, or that are not such documents, stay as they
 * are. */
static void test_others(void **state)
{
    static const char *const texts[] = {
        "",
        "{}",
        "[1,2,3]",
        "{\"items\":[]}",
        "{\"items\":null,\"a\":[1,2,3]}",
        "{\"other\":[1,2,3]}",
        "{\"a\":{\"items\":[1,2,3]}}",
        "{\"a\":\"items\",\"b\":[1,2,3]}",
        "{\"a\":[[1,2],[3,4]],\"items\":[[1,2]]}",
        "{\"ite\\u006ds\":[1,2,3]}",
        "<items>{\"items\":[1,2,3]}",
        "\x1F\x8B{\"items\":[1,2,3]}",
        "]]}}{\"items\":",
    };
    struct parts parts;

    (void)state;
    init_parts(&parts);
    for (size_t i = 0; i < COUNT(texts); i++)
        assert_string_equal(split(&parts, texts[i], 1), texts[i]);
    free_parts(&parts);
}

/* Brackets, quotes and commas in strings are no structure; a byte-order mark
 * and blanks may precede the document. */
static void test_strings(void **state)
{
    struct parts parts;

    (void)state;
    init_parts(&parts);
    assert_string_equal(
        split(&parts,
              "\xEF\xBB\xBF {\"items\" : [\"],\\\"}\",{\"x\":\"[,{\\\\\"},1]}",
              3),
        "\xEF\xBB\xBF {\"items\" : [\"],\\\"}\"]}\n"
        "\xEF\xBB\xBF {\"items\" : [{\"x\":\"[,{\\\\\"}]}\n"
        "\xEF\xBB\xBF {\"items\" : [1]}");
    free_parts(&parts);
}

/* Appends the items of all documents, each with a semicolon. Items have no
 * nested objects, and end with "}". */
static void collect(const char *text, struct buffer *items)
{
    while ((text = strstr(text, "{\"i\""))) {
        const char *end = text;

        for (bool quoted = false; quoted || *end != '}'; end++)
            if (*end == '"' && end[-1] != '\\')
                quoted = !quoted;
        assert_int_equal(buffer_append(items, text, (size_t)(end - text)), 0);
        assert_int_equal(buffer_puts(items, ";"), 0);
        text = end;
    }
}

/* Whatever the pieces are, the items of all documents together are those of the
 * text. */
static void test_random_pieces(void **state)
{
    uint64_t random = 42;
    struct parts parts;
    struct buffer text, wanted, found;

    (void)state;
    init_parts(&parts);
    buffer_init(&text, 100000);
    buffer_init(&wanted, 100000);
    buffer_init(&found, 100000);
    for (int round = 0; round < 500; round++) {
        unsigned count = below(&random, 30);

        buffer_clear(&text);
        buffer_clear(&wanted);
        buffer_clear(&found);
        assert_int_equal(buffer_puts(&text, "{\"a\":[[]],\"items\":["), 0);
        for (unsigned i = 0; i < count; i++)
            assert_int_equal(buffer_printf(&text, "%s{\"i\":\"%u%s\"}",
                                           i > 0 ? "," : "", i,
                                           below(&random, 2) ? "]},\\\"[" : ""),
                             0);
        assert_int_equal(buffer_puts(&text, "],\"b\":1}"), 0);
        collect(text.data, &wanted);
        collect(split(&parts, text.data, 1 + below(&random, 40)), &found);
        assert_int_equal(found.len, wanted.len);
        if (found.len > 0)
            assert_string_equal(found.data, wanted.data);
    }
    buffer_free(&text);
    buffer_free(&wanted);
    buffer_free(&found);
    free_parts(&parts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_items),
        cmocka_unit_test(test_others),
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_random_pieces),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
