#include "unit.h"

#include "journal/record_text.h"

static struct buffer text;

static int set_up(void **state)
{
    (void)state;
    buffer_init(&text, 1000);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    buffer_free(&text);
    return 0;
}

/* Rows with these sequences, which end with a 0. */
static struct row *make_rows(const uint64_t *sequences)
{
    struct row *first = NULL, **next = &first;

    for (; *sequences; sequences++) {
        *next = make_row(*sequences, "7", "");
        (*next)->sequence = *sequences;
        next = &(*next)->next;
    }
    return first;
}

/* An intent must name its rows as spans in ascending order, then the user and
 * what the update carried. */
static void test_intent(void **state)
{
    static const struct {
        uint64_t sequences[6];
        const char *spans;
    } cases[] = {
        {{5}, "5"},
        {{5, 6}, "5-6"},
        {{5, 7, 8, 9}, "5,7-9"},
        {{1, 2, 3, 5, 7}, "1-3,5,7"},
    };
    const struct sent sent = {.stamps = "AAAA= BBBB=",
                              .last_modified = "2026-01-02T03:04:05",
                              .request_id = "",
                              .first = 3,
                              .shared = 7,
                              .shared_after = 9,
                              .changed = 5,
                              .telling = 4};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct group group = {.rows = make_rows(cases[i].sequences),
                              .key = "123"};
        char expected[200];

        (void)snprintf(expected, sizeof(expected),
                       "%s 3:123 11:AAAA= BBBB= 19:2026-01-02T03:04:05 0: 3 7 "
                       "9 5 4",
                       cases[i].spans);
        buffer_clear(&text);
        assert_int_equal(record_text_put_intent(&text, &group, &sent), 0);
        assert_string_equal(text.data, expected);
        row_free_all(group.rows);
    }
}

/* A result must be its status in a line, and each row with its length. */
static void test_result(void **state)
{
    (void)state;
    assert_int_equal(record_text_put_status(&text, STATUS_UPDATED), 0);
    assert_int_equal(record_text_put_row(&text, 5, "7,Updated\n", 10), 0);
    assert_int_equal(record_text_put_row(&text, 12, "", 0), 0);
    assert_string_equal(text.data, "Updated\n5 10:7,Updated\n12 0:");
}

/* The other records must be their fields, with a space between them. */
static void test_others(void **state)
{
    static const unsigned char hash[HASH_SIZE] = {0xfe, [HASH_SIZE - 1] = 0x0d};

    (void)state;
    assert_int_equal(record_text_put_own_write(&text,
                                               (struct shared_state){"now", 3},
                                               (struct shared_state){"", 4}),
                     0);
    assert_string_equal(text.data, "3 3:now 4 0:");
    buffer_clear(&text);
    assert_int_equal(record_text_put_cells(&text, 10, 2), 0);
    assert_string_equal(text.data, "10 2");
    buffer_clear(&text);
    assert_int_equal(record_text_put_end(&text, 1767323045, true, "--until 8"),
                     0);
    assert_string_equal(text.data, "1767323045 1 9:--until 8");
    buffer_clear(&text);
    assert_int_equal(record_text_put_checkpoint(&text, 77, hash), 0);
    assert_memory_equal(text.data, "77 fe00", 7);
    assert_int_equal(text.len, 3 + 2 * HASH_SIZE);
}

/* A record that does not fit must be reported. */
static void test_no_room(void **state)
{
    struct buffer small;

    (void)state;
    buffer_init(&small, 8);
    assert_int_equal(record_text_put_cells(&small, UINT64_MAX, 1), -1);
    buffer_free(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_intent, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_result, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_others, set_up, tear_down),
        cmocka_unit_test(test_no_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
