#include "unit.h"

#include "input/grouper.h"
#include "service/service.h"

#define UNBOUNDED ((size_t)1 << 40)

static struct grouper *make_grouper(size_t window, size_t max_bytes)
{
    struct grouper *grouper = grouper_new(window, max_bytes);

    assert_non_null(grouper);
    return grouper;
}

static void add(struct grouper *grouper, uint64_t number, const char *key)
{
    assert_int_equal(grouper_add(grouper, make_row(number, key, "")), 0);
}

/* One row for each key, which is one letter; '.' is a row that was refused. */
static void add_all(struct grouper *grouper, const char *keys)
{
    for (uint64_t i = 0; keys[i]; i++) {
        char key[2] = {keys[i], '\0'};

        if (keys[i] == '.')
            grouper_skip(grouper, i + 1);
        else
            add(grouper, i + 1, key);
    }
}

/* Writes a group as "a1,3,4". */
static void describe(const struct group *group, char *text, size_t size)
{
    int used;

    if (!group) {
        fail_msg("there is no group");
        return;
    }
    used = snprintf(text, size, "%s", group->key);

    for (const struct row *row = group->rows; row; row = row->next) {
        assert_string_equal(row->key, group->key);
        assert_in_range(used, 0, (int)size - 1);
        used += snprintf(text + used, size - (size_t)used, "%s%u",
                         row == group->rows ? "" : ",", (unsigned)row->number);
    }
}

static void assert_taken(struct group *group, const char *wanted)
{
    char text[256];

    if (!group)
        fail_msg("nothing is given out, not %s", wanted);
    describe(group, text, sizeof(text));
    assert_string_equal(text, wanted);
}

/* Takes the next group, which must be the one described, and ends it. */
static void take_and_end(struct grouper *grouper, const char *wanted)
{
    struct group *group = grouper_take(grouper);

    assert_taken(group, wanted);
    grouper_done(grouper, group);
}

/* Writes all groups, each ended at once, as "a1,3 b2". */
static void drain(struct grouper *grouper, char *text, size_t size)
{
    struct group *group;
    size_t used = 0;

    text[0] = '\0';
    while ((group = grouper_take(grouper))) {
        if (used > 0)
            text[used++] = ' ';
        describe(group, text + used, size - used);
        used += strlen(text + used);
        grouper_done(grouper, group);
    }
}

/* A row must join its user's group where fewer than `window` rows lie between
 * it and the group's first row, and open a new group where as many do. */
static void test_window(void **state)
{
    static const struct {
        size_t window;
        const char *keys; /* a row each; '.' one that was refused */
        const char *groups;
    } cases[] = {
        {1, "aa", "a1,2"},
        {1, "aba", "a1 b2 a3"},
        {1, "aaa", "a1,2 a3"},
        {2, "aba", "a1,3 b2"},
        {2, "abca", "a1 b2 c3 a4"},
        {3, "abca", "a1,4 b2 c3"},
        {3, "abcda", "a1 b2 c3 d4 a5"},
        /* the distance counts from the first row, not from the last one */
        {2, "aaaaaaa", "a1,2,3 a4,5,6 a7"},
        {3, "aabaa", "a1,2,4 b3 a5"},
        /* rows that were refused count */
        {2, "a.a", "a1,3"},
        {2, "a..a", "a1 a4"},
        {2, "..a.a", "a3,5"},
        {3, "a..ba", "a1 b4 a5"},
        /* several users at once */
        {4, "abababab", "a1,3,5 b2,4,6 a7 b8"},
        {100, "abcabcabc", "a1,4,7 b2,5,8 c3,6,9"},
        {100, "", ""},
        {100, "....", ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct grouper *grouper = make_grouper(cases[i].window, UNBOUNDED);
        char text[256];

        add_all(grouper, cases[i].keys);
        grouper_close(grouper);
        drain(grouper, text, sizeof(text));
        if (strcmp(text, cases[i].groups) != 0)
            fail_msg("window %zu, %s: %s, not %s", cases[i].window,
                     cases[i].keys, text, cases[i].groups);
        assert_true(grouper_is_empty(grouper));
        grouper_free(grouper);
    }
}

/* A window of 100000 must join a row with 99999 others between and no farther.
 */
static void test_usual_window(void **state)
{
    (void)state;
    for (uint64_t between = 99998; between <= 100001; between++) {
        struct grouper *grouper = make_grouper(100000, UNBOUNDED);

        add(grouper, 1, "7");
        grouper_skip(grouper, 1 + between);
        add(grouper, 2 + between, "7");
        grouper_close(grouper);
        if (between < 100000) {
            char wanted[32];

            (void)snprintf(wanted, sizeof(wanted), "71,%u",
                           (unsigned)between + 2);
            take_and_end(grouper, wanted);
        } else {
            take_and_end(grouper, "71");
            assert_non_null(grouper_take(grouper));
        }
        assert_null(grouper_take(grouper));
        grouper_free(grouper);
    }
}

/* A grouper whose only groups wait for another group of their user must say so,
 * until that group is done. */
static void test_blocked(void **state)
{
    struct grouper *grouper = make_grouper(1, UNBOUNDED);
    struct group *group;

    (void)state;
    add(grouper, 1, "a");
    add(grouper, 3, "a");
    grouper_close(grouper);
    assert_false(grouper_is_blocked(grouper));
    group = grouper_take(grouper);
    assert_true(grouper_is_blocked(grouper));
    assert_false(grouper_is_empty(grouper));
    grouper_done(grouper, group);
    assert_false(grouper_is_blocked(grouper));
    grouper_free(grouper);
}

/* Nothing may be given out before the window is full or the input has ended,
 * and the oldest group as soon as it is. */
static void test_gives_out_full_windows(void **state)
{
    struct grouper *grouper = make_grouper(3, UNBOUNDED);

    (void)state;
    assert_true(grouper_is_empty(grouper));
    add(grouper, 1, "a");
    assert_false(grouper_is_empty(grouper));
    add(grouper, 2, "b");
    add(grouper, 3, "c");
    add(grouper, 4, "a");
    assert_null(grouper_take(grouper));
    add(grouper, 5, "c");
    take_and_end(grouper, "a1,4");
    assert_null(grouper_take(grouper));
    grouper_skip(grouper, 6);
    take_and_end(grouper, "b2");
    assert_null(grouper_take(grouper));
    grouper_close(grouper);
    take_and_end(grouper, "c3,5");
    assert_null(grouper_take(grouper));
    assert_true(grouper_is_empty(grouper));
    grouper_free(grouper);
}

/* Groups that are closed together must be given out in the order of their
 * first rows. */
static void test_first_in_first_out(void **state)
{
    struct grouper *grouper = make_grouper(100, UNBOUNDED);
    char text[64];

    (void)state;
    add_all(grouper, "edcbaabcde");
    grouper_close(grouper);
    drain(grouper, text, sizeof(text));
    assert_string_equal(text, "e1,10 d2,9 c3,8 b4,7 a5,6");
    grouper_free(grouper);
}

/* A user's next group must be given out only when the one before is done; other
 * users don't wait for it. */
static void test_one_group_of_a_user_at_a_time(void **state)
{
    struct grouper *grouper = make_grouper(1, UNBOUNDED);
    struct group *first, *second;

    (void)state;
    add_all(grouper, "aaaaaab");
    grouper_close(grouper);
    first = grouper_take(grouper);
    assert_taken(first, "a1,2");
    take_and_end(grouper, "b7");
    assert_null(grouper_take(grouper));
    assert_false(grouper_is_empty(grouper));
    grouper_done(grouper, first);
    second = grouper_take(grouper);
    assert_taken(second, "a3,4");
    assert_null(grouper_take(grouper));
    grouper_done(grouper, second);
    take_and_end(grouper, "a5,6");
    assert_null(grouper_take(grouper));
    assert_true(grouper_is_empty(grouper));
    grouper_free(grouper);
}

/* Where a user's earlier group is done while the later one is still open, the
 * later one must go on taking rows. */
static void test_open_group_behind_done_one(void **state)
{
    struct grouper *grouper = make_grouper(2, UNBOUNDED);
    struct group *first;

    (void)state;
    add_all(grouper, "aaaa");
    first = grouper_take(grouper);
    assert_taken(first, "a1,2,3");
    grouper_done(grouper, first);
    assert_null(grouper_take(grouper));
    assert_false(grouper_is_empty(grouper));
    add(grouper, 5, "a");
    add(grouper, 6, "a");
    grouper_close(grouper);
    take_and_end(grouper, "a4,5,6");
    assert_null(grouper_take(grouper));
    assert_true(grouper_is_empty(grouper));
    grouper_free(grouper);
}

/* A group that was given out takes no more rows, even though it is not done. */
static void test_row_behind_group_in_flight(void **state)
{
    struct grouper *grouper = make_grouper(100, UNBOUNDED);
    struct group *first;

    (void)state;
    add(grouper, 1, "a");
    grouper_close(grouper); /* as after a pipe's silence */
    first = grouper_take(grouper);
    assert_taken(first, "a1");
    add(grouper, 2, "a");
    add(grouper, 3, "a");
    assert_null(first->rows->next);
    grouper_close(grouper);
    assert_null(grouper_take(grouper));
    grouper_done(grouper, first);
    take_and_end(grouper, "a2,3");
    grouper_free(grouper);
}

/* A pipe's silence closes what is open; rows that come after it are grouped
 * anew. */
static void test_closes_again(void **state)
{
    struct grouper *grouper = make_grouper(100, UNBOUNDED);
    char text[64];

    (void)state;
    grouper_close(grouper);
    add(grouper, 1, "a");
    grouper_close(grouper);
    grouper_close(grouper);
    add(grouper, 2, "a");
    add(grouper, 3, "b");
    grouper_close(grouper);
    drain(grouper, text, sizeof(text));
    assert_string_equal(text, "a1 b3 a2");
    assert_true(grouper_is_empty(grouper));
    grouper_free(grouper);
}

/* It is empty once all was given out, though not all is done. */
static void test_empty_with_groups_in_flight(void **state)
{
    struct grouper *grouper = make_grouper(100, UNBOUNDED);
    struct group *group;

    (void)state;
    add_all(grouper, "aa");
    grouper_close(grouper);
    group = grouper_take(grouper);
    assert_taken(group, "a1,2");
    assert_true(grouper_is_empty(grouper));
    grouper_done(grouper, group);
    assert_true(grouper_is_empty(grouper));
    grouper_free(grouper);
}

static void add_sent(struct grouper *grouper, uint64_t number,
                     const struct sent *sent)
{
    struct row *row = make_row(number, "a", "");

    row->sent = sent;
    assert_int_equal(grouper_add(grouper, row), 0);
}

/* The rows of an earlier run's update must be one group, without any other row,
 * also if rows between them were refused and are tried again. */
static void test_rows_of_an_update(void **state)
{
    static const struct sent one, other;
    struct grouper *grouper = grouper_new(100, SIZE_MAX);
    char text[256];

    (void)state;
    assert_non_null(grouper);
    add_sent(grouper, 1, &one);
    add_sent(grouper, 2, NULL);
    add_sent(grouper, 3, &one);
    add_sent(grouper, 4, NULL);
    add_sent(grouper, 5, &other);
    add_sent(grouper, 6, NULL);
    grouper_close(grouper);
    drain(grouper, text, sizeof(text));
    assert_string_equal(text, "a1,3 a2,4 a5 a6");
    grouper_free(grouper);
}

/* Rows that were refused after their user was fetched must be freed with their
 * group, or before it if they are dropped, and count until then. The group must
 * keep its key. */
static void test_refused_rows(void **state)
{
    struct grouper *grouper = grouper_new(100, SIZE_MAX);
    struct group *group;

    (void)state;
    assert_non_null(grouper);
    add_all(grouper, "aa");
    grouper_close(grouper);
    group = grouper_take(grouper);
    assert_non_null(group);
    group->refused = group->rows;
    group->rows = NULL;
    assert_true(grouper_bytes(grouper) > 0);
    grouper_done(grouper, group);
    assert_int_equal(grouper_bytes(grouper), 0);
    add_all(grouper, "bb");
    grouper_close(grouper);
    group = grouper_take(grouper);
    assert_non_null(group);
    group->refused = group->rows;
    group->rows = group->refused->next;
    group->refused->next = NULL;
    grouper_drop_refused(grouper, group);
    assert_null(group->refused);
    assert_int_equal(grouper_bytes(grouper), group->rows->size);
    assert_ptr_equal(group->key, group->rows->key);
    grouper_done(grouper, group);
    assert_int_equal(grouper_bytes(grouper), 0);
    grouper_free(grouper);
}

static void add_sized(struct grouper *grouper, uint64_t number, const char *key,
                      size_t size)
{
    struct row *row = make_row(number, key, "");

    row->allocated = row->size = size;
    assert_int_equal(grouper_add(grouper, row), 0);
}

/* Where the open rows go beyond the bound of bytes, the oldest groups must
 * close, and no more of them than needed; what is closed does not count. */
static void test_bytes_bound(void **state)
{
    static const char *const keys[] = {"a", "b", "c", "a", "b"};
    struct grouper *grouper = make_grouper(1000, 1000);

    (void)state;
    for (size_t i = 0; i < COUNT(keys); i++)
        add_sized(grouper, i + 1, keys[i], 200);
    assert_null(grouper_take(grouper));
    add_sized(grouper, 6, "c", 1);
    take_and_end(grouper, "a1,4");
    assert_null(grouper_take(grouper));
    add_sized(grouper, 7, "d", 399);
    assert_null(grouper_take(grouper));
    add_sized(grouper, 8, "d", 601);
    take_and_end(grouper, "b2,5");
    take_and_end(grouper, "c3,6");
    assert_null(grouper_take(grouper));
    add_sized(grouper, 9, "d", 0);
    grouper_close(grouper);
    take_and_end(grouper, "d7,8,9");
    grouper_free(grouper);
}

/* A single row beyond the bound must be given out at once, alone. */
static void test_row_beyond_bytes_bound(void **state)
{
    struct grouper *grouper = make_grouper(1000, 100);

    (void)state;
    add_sized(grouper, 2, "b", 101);
    take_and_end(grouper, "b2");
    assert_null(grouper_take(grouper));
    assert_true(grouper_is_empty(grouper));
    grouper_free(grouper);
}

/* Many users at once must all be found again, each with its rows. */
static void test_many_users(void **state)
{
    const unsigned users = 20000;
    struct grouper *grouper = make_grouper(1000000, UNBOUNDED);
    char key[32];

    (void)state;
    for (unsigned i = 0; i < 3 * users; i++) {
        (void)snprintf(key, sizeof(key), "%u", i % users);
        add(grouper, i + 1, key);
    }
    grouper_close(grouper);
    for (unsigned i = 0; i < users; i++) {
        char wanted[96];

        (void)snprintf(wanted, sizeof(wanted), "%u%u,%u,%u", i, i + 1,
                       i + 1 + users, i + 1 + 2 * users);
        take_and_end(grouper, wanted);
    }
    assert_null(grouper_take(grouper));
    assert_true(grouper_is_empty(grouper));
    grouper_free(grouper);
}

/* Of many users at once, each with a group in flight and another one behind it,
 * all must get both, whatever order they are done in. */
static void test_many_users_in_flight(void **state)
{
    enum { USERS = 3000 };
    struct grouper *grouper = make_grouper(2 * USERS - 1, UNBOUNDED);
    static struct group *groups[USERS];
    char key[32];

    (void)state;
    for (unsigned i = 0; i < 4 * USERS; i++) {
        (void)snprintf(key, sizeof(key), "%u", i % USERS);
        add(grouper, i + 1, key);
    }
    grouper_close(grouper);
    for (unsigned round = 0; round < 2; round++) {
        for (unsigned i = 0; i < USERS; i++) {
            const struct row *row;

            groups[i] = grouper_take(grouper);
            assert_non_null(groups[i]);
            row = groups[i]->rows;
            assert_int_equal((row->number - 1) / USERS, 2 * round);
            assert_int_equal(row->next->number, row->number + USERS);
            assert_null(row->next->next);
        }
        assert_null(grouper_take(grouper));
        for (unsigned i = 0; i < USERS; i++)
            grouper_done(grouper, groups[i * 7 % USERS]);
    }
    assert_null(grouper_take(grouper));
    assert_true(grouper_is_empty(grouper));
    grouper_free(grouper);
}

/* Everything must be freed in whatever state it is: nothing added; groups that
 * are open, ready, given out, or behind one that was given out. */
static void test_frees_every_state(void **state)
{
    struct grouper *grouper = make_grouper(1, UNBOUNDED);
    struct group *group;

    (void)state;
    grouper_free(NULL);
    grouper_free(grouper);
    grouper = make_grouper(1, UNBOUNDED);
    add_all(grouper, "aabbbbccccddd");
    group = grouper_take(grouper);
    assert_taken(group, "a1,2");
    grouper_done(grouper, group);
    assert_taken(grouper_take(grouper), "b3,4");
    assert_taken(grouper_take(grouper), "c7,8");
    assert_false(grouper_is_empty(grouper));
    grouper_free(grouper);
}

/* ---- against a naive model ----------------------------------------------- */

#define MODEL_ROWS  400
#define MODEL_USERS 6

/* For each row the number of its group, and for each group its facts. */
struct model {
    unsigned rows;
    unsigned group_of[MODEL_ROWS + 1]; /* by row number; 0: refused */
    unsigned groups;
    unsigned user[MODEL_ROWS + 1];  /* from here by group number */
    unsigned first[MODEL_ROWS + 1]; /* row numbers */
    unsigned last[MODEL_ROWS + 1];
    unsigned taken[MODEL_USERS]; /* the group in flight, 0: none */
    unsigned newest_taken[MODEL_USERS];
};

static void model_add(struct model *model, unsigned number, unsigned user,
                      size_t window)
{
    unsigned group;

    for (group = model->groups; group > 0; group--)
        if (model->user[group] == user)
            break;
    /* At the most window - 1 rows between the first one and this one. */
    if (group == 0 || number - model->first[group] - 1 >= window) {
        group = ++model->groups;
        model->user[group] = user;
        model->first[group] = number;
    }
    model->group_of[number] = group;
    model->last[group] = number;
}

/* The group must be what the model says, and the one that is next. */
static void model_take(struct model *model, const struct group *group,
                       unsigned newest, size_t window, bool ended)
{
    unsigned number = model->group_of[group->rows->number];
    unsigned user = model->user[number];
    unsigned at = model->first[number];

    assert_int_not_equal(number, 0);
    assert_int_equal(model->taken[user], 0);
    for (unsigned i = model->newest_taken[user] + 1; i < number; i++)
        assert_int_not_equal(model->user[i], user);
    assert_true(ended || newest - at > window);
    for (const struct row *row = group->rows; row; row = row->next, at++) {
        while (at < row->number && model->group_of[at] != number)
            at++;
        assert_int_equal(row->number, at);
    }
    assert_int_equal(at, model->last[number] + 1);
    model->taken[user] = model->newest_taken[user] = number;
}

struct trial {
    struct grouper *grouper;
    struct model model;
    struct group *in_flight[MODEL_USERS];
    size_t window;
    unsigned groups_done;
};

static void trial_add(struct trial *trial, uint64_t *random)
{
    unsigned number = ++trial->model.rows;
    unsigned user = below(random, MODEL_USERS);
    char key[8];

    if (below(random, 5) == 0) {
        grouper_skip(trial->grouper, number);
        return;
    }
    (void)snprintf(key, sizeof(key), "%u", user);
    model_add(&trial->model, number, user, trial->window);
    add(trial->grouper, number, key);
}

static void trial_take(struct trial *trial, bool ended)
{
    struct group *group = grouper_take(trial->grouper);

    if (!group)
        return;
    model_take(&trial->model, group, trial->model.rows, trial->window, ended);
    trial->in_flight[group->key[0] - '0'] = group;
}

static void trial_end(struct trial *trial, unsigned user)
{
    if (!trial->in_flight[user])
        return;
    grouper_done(trial->grouper, trial->in_flight[user]);
    trial->in_flight[user] = NULL;
    trial->model.taken[user] = 0;
    trial->groups_done++;
}

/* For random rows, windows and orders of events, groups must be those that a
 * naive model makes, each given out once, a user's one after the other. */
static void test_against_model(void **state)
{
    static const size_t windows[] = {1, 2, 3, 5, 8, 20, 100, 1000};
    uint64_t random = 987654321;

    (void)state;
    for (unsigned i = 0; i < 400; i++) {
        struct trial trial = {.window = windows[i % COUNT(windows)]};
        unsigned rows = below(&random, MODEL_ROWS);

        trial.grouper = make_grouper(trial.window, UNBOUNDED);
        while (trial.model.rows < rows) {
            trial_add(&trial, &random);
            if (below(&random, 2))
                trial_take(&trial, false);
            if (below(&random, 2))
                trial_end(&trial, below(&random, MODEL_USERS));
        }
        grouper_close(trial.grouper);
        while (trial.groups_done < trial.model.groups) {
            unsigned before = trial.groups_done;

            for (unsigned user = 0; user < MODEL_USERS; user++)
                trial_take(&trial, true);
            for (unsigned user = 0; user < MODEL_USERS; user++)
                trial_end(&trial, user);
            assert_true(trial.groups_done > before);
        }
        assert_null(grouper_take(trial.grouper));
        assert_true(grouper_is_empty(trial.grouper));
        grouper_free(trial.grouper);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_window),
        cmocka_unit_test(test_usual_window),
        cmocka_unit_test(test_blocked),
        cmocka_unit_test(test_gives_out_full_windows),
        cmocka_unit_test(test_first_in_first_out),
        cmocka_unit_test(test_one_group_of_a_user_at_a_time),
        cmocka_unit_test(test_open_group_behind_done_one),
        cmocka_unit_test(test_row_behind_group_in_flight),
        cmocka_unit_test(test_closes_again),
        cmocka_unit_test(test_empty_with_groups_in_flight),
        cmocka_unit_test(test_rows_of_an_update),
        cmocka_unit_test(test_refused_rows),
        cmocka_unit_test(test_bytes_bound),
        cmocka_unit_test(test_row_beyond_bytes_bound),
        cmocka_unit_test(test_many_users),
        cmocka_unit_test(test_many_users_in_flight),
        cmocka_unit_test(test_frees_every_state),
        cmocka_unit_test(test_against_model),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
