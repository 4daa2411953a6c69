#include "unit.h"

#include "service/service.h"
#include "user/doubts.h"
#include "user/merge.h"

static const char body[] =
    "{\"User\":{\"Id\":\"7\",\"TimeStamp\":\"AAAA\",\"UserName\":\"ann\","
    "\"UserLifeCycleStatus\":\"Merged\",\"Lcid\":\"KlingonQonos\","
    "\"ContactInfo\":{\"Address\":{\"TimeStamp\":\"BBBB\",\"City\":\"#N/A\","
    "\"Line1\":\"A street name that has 49 characters, so too many\"}}}}";

static struct user *make_user(void)
{
    const struct call_context context = {.service = &service_rest};
    const struct http_response response = make_response(200, body);
    struct api_error api_error;
    struct user *user = NULL;

    if (service_rest.parse_get(&context, &response, "7", &user, &api_error))
        fail_msg("%s", api_error.text);
    return user;
}

static struct row *make_doubtful(uint64_t number, const char *cells)
{
    struct row *row = make_row(number, "7", cells);
    struct doubt **end = &row->doubts;

    for (unsigned i = 0; i < row->count; i++) {
        *end = calloc(1, sizeof(**end));
        assert_non_null(*end);
        (*end)->column = row->cells[i].column;
        end = &(*end)->next;
    }
    return row;
}

/* Values that the user has must be accepted, whatever our tables say; one that
 * differs must refuse its row, for the first such value. */
static void test_settle(void **state)
{
    static const struct {
        const char *cells;
        const char *refused; /* the column; NULL: none */
    } cases[] = {
        {"City=#N/A", NULL},
        {"City=#NV", "City"},
        {"Lcid=klingonqonos|UserLifeCycleStatus=Merged", NULL},
        {"Line1=A street name that has 49 characters, so too many", NULL},
        {"City=#N/A|Lcid=Vulcan|UserName=bob", "Lcid"},
        {"PostalCode=1E5", "PostalCode"},
    };
    struct user *user = make_user();

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct row *row = make_doubtful(1, cases[i].cells);
        struct group group = {.rows = row, .key = row->key};

        assert_int_equal(doubts_hold(row, &service_rest, user, merge_is_same),
                         !cases[i].refused);
        doubts_settle(&group, &service_rest, user, merge_is_same);
        if (cases[i].refused) {
            assert_string_equal(bing_columns[row->why->column].name,
                                cases[i].refused);
            assert_null(group.rows);
            assert_ptr_equal(group.refused, row);
        } else {
            assert_null(row->why);
            assert_ptr_equal(group.rows, row);
            assert_null(group.refused);
        }
        row_free(row);
    }
    service_rest.user_free(user);
}

static bool differs(const struct column *column, const char *value,
                    const char *text)
{
    (void)column;
    (void)value;
    (void)text;
    return false;
}

/* Rows must keep their order in both lists, also if they are settled again and
 * an earlier row is refused only then. */
static void test_order(void **state)
{
    static const char *const cells[] = {"City=#NV", "City=#N/A", "City=#REF!",
                                        "Fax=1"};
    struct row *rows[COUNT(cells)] = {NULL};
    struct group group = {.key = "7"};
    struct user *user = make_user();

    (void)state;
    for (unsigned i = 0; i < COUNT(cells); i++) {
        rows[i] = i < 3 ? make_doubtful(i + 1, cells[i])
                        : make_row(i + 1, "7", cells[i]);
        if (i > 0)
            rows[i - 1]->next = rows[i];
    }
    group.rows = rows[0];
    doubts_settle(&group, &service_rest, user, merge_is_same);
    doubts_settle(&group, &service_rest, user, merge_is_same);
    assert_ptr_equal(group.rows, rows[1]);
    assert_ptr_equal(rows[1]->next, rows[3]);
    assert_null(rows[3]->next);
    assert_ptr_equal(group.refused, rows[0]);
    assert_ptr_equal(rows[0]->next, rows[2]);
    assert_null(rows[2]->next);
    doubts_settle(&group, &service_rest, user, differs);
    assert_ptr_equal(group.rows, rows[3]);
    assert_ptr_equal(group.refused, rows[0]);
    assert_ptr_equal(rows[0]->next, rows[1]);
    assert_ptr_equal(rows[1]->next, rows[2]);
    assert_null(rows[2]->next);
    row_free_all(group.rows);
    row_free_all(group.refused);
    service_rest.user_free(user);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_settle),
        cmocka_unit_test(test_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
