#include "freed_memory.h"

#include <cjson/cJSON.h>
#include <errno.h>

#include "base/json.h"
#include "base/utf8.h"

#define PRINT_MAX ((size_t)1 << 20)

/* An object of so many members. */
static char *make_object(unsigned members)
{
    struct buffer text;

    buffer_init(&text, PRINT_MAX);
    assert_int_equal(buffer_puts(&text, "{"), 0);
    for (unsigned i = 0; i < members; i++)
        assert_int_equal(
            buffer_printf(&text, "%s\"m%u\":%u", i ? "," : "", i, i), 0);
    assert_int_equal(buffer_puts(&text, "}"), 0);
    return text.data;
}

static char *make_nested(const char *open, const char *close, unsigned depth)
{
    struct buffer text;

    buffer_init(&text, PRINT_MAX);
    for (unsigned i = 0; i < depth; i++)
        assert_int_equal(buffer_puts(&text, open), 0);
    assert_int_equal(buffer_puts(&text, "1"), 0);
    for (unsigned i = 0; i < depth; i++)
        assert_int_equal(buffer_puts(&text, close), 0);
    return text.data;
}

static struct cJSON *parse(const char *text)
{
    struct json_refusal refusal;
    struct cJSON *document = json_parse(text, strlen(text), &refusal);

    if (!document)
        fail_msg("%s: %s", text, refusal.why);
    return document;
}

static void make_string(struct cJSON *document, struct cJSON *value,
                        const char *text)
{
    assert_int_equal(json_make_string(document, value, text), 0);
}

static void assert_prints(struct cJSON *document, const char *text)
{
    struct buffer out;

    buffer_init(&out, PRINT_MAX);
    assert_int_equal(json_print(document, &out), 0);
    assert_string_equal(out.data, text);
    assert_int_equal(out.len, strlen(text));
    buffer_free(&out);
}

/* The text must come back equal as JSON, with the literals of its numbers. */
static void assert_kept(const char *text)
{
    struct cJSON *document = parse(text);
    struct buffer out;

    buffer_init(&out, PRINT_MAX);
    assert_int_equal(json_print(document, &out), 0);
    assert_same_json(text, out.data);
    buffer_free(&out);
    json_free(document);
}

static void assert_complete(const char *text, size_t len, bool complete)
{
    struct json_refusal refusal;

    assert_null(json_parse(text, len, &refusal));
    assert_int_equal(refusal.is_json, complete);
}

static void assert_refused(const char *text, size_t len, const char *part)
{
    struct json_refusal refusal;
    struct cJSON *document = json_parse(text, len, &refusal);

    if (document)
        fail_msg("accepted: %s", text);
    assert_non_null(refusal.why);
    if (!strstr(refusal.why, part))
        fail_msg("%s: refused as \"%s\", not \"%s\"", text, refusal.why, part);
}

/* A document must come back equal, with the literals of its numbers. */
static void test_keeps_document(void **state)
{
    static const char *const texts[] = {
        "1.50",
        "1E3",
        "-0",
        "0.1e-7",
        "-0.0E+00",
        "999999999999999",
        "[\"1\",9007199254740993,\"2\"]",
        "-12345678901234567890",
        "123456789012345678901234567890123456789012345678901234567890123",
        "-999999999999999",
        "0.12345678901234567890123456789",
        "1e999",
        "[1,2.0,[3,[[-4e5]],[]],{},6]",
        "{\"1\":\"2\",\"3\":4,\"-5\":[\"6\",7,\"8\\\"9\",10]}",
        "{\"a\\\\\":1,\"\\\\\\\"2\":3,\"b\":\"\\\\\",\"c\":4}",
        "[\"\\\\\",1,\"\\\"\",2,\"\\\\\\\"\",3,\"\",4]",
        "[true,false,null,0,true,1,null,2]",
        "{\"a\":{\"b\":[{\"c\":1.0}],\"d\":2.00},\"e\":3.000}",
        " { \"a\" : [ 1 , 2 ] , \"b\" : 3 } ",
        "\t[\r\n1.10 ,\t2.20 ]\r\n",
        "\"\\u00e4\\ud83d\\ude00\\u0001\\b\\f\\n\\r\\t\\/\"",
        "\"\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80\x7F\"",
        "\"\\\\u0000\"",
        "\"\\\\\\\\u0000\"",
        "\"\\\\uZZZZ\"",
        "{\"a\":1,\"A\":2,\"\":3,\"a \":4}",
        "[1,1,{\"a\":1},{\"a\":1}]",
        "{\"a\":{\"a\":{\"a\":1}}}",
        "[]",
        "{}",
        "\"\"",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++)
        assert_kept(texts[i]);
}

/* A text that is not JSON, or would not come back equal, must be refused. */
static void test_refuses(void **state)
{
    static const struct {
        const char *text;
        const char *part;
    } cases[] = {
        {"", "not JSON"},
        {" ", "not JSON"},
        {"nul", "not JSON"},
        {"[1,]", "not JSON"},
        {"[1 2]", "not JSON"},
        {"{\"a\":1,}", "not JSON"},
        {"{\"a\"}", "not JSON"},
        {"{a:1}", "not JSON"},
        {"{\"a\":1", "not JSON"},
        {"\"abc", "not JSON"},
        {"[\"a\\", "not JSON"},
        {"\"\\x\"", "not JSON"},
        {"[+1]", "not JSON"},
        {"[.5]", "not JSON"},
        {"[NaN]", "not JSON"},
        {"[1.2.3]", "not JSON"},
        {"\"\\ud800\"", "not JSON"},
        {"\"\\udc00\"", "not JSON"},
        {"\"\\ud800\\u0041\"", "not JSON"},
        {"\"\\ud800\\ud800\"", "not JSON"},
        {"<html>", "not JSON"},
        {"{}x", "after"},
        {"{}{}", "after"},
        {"1 1", "after"},
        {"01", "number"},
        {"-01", "number"},
        {"00", "number"},
        {"[1.]", "number"},
        {"[-.5]", "number"},
        {"[1234567890123456789012345678901234567890123456789012345678901234]",
         "number"},
        {"{\"a\":1,\"a\":1}", "duplicate"},
        {"{\"a\":1,\"b\":2,\"c\":3,\"a\":null}", "duplicate"},
        {"[{\"a\":{\"b\":1,\"c\":2,\"b\":3}}]", "duplicate"},
        {"{\"a\":1,\"\\u0061\":2}", "duplicate"},
        {"{\"\\u00e4\":1,\"\xC3\xA4\":2}", "duplicate"},
        {"{\"\":1,\"\":2}", "duplicate"},
        {"\"\\u0000\"", "NUL"},
        {"\"\\\\\\u0000\"", "NUL"},
        {"{\"a\\u0000b\":1}", "NUL"},
        {"\"\\ud800\\u0000\"", "JSON"},
        {"\"\xFF\"", "UTF-8"},
        {"\"\xC3\"", "UTF-8"},
        {"\"\xC0\x80\"", "UTF-8"},
        {"\"\xED\xA0\x80\"", "UTF-8"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_refused(cases[i].text, strlen(cases[i].text), cases[i].part);
}

/* A complete document that can't be kept must be told from a text that is no
 * document, or not all of one: only the first comes again. */
static void test_tells_complete_documents(void **state)
{
    static const struct {
        const char *text, *part;
        bool is_json;
    } cases[] = {
        {"{\"a\":\"\\ud83d\"}", "surrogate", true},
        {"{\"a\":\"\\ude00\"}", "surrogate", true},
        {"{\"a\":\"\\ud83dx\"}", "surrogate", true},
        {"{\"a\":\"\\ud83d\\n\"}", "surrogate", true},
        {"{\"a\":\"\\uD83D\\uD83D\\uDE00\"}", "surrogate", true},
        {"{\"\\uDE00\":1}", "surrogate", true},
        {"{\"a\":\"\\u0000\"}", "NUL", true},
        {"{\"a\":\"\xE4\"}", "UTF-8", true},
        {"\xEF\xBB\xBF {\"a\":\"\xE4\"}\r\n", "UTF-8", true},
        {"{\"a\":1,\"a\":1}", "duplicate", true},
        {"{\"a\":\"\t\"}", "control", true},
        {"{\"a\":\"\\ud83d\"", "not JSON", false},
        {"{\"a\":\"\\ud83d", "not JSON", false},
        {"{\"a\":\"\\ud83d\"}}", "not JSON", false},
        {"{\"a\":\"\xE4\"", "UTF-8", false},
        {"{\"a\":\"\xE4", "UTF-8", false},
        {"<a>\xE4</a>", "UTF-8", false},
        {"\"\\ud83d\"", "not JSON", false},
        {"<a>\"\\ud83d\"</a>", "not JSON", false},
        {"{~}", "not JSON", false},
        {"{\"a\":1}{\"a\":1}", "after", false},
        {"", "not JSON", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct json_refusal refusal;

        assert_null(json_parse(cases[i].text, strlen(cases[i].text), &refusal));
        if (!strstr(refusal.why, cases[i].part) ||
            refusal.is_json != cases[i].is_json)
            fail_msg("%s: %s, %d", cases[i].text, refusal.why, refusal.is_json);
    }
}

/* The path of the member at fault must be known. */
static void test_names_members(void **state)
{
    static const struct {
        const char *text, *path;
    } cases[] = {
        {"{\"a\":\"\\ud83d\"}", "a"},
        {"\xEF\xBB\xBF{\"a\":\"\\ud83d\"}", "a"},
        {"{\"u\":{\"c\":{\"x\":1},\"n\":{\"first\":\"a\\ude00b\"}}}",
         "u.n.first"},
        {"{\"list\":[{\"a\":1},{\"b\":[\"\\ud83d\"]}]}", "list.b"},
        {"{\"a\":{\"b\":\"\\\"{\"},\"c\":\"\\u0000\"}", "c"},
        {"{\"\\uDE00\":1}", "\\uDE00"},
        {"[\"\\ud83d\"]", ""},
        {"{\"a\":\"\x01\"}", "a"},
        {"{\"a\":01}", "a"},
        {"{\"a\":1", ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct json_refusal refusal;

        assert_null(json_parse(cases[i].text, strlen(cases[i].text), &refusal));
        if (strcmp(refusal.path, cases[i].path) != 0)
            fail_msg("%s: %s", cases[i].text, refusal.path);
    }
}

/* A path must be truncated to its buffer, however deep and long its names are,
 * and end with a whole character. */
static void test_long_paths(void **state)
{
    struct buffer text;
    struct json_refusal refusal;

    (void)state;
    buffer_init(&text, 100000);
    for (int i = 0; i < 30; i++)
        assert_int_equal(buffer_puts(&text, "{\"\xC3\xA4\xC3\xA4\xC3\xA4"
                                            "\xC3\xA4\xC3\xA4\":"),
                         0);
    assert_int_equal(buffer_puts(&text, "\"\\ud83d\""), 0);
    for (int i = 0; i < 30; i++)
        assert_int_equal(buffer_puts(&text, "}"), 0);
    assert_null(json_parse(text.data, text.len, &refusal));
    assert_true(strlen(refusal.path) > JSON_PATH_SIZE - 4);
    assert_true(utf8_is_valid(refusal.path, strlen(refusal.path)));
    buffer_free(&text);
}

/* A number with more digits than a double has must be found by its name; one
 * with few digits must not. */
static void test_long_numbers(void **state)
{
    static const struct {
        const char *text, *name;
    } cases[] = {
        {"{\"a\":1,\"b\":{\"c\":[-12345678901234567890]}}", "c"},
        {"{\"a\":1000000000000000}", "a"},
        {"{\"a\":[{\"b\":1234567890123456.5}]}", "b"},
        {"{\"a\":999999999999999,\"b\":\"1234567890123456\"}", NULL},
        {"{\"a\":0.12345678901234567890,\"b\":1e99}", NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cJSON *document = parse(cases[i].text);
        const char *name = json_find_long_number(document);

        if (!name != !cases[i].name ||
            (name && strcmp(name, cases[i].name) != 0))
            fail_msg("%s: %s", cases[i].text, name ? name : "none");
        json_free(document);
    }
}

/* An escape whose digits are not hexadecimal must be refused: cJSON would cut
 * the string there. */
static void test_refuses_bad_escapes(void **state)
{
    static const char *const texts[] = {
        "\"abc\\uZZZZdef\"", "\"\\u00\"",   "\"\\u00g0\"",
        "\"\\u 041\"",       "\"\\u+041\"", "{\"a\\uXXXX\":1}",
        "\"\\\\\\uZZZZ\"",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++)
        assert_refused(texts[i], strlen(texts[i]), "");
}

/* Control characters must be refused wherever RFC 8259 does not allow them. */
static void test_refuses_control_characters(void **state)
{
    static const char *const texts[] = {
        "\"a\nb\"", "\"a\tb\"",    "\"\x1F\"", "[1 \x01]",
        "\f[1]",    "{\"a\"\v:1}", "[1]\x0B",  "{\"a\n\":1}",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++)
        assert_refused(texts[i], strlen(texts[i]), "");
}

/* A NUL byte must be refused, wherever it is. */
static void test_refuses_nul_byte(void **state)
{
    static const char inside[] = "{\"a\":1,\0\"b\":2}";
    static const char after[] = "{\"a\":1}\0junk";
    static const char hidden[] = "[\"a\0b\"]";

    (void)state;
    assert_refused(inside, sizeof(inside) - 1, "UTF-8");
    assert_refused(after, sizeof(after) - 1, "UTF-8");
    assert_refused(hidden, sizeof(hidden) - 1, "UTF-8");
}

/* Objects and arrays must be accepted to a depth of 32 and refused at 33. */
static void test_depth(void **state)
{
    static const struct {
        const char *open, *close;
    } kinds[] = {{"[", "]"}, {"{\"a\":", "}"}, {"[0,{\"a\":", "}]"}};

    (void)state;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        unsigned levels = i == 2 ? 2 : 1;
        char *accepted =
            make_nested(kinds[i].open, kinds[i].close, JSON_MAX_DEPTH / levels);
        char *refused = make_nested(kinds[i].open, kinds[i].close,
                                    JSON_MAX_DEPTH / levels + 1);

        assert_kept(accepted);
        assert_refused(refused, strlen(refused), "deep");
        free(accepted);
        free(refused);
    }
}

/* Nesting far beyond every bound, also that of cJSON, must be refused without a
 * crash, and counts as complete if each bracket is closed. */
static void test_extreme_depth(void **state)
{
    static const unsigned depths[] = {2000, 50000, 200000};

    (void)state;
    for (size_t i = 0; i < COUNT(depths); i++) {
        char *text = make_nested("[", "]", depths[i]);
        size_t len = strlen(text);

        assert_refused(text, len, i < 2 ? "deep" : "too large");
        assert_complete(text, len, true);
        text[len - 1] = '\0';
        assert_complete(text, len - 1, false);
        free(text);
    }
}

/* An object must be accepted with 1000 members and refused with 1001. */
static void test_member_bound(void **state)
{
    char *accepted = make_object(JSON_MAX_MEMBERS);
    char *refused = make_object(JSON_MAX_MEMBERS + 1);

    (void)state;
    assert_kept(accepted);
    assert_refused(refused, strlen(refused), "too many");
    free(accepted);
    free(refused);
}

/* A duplicate member must be found among many others, at any distance. */
static void test_duplicate_among_many(void **state)
{
    char *text = make_object(JSON_MAX_MEMBERS - 1);
    size_t len = strlen(text);

    (void)state;
    for (unsigned i = 0; i < JSON_MAX_MEMBERS - 1; i += 37) {
        char duplicate[PRINT_MAX / 16];

        (void)snprintf(duplicate, sizeof(duplicate), "%.*s,\"m%u\":0}",
                       (int)(len - 1), text, i);
        assert_refused(duplicate, strlen(duplicate), "duplicate");
    }
    free(text);
}

/* The seeds of the random texts: each kind of token next to each other. */
static const char *const seeds[] = {
    "{\"Id\":\"12\",\"n\":[1,-2.50,3e4,{\"x\":0}],\"s\":\"a\\\"1\\\\2\"}",
    "[1,\"2\",[3,\"\\\\\",4],{\"5\":6,\"7\":\"8\"},-9,true,null,0.10]",
    "{\"a\\u0031\":1.0,\"b\":{\"c\":[],\"d\":{},\"e\":\"\\ud83d\\ude00\"}}",
};

#define SEED_MAX 128

/* Changes, inserts or removes a few characters. */
static void mutate(uint64_t *random, char text[SEED_MAX])
{
    static const char alphabet[] = "{}[]\",:\\u019-.eE+ tfn\n\"\"\\";

    for (unsigned times = 1 + below(random, 4); times > 0; times--) {
        unsigned len = (unsigned)strlen(text);
        unsigned at = below(random, len + 1);
        unsigned put = below(random, 3) > 0;
        unsigned take = at < len && (put == 0 || below(random, 2) > 0);
        char c = alphabet[below(random, sizeof(alphabet) - 1)];
        char made[SEED_MAX];

        (void)snprintf(made, sizeof(made), "%.*s%.*s%s", (int)at, text,
                       (int)put, &c, text + at + take);
        memcpy(text, made, sizeof(made));
    }
}

/* Every accepted text must be JSON and come back equal; a text that is refused
 * as not JSON must not be JSON. */
static void test_random_texts(void **state)
{
    uint64_t random = 20260102;
    unsigned accepted = 0, refused = 0;
    struct buffer canonical;

    (void)state;
    buffer_init(&canonical, PRINT_MAX);
    for (unsigned i = 0; i < 100000; i++) {
        const char *seed = seeds[below(&random, COUNT(seeds))];
        struct json_refusal refusal;
        char text[SEED_MAX];
        struct cJSON *document;

        (void)snprintf(text, sizeof(text), "%s", seed);
        mutate(&random, text);
        document = json_parse(text, strlen(text), &refusal);
        if (document) {
            json_free(document);
            assert_kept(text);
            accepted++;
        } else if (strstr(refusal.why, "not JSON") ||
                   strstr(refusal.why, "after")) {
            if (make_canonical(text, &canonical))
                fail_msg("%s: refused as \"%s\"", text, refusal.why);
            refused++;
        }
    }
    assert_true(accepted > 1000);
    assert_true(refused > 1000);
    buffer_free(&canonical);
}

/* Numbers must keep their literals, whatever strings are between them. */
static void test_random_literals(void **state)
{
    static const char *const pieces[] = {
        "1",
        "-0",
        "2.50",
        "3E+4",
        "0.001e-9",
        "\"5\"",
        "\"\\\"6\"",
        "\"7\\\\\"",
        "\"\\\\\\\"\"",
        "\"-8.0\"",
        "true",
        "null",
        "[9]",
        "[[],10.0]",
        "{\"11\":12.120}",
        "\"\\t13,14\"",
    };
    uint64_t random = 4711;

    (void)state;
    for (unsigned i = 0; i < 5000; i++) {
        struct buffer text;
        unsigned count = 1 + below(&random, 30);

        buffer_init(&text, PRINT_MAX);
        assert_int_equal(buffer_puts(&text, "["), 0);
        for (unsigned j = 0; j < count; j++)
            assert_int_equal(
                buffer_printf(&text, "%s%s", j ? "," : "",
                              pieces[below(&random, COUNT(pieces))]),
                0);
        assert_int_equal(buffer_puts(&text, "]"), 0);
        assert_kept(text.data);
        buffer_free(&text);
    }
}

/* A byte-order mark before the document may be accepted or refused, but must
 * never be sent back. */
static void test_byte_order_mark(void **state)
{
    static const char text[] = "\xEF\xBB\xBF{\"a\":1}";
    struct json_refusal refusal;
    struct cJSON *document = json_parse(text, strlen(text), &refusal);

    (void)state;
    if (document)
        assert_prints(document, "{\"a\":1}");
    else
        assert_non_null(refusal.why);
    json_free(document);
}

/* Each kind of value must be recognized, and only scalars have a text. */
static void test_reads_values(void **state)
{
    static const struct {
        const char *name;
        const char *text; /* NULL: none */
        bool object, array, null;
    } cases[] = {
        {"string", "a\xC3\xA4", false, false, false},
        {"empty", "", false, false, false},
        {"number", "1.50", false, false, false},
        {"yes", "true", false, false, false},
        {"no", "false", false, false, false},
        {"null", NULL, false, false, true},
        {"object", NULL, true, false, false},
        {"array", NULL, false, true, false},
        {"absent", NULL, false, false, false},
        {"STRING", NULL, false, false, false},
    };
    struct cJSON *document =
        parse("{\"string\":\"a\\u00e4\",\"empty\":\"\",\"number\":1.50,"
              "\"yes\":true,\"no\":false,\"null\":null,\"object\":{\"a\":1},"
              "\"array\":[1,\"b\"]}");

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct cJSON *value = json_member(document, cases[i].name);
        const char *text = json_text(value);

        if (cases[i].text)
            assert_string_equal(text, cases[i].text);
        else
            assert_null(text);
        assert_int_equal(json_is_object(value), cases[i].object);
        assert_int_equal(json_is_array(value), cases[i].array);
        assert_int_equal(json_is_null(value), cases[i].null);
    }
    json_free(document);
}

/* A value that is not an object must have no member. */
static void test_member_of_no_object(void **state)
{
    struct cJSON *document = parse("[{\"a\":1}]");

    (void)state;
    assert_null(json_member(document, "a"));
    assert_null(json_member(NULL, "a"));
    assert_string_equal(json_text(json_member(json_first(document), "a")), "1");
    json_free(document);
}

/* Items must be returned in the text's order. */
static void test_walks_items(void **state)
{
    struct cJSON *document = parse("[\"a\",2,\"c\"]");
    struct cJSON *item = json_first(document);

    (void)state;
    assert_string_equal(json_text(item), "a");
    item = json_next(item);
    assert_string_equal(json_text(item), "2");
    item = json_next(item);
    assert_string_equal(json_text(item), "c");
    assert_null(json_next(item));
    assert_null(json_first(NULL));
    assert_null(json_first(item));
    json_free(document);
}

/* Only a string of one or more asterisks and nothing else counts as masked. */
static void test_masked_text(void **state)
{
    static const struct {
        const char *text;
        bool masked;
    } cases[] = {
        {"{\"a\":\"****\"}", true},
        {"{\"a\":\"*\"}", true},
        {"{\"a\":{\"b\":[1,{\"c\":[\"x\",\"**\"]}]}}", true},
        {"{\"a\":1,\"b\":null,\"c\":\"\",\"z\":\"***\"}", true},
        {"\"**\"", true},
        {"{\"a\":\"\"}", false},
        {"{\"a\":\"**a\"}", false},
        {"{\"a\":\"a**\"}", false},
        {"{\"a\":\"* *\"}", false},
        {"{\"***\":1}", false},
        {"{\"a\":[1,true,null,{}]}", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cJSON *document = parse(cases[i].text);

        if (json_has_masked_text(document) != cases[i].masked)
            fail_msg("%s", cases[i].text);
        json_free(document);
    }
}

/* A value must be replaceable by any other kind, and keep its position and
 * name. */
static void test_makes_values(void **state)
{
    struct cJSON *document =
        parse("{\"a\":1.50,\"b\":null,\"c\":{\"x\":[1,2]},\"d\":\"d\"}");
    struct cJSON *object = json_member(document, "c");

    (void)state;
    make_string(document, json_member(document, "b"), "B\"\n");
    assert_prints(document, "{\"a\":1.50,\"b\":\"B\\\"\\n\","
                            "\"c\":{\"x\":[1,2]},\"d\":\"d\"}");
    json_make_object(object);
    json_make_boolean(json_add(document, object, "y"), true);
    json_make_boolean(json_add(document, object, "z"), false);
    json_make_null(json_member(document, "a"));
    json_make_object(json_member(document, "b"));
    json_make_boolean(json_member(document, "d"), true);
    assert_prints(document, "{\"a\":null,\"b\":{},"
                            "\"c\":{\"y\":true,\"z\":false},\"d\":true}");
    json_free(document);
}

/* Every kind must be replaceable by every other kind, again and again. */
static void test_makes_values_again(void **state)
{
    static const char *const kinds[] = {"1.0",  "\"s\"",       "true",
                                        "null", "{\"a\":[1]}", "[\"b\"]"};

    (void)state;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        char text[64];
        struct cJSON *document;
        struct cJSON *value;

        (void)snprintf(text, sizeof(text), "{\"a\":0,\"v\":%s}", kinds[i]);
        document = parse(text);
        value = json_member(document, "v");
        for (int times = 0; times < 2; times++) {
            json_make_object(value);
            assert_non_null(json_add(document, value, "x"));
            make_string(document, value, "");
            make_string(document, value, "text");
            assert_string_equal(json_text(value), "text");
            json_make_boolean(value, true);
            assert_string_equal(json_text(value), "true");
            json_make_null(value);
            assert_true(json_is_null(value));
            assert_null(json_text(value));
        }
        json_make_object(value);
        assert_prints(document, "{\"a\":0,\"v\":{}}");
        json_free(document);
    }
}

/* A member must be added at the end, null at first, also to an empty object. */
static void test_adds_members(void **state)
{
    struct cJSON *document = parse("{\"b\":1,\"a\":{}}");
    struct cJSON *added = json_add(document, document, "A");

    (void)state;
    assert_non_null(added);
    assert_true(json_is_null(added));
    assert_ptr_equal(json_member(document, "A"), added);
    assert_non_null(json_add(document, json_member(document, "a"), "x\"y"));
    assert_prints(document, "{\"b\":1,\"a\":{\"x\\\"y\":null},\"A\":null}");
    json_free(document);
}

/* A member must be found wherever the search begins. */
static void test_finds_near(void **state)
{
    static const char *const names[] = {"a", "b", "c", "d"};
    struct cJSON *document = parse("{\"a\":0,\"b\":1,\"c\":2,\"d\":3}");

    (void)state;
    for (size_t i = 0; i <= COUNT(names); i++) {
        struct cJSON *near =
            i < COUNT(names) ? json_member(document, names[i]) : NULL;

        for (size_t j = 0; j < COUNT(names); j++)
            assert_ptr_equal(json_member_near(document, near, names[j]),
                             json_member(document, names[j]));
        assert_null(json_member_near(document, near, "D"));
    }
    json_free(document);
}

/* All members but one must be removed, wherever it is. */
static void test_keeps_only(void **state)
{
    static const struct {
        const char *text, *after;
    } cases[] = {
        {"{\"U\":{\"a\":1},\"x\":1,\"y\":[]}", "{\"U\":{\"a\":1}}"},
        {"{\"x\":1,\"U\":2.0,\"y\":{}}", "{\"U\":2.0}"},
        {"{\"x\":1,\"u\":2,\"U\":null}", "{\"U\":null}"},
        {"{\"U\":1}", "{\"U\":1}"},
        {"{\"x\":1,\"y\":2}", "{}"},
        {"{}", "{}"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cJSON *document = parse(cases[i].text);

        json_keep_only(document, "U");
        assert_prints(document, cases[i].after);
        json_free(document);
    }
}

/* A document of many kilobytes must be printed completely after the
 * content of the buffer, whatever room there is at first. */
static void test_prints_after(void **state)
{
    char *text = make_object(JSON_MAX_MEMBERS);
    struct cJSON *document = parse(text);

    (void)state;
    for (size_t before = 0; before < 5000; before += 499) {
        struct buffer out;

        buffer_init(&out, PRINT_MAX);
        for (size_t i = 0; i < before; i++)
            assert_int_equal(buffer_append(&out, "-", 1), 0);
        assert_int_equal(json_print(document, &out), 0);
        assert_int_equal(out.len, before + strlen(text));
        assert_string_equal(out.data + before, text);
        buffer_free(&out);
    }
    json_free(document);
    free(text);
}

/* Printing beyond the buffer's maximum must fail and leave the buffer
 * unchanged.
 */
static void test_prints_to_maximum(void **state)
{
    static const char text[] =
        "{\"a\":[1.50,\"\xC3\xA4\\n\"],\"b\":{\"c\":null,\"d\":\"last\"}}";
    const size_t whole = strlen("=>") + strlen(text);
    struct cJSON *document = parse(text);

    (void)state;
    for (size_t max = 2; max < whole + 8; max++) {
        struct buffer out;
        int result;

        buffer_init(&out, max);
        assert_int_equal(buffer_puts(&out, "=>"), 0);
        errno = 0;
        result = json_print(document, &out);
        assert_int_equal(result, max < whole ? -1 : 0);
        if (result)
            assert_int_equal(errno, EFBIG);
        assert_int_equal(out.len, result ? 2 : whole);
        assert_int_equal(strncmp(out.data, "=>", 2), 0);
        assert_string_equal(out.data + 2, result ? "" : text);
        buffer_free(&out);
    }
    json_free(document);
}

/* A string must be escaped where RFC 8259 demands it, and only there. */
static void test_puts_strings(void **state)
{
    static const char *const cases[][2] = {
        {"", "\"\""},
        {"a b/\x7F", "\"a b/\x7F\""},
        {"\xC3\xA4", "\"\xC3\xA4\""},
        {"\"\\", "\"\\\"\\\\\""},
        {"\b\f\n\r\t\x01\x1F", "\"\\b\\f\\n\\r\\t\\u0001\\u001f\""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct buffer out;

        buffer_init(&out, PRINT_MAX);
        assert_int_equal(json_put_string(&out, cases[i][0]), 0);
        assert_string_equal(out.data, cases[i][1]);
        buffer_free(&out);
    }
}

/* Several documents at once must not mix, whichever is changed or freed. */
static void test_documents_side_by_side(void **state)
{
    struct cJSON *first = parse("{\"a\":1.0}");
    struct cJSON *second = parse("{\"a\":2.0}");
    struct json_refusal refusal;

    (void)state;
    assert_null(json_parse("{", 1, &refusal));
    json_make_boolean(json_add(first, first, "b"), true);
    json_make_boolean(json_add(second, second, "b"), false);
    make_string(first, json_member(first, "a"), "x");
    json_free(second);
    assert_non_null(json_add(first, first, "c"));
    assert_prints(first, "{\"a\":\"x\",\"b\":true,\"c\":null}");
    json_free(first);
    json_free(NULL);
}

/* A value may be replaced again and again, by texts larger than the document
 * was; the last one stays. The memory of all is kept until the end. */
static void test_replaces_again_and_again(void **state)
{
    struct cJSON *document = parse("{\"a\":\"\"}");
    struct cJSON *value = json_member(document, "a");
    const size_t len = (size_t)1 << 20;
    char *text = calloc(1, len + 1);

    (void)state;
    assert_non_null(text);
    memset(text, 'x', len);
    for (unsigned times = 0; times < 10; times++)
        make_string(document, value, text);
    assert_string_equal(json_text(value), text);
    /* The text may be the value's own. */
    make_string(document, value, json_text(value) + len - 1);
    assert_string_equal(json_text(value), "x");
    free(text);
    json_free(document);
}

/* No secret may be left in freed memory when a document is wiped, also not that
 * of a value that was replaced or removed, and none of a text that is refused.
 */
static void test_wipes(void **state)
{
    static const char *const refused[] = {
        "{\"a\":\"" SECRET "\",\"b\":[\"" SECRET "\"],\"a\":1}",
        "{\"a\":\"" SECRET "\",\"b\":[\"" SECRET "\",}",
        "[\"" SECRET "\"] 1",
    };
    struct json_refusal refusal;
    struct cJSON *document;

    (void)state;
    need_freed_memory();
    document = parse("{\"a\":\"" SECRET "\",\"b\":[1,\"" SECRET "\"],"
                     "\"c\":{\"d\":\"" SECRET "\"},\"e\":\"" SECRET "\"}");
    make_string(document, json_member(document, "a"), SECRET);
    json_make_null(json_member(document, "b"));
    make_string(document, json_add(document, document, "f"), SECRET);
    json_wipe(document);
    document = parse("{\"a\":\"" SECRET "\",\"b\":1}");
    json_keep_only(document, "b");
    json_wipe(document);
    for (size_t i = 0; i < COUNT(refused); i++)
        assert_null(json_parse(refused[i], strlen(refused[i]), &refusal));
    json_wipe(NULL);
    assert_int_equal(secrets_freed, 0);

    /* The check itself must find one. */
    json_free(parse("[\"" SECRET "\"]"));
    assert_int_equal(secrets_freed, 1);
}

/* A text that would need far more memory than its length must be refused. */
static void test_memory_bound_of_text(void **state)
{
    const size_t len = (size_t)4 << 20;
    char *text = calloc(1, len + 1);

    (void)state;
    assert_non_null(text);
    memset(text, '1', len);
    for (size_t i = 0; i < len; i += 2)
        text[i] = ',';
    text[0] = '[';
    text[len - 2] = '1';
    text[len - 1] = ']';
    text[len - 3] = ' ';
    assert_refused(text, len, "too large");
    assert_complete(text, len, true);
    text[0] = '<'; /* a large page of another server */
    assert_complete(text, len, false);
    free(text);
}

/* As many values as allowed must be accepted, and one more refused; commas and
 * brackets in a string do not count. */
static void test_value_bound(void **state)
{
    static const char string[] = "\"[,,,{,\\\",,\"";

    (void)state;
    for (unsigned items = JSON_MAX_VALUES - 1; items <= JSON_MAX_VALUES;
         items++) {
        struct buffer text;

        buffer_init(&text, 2 * PRINT_MAX);
        assert_int_equal(buffer_puts(&text, "["), 0);
        for (unsigned i = 1; i < items; i++)
            assert_int_equal(buffer_puts(&text, i % 2 ? "1," : "\"x\","), 0);
        assert_int_equal(buffer_puts(&text, string), 0);
        assert_int_equal(buffer_puts(&text, "]"), 0);
        if (items < JSON_MAX_VALUES)
            json_free(parse(text.data));
        else
            assert_refused(text.data, text.len, "too large");
        buffer_free(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keeps_document),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_tells_complete_documents),
        cmocka_unit_test(test_names_members),
        cmocka_unit_test(test_long_paths),
        cmocka_unit_test(test_long_numbers),
        cmocka_unit_test(test_refuses_bad_escapes),
        cmocka_unit_test(test_refuses_control_characters),
        cmocka_unit_test(test_refuses_nul_byte),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_extreme_depth),
        cmocka_unit_test(test_member_bound),
        cmocka_unit_test(test_duplicate_among_many),
        cmocka_unit_test(test_random_texts),
        cmocka_unit_test(test_random_literals),
        cmocka_unit_test(test_byte_order_mark),
        cmocka_unit_test(test_reads_values),
        cmocka_unit_test(test_member_of_no_object),
        cmocka_unit_test(test_walks_items),
        cmocka_unit_test(test_masked_text),
        cmocka_unit_test(test_makes_values),
        cmocka_unit_test(test_makes_values_again),
        cmocka_unit_test(test_adds_members),
        cmocka_unit_test(test_finds_near),
        cmocka_unit_test(test_keeps_only),
        cmocka_unit_test(test_prints_after),
        cmocka_unit_test(test_prints_to_maximum),
        cmocka_unit_test(test_puts_strings),
        cmocka_unit_test(test_documents_side_by_side),
        cmocka_unit_test(test_replaces_again_and_again),
        cmocka_unit_test(test_wipes),
        cmocka_unit_test(test_memory_bound_of_text),
        cmocka_unit_test(test_value_bound),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
