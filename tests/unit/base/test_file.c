#include <errno.h>

#include "base/file.h"
#include "files.h"

#define NAME "file"
#define PART NAME ".part"

/* What nothing may replace, by what it is called. */
static const struct special {
    const char *what;
    mode_t type;
} specials[] = {
    {"is not a regular file", S_IFIFO},
    {"is a directory", S_IFDIR},
    {"is a symbolic link", S_IFLNK},
};

#define SPECIALS (sizeof(specials) / sizeof(specials[0]))

static void make_special(const struct special *special, const char *name)
{
    int result;

    if (special->type == S_IFIFO)
        result = mkfifo(name, 0600);
    else if (special->type == S_IFDIR)
        result = mkdir(name, 0700);
    else
        result = symlink("target", name);
    assert_int_equal(result, 0);
}

static void assert_is(const char *name, const struct special *special)
{
    struct stat status;

    assert_int_equal(lstat(name, &status), 0);
    assert_int_equal(status.st_mode & S_IFMT, special->type);
}

/* A regular file and a free name can be replaced; nothing else can, and it is
 * described. */
static void test_special(void **state)
{
    (void)state;
    assert_null(file_special(&file_system_posix, NAME));
    make_file(NAME, "old", 0600);
    assert_null(file_special(&file_system_posix, NAME));
    for (size_t i = 0; i < SPECIALS; i++) {
        make_special(&specials[i], "special");
        assert_string_equal(file_special(&file_system_posix, "special"),
                            specials[i].what);
        assert_int_equal(remove("special"), 0);
    }
    assert_string_equal(file_special(&file_system_posix, "/dev/null"),
                        "is not a regular file");
}

/* A rename replaces a regular file. Anything else stays, and so does the file
 * that would have replaced it. */
static void test_rename(void **state)
{
    const struct file_system *files = &file_system_posix;

    (void)state;
    make_file(NAME, "old", 0600);
    make_file("new", "newer", 0600);
    assert_int_equal(file_rename(files, "new", NAME), 0);
    assert_int_equal(size_of(NAME), 5);
    for (size_t i = 0; i < SPECIALS; i++) {
        make_special(&specials[i], "special");
        assert_int_equal(file_rename(files, NAME, "special"), -1);
        assert_int_equal(errno, EEXIST);
        assert_is("special", &specials[i]);
        assert_true(is_there(NAME));
        assert_int_equal(remove("special"), 0);
    }
}

/* A file is replaced by one with the new content and mode. What a killed
 * process has left is no obstacle. */
static void test_replace(void **state)
{
    (void)state;
    make_file(NAME, "old content", 0600);
    make_file(PART, "what was left", 0600);
    assert_int_equal(file_try_replace(&file_system_posix, NAME), 0);
    assert_int_equal(size_of(NAME), 11);
    assert_false(is_there(PART));
    make_file(PART, "what was left", 0600);
    assert_int_equal(file_replace(&file_system_posix, NAME, 0644, "new", 3), 0);
    assert_int_equal(size_of(NAME), 3);
    assert_int_equal(mode_of(NAME), 0644);
    assert_false(is_there(PART));
}

/* Neither a file nor its staging file replaces a pipe, a directory or a link,
 * and nothing is left. */
static void test_replace_special(void **state)
{
    static const char *const names[] = {NAME, PART};
    const struct file_system *files = &file_system_posix;

    (void)state;
    for (size_t i = 0; i < SPECIALS * 2; i++) {
        const struct special *special = &specials[i / 2];
        const char *name = names[i % 2];

        make_special(special, name);
        assert_int_equal(file_try_replace(files, NAME), -1);
        assert_int_equal(errno, EEXIST);
        assert_int_equal(file_replace(files, NAME, 0600, "new", 3), -1);
        assert_int_equal(errno, EEXIST);
        assert_is(name, special);
        assert_false(is_there(names[1 - i % 2]));
        assert_int_equal(remove(name), 0);
    }
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, enter_directory, leave_directory)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_special),
        TEST(test_rename),
        TEST(test_replace),
        TEST(test_replace_special),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
