#include "output/findings.h"

#include "unit.h"

static struct findings findings;

static int set_up(void **state)
{
    (void)state;
    memset(&findings, 0, sizeof(findings));
    return 0;
}

static void add(uint64_t number, const char *name, const char *field)
{
    const struct finding finding = {.number = number,
                                    .name = name,
                                    .field = field,
                                    .id = "42",
                                    .message = "a message"};

    findings_add(&findings, &finding);
}

static void assert_rows(const char *name, const char *field, unsigned count,
                        uint64_t a, uint64_t b, uint64_t c)
{
    const struct finding_kind *kind = findings_find(&findings, name, field);
    const uint64_t numbers[] = {a, b, c};

    assert_non_null(kind);
    assert_int_equal(kind->count, count);
    for (unsigned i = 0; i < count && i < COUNT(numbers); i++)
        assert_int_equal(kind->rows[i].number, numbers[i]);
}

/* Of each kind the first three rows must be kept, in whatever order outcomes
 * come. */
static void test_first_rows(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 50; i++)
        add((i * 37 + 11) % 50 + 1, "InvalidValue", "City");
    add(9, "InvalidValue", "Lcid");
    add(4, "InvalidValue", "Lcid");
    add(7, NULL, NULL);
    assert_rows("InvalidValue", "City", 3, 1, 2, 3);
    assert_rows("InvalidValue", "Lcid", 2, 4, 9, 0);
    assert_null(findings_find(&findings, "InvalidValue", ""));
    assert_int_equal(findings.count, 2);
}

/* Further kinds than there is room for must be left out. */
static void test_kinds(void **state)
{
    char name[16];

    (void)state;
    for (uint64_t i = 0; i < 2 * ERROR_COUNTS_KINDS; i++) {
        (void)snprintf(name, sizeof(name), "Kind%u", (unsigned)i);
        add(i + 1, name, "");
    }
    assert_int_equal(findings.count, ERROR_COUNTS_KINDS);
    assert_rows("Kind63", "", 1, 64, 0, 0);
    assert_null(findings_find(&findings, "Kind64", ""));
}

/* A long text must be cut between two characters. */
static void test_long(void **state)
{
    char text[2001] = "";
    const struct finding finding = {
        .number = 1, .name = "Long", .id = text, .message = text};
    const struct finding_kind *kind;

    (void)state;
    for (size_t i = 0; i < 1000; i++)
        memcpy(text + 2 * i, "\u00e4", 3);
    findings_add(&findings, &finding);
    kind = findings_find(&findings, "Long", "");
    assert_non_null(kind);
    assert_int_equal(strlen(kind->rows[0].id), (FINDINGS_TEXT - 1) / 2 * 2);
    assert_memory_equal(kind->rows[0].id, text, (FINDINGS_TEXT - 1) / 2 * 2);
}

static unsigned column_at(const char *name)
{
    return column_named(name, strlen(name));
}

static void add_text(enum status status, const char *text)
{
    findings_add_text(&findings, services[0], status, text, strlen(text));
}

/* Result rows of an earlier part of the run must count as those of this one. */
static void test_texts(void **state)
{
    const struct finding_kind *kind;

    (void)state;
    add_text(STATUS_UPDATED, "1,10,Updated,2026-01-02T03:04:05,,,,,,200,,2,"
                             "FirstName;City,\n");
    add_text(STATUS_UPDATED, "2,11,Updated,,,,,,,200,,2,City,a note\n");
    add_text(STATUS_DRIFT, "3,12,Drift,,,,,,no,200,,1,City,\n");
    findings_add_change(&findings, column_at("City"), false);
    findings_add_change(&findings, column_at("City"), true);
    add_text(STATUS_FAILED,
             "5,13,Failed,,210,EntityNotExistent,\"say \"\"no\"\", please\","
             ",yes,400,0f8fad5b-d9cb-469f-a165-70867728950e,1,City,\n");
    assert_int_equal(findings.changes[column_at("City")].earlier, 3);
    assert_int_equal(findings.changes[column_at("City")].set, 1);
    assert_int_equal(findings.changes[column_at("City")].cleared, 1);
    assert_int_equal(findings.changes[column_at("FirstName")].earlier, 1);
    kind = findings_find(&findings, "EntityNotExistent", "");
    assert_non_null(kind);
    assert_int_equal(kind->rows[0].number, 5);
    assert_string_equal(kind->rows[0].id, "13");
    assert_string_equal(kind->rows[0].message, "say \"no\", please");
    assert_true(kind->rows[0].retryable);
    assert_int_equal(kind->rows[0].http_status, 400);
    assert_string_equal(kind->rows[0].tracking_id,
                        "0f8fad5b-d9cb-469f-a165-70867728950e");
}

/* A text that is no result row must be ignored. */
static void test_other_texts(void **state)
{
    static const char *const texts[] = {
        "",
        "\n",
        "5,13,Failed\n",
        "x,13,Failed,,210,Name,,,,,,1,City,\n",
        "0,13,Failed,,210,Name,,,,,,1,City,\n",
        "5,13,Failed,,210,Name,\"unclosed,,,,,1,City,\n",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        add_text(STATUS_FAILED, texts[i]);
        add_text(STATUS_UPDATED, texts[i]);
    }
    assert_int_equal(findings.count, 0);
    assert_int_equal(findings.changes[column_at("City")].earlier, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_first_rows, set_up),
        cmocka_unit_test_setup(test_kinds, set_up),
        cmocka_unit_test_setup(test_long, set_up),
        cmocka_unit_test_setup(test_texts, set_up),
        cmocka_unit_test_setup(test_other_texts, set_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
