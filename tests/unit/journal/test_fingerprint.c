#include "base/version.h"
#include "journal/fingerprint.h"
#include "unit.h"

#define TEXT_MAX ((size_t)1 << 16)
#define NAME     "out.csv.journal"

static const unsigned char input[HASH_SIZE] = {
    0xab, 0x12, 0xcd, 0x34, 0x56, [HASH_SIZE - 1] = 0x0d};

static struct fingerprint_setup make_setup(void)
{
    return (struct fingerprint_setup){
        .input = input,
        .output = "out.csv",
        .service = "rest",
        .endpoint = "https://service.example/v13",
        .delimiter = ',',
        .clear_token = "delete_value",
        .window = 100000,
        .shards = 1,
    };
}

static void build(struct buffer *text, const struct fingerprint_setup *setup)
{
    buffer_init(text, TEXT_MAX);
    assert_int_equal(fingerprint_build(text, setup), 0);
}

/* What a comparison with the fingerprint of make_setup() says. */
static void compare(const struct fingerprint_setup *setup, struct error *error)
{
    const struct fingerprint_setup normal = make_setup();
    struct buffer old, new;

    *error = (struct error){.kind = ERROR_NONE};
    build(&old, &normal);
    build(&new, setup);
    assert_int_equal(fingerprint_compare(NAME, &old, &new, true, error), -1);
    assert_int_equal(error->kind, ERROR_USAGE);
    buffer_free(&old);
    buffer_free(&new);
}

/* The text must stay byte for byte the same, or journals can't be resumed by a
 * later version: who changes it must change the version in its first line. */
static void test_text(void **state)
{
    char from[] = "E-mail", second[] = "a'b";
    const struct name_pair maps[] = {{from, "Email"}, {second, "City"}};
    const char *const ignores[] = {"Note", "a\nb\\"};
    char fax[] = "Fax", city[] = "City";
    const struct name_pair allows[] = {{fax, NULL}, {city, "#N/A'"}};
    struct fingerprint_setup setup = make_setup();
    struct buffer text;

    (void)state;
    build(&text, &setup);
    assert_string_equal(
        text.data,
        "bauser-batch journal 9\n"
        "release " BAUSER_VERSION "\n"
        "input ab12cd3456000000000000000000000000000000000000000000000000"
        "00000d\n"
        "output 'out.csv'\n"
        "undo no\n"
        "plan no\n"
        "approve no\n"
        "api 'rest'\n"
        "endpoint 'https://service.example/v13'\n"
        "customer-id no\n"
        "account-id no\n"
        "dry-run no\n"
        "reconcile no\n"
        "list no\n"
        "deleted no\n"
        "loose no\n"
        "all-guards no\n"
        "retry-failed no\n"
        "prior -\n"
        "encoding no\n"
        "delimiter ','\n"
        "skip-lines '0'\n"
        "ignore-unknown no\n"
        "clear-token 'delete_value'\n"
        "ignore-guards no\n"
        "allow-suspicious no\n"
        "map no\n"
        "ignore no\n"
        "skip '0'\n"
        "where no\n"
        "window '100000'\n"
        "shard '0/1'\n"
        "shard-by no\n");
    assert_true(fingerprint_is_one(text.data));
    buffer_free(&text);

    setup = (struct fingerprint_setup){
        .output = "it's",
        .prior = input,
        .service = "partner",
        .endpoint = "https://p",
        .customer_id = "7",
        .account_id = "8",
        .mode = MODE_RECONCILE,
        .loose = true,
        .all_guards = true,
        .retry_failed = true,
        .encoding = "UTF-16LE",
        .skip_lines = 3,
        .ignore_unknown = true,
        .clear_token = "",
        .ignore_guards = true,
        .allows = allows,
        .allow_count = 2,
        .maps = maps,
        .map_count = 2,
        .ignores = ignores,
        .ignore_count = 2,
        .skip = 9,
        .wheres = allows,
        .where_count = 2,
        .window = 5,
        .undo = "u.csv",
        .plan = "p.csv",
        .approve = "12ab",
        .shard = 1,
        .shards = 4,
        .shard_by = "_Person",
    };
    build(&text, &setup);
    assert_string_equal(text.data, "bauser-batch journal 9\n"
                                   "release " BAUSER_VERSION "\n"
                                   "input -\n"
                                   "output 'it\\'s'\n"
                                   "undo 'u.csv'\n"
                                   "plan 'p.csv'\n"
                                   "approve '12ab'\n"
                                   "api 'partner'\n"
                                   "endpoint 'https://p'\n"
                                   "customer-id '7'\n"
                                   "account-id '8'\n"
                                   "dry-run no\n"
                                   "reconcile yes\n"
                                   "list no\n"
                                   "deleted no\n"
                                   "loose yes\n"
                                   "all-guards yes\n"
                                   "retry-failed yes\n"
                                   "prior ab12cd345600000000000000000000000000"
                                   "000000000000000000000000000d\n"
                                   "encoding 'UTF-16LE'\n"
                                   "delimiter 'auto'\n"
                                   "skip-lines '3'\n"
                                   "ignore-unknown yes\n"
                                   "clear-token ''\n"
                                   "ignore-guards yes\n"
                                   "allow-suspicious 'Fax' 'City=#N/A\\''\n"
                                   "map 'E-mail=Email' 'a\\'b=City'\n"
                                   "ignore 'Note' 'a\\nb\\\\'\n"
                                   "skip '9'\n"
                                   "where 'Fax' 'City=#N/A\\''\n"
                                   "window '5'\n"
                                   "shard '1/4'\n"
                                   "shard-by '_Person'\n");
    buffer_free(&text);
}

/* Equal values must be accepted. */
static void test_same(void **state)
{
    const struct fingerprint_setup setup = make_setup();
    struct buffer old, new;
    struct error error;

    (void)state;
    build(&old, &setup);
    build(&new, &setup);
    assert_int_equal(fingerprint_compare(NAME, &old, &new, true, &error), 0);
    buffer_free(&old);
    buffer_free(&new);
}

/* Each value that differs must be named, with its old and its new value. */
static void test_each_difference(void **state)
{
    static const char *const ignores[] = {"Note", "a\nb"};
    char from[] = "Mail";
    const struct name_pair map = {from, "Email"};
    static const char *const differences[] = {
        "with --api 'rest', this one is with --api 'partner'",
        ("with --endpoint 'https://service.example/v13', this one is with "
         "--endpoint 'http://127.0.0.1:1'"),
        "without --customer-id, this one is with --customer-id '7'",
        "without --account-id, this one is with --account-id '8'",
        "without --dry-run, this one is with --dry-run",
        "without --reconcile, this one is with --reconcile",
        "without --retry-failed, this one is with --retry-failed",
        "with --delimiter ',', this one is with --delimiter ';'",
        ("with --clear-token 'delete_value', this one is with --clear-token "
         "'it\\'s'"),
        "without --ignore-guards, this one is with --ignore-guards",
        "without --map, this one is with --map 'Mail=Email'",
        "without --ignore, this one is with --ignore 'Note' 'a\\nb'",
        "with --window '100000', this one is with --window '5'",
        "with --shard '0/1', this one is with --shard '1/4'",
        "with --shard '0/1', this one is with --shard '0/2'",
        "without --shard-by, this one is with --shard-by 'City'",
        "with --skip '0', this one is with --skip '7'",
        "without --where, this one is with --where 'Mail=Email'",
    };
    struct fingerprint_setup setups[COUNT(differences)];
    struct error error;

    (void)state;
    for (size_t i = 0; i < COUNT(setups); i++)
        setups[i] = make_setup();
    setups[0].service = "partner";
    setups[1].endpoint = "http://127.0.0.1:1";
    setups[2].customer_id = "7";
    setups[3].account_id = "8";
    setups[4].mode = MODE_DRY_RUN;
    setups[5].mode = MODE_RECONCILE;
    setups[6].retry_failed = true;
    setups[7].delimiter = ';';
    setups[8].clear_token = "it's";
    setups[9].ignore_guards = true;
    setups[10].maps = &map;
    setups[10].map_count = 1;
    setups[11].ignores = ignores;
    setups[11].ignore_count = 2;
    setups[12].window = 5;
    setups[13].shard = 1;
    setups[13].shards = 4;
    setups[14].shards = 2;
    setups[15].shard_by = "City";
    setups[16].skip = 7;
    setups[17].wheres = &map;
    setups[17].where_count = 1;
    for (size_t i = 0; i < COUNT(setups); i++) {
        char text[512];

        (void)snprintf(text, sizeof(text),
                       NAME " belongs to a run %s: use the same options, or "
                            "--restart to discard the journal",
                       differences[i]);
        compare(&setups[i], &error);
        assert_string_equal(error.text, text);
    }
}

/* Another input must be named by its hash, and a pipe as such. */
static void test_other_input(void **state)
{
    static const unsigned char other[HASH_SIZE] = {0xcd};
    struct fingerprint_setup setup = make_setup();
    struct error error;

    (void)state;
    setup.input = other;
    compare(&setup, &error);
    assert_string_equal(error.text,
                        NAME " belongs to a run with another input (SHA-256 "
                             "ab12cd345600...; this one is SHA-256 "
                             "cd0000000000...): use the same INPUT, or "
                             "--restart to discard the journal");
    setup.input = NULL;
    compare(&setup, &error);
    assert_non_null(strstr(error.text, "this one is a pipe"));
}

/* The journal of another OUTPUT must be refused as a copy, naming that OUTPUT.
 */
static void test_other_output(void **state)
{
    struct fingerprint_setup setup = make_setup();
    struct error error;

    (void)state;
    setup.output = "other.csv";
    compare(&setup, &error);
    assert_string_equal(error.text,
                        NAME " is a copy of the journal of OUTPUT 'out.csv': "
                             "resume that run with its own OUTPUT, or use "
                             "--restart to discard the copy");
}

/* A prior result that was changed must be refused, unless it does not count.
 * Another release that wrote the same format must be accepted. */
static void test_other_prior_and_release(void **state)
{
    static const unsigned char other[HASH_SIZE] = {0xcd};
    struct fingerprint_setup setup = make_setup();
    struct buffer old, new;
    struct error error = {.kind = ERROR_NONE};
    char *release;

    (void)state;
    setup.prior = input;
    build(&old, &setup);
    setup.prior = other;
    build(&new, &setup);
    assert_int_equal(fingerprint_compare(NAME, &old, &new, true, &error), -1);
    assert_int_equal(error.kind, ERROR_USAGE);
    assert_non_null(strstr(error.text, "OUTPUT, whose rows are retried, was "
                                       "changed after the run began"));
    release = strstr(old.data, BAUSER_VERSION);
    assert_non_null(release);
    *release = '7';
    assert_int_equal(fingerprint_compare(NAME, &old, &new, false, &error), 0);
    buffer_free(&old);
    buffer_free(&new);
}

/* If several values differ, the first one must be named. */
static void test_first_difference(void **state)
{
    struct fingerprint_setup setup = make_setup();
    struct error error;

    (void)state;
    setup.window = 5;
    setup.customer_id = "7";
    compare(&setup, &error);
    assert_non_null(strstr(error.text, "--customer-id"));
    assert_null(strstr(error.text, "--window"));
}

/* A value that is too long for a message must be shortened, and the advice must
 * still be there. */
static void test_long_value(void **state)
{
    struct fingerprint_setup setup = make_setup();
    char token[1000];
    struct error error;

    (void)state;
    memset(token, 'x', sizeof(token) - 1);
    token[sizeof(token) - 1] = '\0';
    setup.clear_token = token;
    compare(&setup, &error);
    assert_non_null(strstr(error.text, "--clear-token 'xxx"));
    assert_non_null(strstr(error.text, "--restart"));
}

/* A text of another version, and one that was damaged, must be refused as such,
 * wherever it differs. */
static void test_other_texts(void **state)
{
    static const struct {
        const char *old, *message;
    } cases[] = {
        {"bauser-batch journal 3\ninput -\n",
         "by an earlier release of bauser-batch, in a format"},
        {"bauser-batch journal 10\nrelease 0.7.3\nx y\n",
         "by release 0.7.3 of bauser-batch, in a format that this release "
         "(" BAUSER_VERSION
         ") does not read: resume the run with that release"},
        {"bauser-batch journal 9\n", "does not begin with a journal header"},
        {"bauser-batch journal 9\napi 'rest'\n", "does not begin with a"},
        {"bauser-batch journal 9\nrelease 0.7.3\n", "does not begin with a"},
        {"bauser-batch", "does not begin with a"},
        {"", "does not begin with a"},
    };
    const struct fingerprint_setup setup = make_setup();
    struct buffer old, new;
    struct error error;

    (void)state;
    build(&new, &setup);
    for (size_t i = 0; i < COUNT(cases); i++) {
        buffer_init(&old, TEXT_MAX);
        assert_int_equal(buffer_puts(&old, cases[i].old), 0);
        assert_int_equal(fingerprint_compare(NAME, &old, &new, true, &error),
                         -1);
        assert_int_equal(error.kind, ERROR_USAGE);
        if (!strstr(error.text, cases[i].message))
            fail_msg("%s", error.text);
        buffer_free(&old);
    }
    build(&old, &setup);
    assert_int_equal(buffer_puts(&old, "more 'x'\n"), 0);
    assert_int_equal(fingerprint_compare(NAME, &old, &new, true, &error), -1);
    assert_non_null(strstr(error.text, "does not begin with a"));
    buffer_free(&old);
    buffer_free(&new);
    assert_false(fingerprint_is_one("bauser-batc"));
    assert_false(fingerprint_is_one("Id,City\n"));
    assert_true(fingerprint_is_one("bauser-batch journal 1\n"));
}

/* If the buffer is too small, building must fail, wherever it is full. */
static void test_small_buffers(void **state)
{
    const struct fingerprint_setup setup = make_setup();
    struct buffer text;
    size_t len;

    (void)state;
    build(&text, &setup);
    len = text.len;
    buffer_free(&text);
    for (size_t max = 0; max < len; max++) {
        buffer_init(&text, max);
        assert_int_equal(fingerprint_build(&text, &setup), -1);
        buffer_free(&text);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_same),
        cmocka_unit_test(test_each_difference),
        cmocka_unit_test(test_other_input),
        cmocka_unit_test(test_other_output),
        cmocka_unit_test(test_other_prior_and_release),
        cmocka_unit_test(test_first_difference),
        cmocka_unit_test(test_long_value),
        cmocka_unit_test(test_other_texts),
        cmocka_unit_test(test_small_buffers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
