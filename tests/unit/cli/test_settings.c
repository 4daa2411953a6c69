#include "command.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/file_system.h"
#include "cli/settings.h"
#include "cli/show_config.h"

/* A directory that contains bauser-batch/config. */
struct place {
    char base[64];
    char directory[100];
    char file[128];
};

static struct place place;

static void clear_environment(void)
{
    static const char *const variables[] = {
        "BAUSER_RATE",    "BAUSER_RETRIES",      "BAUSER_QUIET",
        "BAUSER_MAP",     "BAUSER_PROFILE",      "BAUSER_CONFIG",
        "BAUSER_RAET",    "BAUSER_SERVICE_HOST", "BAUSER_RESTART",
        "BAUSER_METRICS", "BAUSER_ACCESS_TOKEN",
    };

    for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
        unsetenv(variables[i]);
    /* Those of tests/run. */
    unsetenv("BAUSER_BATCH");
    unsetenv("BAUSER_SIM");
    unsetenv("BAUSER_PLAIN");
}

static int setup(void **state)
{
    (void)state;
    snprintf(place.base, sizeof(place.base), "/tmp/settings.XXXXXX");
    if (!mkdtemp(place.base))
        return -1;
    snprintf(place.directory, sizeof(place.directory), "%s/bauser-batch",
             place.base);
    snprintf(place.file, sizeof(place.file), "%s/config", place.directory);
    setenv("XDG_CONFIG_HOME", place.base, 1);
    setenv("HOME", "/home of a user", 1);
    clear_environment();
    return mkdir(place.directory, 0700);
}

static int teardown(void **state)
{
    (void)state;
    unlink(place.file);
    rmdir(place.directory);
    return rmdir(place.base);
}

static void write_config(const char *text)
{
    FILE *file = fopen(place.file, "w");

    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(place.file, 0600), 0);
}

/* Options with what they point to. */
struct reading {
    struct command command;
    struct options options;
    struct settings *settings;
};

static int try_reading(struct reading *reading, const char *words,
                       struct error *error)
{
    make_command(&reading->command, words);
    return command_line_read(&reading->options, &reading->settings,
                             reading->command.argc, reading->command.argv,
                             &file_system_posix, error);
}

static void read_all(struct reading *reading, const char *words)
{
    struct error error;

    if (try_reading(reading, words, &error))
        fail_msg("%s: %s", words, error.text);
}

static void clear(struct reading *reading)
{
    options_clear(&reading->options);
    settings_free(reading->settings);
}

static void assert_rejected(const char *words, const char *part)
{
    struct reading reading;
    struct error error = {.kind = ERROR_NONE};

    if (try_reading(&reading, words, &error) == 0)
        fail_msg("%s is accepted", words);
    assert_int_equal(error.kind, ERROR_USAGE);
    if (!strstr(error.text, part))
        fail_msg("%s: %s", words, error.text);
    clear(&reading);
}

/* An option has the value of the command line, else of the environment, else of
 * the profile, else of the section defaults, else the built-in one. */
static void test_precedence(void **state)
{
    static const struct {
        const char *words, *variable;
        unsigned retries;
    } cases[] = {
        {"--profile p --retries 5", "4", 5},
        {"--retries 5 --profile p", NULL, 5},
        {"--profile p", "4", 4},
        {"--profile p", "", 3},
        {"--profile p", NULL, 3},
        {"--profile q", NULL, 2},
        {"", NULL, 2},
        {"", "4", 4},
        {"--profile built-in", NULL, 8},
        {"--profile p --unset retries", "4", 8},
        {"--profile p --unset --retries --retries 5", "4", 5},
        {"--config /dev/null", NULL, 8},
    };
    struct reading reading;
    char words[200];

    (void)state;
    write_config("[defaults]\nretries = 2\n[p]\nretries = 3\n[q]\n"
                 "[built-in]\nretries =\n");
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (cases[i].variable)
            setenv("BAUSER_RETRIES", cases[i].variable, 1);
        snprintf(words, sizeof(words), "%s in.csv out.csv", cases[i].words);
        read_all(&reading, *words == ' ' ? words + 1 : words);
        if (reading.options.retries != cases[i].retries)
            fail_msg("%s: %u", words, reading.options.retries);
        clear(&reading);
        unsetenv("BAUSER_RETRIES");
    }
}

/* The profile and the file can be chosen by variables, and by options first. */
static void test_choice(void **state)
{
    struct reading reading;

    (void)state;
    write_config("[p]\nretries = 3\n[q]\nretries = 4\n");
    setenv("BAUSER_PROFILE", "p", 1);
    read_all(&reading, "in.csv out.csv");
    assert_int_equal(reading.options.retries, 3);
    clear(&reading);
    read_all(&reading, "--profile q in.csv out.csv");
    assert_int_equal(reading.options.retries, 4);
    clear(&reading);
    setenv("BAUSER_CONFIG", "/dev/null", 1);
    assert_rejected("in.csv out.csv", "/dev/null has no profile 'p'");
    clear_environment();
    assert_rejected("--profile r in.csv out.csv", "has no profile 'r'");
    assert_rejected("--profile defaults in.csv out.csv", "[defaults]");
    assert_rejected("--config none in.csv out.csv", "cannot open");
    unlink(place.file);
    assert_rejected("--profile p in.csv out.csv", "there is no configuration");
    read_all(&reading, "in.csv out.csv");
    clear(&reading);
}

/* --unset must reject an option that is never inherited. Otherwise --unset
 * approve would turn INPUT into a plan, for which the layout of the profile
 * does not count. */
static void test_unset_of_others(void **state)
{
    struct reading reading;

    (void)state;
    write_config("[defaults]\ndelimiter = ;\n");
    assert_rejected("--unset approve in.csv out.csv",
                    "--unset does not apply to --approve, which is accepted on "
                    "the command line only; leave out --unset approve");
    assert_rejected("--unset=--limit in.csv out.csv", "--unset limit");
    assert_rejected("--unset dry-run in.csv out.csv", "--unset dry-run");
    assert_rejected("--unset profile in.csv out.csv", "env -u BAUSER_PROFILE");
    assert_rejected("--unset config in.csv out.csv", "env -u BAUSER_CONFIG");
    read_all(&reading, "in.csv out.csv");
    assert_int_equal(reading.options.delimiter, ';');
    clear(&reading);
    read_all(&reading, "--unset delimiter in.csv out.csv");
    assert_int_equal(reading.options.delimiter, '\0');
    clear(&reading);
}

/* A switch is yes or no; the variable can undo the profile's yes. */
static void test_switches(void **state)
{
    struct reading reading;

    (void)state;
    write_config("[defaults]\nquiet = yes\nno-progress = no\n");
    read_all(&reading, "in.csv out.csv");
    assert_true(reading.options.quiet && !reading.options.no_progress);
    clear(&reading);
    setenv("BAUSER_QUIET", "no", 1);
    read_all(&reading, "in.csv out.csv");
    assert_false(reading.options.quiet);
    clear(&reading);
    setenv("BAUSER_QUIET", "1", 1);
    assert_rejected("in.csv out.csv", "BAUSER_QUIET: quiet takes yes or no");
}

/* An option that repeats has all values of one source. A variable has one in
 * each line. */
static void test_repeated_options(void **state)
{
    struct reading reading;

    (void)state;
    write_config("[defaults]\nmap = a=City\nignore = x\n"
                 "[p]\nmap = b=City\nmap = \"c d=JobTitle\"\n");
    read_all(&reading, "--profile p in.csv out.csv");
    assert_int_equal(reading.options.map_count, 2);
    assert_string_equal(reading.options.maps[0].from, "b");
    assert_string_equal(reading.options.maps[1].from, "c d");
    assert_int_equal(reading.options.ignore_count, 1);
    clear(&reading);
    setenv("BAUSER_MAP", "e=City\nf=JobTitle\n", 1);
    read_all(&reading, "--profile p in.csv out.csv");
    assert_int_equal(reading.options.map_count, 2);
    assert_string_equal(reading.options.maps[1].from, "f");
    assert_string_equal(reading.options.maps[1].to, "JobTitle");
    clear(&reading);
    read_all(&reading, "--profile p --map g=City in.csv out.csv");
    assert_int_equal(reading.options.map_count, 1);
    clear(&reading);
}

/* A relative path starts at the directory of the file, or at the home
 * directory; one of a variable or an option at the current directory. */
static void test_paths(void **state)
{
    struct reading reading;
    char path[200];

    (void)state;
    write_config("[defaults]\nmetrics = m\nlog-file = /l\nsummary = ~/s\n"
                 "on-end = c\n");
    snprintf(path, sizeof(path), "%s/m", place.directory);
    read_all(&reading, "in.csv out.csv");
    assert_string_equal(reading.options.metrics, path);
    assert_string_equal(reading.options.log_file, "/l");
    assert_string_equal(reading.options.summary, "/home of a user/s");
    assert_string_equal(reading.options.on_end, "c");
    clear(&reading);
    setenv("BAUSER_METRICS", "n", 1);
    read_all(&reading, "in.csv out.csv");
    assert_string_equal(reading.options.metrics, "n");
    clear(&reading);
}

/* Without HOME, a path with "~/" is refused, and there is no default file. The
 * user database is not asked, which may take long. */
static void test_no_home(void **state)
{
    struct reading reading;

    (void)state;
    write_config("[defaults]\nsummary = ~/s\n");
    unsetenv("HOME");
    assert_rejected("in.csv out.csv", "HOME is not set");
    unsetenv("XDG_CONFIG_HOME");
    read_all(&reading, "in.csv out.csv");
    assert_null(settings_path(reading.settings));
    clear(&reading);
    setenv("XDG_CONFIG_HOME", place.base, 1);
    setenv("HOME", "/home of a user", 1);
}

/* An inherited value has no effect in a mode to which the option does not
 * apply. A conflict with the command line names the line. */
static void test_modes(void **state)
{
    struct reading reading;
    char part[200];

    (void)state;
    write_config("[defaults]\nloose = yes\nundo = u.csv\nno-clobber = yes\n");
    read_all(&reading, "in.csv out.csv");
    assert_false(reading.options.loose);
    assert_non_null(reading.options.undo);
    clear(&reading);
    read_all(&reading, "--reconcile in.csv out.csv");
    assert_true(reading.options.loose);
    assert_null(reading.options.undo);
    clear(&reading);
    snprintf(part, sizeof(part), "--no-clobber comes from no-clobber (%s:4)",
             place.file);
    assert_rejected("--retry-failed in.csv out.csv", part);
    assert_rejected("--retry-failed in.csv out.csv", "--unset no-clobber");
}

/* Options of runs that a profile has do not keep modes from working that have
 * no such run. */
static void test_modes_without_a_run(void **state)
{
    static const char *const lines[] = {"--check in.csv",
                                        "--merge out.csv",
                                        "--resolve in.csv out.csv",
                                        "--review in.csv out.csv",
                                        "--sign-in",
                                        "--whoami"};
    struct reading reading;

    (void)state;
    write_config("[defaults]\ndeleted = yes\nuntil = 06:00\n"
                 "max-duration = 7h\n");
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        read_all(&reading, lines[i]);
        assert_false(reading.options.deleted);
        assert_null(reading.options.until);
        clear(&reading);
    }
    read_all(&reading, "in.csv out.csv");
    assert_false(reading.options.deleted);
    assert_string_equal(reading.options.until, "06:00");
    assert_true(reading.options.max_duration > 0);
    clear(&reading);
    read_all(&reading, "--list out.csv");
    assert_true(reading.options.deleted);
    clear(&reading);
}

/* A review must not replace files of the run that a profile names. It reads the
 * summary. */
static void test_review(void **state)
{
    struct reading reading;

    (void)state;
    write_config("[defaults]\nfailed = f.csv\nmetrics = m.prom\n"
                 "report = r.html\nsummary = s.json\n");
    read_all(&reading, "--review in.csv out.csv");
    assert_null(reading.options.failed);
    assert_null(reading.options.metrics);
    assert_null(reading.options.report);
    assert_non_null(reading.options.summary);
    clear(&reading);
    read_all(&reading, "--review --failed again.csv in.csv out.csv");
    assert_string_equal(reading.options.failed, "again.csv");
    clear(&reading);
}

/* All problems of a file are in one message, with their lines, also those of
 * other profiles. */
static void test_problems(void **state)
{
    static const struct {
        const char *text, *part;
    } cases[] = {
        {"[p]\nraet = 1/s\nretries = x\n",
         "config:2: unknown key 'raet'; did you mean rate?"},
        {"[p]\nraet = 1/s\nretries = x\n", "config:3: --retries takes"},
        {"[p]\nrate = 1/s\nrate = 2/s\n", "config:3: 'rate' is in line 2"},
        {"[p]\n[q]\n[p]\n", "config:3: the section [p] begins in line 1"},
        {"rate = 1/s\n", "config:1: a key before the first section"},
        {"[p]\nrestart = yes\n", "pass --restart on the command line"},
        {"[p]\ncheck = yes\n", "pass --check on the command line"},
        {"[p]\ncompletion = bash\n", "pass --completion on the command line"},
        {"[p]\nconfig = x\n", "pass --config on the command line"},
        {"[p]\naccess-token = s3cret\n", "use access-token-file"},
        {"[p]\nrefresh-token-command = s3cret\n", "refresh-token-file"},
        {"[p]\ntoken-url-file = x\n", "use token-url"},
        {"[p]\nrate = 5\nquiet = on\n", "config:3: quiet takes yes or no"},
        {"[p]\nmap = a=City\nmap = a=City\n", "config:3: --map 'a=City'"},
        {"foo\n[p]\nrate = 1/s\n", "config:1: a line is KEY = VALUE"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        write_config(cases[i].text);
        assert_rejected("in.csv out.csv", cases[i].part);
    }
}

/* A message contains at most as many problems as fit, and their number. */
static void test_many_problems(void **state)
{
    char text[8000] = "[p]\n";
    size_t len = strlen(text);

    (void)state;
    for (unsigned i = 0; i < 200; i++)
        len += (size_t)snprintf(text + len, sizeof(text) - len,
                                "wrong-key-number-%u = x\n", i);
    write_config(text);
    assert_rejected("in.csv out.csv", "config:2: unknown");
    assert_rejected("in.csv out.csv", " more problems");
}

/* A file that others can write is rejected. */
static void test_modes_of_the_file(void **state)
{
    struct reading reading;

    (void)state;
    write_config("[p]\n");
    assert_int_equal(chmod(place.file, 0620), 0);
    assert_rejected("in.csv out.csv", "chmod go-w");
    assert_int_equal(chmod(place.file, 0644), 0);
    read_all(&reading, "in.csv out.csv");
    clear(&reading);
}

/* A variable that is similar to a known one is rejected, and so is one of an
 * option that is never inherited. Others are reported, such as those that
 * Kubernetes sets for services "bauser" and "bauser-rate". */
static void test_variables(void **state)
{
    static const char *const others[] = {
        "BAUSER_SERVICE_HOST",      "BAUSER_SERVICE_PORT",
        "BAUSER_SERVICE_PORT_WEB",  "BAUSER_PORT",
        "BAUSER_PORT_80_TCP",       "BAUSER_PORT_80_TCP_PROTO",
        "BAUSER_PORT_80_TCP_PORT",  "BAUSER_PORT_80_TCP_ADDR",
        "BAUSER_RATE_SERVICE_HOST", "BAUSER_RATE_PORT",
    };
    struct reading reading;

    (void)state;
    setenv("BAUSER_RAET", "1/s", 1);
    assert_rejected("in.csv out.csv", "did you mean BAUSER_RATE?");
    unsetenv("BAUSER_RAET");
    setenv("BAUSER_RESTART", "yes", 1);
    assert_rejected("in.csv out.csv", "--restart is not taken");
    unsetenv("BAUSER_RESTART");
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        setenv(others[i], "10.0.0.1", 1);
        read_all(&reading, "in.csv out.csv");
        assert_string_equal(settings_unknown(reading.settings), others[i]);
        clear(&reading);
        unsetenv(others[i]);
    }
}

static void show(const char *words, char *text, size_t size)
{
    struct reading reading;
    struct error error;
    FILE *stream = fmemopen(text, size, "w");

    assert_non_null(stream);
    read_all(&reading, words);
    assert_int_equal(reading.options.action, OPTIONS_SHOW_CONFIG);
    assert_int_equal(show_config_print(&reading.options, stream, &error), 0);
    assert_int_equal(fclose(stream), 0);
    clear(&reading);
}

/* --show-config prints values and where they come from, without secrets. Its
 * text is a configuration file with the same values. */
static void test_show_config(void **state)
{
    char text[16384], again[16384], part[300];
    const char *const parts[] = {
        "\nretries              = 5  # option\n",
        "\nrate                 = 7/s  # BAUSER_RATE\n",
        "\nclear-token          = \" \\\"x;#\"  # ",
        "\nmap                  = a=City  # ",
        "\nwindow               = 100000  # default\n",
        "\nloose                = yes  # ",
        "\nredirect-uri         = http://localhost:8400  # ",
        "\n# access-token: set, from BAUSER_ACCESS_TOKEN\n",
    };

    (void)state;
    write_config("[defaults]\nmap = a=City\n[p]\n"
                 "clear-token = ' \"x;#'\nmetrics = m\nproxy =\n"
                 "loose = yes\nredirect-uri = http://localhost:8400\n");
    setenv("BAUSER_RATE", "7/s", 1);
    setenv("BAUSER_ACCESS_TOKEN", "s3cret", 1);
    show("--show-config --profile p --retries 5", text, sizeof(text));
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        if (!strstr(text, parts[i]))
            fail_msg("%s is not in %s", parts[i], text);
    snprintf(part, sizeof(part), "/m  # %s:5 [p]\n", place.file);
    assert_non_null(strstr(text, part));
    assert_null(strstr(text, "s3cret"));

    show("--show-config --profile p --check", again, sizeof(again));
    assert_non_null(strstr(again, "\nloose                = no  # default\n"));
    show("--show-config --profile p --unset loose", again, sizeof(again));
    assert_non_null(strstr(again, "\nloose                = no  # default\n"));

    clear_environment();
    write_config(text);
    show("--show-config --profile p", again, sizeof(again));
    for (char *line = text, *other = again; *line && *other;) {
        size_t len = strcspn(line, "#\n"), other_len = strcspn(other, "#\n");

        if (strncmp(line, "clear-token", 11) != 0 && *line != '#') {
            assert_int_equal(len, other_len);
            assert_memory_equal(line, other, len);
        }
        if (strncmp(line, "# access-token", 14) == 0)
            break;
        line += strcspn(line, "\n") + 1;
        other += strcspn(other, "\n") + 1;
    }
}

#define TEST(function)                                                         \
    cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_precedence),
        TEST(test_choice),
        TEST(test_unset_of_others),
        TEST(test_switches),
        TEST(test_repeated_options),
        TEST(test_paths),
        TEST(test_no_home),
        TEST(test_modes),
        TEST(test_modes_without_a_run),
        TEST(test_review),
        TEST(test_problems),
        TEST(test_many_problems),
        TEST(test_modes_of_the_file),
        TEST(test_variables),
        TEST(test_show_config),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
