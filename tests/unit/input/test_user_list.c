#include "unit.h"

#include "files.h"
#include "input/user_list.h"

#define TENANT "eebd1b55-5360-4438-a11d-5c06918c3014"
#define OTHER  "00000000-0000-0000-0000-00000000000a"
#define USER   "4b10bf41-ab11-40e3-8c53-000000000001"

static volatile sig_atomic_t stop;

struct reading {
    char text[512]; /* "tenant/id=name;" of each user */
    bool fails;
};

static int take(void *context, const struct listed_user *user,
                struct error *error)
{
    struct reading *reading = context;
    size_t len = strlen(reading->text);

    if (reading->fails)
        return error_set(error, ERROR_LOCAL, "taken enough");
    snprintf(reading->text + len, sizeof(reading->text) - len, "%s%s%s=%s;",
             user->customer ? user->customer : "", user->customer ? "/" : "",
             user->id, user->name);
    return 0;
}

static int read_list(const struct service *service, const char *tenant,
                     const char *text, struct reading *reading,
                     struct error *error)
{
    const struct user_list_setup setup = {&file_system_posix, "list.csv",
                                          service, tenant};

    make_file("list.csv", text, 0600);
    reading->text[0] = '\0';
    return user_list_read(&setup, take, reading, &stop, error);
}

static void assert_read(const struct service *service, const char *tenant,
                        const char *text, const char *wanted)
{
    struct reading reading = {.fails = false};
    struct error error;

    if (read_list(service, tenant, text, &reading, &error))
        fail_msg("%s", error.text);
    assert_string_equal(reading.text, wanted);
}

static void assert_refused(const struct service *service, const char *text,
                           const char *part)
{
    struct reading reading = {.fails = false};
    struct error error;

    if (read_list(service, NULL, text, &reading, &error) == 0)
        fail_msg("accepted: %s", text);
    assert_int_equal(error.kind, ERROR_INPUT);
    if (!strstr(error.text, part))
        fail_msg("%s", error.text);
}

/* Ids and names must be read from any columns, with other columns and other
 * delimiters, and Ids in their plain form. */
static void test_lists(void **state)
{
    (void)state;
    assert_read(&service_rest, NULL, "Id,UserName\n1,a\n02,b\n", "1=a;2=b;");
    assert_read(&service_rest, NULL,
                "_Note;Whatever;username;UserId\n;x;\"a;\"\"b\";3\n",
                "3=a;\"b;");
    assert_read(&service_rest, NULL, "Id,UserName\n", "");
    assert_read(&service_partner, NULL,
                "CustomerTenantId,Id,userPrincipalName,displayName\n" TENANT
                "," USER ",jo@x,Jo\n" OTHER "," USER ",al@x,NULL\n",
                TENANT "/" USER "=jo@x;" OTHER "/" USER "=al@x;");
}

/* The customer of a user must be found under its own name, or one that begins
 * with '_', and must be valid. --customer-id says nothing about the users of
 * such a service. */
static void test_customers(void **state)
{
    (void)state;
    assert_read(&service_rest, "9", "Id,UserName,_CustomerId\n1,a,07\n2,b,8\n",
                "7/1=a;8/2=b;");
    assert_read(&service_rest, "9", "CustomerId,Id,UserName\n7,1,a\n",
                "7/1=a;");
    assert_read(&service_rest, "9", "Id,UserName\n1,a\n", "1=a;");
    assert_refused(&service_rest, "Id,UserName,_CustomerId\n1,a,\n",
                   "CustomerId is empty; fill it in");
}

/* A user without a name, such as one that --export has not found, cannot be
 * searched: the row must be skipped, whatever else it has. */
static void test_without_name(void **state)
{
    (void)state;
    assert_read(&service_rest, NULL,
                "Id,UserName,CustomerId,_Status\n1,a,7,Exported\n"
                "2,,,Failed\nx,,,Failed\n",
                "7/1=a;");
    assert_read(&service_partner, NULL,
                "CustomerTenantId,Id,userPrincipalName\n," USER ",\n" TENANT
                "," USER ",jo@x\n",
                TENANT "/" USER "=jo@x;");
}

/* A list without a column for the tenant must be that of --customer-id. */
static void test_tenant_of_all(void **state)
{
    (void)state;
    assert_read(&service_partner, TENANT,
                "Id,userPrincipalName\n" USER ",jo@x\n",
                TENANT "/" USER "=jo@x;");
    assert_refused(&service_partner, "Id,userPrincipalName\n" USER ",jo@x\n",
                   "the tenant of the users is missing");
}

/* A list with one damaged row must not be used at all. */
static void test_refused(void **state)
{
    (void)state;
    assert_refused(&service_rest, "Id,City\n1,a\n",
                   "there is no column "
                   "UserName");
    assert_refused(&service_rest, "UserName\na\n", "there is no column Id");
    assert_refused(&service_rest, "Id,UserName\n1,a\n4.9E+11,b\n",
                   "list.csv: row 2, line 3: ");
    assert_refused(&service_rest, "Id,UserName\n,b\n", "Id is empty");
    assert_refused(&service_rest, "Id,UserName\n,b\n", "--list or --export");
    assert_refused(&service_rest, "Id,UserName\n1,a,b\n", "row 1");
    assert_refused(&service_partner,
                   "CustomerTenantId,Id,userPrincipalName\nx," USER ",b\n",
                   "CustomerTenantId must be a GUID");
    assert_refused(&service_partner,
                   "CustomerTenantId,Id,userPrincipalName\n," USER ",b\n",
                   "CustomerTenantId");
}

/* Reading must fail for a pipe, without a file, after a signal, and when the
 * caller fails. */
static void test_fails(void **state)
{
    struct user_list_setup setup = {&file_system_posix, "/dev/null",
                                    &service_rest, NULL};
    struct reading reading = {.fails = true};
    struct error error;

    (void)state;
    assert_int_equal(user_list_read(&setup, take, &reading, &stop, &error), -1);
    assert_int_equal(error.kind, ERROR_USAGE);
    setup.path = "missing.csv";
    assert_int_equal(user_list_read(&setup, take, &reading, &stop, &error), -1);
    assert_int_equal(error.kind, ERROR_USAGE);
    assert_int_equal(
        read_list(&service_rest, NULL, "Id,UserName\n1,a\n", &reading, &error),
        -1);
    assert_string_equal(error.text, "taken enough");
    stop = 1;
    assert_int_equal(
        read_list(&service_rest, NULL, "Id,UserName\n1,a\n", &reading, &error),
        -1);
    assert_int_equal(error.kind, ERROR_STOPPED);
    stop = 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_customers),
        cmocka_unit_test(test_without_name),
        cmocka_unit_test(test_tenant_of_all),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_fails),
    };

    return cmocka_run_group_tests(tests, enter_directory, leave_directory);
}
