#include "report/summary_json.h"
#include "unit.h"

static struct run_summary make_summary(void)
{
    struct run_summary summary = {
        .version = "1.2",
        .host = "host",
        .user = "jo",
        .mode = MODE_DRY_RUN,
        .service = "rest",
        .environment = "sandbox",
        .endpoint = "https://service.example/v13",
        .customer_id = "77",
        .input = "in \"put\".csv\n\xff\xe2\x80\x8b",
        .output = "result.csv",
        .result = "result.csv.part",
        .options[0] = {"map", "'a=City' 'b=Fax'"},
        .option_count = 1,
        .plan = {.name = "plan.csv",
                 .users = 2,
                 .source_rows = 7,
                 .left_out = 3},
        .shard = {.index = 3,
                  .count = 16,
                  .by = "_Person",
                  .variable = "PARALLEL_SEQ",
                  .command = "b --shard 3/16 'a b' c",
                  .rows = 112},
        .tally = {.rows = 7,
                  .by_status = {[STATUS_UPDATED] = 4, [STATUS_FAILED] = 3},
                  .again = 2,
                  .calls = 10,
                  .retries = 5,
                  .calls_by = {6, 3, 1, 2, 8, 9},
                  .milliseconds = 1500,
                  .rows_total = 123456789012},
        .resumed = true,
        .part = {.start = 1795996800123,
                 .end = 1795996801623,
                 .elapsed = 1500,
                 .calls = {6, 3, 1, 2, 8, 9},
                 .retries = 5},
        .earlier = {.start = 1795990000000,
                    .elapsed = 10,
                    .calls = {1, 1, 1, 1, 1, 1},
                    .retries = 1},
        .earlier_parts = 2,
        .exit_status = 5,
        .meaning = "stopped early",
        .message = "stopped by a signal",
        .option = "--limit",
    };

    summary.merged = calloc(2, sizeof(*summary.merged));
    assert_non_null(summary.merged);
    summary.merged_count = 2;
    summary.merged[1] = (struct run_merged){1, 5, 2, 1500};
    error_counts_add(&summary.tally.errors, 3, "InvalidValue", "Lcid");
    error_counts_add(&summary.tally.errors, 9, "EntityNotExistent", NULL);
    memset(summary.input_sha256, 'a', RUN_SUMMARY_DIGEST - 1);
    memset(summary.plan.sha256, 'b', RUN_SUMMARY_DIGEST - 1);
    memset(summary.fingerprint, '7', RUN_SUMMARY_DIGEST - 1);
    run_summary_add_parts(&summary);
    run_summary_add_step(&summary, "resume", "to resume", "a 'b\nc'");
    return summary;
}

/* A summary that is written and read again is the same, except for bytes that
 * are no UTF-8. */
static void test_round_trip(void **state)
{
    struct run_summary summary = make_summary(), read = {.texts = NULL};
    struct buffer text, again;

    (void)state;
    buffer_init(&text, SUMMARY_JSON_MAX);
    buffer_init(&again, SUMMARY_JSON_MAX);
    assert_int_equal(summary_json_format(&text, &summary), 0);
    assert_null(summary_json_parse(&read, text.data, text.len));
    assert_int_equal(summary_json_format(&again, &read), 0);
    assert_string_equal(again.data, text.data);
    assert_int_equal(read.mode, MODE_DRY_RUN);
    assert_int_equal(read.parts, 3);
    assert_int_equal(read.all.calls.get, 7);
    assert_int_equal(read.all.start, summary.earlier.start);
    assert_int_equal(read.tally.rows_total, 123456789012);
    assert_int_equal(read.tally.calls, 10);
    assert_int_equal(read.shard.rows, 112);
    assert_string_equal(read.shard.variable, "PARALLEL_SEQ");
    assert_int_equal(read.merged_count, 2);
    assert_int_equal(read.merged[1].failed, 2);
    assert_string_equal(read.input_sha256, summary.input_sha256);
    assert_string_equal(read.output_sha256, "");
    assert_string_equal(read.steps[0].command, "a 'b\nc'");
    assert_null(strstr(read.input, "\xff"));
    assert_null(read.account_id);
    run_summary_clear(&summary);
    run_summary_clear(&read);
    buffer_free(&text);
    buffer_free(&again);
}

/* A file that is no summary is rejected, and so is one of a later schema. */
static void test_rubbish(void **state)
{
    static const char *const texts[] = {
        "",
        "{",
        "[]",
        "null",
        "{}",
        "{\"schema\": 2, \"mode\": \"apply\"}",
        "{\"schema\": \"1\", \"mode\": \"apply\"}",
        "{\"schema\": 1}",
        "{\"schema\": 1, \"mode\": \"nothing\"}",
        "{\"schema\": 1, \"mode\": 7}",
        "{\"schema\": 1, \"schema\": 1, \"mode\": \"apply\"}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct run_summary read = {.texts = NULL};

        assert_non_null(summary_json_parse(&read, texts[i], strlen(texts[i])));
        run_summary_clear(&read);
    }
}

/* A text that is empty must be unknown, as null is. */
static void test_empty_texts(void **state)
{
    static const char text[] =
        "{\"schema\": 1, \"mode\": \"apply\", \"service\": \"\","
        "\"options\": {\"a\": \"\", \"b\": null, \"c\": \"x\"},"
        "\"next\": [{\"name\": \"a\", \"text\": \"\", \"command\": \"b\"}]}";
    struct run_summary read = {.texts = NULL};

    (void)state;
    assert_null(summary_json_parse(&read, text, sizeof(text) - 1));
    assert_null(read.service);
    assert_int_equal(read.option_count, 1);
    assert_string_equal(read.options[0].name, "c");
    assert_int_equal(read.step_count, 0);
    run_summary_clear(&read);
}

/* Members that are missing, or of an unexpected type, are unknown. */
static void test_unexpected_types(void **state)
{
    static const char text[] =
        "{\"schema\": 1, \"mode\": \"apply\", \"service\": [1], \"input\": 7,"
        "\"output\": {\"name\": {}, \"sha256\": \"12\", \"complete\": 1},"
        "\"options\": [\"a\"], \"rows\": {\"done\": -5, \"by_status\": []},"
        "\"errors\": {\"a\": 1}, \"this_part\": \"x\","
        "\"exit\": {\"status\": 1e3}, \"next\": [1, {}, null]}";
    struct run_summary read = {.texts = NULL};

    (void)state;
    assert_null(summary_json_parse(&read, text, sizeof(text) - 1));
    assert_null(read.service);
    assert_null(read.input);
    assert_null(read.output);
    assert_false(read.complete);
    assert_string_equal(read.output_sha256, "");
    assert_int_equal(read.option_count, 0);
    assert_int_equal(read.tally.rows, 0);
    assert_int_equal(read.tally.errors.count, 0);
    assert_int_equal(read.exit_status, 0);
    assert_int_equal(read.step_count, 0);
    run_summary_clear(&read);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_rubbish),
        cmocka_unit_test(test_empty_texts),
        cmocka_unit_test(test_unexpected_types),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
