#include "unit.h"

#include "base/xml.h"

static const struct xml_binding nothing[] = {{NULL, NULL}};

static struct xml *take(const char *text)
{
    struct xml_refusal refusal;
    struct xml *document = xml_parse(text, strlen(text), &refusal);

    if (!document)
        fail_msg("%s: %s", text, refusal.why);
    assert_null(refusal.why);
    return document;
}

static void assert_prints(const struct xml_node *element,
                          const struct xml_binding *outer, const char *text)
{
    struct buffer buffer;

    buffer_init(&buffer, 100000);
    assert_int_equal(xml_print(element, outer, &buffer), 0);
    assert_string_equal(buffer.data, text);
    buffer_free(&buffer);
}

/* ---- reading and printing ------------------------------------------------ */

/* A document must be printed as the same infoset, always in the same form. */
static void test_comes_back(void **state)
{
    static const struct {
        const char *text, *back;
    } cases[] = {
        {"<a/>", "<a/>"},
        {"<a></a>", "<a/>"},
        {"\xEF\xBB\xBF<?xml version='1.0' encoding='utf-8'?>\n<!-- x --><a/>",
         "<a/>"},
        {"<a> <b/>\n<b>t</b></a>", "<a> <b/>\n<b>t</b></a>"},
        {"<a>x<![CDATA[<&]]>y</a>", "<a>x&lt;&amp;y</a>"},
        {"<a>&lt;&gt;&amp;&quot;&apos;]]&gt;</a>",
         "<a>&lt;&gt;&amp;\"']]&gt;</a>"},
        {"<a>1\r\n2\r3&#13;&#xD;4\t</a>", "<a>1\n2\n3&#13;&#13;4\t</a>"},
        {"<a>&#x1D11E;\xF0\x9D\x84\x9E</a>",
         "<a>\xF0\x9D\x84\x9E\xF0\x9D\x84\x9E</a>"},
        {"<a b='\"&lt;&amp;&#38;lt;&amp;#38;&apos;' c='&#9;&#10;&#13; \t'/>",
         "<a b=\"&quot;&lt;&amp;&amp;lt;&amp;#38;'\" "
         "c=\"&#9;&#10;&#13;  \"/>"},
        {"<a>x<!-- c -->y</a>", "<a>x<!-- c -->y</a>"},
        {"<p:a xmlns:p='urn:p' xmlns='urn:d' p:x='1' x='2'><b xmlns=''/></p:a>",
         "<p:a xmlns:p=\"urn:p\" xmlns=\"urn:d\" p:x=\"1\" x=\"2\"><b "
         "xmlns=\"\"/></p:a>"},
        {"<a xml:lang='de' xml:space='preserve'/>",
         "<a xml:lang=\"de\" xml:space=\"preserve\"/>"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct xml *document = take(cases[i].text);

        assert_prints(xml_root(document), nothing, cases[i].back);
        xml_free(document);
    }
}

/* A printed element must declare the namespaces that are in scope, each once,
 * except those that are declared alike around it; and undo a default namespace
 * that it was not in. */
static void test_brings_its_namespaces(void **state)
{
    static const struct xml_binding outer[] = {
        {"i", "urn:i"}, {"", "urn:d"}, {NULL, NULL}};
    static const struct {
        const char *text, *back;
    } cases[] = {
        {"<o xmlns='urn:d' xmlns:i='urn:i'><u i:x='1'/></o>", "<u i:x=\"1\"/>"},
        {"<o xmlns:i='urn:other'><u i:x='1'/></o>",
         "<u xmlns:i=\"urn:other\" xmlns=\"\" i:x=\"1\"/>"},
        {"<p:o xmlns:p='urn:d' xmlns:q='urn:q'><p:u>q:type</p:u></p:o>",
         "<p:u xmlns:p=\"urn:d\" xmlns:q=\"urn:q\" xmlns=\"\">q:type</p:u>"},
        {"<o xmlns='urn:d' xmlns:p='urn:1'><u xmlns:p='urn:2' p:x=''/></o>",
         "<u xmlns:p=\"urn:2\" p:x=\"\"/>"},
        {"<o xmlns='urn:d' xmlns:p='urn:1'><u xmlns:p='urn:1' p:x=''/></o>",
         "<u xmlns:p=\"urn:1\" p:x=\"\"/>"},
        {"<o xmlns='urn:d'><u xmlns=''/></o>", "<u xmlns=\"\"/>"},
        {"<o xmlns='urn:1'><u xmlns='urn:d'/></o>", "<u/>"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct xml *document = take(cases[i].text);

        assert_prints(xml_first(xml_root(document)), outer, cases[i].back);
        xml_free(document);
    }
}

/* Elements must be found by name and namespace, and their texts be whole. */
static void test_looks(void **state)
{
    struct xml *document =
        take("<a xmlns='urn:1' xmlns:p='urn:2' xmlns:n='" XML_SCHEMA_INSTANCE
             "'>x<p:b/><b n:nil='1'/> <c>1<!-- -->2<![CDATA[3]]></c>"
             "<d>t<e/></d></a>");
    const struct xml_node *root = xml_root(document);
    const struct xml_node *b = xml_child(root, "urn:1", "b");
    const struct xml_node *d = xml_child(root, "urn:1", "d");

    (void)state;
    assert_true(xml_is(root, "urn:1", "a"));
    assert_false(xml_is(root, "urn:2", "a"));
    assert_string_equal(xml_space(xml_first(root)), "urn:2");
    assert_string_equal(xml_name(xml_first(root)), "b");
    assert_false(xml_is_nil(xml_first(root)));
    assert_ptr_equal(xml_next(xml_first(root)), b);
    assert_true(xml_is_nil(b));
    assert_string_equal(xml_text(b), "");
    assert_string_equal(xml_text(xml_child(root, "urn:1", "c")), "123");
    assert_null(xml_text(d));
    assert_null(xml_text(NULL));
    assert_null(xml_child(NULL, "", "a"));
    assert_null(xml_child(root, "", "b"));
    assert_null(xml_next(d));
    assert_true(xml_has_loose_text(root));
    assert_true(xml_has_loose_text(d));
    assert_false(xml_has_loose_text(b));
    xml_free(document);
}

/* Only a text of asterisks, at any depth, must count as masked. */
static void test_masked(void **state)
{
    static const struct {
        const char *text;
        bool masked;
    } cases[] = {
        {"<a>*</a>", true},
        {"<a><b><c>***</c></b></a>", true},
        {"<a>*x</a>", false},
        {"<a b='***'/>", false},
        {"<a>x<b/>***</a>", false},
        {"<a><!-- *** --></a>", false},
        {"<a><b/><b>**</b></a>", true},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct xml *document = take(cases[i].text);

        assert_int_equal(xml_has_masked_text(xml_root(document)),
                         cases[i].masked);
        xml_free(document);
    }
}

/* ---- changing ------------------------------------------------------------ */

/* Texts and nil must replace each other, and other attributes stay. */
static void test_makes(void **state)
{
    struct xml *document = take("<a xmlns:n='" XML_SCHEMA_INSTANCE
                                "' n:nil='false' x='1'>t<!-- c --></a>");
    struct xml_node *root = xml_root(document);
    const char *space = " xmlns:n=\"" XML_SCHEMA_INSTANCE "\"";
    char back[300];

    (void)state;
    assert_int_equal(xml_make_text(document, root, "<\r>"), 0);
    (void)snprintf(back, sizeof(back), "<a%s x=\"1\">&lt;&#13;&gt;</a>", space);
    assert_prints(root, nothing, back);
    for (int times = 0; times < 2; times++) {
        assert_int_equal(xml_make_nil(document, root), 0);
        assert_true(xml_is_nil(root));
        assert_string_equal(xml_text(root), "");
        (void)snprintf(back, sizeof(back), "<a%s n:nil=\"true\" x=\"1\"/>",
                       space);
        assert_prints(root, nothing, back);
    }
    xml_make_empty(root);
    assert_false(xml_is_nil(root));
    (void)snprintf(back, sizeof(back), "<a%s x=\"1\"/>", space);
    assert_prints(root, nothing, back);
    assert_int_equal(xml_make_nil(document, root), 0);
    assert_int_equal(xml_make_text(document, root, ""), 0);
    assert_prints(root, nothing, back);
    xml_free(document);
}

/* Nil must get a prefix that is not bound to another namespace. */
static void test_makes_nil_among_prefixes(void **state)
{
    struct xml *document =
        take("<i:a xmlns:i='urn:i' xmlns:i1='urn:1' xmlns:i2='urn:2' "
             "xmlns:i3='urn:3' xmlns:xsi='urn:x' xmlns:nil='urn:n'>"
             "<i1:b>t</i1:b></i:a>");
    struct xml_node *b = xml_first(xml_root(document));
    struct buffer printed;

    (void)state;
    assert_int_equal(xml_make_nil(document, b), 0);
    buffer_init(&printed, 1000);
    assert_int_equal(xml_print(xml_root(document), nothing, &printed), 0);
    assert_non_null(strstr(printed.data, "<i1:b xmlns:i4=\"" XML_SCHEMA_INSTANCE
                                         "\" i4:nil=\"true\"/>"));
    buffer_free(&printed);
    xml_free(document);
}

/* An added element must use a prefix that is bound to its namespace there, or
 * declare the namespace itself. */
static void test_adds(void **state)
{
    static const struct {
        const char *text, *back;
    } cases[] = {
        {"<a xmlns:e='urn:e'/>",
         "<a xmlns:e=\"urn:e\"><e:n xmlns:i=\"" XML_SCHEMA_INSTANCE
         "\" i:nil=\"true\"/></a>"},
        {"<a xmlns='urn:e'/>",
         "<a xmlns=\"urn:e\"><n xmlns:i=\"" XML_SCHEMA_INSTANCE
         "\" i:nil=\"true\"/></a>"},
        {"<a xmlns:i='urn:x'/>",
         "<a xmlns:i=\"urn:x\"><n xmlns:i1=\"" XML_SCHEMA_INSTANCE
         "\" xmlns=\"urn:e\" i1:nil=\"true\"/></a>"},
        {"<a xmlns='" XML_SCHEMA_INSTANCE "'/>",
         "<a xmlns=\"" XML_SCHEMA_INSTANCE
         "\"><n xmlns:i=\"" XML_SCHEMA_INSTANCE
         "\" xmlns=\"urn:e\" i:nil=\"true\"/></a>"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct xml *document = take(cases[i].text);
        struct xml_node *added =
            xml_add(document, xml_root(document), NULL, "urn:e", "n");

        assert_non_null(added);
        assert_null(xml_text(xml_root(document)));
        assert_int_equal(xml_make_nil(document, added), 0);
        assert_prints(xml_root(document), nothing, cases[i].back);
        xml_free(document);
    }
}

/* A prefix that an inner element binds to another namespace must not be used.
 */
static void test_adds_under_another_meaning(void **state)
{
    struct xml *document =
        take("<e:a xmlns:e='urn:e' xmlns:f='urn:e'><b xmlns:e='urn:x'><c/></b>"
             "</e:a>");
    struct xml_node *b = xml_first(xml_root(document));

    (void)state;
    assert_non_null(xml_add(document, b, xml_first(b), "urn:e", "n"));
    assert_non_null(xml_add(document, b, NULL, "urn:e", "m"));
    assert_prints(xml_root(document), nothing,
                  "<e:a xmlns:e=\"urn:e\" xmlns:f=\"urn:e\"><b "
                  "xmlns:e=\"urn:x\"><f:m/><c/><f:n/></b></e:a>");
    xml_free(document);
}

/* ---- refusals ------------------------------------------------------------ */

static void assert_refused(const char *text, size_t len, const char *part,
                           bool is_xml)
{
    struct xml_refusal refusal = {.why = NULL};

    if (xml_parse(text, len, &refusal))
        fail_msg("accepted: %s", text);
    if (!strstr(refusal.why, part))
        fail_msg("%s: %s", text, refusal.why);
    assert_int_equal(refusal.is_xml, is_xml);
    assert_false(refusal.no_memory);
}

/* A text that is not XML, or XML that SOAP does not allow, must be refused. XML
 * that comes again if it is requested again must be told from other texts. */
static void test_refuses(void **state)
{
    static const struct {
        const char *text, *part;
        bool is_xml;
    } cases[] = {
        {"", "nothing", false},
        {" ", "not XML", false},
        {"x", "not XML", false},
        {"{}", "not XML", false},
        {"<a>", "not XML", false},
        {"<a", "not XML", false},
        {"<a/><b/>", "not XML", false},
        {"<a/>x", "not XML", false},
        {"<a><b></a></b>", "not XML", false},
        {"<a b=1/>", "not XML", false},
        {"<a>&</a>", "not XML", false},
        {"<a>]]></a>", "not XML", false},
        {"<a b='1' b='2'/>", "duplicate attribute", true},
        {"<a>&#0;</a>", "character", true},
        {"<a>&#1;</a>", "character", true},
        {"<a>&#xD83D;</a>", "character", true},
        {"<a>&#xD83D;&#xDE00;</a>", "character", true},
        {"<a b='&#xDE00;'/>", "character", true},
        {"<a>&#xFFFE;</a>", "character", true},
        {"<a>\x01</a>", "character", true},
        {"<a>\xEF\xBF\xBE</a>", "character", true},
        {"<a>&e;</a>", "entity", true},
        {"<a>\xFF</a>", "UTF-8", true},
        {"<a>\xC0\x80</a>", "UTF-8", true},
        {"<a>\xED\xA0\x80</a>", "UTF-8", true},
        {"<p:a/>", "namespaces", true},
        {"<a p:x='1'/>", "namespaces", true},
        {"<a xmlns:p=''/>", "namespaces", true},
        {"<a xmlns:p='u' xmlns:q='u' p:x='' q:x=''/>", "namespaces", true},
        {"<a:b:c xmlns:a='u'/>", "namespaces", true},
        {"<!DOCTYPE a><a/>", "DOCTYPE", true},
        {"<!DOCTYPE html><html><p></html>", "DOCTYPE", true},
        {"<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>", "DOCTYPE", true},
        {"<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", "DOCTYPE", true},
        {"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xC3\xA4</a>",
         "encoding", true},
        {"<?xml version='1.0' encoding='us-ascii'?><a>\xC3\xA4</a>", "encoding",
         true},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_refused(cases[i].text, strlen(cases[i].text), cases[i].part,
                       cases[i].is_xml);
    assert_refused("<a>\0</a>", 8, "UTF-8", true);
    assert_refused("<\0a\0/\0>\0", 8, "UTF-8", true);
    assert_refused("\xFF\xFE<\0a\0/\0>\0", 10, "UTF-8", true);
}

/* A namespace that is not a URI must be kept; processing instructions must be
 * left out; a text in ASCII may declare any encoding. */
static void test_accepts_what_is_harmless(void **state)
{
    static const char *const cases[][2] = {
        {"<a><b xmlns:f=\"urn:\xC3\xB6\" f:x=\"1\"/></a>",
         "<a><b xmlns:f=\"urn:\xC3\xB6\" f:x=\"1\"/></a>"},
        {"<f:a xmlns:f=\"http://[\"><f:b/></f:a>",
         "<f:a xmlns:f=\"http://[\"><f:b/></f:a>"},
        {"<a xmlns=\"a b\"/>", "<a xmlns=\"a b\"/>"},
        {"<a xmlns:f=\"relative\"/>", "<a xmlns:f=\"relative\"/>"},
        {"<?xml-stylesheet href='x'?><a>x<?pi y?>z</a><?pi?>", "<a>xz</a>"},
        {"<a><?pi y?><b/><?pi y?></a>", "<a><b/></a>"},
        {"<?xml version='1.0' encoding='us-ascii'?><a>&#228;</a>",
         "<a>\xC3\xA4</a>"},
        {"<?xml version='1.0' encoding='US-ASCII'?><a/>", "<a/>"},
        {"<?xml version='1.0' encoding='Utf-8'?><a/>", "<a/>"},
        {"<?xml version='1.0' encoding='windows-1252'?><a>x</a>", "<a>x</a>"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct xml *document = take(cases[i][0]);

        assert_prints(xml_root(document), nothing, cases[i][1]);
        xml_free(document);
    }
}

static void put_times(struct buffer *buffer, const char *text, size_t times)
{
    for (size_t i = 0; i < times; i++)
        assert_int_equal(buffer_puts(buffer, text), 0);
}

/* Elements must be accepted to the bound of depth, and refused beyond it. */
static void test_depth(void **state)
{
    static const size_t depths[] = {XML_MAX_DEPTH, XML_MAX_DEPTH + 1, 100000};

    (void)state;
    for (size_t i = 0; i < COUNT(depths); i++) {
        struct buffer text;

        buffer_init(&text, (size_t)1 << 20);
        put_times(&text, "<a>", depths[i]);
        put_times(&text, "</a>", depths[i]);
        if (i == 0)
            xml_free(take(text.data));
        else
            assert_refused(text.data, text.len, "deep", true);
        buffer_free(&text);
    }
}

static void put_attributes(struct buffer *buffer, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        assert_int_equal(buffer_printf(buffer, " a%u='>'", i), 0);
}

/* The bound on attributes must apply to texts of any size, and a text with so
 * many that comparing them would take minutes must be refused at once. */
static void test_attributes(void **state)
{
    static const unsigned counts[] = {XML_MAX_ATTRIBUTES,
                                      XML_MAX_ATTRIBUTES + 1, 300000};

    (void)state;
    for (size_t i = 0; i < COUNT(counts); i++) {
        for (int large = 0; large <= 1; large++) {
            struct buffer text;

            buffer_init(&text, (size_t)8 << 20);
            put_times(&text, "<b><!-- a='b=c=\"d -->", 1);
            put_times(&text, "<![CDATA[ <a b=\" ]]> =='\"  ",
                      large ? 5000U : 1U);
            put_times(&text, "<a", 1);
            put_attributes(&text, counts[i]);
            put_times(&text, "/></b>", 1);
            if (i == 0)
                xml_free(take(text.data));
            else
                assert_refused(text.data, text.len, "too many attributes",
                               true);
            buffer_free(&text);
        }
    }
}

/* A document that exceeds the bound of memory must be refused as too large. */
static void test_memory(void **state)
{
    struct buffer text;

    (void)state;
    buffer_init(&text, (size_t)8 << 20);
    put_times(&text, "<a>", 1);
    put_times(&text, "<b/>", 400000);
    put_times(&text, "</a>", 1);
    assert_refused(text.data, text.len, "too large", true);
    buffer_free(&text);
}

/* A long text must be complete, in however many pieces the parser passes it. */
static void test_long_text(void **state)
{
    struct buffer text;
    struct xml *document;
    const char *value;

    (void)state;
    buffer_init(&text, (size_t)8 << 20);
    put_times(&text, "<a>", 1);
    put_times(&text,
              "\xC3\xBC"
              "abc&#13;&lt;",
              100000);
    put_times(&text, "</a>", 1);
    document = take(text.data);
    value = xml_text(xml_root(document));
    assert_int_equal(strlen(value), 700000);
    for (size_t i = 0; i < 700000; i += 7)
        assert_memory_equal(value + i,
                            "\xC3\xBC"
                            "abc\r<",
                            7);
    xml_free(document);
    buffer_free(&text);
}

/* ---- characters ---------------------------------------------------------- */

/* Characters that XML 1.0 does not allow must be found. */
static void test_can_carry(void **state)
{
    static const struct {
        const char *text;
        bool can;
    } cases[] = {
        {"", true},
        {"a\t\r\nb", true},
        {"\x7F\xC2\x80", true},
        {"\xEF\xBF\xBD\xF0\x9D\x84\x9E", true},
        {"\x01", false},
        {"a\x0B", false},
        {"\x1F", false},
        {"a\xEF\xBF\xBE", false},
        {"\xEF\xBF\xBF", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(xml_can_carry(cases[i].text), cases[i].can);
}

/* Printing into a buffer that is too small must fail. */
static void test_prints_too_much(void **state)
{
    struct xml *document = take("<a b='c'><d>e</d><!-- f --></a>");

    (void)state;
    for (size_t max = 0; max < 31; max++) {
        struct buffer buffer;

        buffer_init(&buffer, max);
        assert_int_equal(xml_print(xml_root(document), nothing, &buffer), -1);
        buffer_free(&buffer);
    }
    xml_free(document);
    xml_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_comes_back),
        cmocka_unit_test(test_brings_its_namespaces),
        cmocka_unit_test(test_looks),
        cmocka_unit_test(test_masked),
        cmocka_unit_test(test_makes),
        cmocka_unit_test(test_makes_nil_among_prefixes),
        cmocka_unit_test(test_adds),
        cmocka_unit_test(test_adds_under_another_meaning),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_accepts_what_is_harmless),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_attributes),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_long_text),
        cmocka_unit_test(test_can_carry),
        cmocka_unit_test(test_prints_too_much),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
