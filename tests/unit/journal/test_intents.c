#include "journal/intents.h"
#include "unit.h"

static struct sent make_sent(unsigned id)
{
    return (struct sent){.shared = id};
}

static void add(struct intents *intents, unsigned id, const struct span *spans,
                size_t count)
{
    const struct sent sent = make_sent(id);

    assert_int_equal(intents_add(intents, spans, count, "7", &sent), 0);
}

static void add_rows(struct intents *intents, unsigned id, uint64_t first,
                     uint64_t last)
{
    const struct span span = {first, last};

    add(intents, id, &span, 1);
}

/* The row must be part of the update with that id; 0: of none. */
static void assert_found(const struct intents *intents, uint64_t sequence,
                         unsigned id)
{
    const struct sent *sent = intents_find(intents, sequence);

    if ((sent ? sent->shared : 0) != id)
        fail_msg("row %u: %u, not %u", (unsigned)sequence,
                 (unsigned)(sent ? sent->shared : 0), id);
}

/* Without any intent no row must be found. */
static void test_none(void **state)
{
    struct intents *intents = intents_new();

    (void)state;
    assert_non_null(intents);
    assert_int_equal(intents_index(intents), 0);
    assert_found(intents, 0, 0);
    assert_found(intents, UINT64_MAX, 0);
    intents_free(intents);
    intents_free(NULL);
}

/* Each row of each span must be found, and no row before, between or after. */
static void test_spans(void **state)
{
    static const struct span spans[] = {{2, 2}, {5, 7}, {9, 9}};
    static const unsigned found[] = {0, 0, 1, 2, 0, 1, 1, 1, 0, 1, 0, 3, 3, 0};
    struct intents *intents = intents_new();

    (void)state;
    assert_non_null(intents);
    add(intents, 1, spans, COUNT(spans));
    add_rows(intents, 2, 3, 3);
    add_rows(intents, 3, 11, 12);
    add_rows(intents, 4, UINT64_MAX, UINT64_MAX);
    assert_int_equal(intents_index(intents), 0);
    for (size_t i = 0; i < COUNT(found); i++)
        assert_found(intents, i, found[i]);
    assert_found(intents, UINT64_MAX - 1, 0);
    assert_found(intents, UINT64_MAX, 4);
    intents_free(intents);
}

/* The whole of an update must be known from its intent. */
static void test_keeps_the_update(void **state)
{
    const struct sent sent = {.stamps = "AAAA=",
                              .last_modified = "2026-01-02",
                              .request_id = "id",
                              .shared = 7,
                              .changed = 5};
    struct intents *intents = intents_new();
    const struct span span = {1, 1};
    const struct sent *found;

    (void)state;
    assert_non_null(intents);
    assert_int_equal(intents_add(intents, &span, 1, "7", &sent), 0);
    assert_int_equal(intents_index(intents), 0);
    found = intents_find(intents, 1);
    assert_non_null(found);
    assert_string_equal(found->stamps, sent.stamps);
    assert_string_equal(found->last_modified, sent.last_modified);
    assert_string_equal(found->request_id, sent.request_id);
    assert_true(found->shared == sent.shared);
    assert_int_equal(found->changed, sent.changed);
    intents_free(intents);
}

/* An intent must replace the earlier one that begins with the same row, with
 * all of its rows. */
static void test_replaces(void **state)
{
    static const struct span earlier[] = {{4, 4}, {6, 8}};
    static const struct span later[] = {{4, 4}, {8, 8}};
    struct intents *intents = intents_new();

    (void)state;
    assert_non_null(intents);
    add(intents, 1, earlier, 2);
    add(intents, 2, later, 2);
    assert_int_equal(intents_index(intents), 0);
    assert_found(intents, 4, 2);
    assert_found(intents, 6, 0);
    assert_found(intents, 7, 0);
    assert_found(intents, 8, 2);
    intents_free(intents);
}

/* The key and the update of an open intent must be found by its first row. */
static void test_gets(void **state)
{
    const struct span spans[] = {{4, 4}, {6, 8}};
    const struct sent sent = make_sent(3);
    struct intents *intents = intents_new();
    const struct sent *found;
    const char *key;

    (void)state;
    assert_non_null(intents);
    assert_int_equal(intents_add(intents, spans, 2, "tenant/id", &sent), 0);
    found = intents_get(intents, 4, &key);
    assert_non_null(found);
    assert_true(found->shared == sent.shared);
    assert_string_equal(key, "tenant/id");
    assert_null(intents_get(intents, 6, &key));
    intents_close(intents, 4);
    assert_null(intents_get(intents, 4, &key));
    intents_free(intents);
}

/* A closed intent must not be found; to close one that is not open must change
 * nothing. */
static void test_closes(void **state)
{
    struct intents *intents = intents_new();

    (void)state;
    assert_non_null(intents);
    add_rows(intents, 1, 0, 3);
    add_rows(intents, 2, 5, 5);
    intents_close(intents, 1); /* no first row */
    intents_close(intents, 5);
    intents_close(intents, 5);
    assert_int_equal(intents_index(intents), 0);
    assert_found(intents, 0, 1);
    assert_found(intents, 1, 1);
    assert_found(intents, 5, 0);
    intents_free(intents);
}

/* Of many intents, in any order, each must be found that was not closed, also
 * if many share a hash chain. */
static void test_many(void **state)
{
    enum { INTENTS = 5000, STEP = 7 };
    struct intents *intents = intents_new();
    uint64_t seed = 3;
    unsigned order[INTENTS];
    bool closed[INTENTS] = {false};

    (void)state;
    assert_non_null(intents);
    for (unsigned i = 0; i < INTENTS; i++) {
        unsigned other = below(&seed, i + 1);

        order[i] = i;
        order[i] = order[other];
        order[other] = i;
    }
    for (unsigned i = 0; i < INTENTS; i++) {
        uint64_t first = (uint64_t)order[i] * STEP;

        add_rows(intents, order[i] + 1, first, first + order[i] % STEP);
        if (order[i] % 3 == 0) {
            closed[order[i]] = true;
            intents_close(intents, first);
        }
    }
    assert_int_equal(intents_index(intents), 0);
    for (unsigned row = 0; row < INTENTS * STEP; row++) {
        unsigned id = row / STEP;
        bool inside = row % STEP <= id % STEP;

        assert_found(intents, row, inside && !closed[id] ? id + 1 : 0);
    }
    intents_free(intents);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_none),
        cmocka_unit_test(test_spans),
        cmocka_unit_test(test_keeps_the_update),
        cmocka_unit_test(test_replaces),
        cmocka_unit_test(test_gets),
        cmocka_unit_test(test_closes),
        cmocka_unit_test(test_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
