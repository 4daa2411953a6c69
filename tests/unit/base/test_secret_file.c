#include "unit.h"

#include <errno.h>
#include <sys/wait.h>

#include "base/secret_file.h"
#include "files.h"

#define NAME "secret"
#define NEW  "secret.new"
#define LOCK "secret.lock"

/* Somebody who is not root, for tests that root runs. */
#define NOBODY 65534

/* The secret's file, in a directory of the test's own. What reading refuses is
 * tested with the credentials. */
struct fixture {
    void *directory;
    struct secret_file file;
    struct error error;
};

static int setup(void **state)
{
    static struct fixture fixture;

    fixture = (struct fixture){.file = {.files = &file_system_posix,
                                        .variable = "VARIABLE",
                                        .path = NAME,
                                        .random = &random_system,
                                        .kind = ERROR_LOCAL}};
    *state = &fixture;
    if (enter_directory(&fixture.directory))
        return -1;
    make_file(NAME, "old", 0600);
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;

    return leave_directory(&fixture->directory);
}

static void assert_secret(struct fixture *fixture, const char *expected)
{
    char *secret = secret_file_read(&fixture->file, &fixture->error);

    if (!secret)
        fail_msg("%s", fixture->error.text);
    assert_string_equal(secret, expected);
    secret_file_free(secret);
}

/* The message has the variable, the reason and the kind that was asked for. */
static void assert_error(struct fixture *fixture, const char *reason)
{
    assert_int_equal(fixture->error.kind, ERROR_LOCAL);
    if (!strstr(fixture->error.text, "VARIABLE: ") ||
        !strstr(fixture->error.text, reason))
        fail_msg("'%s' is not in: %s", reason, fixture->error.text);
}

/* Printable ASCII without spaces is a token, all else is none. */
static void test_is_token(void **state)
{
    static const char *const none[] = {"a b", "a\r", "a\x7F", "\xC3\xA9"};

    (void)state;
    assert_true(secret_file_is_token("!~az", 4));
    assert_null(secret_file_flaw("!~az", 4, false));
    assert_false(secret_file_is_token("", 0));
    assert_false(secret_file_is_token("a\0b", 3));
    for (size_t i = 0; i < COUNT(none); i++) {
        assert_false(secret_file_is_token(none[i], strlen(none[i])));
        assert_non_null(
            strstr(secret_file_flaw(none[i], strlen(none[i]), false),
                   "invalid in a token"));
    }
}

/* What people store with a token by mistake must be called by its name. */
static void test_additions(void **state)
{
    static const struct {
        const char *text, *flaw;
    } cases[] = {
        {"\xEF\xBB\xBF"
         "abc",
         "byte-order mark (U+FEFF)"},
        {"abc\nabc", "more than one line"},
        {"Bearer abc", "the word Bearer"},
        {"bearer abc", "the word Bearer"},
        {"BAUSER_ACCESS_TOKEN=abc", "name of a variable"},
        {"\"abc\"", "quotes around"},
        {"'abc'", "quotes around"},
        {"{\"access_token\":\"abc\"}", "JSON or a page"},
        {"<html>", "JSON or a page"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *text = cases[i].text;
        const char *flaw = secret_file_flaw(text, strlen(text), false);

        if (!flaw || !strstr(flaw, cases[i].flaw))
            fail_msg("%s: %s", text, flaw ? flaw : "no flaw");
    }
    assert_non_null(strstr(secret_file_flaw("\xFF\xFE"
                                            "a\0",
                                            4, false),
                           "NUL"));
    assert_null(secret_file_flaw("bearer", 6, false));
    assert_null(secret_file_flaw("M.C105_BAY.0.U.-Cq*7wf!$$", 25, false));
}

/* What people type is UTF-8, spaces included; control characters, and what XML
 * can't carry, are a flaw. */
static void test_is_typed(void **state)
{
    static const char *const taken[] = {
        "a b",      " <&>\"' ",     "\xC3\xA9",
        "\xC2\xA0", "\xEF\xBF\xBD", "\xF0\x9F\x98\x80",
    };
    static const char *const refused[] = {
        "a\n",          "\t",           "a\x7F", "\xC2\x85",     "\x1F",
        "\xEF\xBF\xBE", "\xEF\xBF\xBF", "\xC3",  "\xED\xA0\x80", "\xC0\x80",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(taken); i++)
        assert_null(secret_file_flaw(taken[i], strlen(taken[i]), true));
    for (size_t i = 0; i < COUNT(refused); i++)
        if (!secret_file_flaw(refused[i], strlen(refused[i]), true))
            fail_msg("%zu is taken", i);
    assert_non_null(secret_file_flaw("a\0b", 3, true));
}

/* The file is replaced as a whole, for its owner alone whatever the umask, and
 * the one who holds the old file open does not see it change. */
static void test_replace(void **state)
{
    struct fixture *fixture = *state;
    FILE *held = fopen(NAME, "rb");
    mode_t mask = umask(0);
    char old[8] = "";

    assert_non_null(held);
    assert_int_equal(chmod(NAME, 0400), 0);
    assert_int_equal(
        secret_file_replace(&fixture->file, "new", &fixture->error), 0);
    umask(0777);
    assert_int_equal(
        secret_file_replace(&fixture->file, "newer", &fixture->error), 0);
    umask(mask);
    assert_secret(fixture, "newer");
    assert_int_equal(mode_of(NAME), 0600);
    assert_int_equal(size_of(NAME), strlen("newer\n"));
    assert_int_equal(fread(old, 1, sizeof(old), held), 3);
    assert_string_equal(old, "old");
    fclose(held);
}

/* The file's owner stays, so that root may run the program once; to who is not
 * root the file is his own before and after. */
static void test_replace_keeps_owner(void **state)
{
    struct fixture *fixture = *state;
    uid_t owner = geteuid() == 0 ? NOBODY : geteuid();
    struct stat info;

    assert_int_equal(chown(NAME, owner, getegid()), 0);
    assert_int_equal(
        secret_file_replace(&fixture->file, "new", &fixture->error), 0);
    assert_int_equal(stat(NAME, &info), 0);
    assert_int_equal(info.st_uid, owner);
}

/* The name of a file beside it must contain a random number, so that a process
 * that the lock does not exclude uses another one; the check before a run must
 * remove an old one, and leave one that may be in use, and all others. */
static void test_leftovers(void **state)
{
    const struct timespec old[2] = {{.tv_sec = 1}, {.tv_sec = 1}};
    struct fixture *fixture = *state;

    make_file(NEW ".0123", "left", 0600);
    make_file(NEW ".4567", "in use", 0600);
    make_file("secret.newer", "other", 0600);
    make_file("x" NEW ".0123", "other", 0600);
    assert_int_equal(utimensat(AT_FDCWD, NEW ".0123", old, 0), 0);
    assert_int_equal(utimensat(AT_FDCWD, "secret.newer", old, 0), 0);
    assert_int_equal(utimensat(AT_FDCWD, "x" NEW ".0123", old, 0), 0);
    assert_int_equal(
        secret_file_replace(&fixture->file, "new", &fixture->error), 0);
    assert_true(is_there(NEW ".0123"));
    assert_int_equal(secret_file_check_replaceable(
                         &fixture->file, &clock_system, &fixture->error),
                     0);
    assert_secret(fixture, "new");
    assert_false(is_there(NEW ".0123"));
    assert_true(is_there(NEW ".4567"));
    assert_true(is_there("secret.newer"));
    assert_true(is_there("x" NEW ".0123"));
}

static int refuse_rename(const struct file_system *files, const char *from,
                         const char *to)
{
    (void)files;
    (void)to;
    assert_int_equal(strncmp(from, NEW ".", strlen(NEW ".")), 0);
    assert_true(is_there(from));
    make_file("name", from, 0600);
    errno = EIO;
    return -1;
}

/* Where it cannot be replaced, the old secret stays and nothing is left over.
 */
static void test_replace_fails(void **state)
{
    struct fixture *fixture = *state;
    struct file_system files = file_system_posix;
    char name[64] = "";
    int fd;

    files.rename = refuse_rename;
    fixture->file.files = &files;
    assert_int_equal(
        secret_file_replace(&fixture->file, "new", &fixture->error), -1);
    assert_error(fixture, NAME ": Input/output error");
    fixture->file.files = &file_system_posix;
    assert_secret(fixture, "old");
    fd = open("name", O_RDONLY | O_CLOEXEC);
    assert_true(read(fd, name, sizeof(name) - 1) > 0);
    assert_int_equal(close(fd), 0);
    assert_false(is_there(name));
    fixture->file.path = NAME "/x";
    assert_int_equal(
        secret_file_replace(&fixture->file, "new", &fixture->error), -1);
    assert_error(fixture, "Not a directory");
    fixture->file.path = "fifo";
    assert_int_equal(mkfifo("fifo", 0600), 0);
    assert_int_equal(
        secret_file_replace(&fixture->file, "new", &fixture->error), -1);
    assert_error(fixture, "cannot replace fifo");
    assert_int_equal(size_of("fifo"), 0);
}

/* Tries the lock in another process; true: it is free. */
static bool is_free_elsewhere(struct fixture *fixture)
{
    int lock, status;
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        if (secret_file_lock(&fixture->file, &lock, &fixture->error))
            _exit(2);
        _exit(lock >= 0 ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) < 2);
    return WEXITSTATUS(status) == 0;
}

/* Of all processes one has the lock, without waiting, also while the file is
 * replaced; it ends with its holder. */
static void test_lock(void **state)
{
    struct fixture *fixture = *state;
    int lock, second;

    assert_int_equal(secret_file_lock(&fixture->file, &lock, &fixture->error),
                     0);
    assert_true(lock >= 0);
    assert_int_equal(mode_of(LOCK) & 0077, 0);
    assert_false(is_free_elsewhere(fixture));
    assert_int_equal(secret_file_lock(&fixture->file, &second, &fixture->error),
                     0);
    assert_int_equal(second, -1);
    secret_file_unlock(&fixture->file, second);
    assert_int_equal(
        secret_file_replace(&fixture->file, "new", &fixture->error), 0);
    assert_false(is_free_elsewhere(fixture));
    secret_file_unlock(&fixture->file, lock);
    assert_true(is_free_elsewhere(fixture));
    assert_true(is_free_elsewhere(fixture));
}

/* A lock that can't be opened is named; a link in its place is not followed. */
static void test_lock_fails(void **state)
{
    struct fixture *fixture = *state;
    int lock;

    assert_int_equal(mkdir(LOCK, 0700), 0);
    assert_int_equal(secret_file_lock(&fixture->file, &lock, &fixture->error),
                     -1);
    assert_error(fixture, LOCK);
    assert_int_equal(lock, -1);
    assert_int_equal(rmdir(LOCK), 0);
    assert_int_equal(symlink(NAME, LOCK), 0);
    assert_int_equal(secret_file_lock(&fixture->file, &lock, &fixture->error),
                     -1);
    assert_error(fixture, LOCK);
}

/* A directory that may not be written to is found out before anything is sent,
 * by whom it may not be written: root becomes somebody else for it. */
static void test_check_replaceable(void **state)
{
    struct fixture *fixture = *state;
    bool root = geteuid() == 0;
    int result;

    assert_int_equal(secret_file_check_replaceable(
                         &fixture->file, &clock_system, &fixture->error),
                     0);
    assert_int_equal(chmod(".", 0555), 0);
    if (root) {
        assert_int_equal(chown(NAME, NOBODY, getegid()), 0);
        assert_int_equal(chown(LOCK, NOBODY, getegid()), 0);
        assert_int_equal(seteuid(NOBODY), 0);
    }
    result = secret_file_check_replaceable(&fixture->file, &clock_system,
                                           &fixture->error);
    if (root)
        assert_int_equal(seteuid(0), 0);
    assert_int_equal(chmod(".", 0700), 0);
    assert_int_equal(result, -1);
    assert_error(fixture, "cannot be replaced");
}

static unsigned mount_point(const struct file_system *files, const char *path)
{
    (void)files;
    return strcmp(path, NAME) == 0 ? FILE_MOUNT_POINT : 0;
}

/* A mount point must be found before anything is sent, because a new token
 * could not be saved. */
static void test_mount_point(void **state)
{
    struct fixture *fixture = *state;
    struct file_system files = file_system_posix;

    files.attributes = mount_point;
    fixture->file.files = &files;
    assert_int_equal(secret_file_check_replaceable(
                         &fixture->file, &clock_system, &fixture->error),
                     -1);
    assert_error(fixture, NAME " is a mount point, so it cannot be replaced or "
                               "removed: mount its directory instead");
    assert_false(is_there(LOCK));
}

static int no_modes(const struct file_system *files, int fd, mode_t mode)
{
    (void)files;
    (void)fd;
    (void)mode;
    errno = EPERM;
    return -1;
}

static int all_modes(const struct file_system *files, int fd, mode_t mode)
{
    (void)files;
    (void)mode;
    return fchmod(fd, 0666);
}

/* On a file system that sets no modes, a secret must be saved if others cannot
 * read it, or if its modes are trusted. */
static void test_replace_without_modes(void **state)
{
    struct fixture *fixture = *state;
    struct file_system files = file_system_posix;

    fixture->file.files = &files;
    files.change_mode = no_modes;
    assert_int_equal(
        secret_file_replace(&fixture->file, "new", &fixture->error), 0);
    assert_secret(fixture, "new");
    files.change_mode = all_modes;
    assert_int_equal(
        secret_file_replace(&fixture->file, "newer", &fixture->error), -1);
    assert_error(fixture, "cannot replace " NAME);
    assert_secret(fixture, "new");
    fixture->file.allowed = S_IRWXG | S_IRWXO;
    assert_int_equal(
        secret_file_replace(&fixture->file, "newer", &fixture->error), 0);
    assert_secret(fixture, "newer");
}

static int no_locks(const struct file_system *files, int fd, int operation)
{
    (void)files;
    (void)fd;
    (void)operation;
    errno = ENOLCK;
    return -1;
}

/* On a file system without locks, the message must name the cause and the way
 * out, and no file must be left behind. */
static void test_no_locks(void **state)
{
    struct fixture *fixture = *state;
    struct file_system files = file_system_posix;
    int lock;

    files.lock = no_locks;
    fixture->file.files = &files;
    assert_int_equal(secret_file_lock(&fixture->file, &lock, &fixture->error),
                     -1);
    assert_error(fixture, "cannot lock " LOCK);
    assert_error(fixture, "--no-lock");
    assert_int_equal(lock, -1);
    assert_false(is_there(LOCK));
    make_file(LOCK, "", 0600);
    assert_int_equal(secret_file_lock(&fixture->file, &lock, &fixture->error),
                     -1);
    assert_true(is_there(LOCK));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_is_token),
        TEST(test_additions),
        TEST(test_is_typed),
        TEST(test_replace),
        TEST(test_replace_keeps_owner),
        TEST(test_leftovers),
        TEST(test_replace_fails),
        TEST(test_lock),
        TEST(test_lock_fails),
        TEST(test_check_replaceable),
        TEST(test_mount_point),
        TEST(test_replace_without_modes),
        TEST(test_no_locks),
    };

    secret_file_free(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
