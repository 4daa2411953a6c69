#include "report/report.h"

#include "base/hash.h"
#include "base/utf8.h"
#include "report/html.h"
#include "samples.h"

static struct sample_report sample;
static struct buffer out;

/* Renders into `out`. */
static const char *render(const struct report *report)
{
    buffer_free(&out);
    buffer_init(&out, REPORT_MAX_BYTES);
    assert_int_equal(report_write(&out, report), 0);
    return out.data;
}

static const char *render_sample(void)
{
    return render(&sample.report);
}

static int set_up(void **state)
{
    (void)state;
    fill_sample(&sample);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    buffer_free(&out);
    return 0;
}

static void assert_contains(const char *page, const char *text)
{
    if (!strstr(page, text))
        fail_msg("\"%s\" is missing", text);
}

static void assert_lacks(const char *page, const char *text)
{
    if (strstr(page, text))
        fail_msg("\"%s\" should be missing", text);
}

/* ---- the verdict -------------------------------------------------------- */

static void assert_verdict(const char *verdict)
{
    char heading[400];

    (void)snprintf(heading, sizeof(heading), "<h1>%s.</h1>", verdict);
    assert_contains(render_sample(), heading);
    (void)snprintf(heading, sizeof(heading), "<title>bauser-batch: %s</title>",
                   verdict);
    assert_contains(out.data, heading);
}

static void set_statuses(uint64_t rows, uint64_t done, uint64_t kept,
                         uint64_t drift, uint64_t failed)
{
    const struct report_status statuses[] = {{"Updated", REPORT_DONE, done},
                                             {"Unchanged", REPORT_KEPT, kept},
                                             {"Drift", REPORT_DRIFT, drift},
                                             {"Failed", REPORT_FAILED, failed}};

    memcpy(sample.statuses, statuses, sizeof(statuses));
    sample.report.status_count = COUNT(statuses);
    sample.report.rows = rows;
}

/* One sentence must state the outcome, in each mode and in correct English. */
static void test_verdict(void **state)
{
    (void)state;
    assert_verdict("9,862 of 10,000 rows were applied; 129 failed, 7 are in "
                   "conflict with changes by others, 2 have an unknown "
                   "outcome");
    set_statuses(1000, 900, 100, 0, 0);
    assert_verdict("All 1,000 rows were applied");
    set_statuses(1, 1, 0, 0, 0);
    assert_verdict("The only row was applied");
    set_statuses(1, 0, 0, 0, 1);
    assert_verdict("0 of 1 row were applied; 1 failed");
    set_statuses(5, 0, 5, 0, 0);
    assert_verdict("Nothing had to be changed");
    set_statuses(0, 0, 0, 0, 0);
    assert_verdict("There are no rows");
    sample.report.mode = MODE_DRY_RUN;
    set_statuses(12, 10, 0, 0, 2);
    assert_verdict("10 of 12 rows can be applied; 2 failed");
    sample.report.mode = MODE_RECONCILE;
    set_statuses(10, 8, 0, 1, 1);
    assert_verdict("8 of 10 rows match the service; 1 failed, 1 differs");
    sample.report.mode = MODE_EXPORT;
    set_statuses(2, 1, 0, 0, 1);
    assert_verdict("1 of 2 rows was exported; 1 failed");
    sample.report.mode = MODE_CHECK;
    set_statuses(2, 2, 0, 0, 0);
    assert_verdict("All 2 rows are valid");
    /* A mode that has no report. */
    for (int mode = MODE_LIST; mode < MODE_COUNT; mode++) {
        sample.report.mode = (enum mode)mode;
        assert_verdict("All 2 rows");
    }
}

/* A run that stopped must say so first, and why. */
static void test_stopped(void **state)
{
    (void)state;
    sample.report.finished = false;
    sample.report.stopped = "stopped by a signal";
    set_statuses(400, 390, 0, 0, 10);
    assert_verdict("The run stopped after 400 of 10,000 rows: 390 of 400 rows "
                   "were applied; 10 failed");
    assert_contains(out.data, "<p class=\"reason\">stopped by a signal</p>");
    assert_contains(out.data, "#s-stopped\"/>");
    sample.report.input_rows = 0;
    set_statuses(0, 0, 0, 0, 0);
    assert_verdict("The run stopped after 0 rows");
}

/* ---- the sections ------------------------------------------------------- */

/* The sections must come in their order, with the numbers of the run. */
static void test_sections(void **state)
{
    static const char *const ids[] = {"next",    "outcome", "failures",
                                      "changes", "time",    "calls",
                                      "shards",  "settings"};
    const char *at;
    char section[40];

    (void)state;
    sample.shards[0] = (struct report_shard){"1 of 2", 5000, 60, 118000};
    sample.shards[1] = (struct report_shard){"2 of 2", 5000, 69, -1};
    sample.report.shard_count = 2;
    at = render_sample();
    for (size_t i = 0; i < COUNT(ids); i++) {
        (void)snprintf(section, sizeof(section), "<section id=\"%s\">", ids[i]);
        at = at ? strstr(at, section) : NULL;
        if (!at)
            fail_msg("%s is missing or misplaced", ids[i]);
    }
    assert_contains(out.data, "and 58 more in result.csv");
    assert_contains(out.data, ">8,712</b> <span class=\"share\">87.1\u00a0%<");
    assert_contains(out.data, "<b>1,150</b> updates saved");
    assert_contains(out.data, "1\u00a0min\u00a058\u00a0s</td>");
    assert_contains(out.data, "26 throttled calls");
    assert_contains(out.data, "No connection, about 22\u00a0s");
}

/* Without any values, there must be a valid page without these sections. */
static void test_empty(void **state)
{
    const struct report empty = {.finished = true};

    (void)state;
    assert_contains(render(&empty), "<h1>There are no rows.</h1>");
    assert_lacks(out.data, "<section");
    assert_lacks(out.data, "(null)");
}

/* A resumed run must not claim the times of its earlier part. */
static void test_resumed(void **state)
{
    (void)state;
    sample.report.earlier = 4000;
    sample.report.milliseconds = 100000;
    sample.changes[0].earlier = 512;
    assert_contains(render_sample(), "The results of 4,000 rows were there "
                                     "before");
    assert_contains(out.data, "duration of this part");
    assert_contains(out.data, "title=\"before\">512</td>");
    assert_contains(out.data, "<b>60</b> <span>rows a second");
}

/* The match score must count only rows that match. */
static void test_match(void **state)
{
    (void)state;
    sample.report.mode = MODE_RECONCILE;
    sample.report.not_found = 1;
    set_statuses(1000, 975, 0, 24, 1);
    assert_contains(render_sample(), "<b>97.5\u00a0%</b> of the rows match the "
                                     "service; 1 user was not found.");
    assert_contains(out.data, "title=\"rows\">8,312</td>");
    sample.report.cells = 8000;
    sample.report.differing = 8;
    assert_contains(render_sample(), " of the rows match the service, and "
                                     "<b>99.9\u00a0%</b> of 8,000 compared "
                                     "cells; 1 user was not found.");
}

/* What a run has not recorded must not be shown as 0, 1970 or a latency. */
static void test_reviewed(void **state)
{
    (void)state;
    sample.report.reviewed = true;
    sample.report.started = 0;
    sample.report.sample_count = 0;
    assert_contains(render_sample(), "Not recorded: the speed over time, "
                                     "latencies");
    assert_contains(out.data, "also its times, calls and options");
    assert_contains(out.data, "Latencies are not recorded.");
    assert_contains(out.data, "title=\"p50\">–</td>");
    assert_contains(out.data, "title=\"rows\">8,312</td>");
    assert_null(strstr(out.data, "1970"));
    assert_null(strstr(out.data, "rows a second"));
}

/* Without --report-values no value must be shown; with it, old and new values
 * of the examples, and that they are personal data. */
static void test_values(void **state)
{
    (void)state;
    assert_lacks(render_sample(), "personal data");
    add_values(&sample);
    assert_contains(render_sample(),
                    "<span class=\"n\">row 2</span> <span class=\"id\">4200002"
                    "</span> <span class=\"pair\"><bdi>Engineer</bdi> "
                    "\u2192 <small>no value</small></span>");
    assert_contains(out.data, "<small>no value</small> \u2192 "
                              "<bdi>Director</bdi>");
    assert_contains(out.data, "old value \u2192 the new value. <b>This report "
                              "contains personal data.</b>");
    sample.report.earlier = 4000;
    assert_contains(render_sample(), "rows before this part of the run are not "
                                     "recorded.");
    sample.report.mode = MODE_RECONCILE;
    assert_contains(render_sample(), "value of the service \u2192 the value of "
                                     "INPUT.");
}

/* A report that is made again must say that values are not recorded. */
static void test_reviewed_values(void **state)
{
    (void)state;
    sample.report.reviewed = true;
    assert_lacks(render_sample(), "Values are not recorded");
    sample.report.values = true;
    assert_contains(render_sample(), "Values are not recorded");
    assert_lacks(out.data, "personal data");
}

/* A share must be 0 or 100 percent only if it is. */
static void test_shares(void **state)
{
    static const struct {
        uint64_t part, whole;
        const char *text;
    } shares[] = {
        {0, 10, "0\u00a0%"},
        {10, 10, "100\u00a0%"},
        {1, 3, "33.3\u00a0%"},
        {1, 1000000, "&lt;\u00a00.1\u00a0%"},
        {999999, 1000000, "&gt;\u00a099.9\u00a0%"},
        {UINT64_MAX / 2, UINT64_MAX, "50\u00a0%"},
        {1, 0, ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(shares); i++) {
        struct html html = {.out = &out};

        buffer_free(&out);
        buffer_init(&out, 100);
        html_share(&html, shares[i].part, shares[i].whole);
        assert_string_equal(out.len ? out.data : "", shares[i].text);
    }
}

/* ---- hostile values ----------------------------------------------------- */

/* Every string is this one, and every list is as long as it can be. */
static void make_hostile(const char *text, uint64_t number)
{
    struct report *report = &sample.report;

    report->version = report->exit_meaning = report->service = report->target =
        report->customer = report->host = report->input = report->input_hash =
            report->output = report->stopped = text;
    report->finished = false;
    report->values = true;
    report->earlier = 1;
    for (size_t i = 0; i < COUNT(sample.commands); i++)
        sample.commands[i] = (struct report_pair){text, text};
    for (size_t i = 0; i < COUNT(sample.statuses); i++)
        sample.statuses[i].name = text;
    for (size_t i = 0; i < COUNT(sample.failures); i++) {
        struct report_failure *failure = &sample.failures[i];

        *failure = (struct report_failure){text, text, number,
                                           true, 3,    {{.number = 0}}};
        for (size_t j = 0; j < REPORT_EXAMPLES; j++)
            failure->examples[j] =
                (struct report_row){number, text, text, 999, text};
    }
    for (size_t i = 0; i < COUNT(sample.changes); i++)
        sample.changes[i] =
            (struct report_change){text,
                                   number / 4,
                                   number / 4,
                                   number / 4,
                                   REPORT_EXAMPLES,
                                   {{number, text, text, text},
                                    {number, text, NULL, text},
                                    {number, text, text, NULL}}};
    for (size_t i = 0; i < COUNT(sample.samples); i++)
        sample.samples[i] = (struct report_sample){
            number,     number,     number / 512,
            UINT32_MAX, UINT32_MAX, i % 6 < 3 ? 0xFF : 0};
    for (size_t i = 0; i < REPORT_WAITS; i++)
        report->waits[i] = text;
    for (size_t i = 0; i < COUNT(sample.calls); i++)
        sample.calls[i] = (struct report_calls){
            text, number, 0, 1, (int64_t)(number / 4), (int64_t)(number / 2)};
    for (size_t i = 0; i < COUNT(sample.facts); i++)
        sample.facts[i] = (struct report_fact){text, text, number};
    for (size_t i = 0; i < COUNT(sample.shards); i++)
        sample.shards[i] =
            (struct report_shard){text, 1, 1, (int64_t)(number / 2)};
    for (size_t i = 0; i < COUNT(sample.options); i++)
        sample.options[i] = (struct report_pair){text, text};
    for (size_t i = 0; i < COUNT(sample.hashes); i++)
        sample.hashes[i] = (struct report_pair){text, text};
    report->command_count = COUNT(sample.commands);
    report->failure_count = COUNT(sample.failures);
    report->change_count = COUNT(sample.changes);
    report->sample_count = COUNT(sample.samples);
    report->milliseconds = report->course = 300000;
    report->shard_count = COUNT(sample.shards);
    report->option_count = COUNT(sample.options);
    report->fact_count = COUNT(sample.facts);
    report->other_failures = number;
}

/* Copies the page without the two texts in which the program itself writes
 * quotes and the like: the style sheet and the shapes. */
static const char *page_of(const char *text)
{
    make_hostile(text, UINT64_MAX);
    render_sample();
    assert_true(out.len <= REPORT_MAX_BYTES);
    return strstr(out.data, "<main>");
}

/* No text may become markup, an attribute or a command of the terminal. */
static void test_escaping(void **state)
{
    static const char *const texts[] = {
        "<script>alert(1)</script>",
        "</title></style></pre><script>",
        "\"><img src=x onerror=alert(1)>",
        "' onmouseover='alert(1)",
        "<!-- ",
        "]]><svg onload=alert(1)>",
        "&lt;script&gt;",
        "javascript:alert(1)",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        const char *page;

        fill_sample(&sample);
        page = page_of(texts[i]);
        assert_lacks(out.data, "<script");
        assert_lacks(page, "<img");
        assert_lacks(page, "<!--");
        assert_lacks(page, "</style");
        assert_lacks(page, "<svg onload");
        assert_lacks(page, "'");
        assert_lacks(page, "href=\"javascript");
        if (*texts[i] == '&')
            assert_contains(page, "&amp;lt;script&amp;gt;");
    }
}

/* Characters that nobody sees, or that turn the direction of a text, must be
 * displayed; invalid bytes must not reach the page. */
static void test_invisible(void **state)
{
    static const char right_to_left[] = {'\xE2', '\x80', '\xAE', '\0'};
    const char *page;

    (void)state;
    page = page_of("a\u202Egnp\u2066x\u200B\x01\x1B[31m\xFF\xC3(\xED\xA0\x80"
                   "\n");
    assert_contains(page, "aU+202Egnp"
                          "U+2066x"
                          "U+200BU+0001U+001B[31m?"
                          "?(");
    assert_true(utf8_is_valid(out.data, out.len));
    assert_lacks(page, "\x1B");
    assert_lacks(page, right_to_left);
}

/* Each step must be displayed, if the commands have a usual length. */
static void test_commands(void **state)
{
    char names[COUNT(sample.commands)][16];

    (void)state;
    for (size_t i = 0; i < COUNT(sample.commands); i++) {
        (void)snprintf(names[i], sizeof(names[i]), "step-%zu", i);
        sample.commands[i] = (struct report_pair){names[i], "a command"};
    }
    sample.report.command_count = COUNT(sample.commands);
    render_sample();
    for (size_t i = 0; i < COUNT(sample.commands); i++)
        assert_contains(out.data, names[i]);
    assert_lacks(out.data, "too long for a report");
}

/* The report must stay below its bound, whatever the texts are, and truncate
 * between characters. */
static void test_size(void **state)
{
    static const char *const characters[] = {
        "x", "\"", "\u00e4", "\u200B", "\U0001F600", "\U000E0001", "\xFF"};
    static char text[10001], command[8001]; /* the longest that is displayed */

    (void)state;
    memset(command, 'y', sizeof(command) - 1);
    for (size_t i = 0; i < COUNT(characters); i++) {
        size_t len = strlen(characters[i]);

        for (size_t at = 0; at + len < sizeof(text); at += len)
            memcpy(text + at, characters[i], len + 1);
        fill_sample(&sample);
        assert_non_null(page_of(text));
        assert_true(utf8_is_valid(out.data, out.len));
        assert_contains(out.data, "too long for a report");
        sample.commands[1].value = command;
        render_sample();
        assert_contains(out.data, command);
        assert_contains(out.data, "Some examples do not fit");
        assert_contains(out.data, "</html>\n");
    }
    print_message("at most %zu bytes\n", out.len);
}

/* ---- the page as a whole ------------------------------------------------ */

/* The same values must give the same bytes. */
static void test_same(void **state)
{
    struct buffer first;

    (void)state;
    render_sample();
    first = out;
    out = (struct buffer){.data = NULL};
    render_sample();
    assert_int_equal(first.len, out.len);
    assert_memory_equal(first.data, out.data, out.len);
    buffer_free(&first);
}

/* The policy must permit nothing but the style sheet. A reader computes its
 * hash from the text of the element. */
static void test_policy(void **state)
{
    struct hash *hash = hash_new();
    unsigned char digest[HASH_SIZE];
    const char *style, *end, *policy;

    (void)state;
    assert_non_null(hash);
    policy = strstr(render_sample(), "default-src 'none'; style-src 'sha256-");
    assert_non_null(policy);
    policy += sizeof("default-src 'none'; style-src 'sha256-") - 1;
    style = strstr(out.data, "<style>") + sizeof("<style>") - 1;
    end = strstr(style, "</style>");
    hash_update(hash, style, (size_t)(end - style));
    assert_int_equal(hash_digest(hash, digest), 0);
    hash_free(hash);
    for (size_t i = 0; i < HASH_SIZE / 3; i++, policy += 4) {
        static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmno"
                                     "pqrstuvwxyz0123456789+/";
        unsigned bits = 0;

        for (size_t j = 0; j < 4; j++)
            bits = bits << 6 | (unsigned)(strchr(digits, policy[j]) - digits);
        assert_int_equal(bits, (unsigned)digest[3 * i] << 16 |
                                   (unsigned)digest[3 * i + 1] << 8 |
                                   digest[3 * i + 2]);
    }
    assert_int_equal(policy[3], '=');
    assert_lacks(out.data, "url(h");
    assert_lacks(out.data, "@import");
    assert_lacks(out.data, " style=");
}

/* A page that does not fit must be reported. */
static void test_no_room(void **state)
{
    (void)state;
    buffer_free(&out);
    buffer_init(&out, 20000);
    assert_int_equal(report_write(&out, &sample.report), -1);
}

/* ---- samples for a browser ---------------------------------------------- */

static void write_page(const char *directory, const char *name)
{
    char path[4096];
    FILE *file;

    (void)snprintf(path, sizeof(path), "%s/%s.html", directory, name);
    render_sample();
    file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(out.data, 1, out.len, file), out.len);
    assert_int_equal(fclose(file), 0);
}

/* With a directory as its argument, the program writes pages to look at. */
static void write_pages(const char *directory)
{
    static char text[10001];

    fill_sample(&sample);
    write_page(directory, "ordinary");
    memset(text, 'W', sizeof(text) - 1);
    make_hostile(text, 1000000000);
    write_page(directory, "long");
    fill_sample(&sample);
    make_hostile(
        "</style><script>alert(1)</script>\u202E\"'<img src=//x.test>\u202C",
        1000000000);
    write_page(directory, "hostile");
    fill_sample(&sample);
    make_hostile("a text of usual length", 87654);
    sample.report.command_count = 2; /* as many as usual */
    write_page(directory, "busy");
    fill_sample(&sample);
    add_values(&sample);
    write_page(directory, "values");
    sample.report.mode = MODE_RECONCILE;
    set_statuses(1000, 975, 0, 24, 1);
    write_page(directory, "reconcile");
    buffer_free(&out);
}

int main(int argc, char *argv[])
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_verdict, set_up),
        cmocka_unit_test_setup(test_stopped, set_up),
        cmocka_unit_test_setup(test_sections, set_up),
        cmocka_unit_test_setup(test_empty, set_up),
        cmocka_unit_test_setup(test_resumed, set_up),
        cmocka_unit_test_setup(test_match, set_up),
        cmocka_unit_test_setup(test_reviewed, set_up),
        cmocka_unit_test_setup(test_values, set_up),
        cmocka_unit_test_setup(test_reviewed_values, set_up),
        cmocka_unit_test_setup(test_shares, set_up),
        cmocka_unit_test_setup(test_escaping, set_up),
        cmocka_unit_test_setup(test_invisible, set_up),
        cmocka_unit_test_setup(test_commands, set_up),
        cmocka_unit_test_setup(test_size, set_up),
        cmocka_unit_test_setup(test_same, set_up),
        cmocka_unit_test_setup(test_policy, set_up),
        cmocka_unit_test_setup(test_no_room, set_up),
    };

    if (argc > 1) {
        write_pages(argv[1]);
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, tear_down);
}
