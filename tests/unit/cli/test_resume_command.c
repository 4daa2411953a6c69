#include "command.h"

#include "cli/resume_command.h"

#define DIGEST                                                                 \
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

enum kind {
    RESUME,
    SHARD,
    AGAIN,
    RETRY,
    RETRY_WITHOUT_UPDATE,
    CORRECTED,
    UNDO,
    RESOLVED,
    APPROVE,
    EXPORT,
    RECONCILE
};

static void print(enum kind kind, const struct options *options, int argc,
                  char *argv[], const struct redirections *redirections,
                  const char *without, FILE *file)
{
    switch (kind) {
    case RESUME:
        resume_command_print(options, argc, argv, redirections, without, file);
        break;
    case SHARD:
        shard_command_print(options, argc, argv, redirections, file);
        break;
    case AGAIN:
        again_command_print(options, argc, argv, redirections, without, file);
        break;
    case RETRY:
    case RETRY_WITHOUT_UPDATE:
        retry_command_print(options, argc, argv, redirections, kind == RETRY,
                            file);
        break;
    case CORRECTED:
        corrected_command_print(options, argc, argv, file);
        break;
    case UNDO:
        undo_command_print(options, argc, argv, file);
        break;
    case RESOLVED:
        resolved_command_print(options, argc, argv, file);
        break;
    case APPROVE:
        approve_command_print(options, argc, argv, "12ab", file);
        break;
    case EXPORT:
        export_command_print(options, argc, argv, file);
        break;
    case RECONCILE:
        reconcile_command_print(options, argc, argv, redirections, file);
        break;
    }
}

/* The command of that kind for the run of argv, which was stopped by that
 * option, must be the line. */
static void assert_printed(enum kind kind, char *argv[], const char *without,
                           const struct redirections *redirections,
                           const char *line)
{
    FILE *file = tmpfile();
    struct options options;
    struct error error;
    char text[512];
    int argc = 0;
    size_t len;

    while (argv[argc])
        argc++;
    assert_non_null(file);
    if (command_line_parse(&options, argc, argv, &error))
        fail_msg("%s", error.text);
    print(kind, &options, argc, argv, redirections, without, file);
    options_clear(&options);
    rewind(file);
    len = fread(text, 1, sizeof(text) - 1, file);
    fclose(file);
    text[len] = '\0';
    assert_string_equal(text, line);
}

static const struct redirections none = {"", ""};

static void assert_resumed_by(char *argv[], const char *line)
{
    assert_printed(RESUME, argv, NULL, &none, line);
}

#define WORDS(...)                                                             \
    (char *[])                                                                 \
    {                                                                          \
        __VA_ARGS__, NULL                                                      \
    }

/* --resume is added once, after the program's name, and --restart is removed,
 * but only if these words are options. */
static void test_resume_command(void **state)
{
    static const char *const cases[][2] = {
        {"a b", "bauser-batch --resume a b\n"},
        {"--rate 5/s a b.gz --api=rest",
         "bauser-batch --resume --rate 5/s a b.gz --api=rest\n"},
        {"a --restart b --restart", "bauser-batch --resume a b\n"},
        {"a b --resume", "bauser-batch a b --resume\n"},
        {"--ignore --restart a b",
         "bauser-batch --resume --ignore --restart a b\n"},
        {"--ignore=X --restart a b", "bauser-batch --resume --ignore=X a b\n"},
        {"--ignore --resume a b",
         "bauser-batch --resume --ignore --resume a b\n"},
        {"--ignore --ignore --restart a b",
         "bauser-batch --resume --ignore --ignore a b\n"},
        {"--ignore -- --restart a b",
         "bauser-batch --resume --ignore -- a b\n"},
        {"--restart -- --restart --resume",
         "bauser-batch --resume -- --restart --resume\n"},
        {"-- --ignore --restart",
         "bauser-batch --resume -- --ignore --restart\n"},
        {"- -", "bauser-batch --resume - -\n"},
        {"-qn --restart a b", "bauser-batch --resume -qn a b\n"},
        {"--yes a b", "bauser-batch --resume --yes a b\n"},
    };
    struct command command;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        make_command(&command, cases[i][0]);
        assert_resumed_by(command.argv, cases[i][1]);
    }
}

/* Without a journal, the run is started again: --restart discards what is left
 * of an OUTPUT that is a file. */
static void test_again(void **state)
{
    static const char *const cases[][2] = {
        {"a -", "bauser-batch a -\n"},
        {"--resume --limit 5 a -", "bauser-batch a -\n"},
        {"--export --resume a b", "bauser-batch --restart --export a b\n"},
        {"--restart --export a b", "bauser-batch --restart --export a b\n"},
    };
    struct command command;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        make_command(&command, cases[i][0]);
        assert_printed(AGAIN, command.argv, "--limit", &none, cases[i][1]);
    }
}

/* The shard has one place, wherever its words are, so that the command can be
 * changed to one of another shard. */
static void test_shard(void **state)
{
    static const char *const cases[][2] = {
        {"a b --shard=0/2", "bauser-batch --resume --shard 0/2 a b\n"},
        {"a --shard 0/2 --restart b",
         "bauser-batch --resume --shard 0/2 a b\n"},
        {"--ignore --shard --resume a b --shard 0/2 --shard 1/2",
         "bauser-batch --shard 1/2 --ignore --shard --resume a b\n"},
    };
    struct command command;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        make_command(&command, cases[i][0]);
        assert_printed(SHARD, command.argv, NULL, &none, cases[i][1]);
    }
}

/* Words that have a special meaning to a shell, and how they must be quoted. */
static const char *const quoted[][2] = {
    {"a b", "'a b'"},
    {"it's", "'it'\\''s'"},
    {"''", "''\\'''\\'''"},
    {"say \"hi\"", "'say \"hi\"'"},
    {"two\nlines", "'two\nlines'"},
    {"tab\t", "'tab\t'"},
    {"$HOME", "'$HOME'"},
    {"`id`", "'`id`'"},
    {"a\\b", "'a\\b'"},
    {"~", "'~'"},
    {"~root/x", "'~root/x'"},
    {"*.csv", "'*.csv'"},
    {"a;b", "'a;b'"},
    {"#x", "'#x'"},
    {"!x", "'!x'"},
    {"{a,b}", "'{a,b}'"},
    {"a=b", "'a=b'"},
    {"--map=Mail=Email", "--map=Mail=Email"},
    {"--map=E Mail=Email", "'--map=E Mail=Email'"},
    {"M\xC3\xBCller.csv", "'M\xC3\xBCller.csv'"},
    {"\xFF", "'\xFF'"},
    {"50%,+:@_/./-", "50%,+:@_/./-"},
};

/* Every word that has a special meaning to a shell is quoted. */
static void test_resume_command_is_quoted(void **state)
{
    char word[64], line[512];
    char name[] = "./my batch", ignore[] = "--ignore", dashes[] = "--";
    char a[] = "a", assignment[] = "x=y", program[] = "bauser-batch";

    (void)state;
    for (size_t i = 0; i < sizeof(quoted) / sizeof(quoted[0]); i++) {
        snprintf(word, sizeof(word), "%s", quoted[i][0]);
        snprintf(line, sizeof(line),
                 "bauser-batch --resume --ignore %s -- a "
                 "%s\n",
                 quoted[i][1], quoted[i][1]);
        assert_resumed_by(WORDS(program, ignore, word, dashes, a, word), line);
    }
    assert_resumed_by(WORDS(name, a, word), "'./my batch' --resume a "
                                            "50%,+:@_/./-\n");
    assert_resumed_by(WORDS(assignment, a, word), "'x=y' --resume a "
                                                  "50%,+:@_/./-\n");
}

/* A real shell reads the command back word for word. */
static void test_resume_command_in_a_shell(void **state)
{
    char option[256], command[600], read_back[256];
    char program[] = "printf", a[] = "%s", b[] = "b";
    struct options options;
    struct error error;
    FILE *file;
    size_t len;

    (void)state;
    for (size_t i = 0; i < sizeof(quoted) / sizeof(quoted[0]); i++) {
        char *argv[] = {program, a, b, option, NULL};

        snprintf(option, sizeof(option), "--ignore=%s", quoted[i][0]);
        assert_int_equal(command_line_parse(&options, 4, argv, &error), 0);
        options.resume = true; /* printf(1) does not accept it */
        file = tmpfile();
        assert_non_null(file);
        resume_command_print(&options, 4, argv, &none, NULL, file);
        options_clear(&options);
        rewind(file);
        len = fread(command, 1, sizeof(command) - 1, file);
        command[len] = '\0';
        fclose(file);
        /* NOLINTNEXTLINE(cert-env33-c): what a shell reads is the question */
        file = popen(command, "r");
        assert_non_null(file);
        len = fread(read_back, 1, sizeof(read_back) - 1, file);
        read_back[len] = '\0';
        assert_int_equal(pclose(file), 0);
        assert_memory_equal(read_back, "b--ignore=", 10);
        assert_string_equal(read_back + 1, option);
    }
}

/* The option that stopped the run must be left out with its value, but not a
 * word that only looks like it. */
static void test_without_option(void **state)
{
    static const char *const cases[][2] = {
        {"--give-up 0.5 a b", "bauser-batch --resume a b\n"},
        {"a --give-up=0.5 b --give-up 2", "bauser-batch --resume a b\n"},
        {"--restart --give-up 1 a b", "bauser-batch --resume a b\n"},
        {"a b", "bauser-batch --resume a b\n"},
        {"--ignore --give-up a b",
         "bauser-batch --resume --ignore --give-up a b\n"},
        {"-- --give-up b", "bauser-batch --resume -- --give-up b\n"},
        {"--give-up 1 -- a --give-up",
         "bauser-batch --resume -- a --give-up\n"},
        {"--max-errors 1 a b", "bauser-batch --resume --max-errors 1 a b\n"},
    };
    struct command command;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        make_command(&command, cases[i][0]);
        assert_printed(RESUME, command.argv, "--give-up", &none, cases[i][1]);
    }
}

/* Standard input and output must be redirected as they were, if they are used.
 */
static void test_redirections(void **state)
{
    static const struct redirections files = {"/in put", "/it's"};
    static const char *const cases[][2] = {
        {"a b", "bauser-batch --resume a b\n"},
        {"- b", "bauser-batch --resume - b <'/in put'\n"},
        {"/dev/stdin b", "bauser-batch --resume /dev/stdin b <'/in put'\n"},
        {"a -", "bauser-batch --resume a - >'/it'\\''s'\n"},
        {"- -", "bauser-batch --resume - - <'/in put' >'/it'\\''s'\n"},
        {"--check a", "bauser-batch --resume --check a\n"},
    };
    struct command command;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        make_command(&command, cases[i][0]);
        assert_printed(RESUME, command.argv, NULL, &files, cases[i][1]);
    }
    make_command(&command, "- b");
    assert_printed(RECONCILE, command.argv, NULL, &files,
                   "bauser-batch --reconcile - b.reconcile.csv <'/in put'\n");
}

/* The commands after a finished run must have the files of the run as INPUT,
 * replace none that is still needed, and have no options of another INPUT. */
static void test_after_the_run(void **state)
{
    static const struct {
        enum kind kind;
        const char *words;
        const char *line;
    } cases[] = {
        {RETRY, "--no-clobber --retries 1 a b",
         "bauser-batch --retry-failed --retries 1 a b\n"},
        {RETRY, "--undo=u a --retry-failed --failed f b",
         "bauser-batch --retry-failed --failed f.retry.csv --undo u.retry.csv "
         "a "
         "b\n"},
        {RETRY_WITHOUT_UPDATE, "--undo u --retry-failed a b",
         "bauser-batch --retry-failed --undo u a b\n"},
        {RETRY_WITHOUT_UPDATE, "--undo u a b",
         "bauser-batch --retry-failed --undo u.retry.csv a b\n"},
        {CORRECTED, "--failed f --encoding LATIN1 --map x=City a b",
         "bauser-batch --map 'x=City' --failed f.failed.csv f f.result.csv\n"},
        {CORRECTED,
         "--report r --report-values --shard 0/2 --undo u --failed=f --rate "
         "5/s a b",
         "bauser-batch --rate 5/s --failed f.failed.csv --undo "
         "u.corrected.csv f f.result.csv\n"},
        {CORRECTED, "--failed -f -- -a -b",
         "bauser-batch --failed ./-f.failed.csv ./-f ./-f.result.csv\n"},
        {UNDO, "-q --undo u --map x=City --delimiter=; --skip-lines 3 a b",
         "bauser-batch -q u u.result.csv\n"},
        {UNDO, "--undo=u --ignore-guards --clear-token none --shard 0/2 a b",
         "bauser-batch --clear-token none u u.result.csv\n"},
        {UNDO, "--rate 5/s --ping https://h --resume a --failed f --undo -u b",
         "bauser-batch --rate 5/s ./-u ./-u.result.csv\n"},
        {UNDO, "--undo u -- a --rate", "bauser-batch u u.result.csv\n"},
        {CORRECTED, "--failed f --approve " DIGEST " a b",
         "bauser-batch --failed f.failed.csv f f.result.csv\n"},
        {RETRY, "--approve " DIGEST " a b",
         "bauser-batch --retry-failed --approve " DIGEST " a b\n"},
        {UNDO, "--approve " DIGEST " --undo u a b",
         "bauser-batch u u.result.csv\n"},
        {APPROVE, "-qn --plan p --map x=City --delimiter=; --failed f a b",
         "bauser-batch --approve 12ab --failed f.approved.csv p "
         "p.result.csv\n"},
        {APPROVE, "-n --plan p --no-clobber --report r a b",
         "bauser-batch --approve 12ab --no-clobber p p.result.csv\n"},
        {APPROVE,
         "--dry-run --plan=-p --api soap-v13 --clear-token none "
         "--shard 0/2 --rate 5/s --detailed-exit-code a --resume b",
         "bauser-batch --approve 12ab --api soap-v13 --clear-token none --rate "
         "5/s ./-p ./-p.result.csv\n"},
        {RESOLVED, "--resolve --users l --encoding LATIN1 --map x=City a b",
         "bauser-batch --map 'x=City' b b.result.csv\n"},
        {RESOLVED, "--api soap-v13 a --users=l --resolve --no-clobber ./b",
         "bauser-batch --api soap-v13 ./b ./b.result.csv\n"},
        /* SOAP accepts a customer for a list only. */
        {RESOLVED, "--resolve --api soap-v13 --customer-id 5 a b",
         "bauser-batch --api soap-v13 b b.result.csv\n"},
        {RESOLVED, "--resolve --customer-id 5 a b",
         "bauser-batch --customer-id 5 b b.result.csv\n"},
        {EXPORT, "--list --customer-id=5 --api soap-v13 b",
         "bauser-batch --export --api soap-v13 b b.export.csv\n"},
        {EXPORT, "--list --customer-id 5 --deleted b",
         "bauser-batch --export --customer-id 5 b b.export.csv\n"},
        {RECONCILE,
         "--undo u --failed f --report r --encoding LATIN1 --map x=City "
         "--where "
         "_W=1 --shard 0/2 --limit 5 --resume --rate 5/s a b",
         "bauser-batch --reconcile --encoding LATIN1 --map 'x=City' --where "
         "'_W=1' --shard 0/2 --rate 5/s a b.reconcile.csv\n"},
        {RECONCILE, "--approve " DIGEST " - -- -b",
         "bauser-batch --reconcile - ./-b.reconcile.csv\n"},
        {RETRY, "--yes a b", "bauser-batch --retry-failed --yes a b\n"},
        {CORRECTED, "--yes --failed f a b",
         "bauser-batch --yes --failed f.failed.csv f f.result.csv\n"},
        {UNDO, "a b --undo u --yes", "bauser-batch --yes u u.result.csv\n"},
        {APPROVE, "-n --yes --plan p a b",
         "bauser-batch --approve 12ab --yes p p.result.csv\n"},
        {RESOLVED, "--resolve --yes a b",
         "bauser-batch --yes b b.result.csv\n"},
    };
    struct command command;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        make_command(&command, cases[i].words);
        assert_printed(cases[i].kind, command.argv, NULL, &none, cases[i].line);
    }
}

/* A date is the end of the run only, so no command may have it. A time of the
 * day must stay. */
static void test_until(void **state)
{
    static const struct {
        enum kind kind;
        const char *words;
        const char *line;
    } cases[] = {
        {RESUME, "--until 06:00 a b",
         "bauser-batch --resume --until 06:00 a b\n"},
        {RESUME, "--until 2026-12-01T06:00 a b", "bauser-batch --resume a b\n"},
        {RESUME, "--max-duration 2h --until=2026-12-01T06:00 a b",
         "bauser-batch --resume --max-duration 2h a b\n"},
        {RESUME, "-- --until 2026-12-01T06:00",
         "bauser-batch --resume -- --until 2026-12-01T06:00\n"},
        {AGAIN, "--export --until 2026-12-01T06:00 a b",
         "bauser-batch --restart --export a b\n"},
        {AGAIN, "--export --until=06:00 a b",
         "bauser-batch --restart --export --until=06:00 a b\n"},
        {RETRY, "--until 2026-12-01T06:00 a b",
         "bauser-batch --retry-failed a b\n"},
        {CORRECTED, "--failed f --until 2026-12-01T06:00 a b",
         "bauser-batch --failed f.failed.csv f f.result.csv\n"},
    };
    struct command command;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        make_command(&command, cases[i].words);
        assert_printed(cases[i].kind, command.argv, "--until", &none,
                       cases[i].line);
    }
}

/* A pipe must be noticed: the command does not contain its data. */
static void test_lacks_input(void **state)
{
    static const struct redirections files = {"/input", ""};
    struct options options = {.input = "-"};

    (void)state;
    assert_true(resume_command_lacks_input(&options, &none));
    assert_false(resume_command_lacks_input(&options, &files));
    options.input = "/dev/null";
    assert_true(resume_command_lacks_input(&options, &files));
    options.input = "/proc/self/cmdline"; /* a regular file */
    assert_false(resume_command_lacks_input(&options, &none));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_resume_command),
        cmocka_unit_test(test_again),
        cmocka_unit_test(test_shard),
        cmocka_unit_test(test_resume_command_is_quoted),
        cmocka_unit_test(test_resume_command_in_a_shell),
        cmocka_unit_test(test_without_option),
        cmocka_unit_test(test_redirections),
        cmocka_unit_test(test_after_the_run),
        cmocka_unit_test(test_until),
        cmocka_unit_test(test_lacks_input),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
