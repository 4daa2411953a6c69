#include "unit.h"

#include "input/name_hash.h"
#include "input/name_index.h"
#include "service/service.h"

#define TENANT1 "eebd1b55-5360-4438-a11d-5c06918c3014"
#define TENANT2 "00000000-0000-0000-0000-00000000000a"
#define USER1   "4b10bf41-ab11-40e3-8c53-000000000001"
#define USER2   "4b10bf41-ab11-40e3-8c53-000000000002"
#define MANY    5000

static struct name_hash *hash;

static int make_hash(void **state)
{
    (void)state;
    hash = name_hash_new(&random_system);
    return hash ? 0 : -1;
}

static int free_hash(void **state)
{
    (void)state;
    name_hash_free(hash);
    return 0;
}

/* All names are the same. */
static int collide(void *context, const char *name, size_t len,
                   uint64_t number[2])
{
    (void)context;
    (void)name;
    number[0] = number[1] = len > 0 ? 7 : 8;
    return 0;
}

static int fail_hash(void *context, const char *name, size_t len,
                     uint64_t number[2])
{
    (void)context;
    (void)name;
    (void)len;
    (void)number;
    return -1;
}

static struct name_index *make_index(const struct service *service)
{
    struct name_index *index = name_index_new(service, name_hash_make, hash);

    assert_non_null(index);
    return index;
}

static void add_in(struct name_index *index, const char *tenant, const char *id,
                   const char *name)
{
    const struct listed_user user = {tenant, id, name};
    struct error error;

    assert_int_equal(name_index_add(index, &user, &error), 0);
}

static void add(struct name_index *index, const char *id, const char *name)
{
    add_in(index, NULL, id, name);
}

static enum name_result find_in(struct name_index *index, const char *name,
                                const char *tenant, const char *id,
                                struct name_match *match)
{
    enum name_result result = NAME_NOT_FOUND;
    struct error error;

    memset(match, 'x', sizeof(*match));
    assert_int_equal(
        name_index_find(index, name, tenant, id, &result, match, &error), 0);
    return result;
}

static void assert_found(struct name_index *index, const char *name,
                         const char *id)
{
    struct name_match match;

    assert_int_equal(find_in(index, name, NULL, NULL, &match), NAME_FOUND);
    assert_string_equal(match.ids[0], id);
    assert_string_equal(match.customers[0], "");
}

static void assert_not(struct name_index *index, const char *name,
                       enum name_result wanted)
{
    struct name_match match;

    assert_int_equal(find_in(index, name, NULL, NULL, &match), wanted);
}

/* A name must find the Id of its user, among many others, and no other name
 * must find one. An empty index finds nobody. */
static void test_finds_each(void **state)
{
    struct name_index *index = make_index(&service_rest);
    char name[32], id[32];

    (void)state;
    assert_not(index, "user1", NAME_NOT_FOUND);
    for (unsigned i = 1; i <= MANY; i++) {
        snprintf(name, sizeof(name), "user%u@x", i);
        snprintf(id, sizeof(id), "9223372036854%06u", i);
        add(index, id, name);
    }
    assert_int_equal(name_index_count(index), MANY);
    for (unsigned i = 1; i <= MANY; i++) {
        snprintf(name, sizeof(name), "user%u@x", i);
        snprintf(id, sizeof(id), "9223372036854%06u", i);
        assert_found(index, name, id);
        snprintf(name, sizeof(name), "user%u@y", i);
        assert_not(index, name, NAME_NOT_FOUND);
    }
    name_index_free(index);
    name_index_free(NULL);
}

/* The letters A to Z must be found in either case, and other letters only as
 * they are. */
static void test_letter_case(void **state)
{
    struct name_index *index = make_index(&service_rest);

    (void)state;
    add(index, "1", "Jo.Doe@Contoso.example");
    add(index, "2", "m\xC3\xBCller@x"); /* u with dots, lowercase */
    add(index, "3", "kim@x");
    add(index, "4", "[at]@x");
    assert_found(index, "jO.dOE@cONTOSO.EXAMPLE", "1");
    assert_found(index, "M\xC3\xBCLLER@X", "2");
    assert_not(index, "M\xC3\x9CLLER@X", NAME_NOT_FOUND);
    assert_not(index, "\xE2\x84\xAAim@x", NAME_NOT_FOUND); /* Kelvin sign */
    assert_not(index, "k\xC4\xB0m@x", NAME_NOT_FOUND);     /* dotted I */
    assert_not(index, "{at}@x", NAME_NOT_FOUND);
    assert_not(index, "jo.doe@contoso.example ", NAME_NOT_FOUND);
    name_index_free(index);
}

/* A name in INPUT must get the letter case of the list. */
static void test_spells_as_the_list(void **state)
{
    static const char *const names[] = {
        "Jo.Doe@Contoso.example", "ALL@CAPITALS", "none@here", "\xC3\x84rA@x"};
    struct name_index *index = make_index(&service_rest);
    struct name_match match;
    char text[80];

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++)
        add(index, "1", names[i]);
    for (size_t i = 0; i < COUNT(names); i++) {
        for (unsigned upper = 0; upper < 2; upper++) {
            snprintf(text, sizeof(text), "%s", names[i]);
            for (char *at = text; *at; at++)
                if (upper ? *at >= 'a' && *at <= 'z' : *at >= 'A' && *at <= 'Z')
                    *at ^= 0x20;
            assert_int_equal(find_in(index, text, NULL, NULL, &match),
                             NAME_FOUND);
            name_index_spell(&match, text);
            assert_string_equal(text, names[i]);
        }
    }
    name_index_free(index);
}

/* Letters beyond the 64th must stay as they are. */
static void test_spells_a_long_name(void **state)
{
    struct name_index *index = make_index(&service_rest);
    struct name_match match;
    char listed[80], text[80], wanted[80];

    (void)state;
    memset(listed, 'B', 70);
    memset(text, 'b', 70);
    listed[70] = text[70] = '\0';
    snprintf(wanted, sizeof(wanted), "%.64s%s", listed, text + 64);
    add(index, "1", listed);
    assert_int_equal(find_in(index, text, NULL, NULL, &match), NAME_FOUND);
    name_index_spell(&match, text);
    assert_string_equal(text, wanted);
    name_index_free(index);
}

/* A name of two users must find neither, also if they differ in letter case,
 * and one user who is listed twice must be found. Users without a name must not
 * be found. */
static void test_duplicates(void **state)
{
    struct name_index *index = make_index(&service_rest);
    struct name_match match;

    (void)state;
    add(index, "11", "twin@x");
    add(index, "12", "Twin@x");
    add(index, "13", "once@x");
    add(index, "13", "once@x");
    add(index, "14", "");
    add(index, "15", NULL);
    assert_int_equal(name_index_count(index), 4);
    assert_int_equal(find_in(index, "twin@x", NULL, NULL, &match),
                     NAME_AMBIGUOUS);
    assert_string_equal(match.ids[0], "11");
    assert_string_equal(match.ids[1], "12");
    assert_found(index, "once@x", "13");
    name_index_free(index);
}

/* An Id of the row must agree; it may choose among several users. */
static void test_ids_of_rows(void **state)
{
    struct name_index *index = make_index(&service_rest);
    struct name_match match;

    (void)state;
    add(index, "11", "twin@x");
    add(index, "12", "TWIN@x");
    add(index, "13", "twin@x");
    add(index, "14", "jo@x");
    assert_int_equal(find_in(index, "jo@x", NULL, "14", &match), NAME_FOUND);
    assert_int_equal(find_in(index, "jo@x", NULL, "15", &match), NAME_OTHER_ID);
    assert_string_equal(match.ids[0], "14");
    assert_int_equal(find_in(index, "al@x", NULL, "14", &match),
                     NAME_NOT_FOUND);
    for (unsigned id = 11; id <= 13; id++) {
        char text[16], name[] = "twin@x";

        snprintf(text, sizeof(text), "%u", id);
        assert_int_equal(find_in(index, "twin@x", NULL, text, &match),
                         NAME_FOUND);
        assert_string_equal(match.ids[0], text);
        name_index_spell(&match, name);
        assert_string_equal(name, id == 12 ? "TWIN@x" : "twin@x");
    }
    assert_int_equal(find_in(index, "twin@x", NULL, "14", &match),
                     NAME_AMBIGUOUS);
    name_index_free(index);
}

/* A name must be searched in the tenant of the row, or in all of them. */
static void test_tenants(void **state)
{
    struct name_index *index = make_index(&service_partner);
    struct name_match match;

    (void)state;
    add_in(index, TENANT1, USER1, "jo@x");
    add_in(index, TENANT2, USER2, "jo@x");
    add_in(index, TENANT1, USER1, "jo@x");
    add_in(index, TENANT2, USER1, "al@x");
    assert_int_equal(find_in(index, "jo@x", NULL, NULL, &match),
                     NAME_AMBIGUOUS);
    assert_string_equal(match.customers[0], TENANT2);
    assert_string_equal(match.ids[0], USER2);
    assert_string_equal(match.customers[1], TENANT1);
    assert_string_equal(match.ids[1], USER1);
    assert_int_equal(find_in(index, "jo@x",
                             "EEBD1B55-5360-4438-A11D-5C06918C3014", NULL,
                             &match),
                     NAME_FOUND);
    assert_string_equal(match.ids[0], USER1);
    assert_string_equal(match.customers[0], TENANT1);
    assert_int_equal(find_in(index, "jo@x", TENANT2, USER1, &match),
                     NAME_OTHER_ID);
    assert_int_equal(find_in(index, "al@x", TENANT1, NULL, &match),
                     NAME_NOT_FOUND);
    name_index_free(index);
}

/* A user of Microsoft Advertising must be found among those of the row's
 * customer, or of an unknown one. One Id is one user, whatever customers list
 * it. */
static void test_customers(void **state)
{
    struct name_index *index = make_index(&service_rest);
    struct name_match match;

    (void)state;
    add_in(index, "7", "11", "jo@x");
    add_in(index, "8", "12", "jo@x");
    add_in(index, "7", "13", "al@x");
    add_in(index, "8", "13", "al@x");
    add(index, "14", "mia@x");
    assert_int_equal(find_in(index, "jo@x", NULL, NULL, &match),
                     NAME_AMBIGUOUS);
    assert_string_equal(match.customers[0], "7");
    assert_string_equal(match.customers[1], "8");
    assert_int_equal(find_in(index, "jo@x", "8", NULL, &match), NAME_FOUND);
    assert_string_equal(match.ids[0], "12");
    assert_int_equal(find_in(index, "jo@x", "9", NULL, &match), NAME_NOT_FOUND);
    assert_int_equal(find_in(index, "al@x", NULL, NULL, &match), NAME_FOUND);
    assert_int_equal(find_in(index, "mia@x", "7", NULL, &match), NAME_FOUND);
    assert_string_equal(match.customers[0], "");
    name_index_free(index);
}

/* Users whose names have the same hash must all be found twice, and never one
 * in place of another. */
static void test_collisions(void **state)
{
    struct name_index *index = name_index_new(&service_rest, collide, NULL);

    (void)state;
    assert_non_null(index);
    add(index, "11", "jo@x");
    add(index, "12", "al@x");
    assert_not(index, "jo@x", NAME_AMBIGUOUS);
    assert_not(index, "al@x", NAME_AMBIGUOUS);
    name_index_free(index);
}

/* Half of the bits are the same. */
static int half_collide(void *context, const char *name, size_t len,
                        uint64_t number[2])
{
    const unsigned *half = context;

    number[*half] = 7;
    number[!*half] = (uint64_t)name[0] << 32 | len;
    return 0;
}

/* All 128 bits of a hash must count. */
static void test_half_collisions(void **state)
{
    (void)state;
    for (unsigned half = 0; half < 2; half++) {
        struct name_index *index =
            name_index_new(&service_rest, half_collide, &half);

        assert_non_null(index);
        add(index, "11", "jo@x");
        add(index, "12", "al@x");
        assert_found(index, "jo@x", "11");
        assert_found(index, "al@x", "12");
        assert_not(index, "mia@x", NAME_NOT_FOUND);
        name_index_free(index);
    }
}

/* If the hash fails, so must adding and finding. */
static void test_hash_fails(void **state)
{
    struct name_index *index = name_index_new(&service_rest, fail_hash, NULL);
    const struct listed_user user = {NULL, "1", "jo@x"};
    enum name_result result;
    struct name_match match;
    struct error error;

    (void)state;
    assert_non_null(index);
    assert_int_equal(name_index_add(index, &user, &error), -1);
    assert_int_equal(error.kind, ERROR_LOCAL);
    assert_int_equal(
        name_index_find(index, "jo@x", NULL, NULL, &result, &match, &error),
        -1);
    name_index_free(index);
}

/* The hash must depend on the name and on the key, which is random. */
static void test_name_hash(void **state)
{
    struct name_hash *other = name_hash_new(&random_system);
    uint64_t a[2], b[2];

    (void)state;
    assert_non_null(other);
    assert_int_equal(name_hash_make(hash, "jo", 2, a), 0);
    assert_int_equal(name_hash_make(hash, "jo", 2, b), 0);
    assert_memory_equal(a, b, sizeof(a));
    assert_int_equal(name_hash_make(hash, "jp", 2, b), 0);
    assert_true(a[0] != b[0] && a[1] != b[1]);
    assert_int_equal(name_hash_make(other, "jo", 2, b), 0);
    assert_true(a[0] != b[0] && a[1] != b[1]);
    name_hash_free(other);
    name_hash_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_finds_each),
        cmocka_unit_test(test_letter_case),
        cmocka_unit_test(test_spells_as_the_list),
        cmocka_unit_test(test_spells_a_long_name),
        cmocka_unit_test(test_duplicates),
        cmocka_unit_test(test_ids_of_rows),
        cmocka_unit_test(test_tenants),
        cmocka_unit_test(test_customers),
        cmocka_unit_test(test_collisions),
        cmocka_unit_test(test_half_collisions),
        cmocka_unit_test(test_hash_fails),
        cmocka_unit_test(test_name_hash),
    };

    return cmocka_run_group_tests(tests, make_hash, free_hash);
}
