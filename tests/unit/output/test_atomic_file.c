#include "files.h"
#include "output/atomic_file.h"
#include "watched_files.h"

#define NAME    "out.csv"
#define PART    NAME ".part"
#define JOURNAL NAME ".journal"

/* What another run does between this run's open and its lock; once. */
static void (*other_run)(void);

static int lock_after_other_run(const struct file_system *files, int fd,
                                int operation)
{
    void (*run)(void) = other_run;

    (void)files;
    other_run = NULL;
    if (run)
        run();
    return file_system_posix.lock(&file_system_posix, fd, operation);
}

static void assert_text(const char *name, const char *text)
{
    char read_text[64];
    FILE *file = fopen(name, "r");
    size_t len;

    assert_non_null(file);
    len = fread(read_text, 1, sizeof(read_text) - 1, file);
    fclose(file);
    read_text[len] = '\0';
    assert_string_equal(read_text, text);
}

static int open_with(struct atomic_file *file, const struct file_system *files,
                     const char *path, unsigned flags, struct error *error)
{
    const struct atomic_file_setup setup = {
        .files = files, .label = "OUTPUT", .path = path, .flags = flags};

    return atomic_file_open(file, &setup, error);
}

static struct atomic_file open_file(const char *path, unsigned flags)
{
    struct error error = {.kind = ERROR_NONE};
    struct atomic_file file;

    if (open_with(&file, &file_system_posix, path, flags, &error))
        fail_msg("%s", error.text);
    return file;
}

/* Opening must fail with a message that contains this text. */
static void assert_refused(const char *path, unsigned flags,
                           const struct stat *input, const char *what)
{
    const struct atomic_file_setup setup = {.files = &file_system_posix,
                                            .label = "OUTPUT",
                                            .path = path,
                                            .flags = flags,
                                            .input = input};
    struct error error = {.kind = ERROR_NONE};
    struct atomic_file file;

    assert_int_equal(atomic_file_open(&file, &setup, &error), -1);
    assert_int_equal(error.kind,
                     strstr(what, "another run") ? ERROR_BUSY : ERROR_USAGE);
    if (!strstr(error.text, what))
        fail_msg("\"%s\" does not say \"%s\"", error.text, what);
}

/* .part and .journal must be beside the file; .part must be created for its
 * owner alone, and an empty one be removed when the file is closed. */
static void test_names_are_beside_the_file(void **state)
{
    struct atomic_file file;
    mode_t before = umask(0);

    (void)state;
    file = open_file(NAME, 0);
    (void)umask(before);
    assert_string_equal(file.path, NAME);
    assert_string_equal(file.staging, PART);
    assert_string_equal(file.journal, JOURNAL);
    assert_int_equal(mode_of(PART), 0600);
    assert_false(is_there(NAME));
    assert_false(is_there(JOURNAL));
    atomic_file_close(&file);
    assert_false(is_there(PART));
}

/* What was written to .part must stay when the file is closed. */
static void test_closing_keeps_what_was_written(void **state)
{
    struct atomic_file file = open_file(NAME, 0);

    (void)state;
    assert_int_equal(write(file.fd, "rows", 4), 4);
    atomic_file_close(&file);
    assert_text(PART, "rows");
}

/* A .part with a second name, or of another user, must be refused, also by a
 * run that may replace it, and must stay as it is. (Only root can give a file
 * to another user.) */
static void test_refuses_a_foreign_staging_file(void **state)
{
    static const unsigned flags[] = {0, ATOMIC_FILE_RESTART,
                                     ATOMIC_FILE_RESUME};

    (void)state;
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        make_file("other", "precious", 0640);
        assert_int_equal(link("other", PART), 0);
        assert_refused(NAME, flags[i], NULL, "has a second name");
        assert_text(PART, "precious");
        assert_int_equal(mode_of(PART), 0640);
        assert_int_equal(unlink(PART), 0);
        if (chown("other", 12345, (gid_t)-1))
            skip();
        assert_int_equal(rename("other", PART), 0);
        assert_refused(NAME, flags[i], NULL, "belongs to another user");
        assert_text(PART, "precious");
        assert_int_equal(unlink(PART), 0);
    }
}

/* The staging file must count as intact only with its name and its size. */
static void test_is_intact(void **state)
{
    struct atomic_file file = open_file(NAME, 0);

    (void)state;
    assert_int_equal(write(file.fd, "rows", 4), 4);
    assert_true(atomic_file_is_intact(&file, 4));
    assert_false(atomic_file_is_intact(&file, 3));
    assert_false(atomic_file_is_intact(&file, 5));
    assert_int_equal(rename(PART, "other"), 0);
    assert_false(atomic_file_is_intact(&file, 4));
    make_file(PART, "rows", 0600);
    assert_false(atomic_file_is_intact(&file, 4));
    atomic_file_close(&file);
    assert_text(PART, "rows");
}

/* For a link, .part and .journal must be beside the file that it leads to. */
static void test_names_of_a_link(void **state)
{
    struct atomic_file file;

    (void)state;
    assert_int_equal(mkdir("directory", 0700), 0);
    make_file("directory/real.csv", "old", 0600);
    assert_int_equal(symlink("directory/real.csv", "link.csv"), 0);
    file = open_file("link.csv", 0);
    assert_true(is_there("directory/real.csv.part"));
    assert_non_null(strstr(file.journal, "/directory/real.csv.journal"));
    assert_refused("directory/real.csv", 0, NULL, "another run");
    assert_true(atomic_file_covers(&file, "link.csv"));
    atomic_file_close(&file);
    assert_int_equal(unlink("directory/real.csv"), 0);
    assert_refused("link.csv", 0, NULL, "cannot be followed");
    assert_int_equal(rmdir("directory"), 0);
}

/* A second run must be refused while the first has the file open, whatever it
 * asks for, and succeed afterwards. */
static void test_excludes_a_second_run(void **state)
{
    struct atomic_file file = open_file(NAME, 0);

    (void)state;
    assert_refused(NAME, 0, NULL, "another run is writing " PART);
    assert_refused(NAME, ATOMIC_FILE_RESTART, NULL, "another run");
    assert_refused("./" NAME, ATOMIC_FILE_RESUME, NULL, "another run");
    assert_true(is_there(PART));
    atomic_file_close(&file);
    file = open_file(NAME, 0);
    atomic_file_close(&file);
}

static void finish_other_run(void)
{
    assert_int_equal(rename(PART, NAME), 0);
}

static void remove_other_run(void)
{
    assert_int_equal(unlink(PART), 0);
}

/* A .part that another run renames or removes before it could be locked must
 * not be used: it is a result now, or gone. */
static void test_part_that_goes_before_the_lock(void **state)
{
    struct file_system files = file_system_posix;
    struct atomic_file file;
    struct error error;

    (void)state;
    files.lock = lock_after_other_run;
    make_file(PART, "theirs", 0600);
    other_run = finish_other_run;
    assert_int_equal(open_with(&file, &files, NAME, 0, &error), 0);
    assert_text(NAME, "theirs");
    assert_int_equal(write(file.fd, "ours", 4), 4);
    assert_text(PART, "ours");
    atomic_file_close(&file);
    assert_int_equal(unlink(PART), 0);
    other_run = remove_other_run;
    assert_int_equal(open_with(&file, &files, NAME, 0, &error), 0);
    assert_true(is_there(PART));
    atomic_file_close(&file);
}

/* A .part that is not empty must be kept and refused by name, and the message
 * must name both ways to continue. */
static void test_refuses_an_unfinished_run(void **state)
{
    (void)state;
    make_file(PART, "earlier", 0600);
    assert_refused(NAME, 0, NULL, PART " was left by a run");
    assert_refused(NAME, ATOMIC_FILE_NO_CLOBBER, NULL, "--resume");
    assert_refused(NAME, 0, NULL, "--restart");
    assert_text(PART, "earlier");
}

/* With --resume and with --restart it must be opened, and not be changed yet.
 */
static void test_takes_an_unfinished_run(void **state)
{
    static const unsigned flags[] = {ATOMIC_FILE_RESUME, ATOMIC_FILE_RESTART,
                                     ATOMIC_FILE_RESUME | ATOMIC_FILE_RESTART};

    (void)state;
    make_file(PART, "earlier", 0644);
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        struct atomic_file file = open_file(NAME, flags[i]);

        assert_int_equal(mode_of(PART), 0600);
        atomic_file_close(&file);
        assert_text(PART, "earlier");
    }
}

/* --no-clobber must refuse an existing file, and create nothing. */
static void test_no_clobber_refuses(void **state)
{
    (void)state;
    make_file(NAME, "old", 0600);
    assert_refused(NAME, ATOMIC_FILE_NO_CLOBBER, NULL, "--no-clobber");
    assert_text(NAME, "old");
    assert_false(is_there(PART));
}

/* Overwriting the input must be refused, whatever name it is given, and leave
 * it unchanged. */
static void test_refuses_the_input(void **state)
{
    struct stat input;

    (void)state;
    make_file("in.csv", "Id\r\n", 0600);
    assert_int_equal(stat("in.csv", &input), 0);
    assert_refused("in.csv", 0, &input, "same file, in.csv");
    assert_int_equal(symlink("in.csv", "link.csv"), 0);
    assert_refused("link.csv", 0, &input, "same file");
    assert_int_equal(link("in.csv", PART), 0);
    assert_refused(NAME, ATOMIC_FILE_RESTART, &input, "INPUT is " PART);
    assert_int_equal(unlink(PART), 0);
    assert_int_equal(link("in.csv", JOURNAL), 0);
    assert_refused(NAME, ATOMIC_FILE_RESUME, &input, "INPUT is " JOURNAL);
    assert_text("in.csv", "Id\r\n");
    assert_text(JOURNAL, "Id\r\n");
    assert_false(is_there(PART));
}

/* An empty input that has .part's name must not be removed either. */
static void test_keeps_an_empty_input(void **state)
{
    struct stat input;

    (void)state;
    make_file(PART, "", 0600);
    assert_int_equal(stat(PART, &input), 0);
    assert_refused(NAME, 0, &input, "INPUT is " PART);
    assert_true(is_there(PART));
}

/* A message must use the name that the command line has for the file. */
static void test_messages_name_the_option(void **state)
{
    struct stat input;
    const struct atomic_file_setup setup = {.files = &file_system_posix,
                                            .label = "--diff",
                                            .path = "in.csv",
                                            .input = &input};
    struct error error = {.kind = ERROR_NONE};
    struct atomic_file file;

    (void)state;
    make_file("in.csv", "Id\r\n", 0600);
    assert_int_equal(stat("in.csv", &input), 0);
    assert_int_equal(atomic_file_open(&file, &setup, &error), -1);
    assert_string_equal(error.text, "INPUT and --diff are the same file, "
                                    "in.csv: choose another file for --diff");
}

/* Names that can't become a file must be refused at the start, with advice what
 * to do, and nothing must be created. */
static void test_refuses_impossible_names(void **state)
{
    struct atomic_file file;
    char name[256];

    (void)state;
    assert_refused("", 0, NULL, "empty");
    assert_int_equal(mkdir("directory", 0700), 0);
    assert_refused("directory", 0, NULL, "directory is a directory");
    assert_refused("directory/", 0, NULL, "is a directory");
    assert_refused("missing/out.csv", 0, NULL, "create its directory first");
    assert_refused("/dev/null", 0, NULL, "only the result");
    assert_int_equal(mkfifo("fifo", 0600), 0);
    assert_refused("fifo", 0, NULL, "not a regular file");
    assert_false(is_there("fifo.part"));
    memset(name, 'x', 255);
    name[255] = '\0';
    assert_refused(name, 0, NULL, "shorter");
    name[250] = '\0';
    file = open_file(name, 0);
    atomic_file_close(&file);
}

/* A .part that is a link, a FIFO or a directory must be refused and stay. */
static void test_refuses_a_strange_part(void **state)
{
    (void)state;
    make_file("target", "precious", 0600);
    assert_int_equal(symlink("target", PART), 0);
    assert_refused(NAME, ATOMIC_FILE_RESTART, NULL, "remove the link");
    assert_text("target", "precious");
    assert_int_equal(unlink(PART), 0);
    assert_int_equal(mkfifo(PART, 0600), 0);
    assert_refused(NAME, ATOMIC_FILE_RESTART, NULL, "not a regular file");
    assert_true(is_there(PART));
    assert_int_equal(unlink(PART), 0);
    assert_int_equal(mkdir(PART, 0700), 0);
    assert_refused(NAME, 0, NULL, PART);
}

/* A path that leads to standard output's own file, as /dev/stdout can, must be
 * refused: other writers to it would lose their output. */
static void test_refuses_standard_output_by_name(void **state)
{
    struct error error = {.kind = ERROR_NONE};
    struct atomic_file file;
    int saved = dup(STDOUT_FILENO);
    int fd, result;

    (void)state;
    make_file("log", "before", 0600);
    fd = open("log", O_WRONLY | O_APPEND | O_CLOEXEC);
    assert_true(fd >= 0);
    (void)dup2(fd, STDOUT_FILENO);
    result = open_with(&file, &file_system_posix, "/dev/stdout", 0, &error);
    (void)dup2(saved, STDOUT_FILENO);
    close(saved);
    close(fd);
    assert_int_equal(result, -1);
    assert_non_null(strstr(error.text, "only the result"));
    assert_text("log", "before");
}

/* Each name of the file must be covered however it is written, before the file
 * exists and after, and no other name. */
static void test_covers_its_names(void **state)
{
    static const char *const ours[] = {NAME,       "./" NAME,    PART,
                                       JOURNAL,    "./" JOURNAL, "to/" NAME,
                                       "to/" PART, "to/" JOURNAL};
    static const char *const others[] = {"other.csv",       "sub/" NAME,
                                         "sub/" JOURNAL,    "gone/" NAME,
                                         NAME ".part.part", ""};
    struct atomic_file file = open_file(NAME, 0);

    (void)state;
    assert_int_equal(symlink(".", "to"), 0);
    assert_int_equal(mkdir("sub", 0700), 0);
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
            if (!atomic_file_covers(&file, ours[i]))
                fail_msg("round %d: %s is not covered", round, ours[i]);
        for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
            if (atomic_file_covers(&file, others[i]))
                fail_msg("round %d: %s is covered", round, others[i]);
        make_file(NAME, "", 0600);
        make_file(JOURNAL, "", 0600);
    }
    assert_int_equal(link(JOURNAL, "hard.csv"), 0);
    assert_true(atomic_file_covers(&file, "hard.csv"));
    atomic_file_close(&file);
}

/* A run with --no-clobber that was killed between link() and unlink() has left
 * one file with two names: --resume must remove OUTPUT, --restart must keep
 * it, and neither may write to it as OUTPUT.part. */
static void test_one_file_of_two_names(void **state)
{
    static const unsigned resume = ATOMIC_FILE_RESUME | ATOMIC_FILE_NO_CLOBBER;
    struct atomic_file file;

    (void)state;
    make_file(PART, "whole", 0600);
    assert_int_equal(link(PART, NAME), 0);
    assert_refused(NAME, 0, NULL, "--resume");
    file = open_file(NAME, resume);
    assert_int_equal(access(NAME, F_OK), -1);
    assert_text(PART, "whole");
    atomic_file_close(&file);

    assert_int_equal(link(PART, NAME), 0);
    assert_refused(NAME, ATOMIC_FILE_RESTART | ATOMIC_FILE_NO_CLOBBER, NULL,
                   "--no-clobber");
    assert_text(NAME, "whole");
    file = open_file(NAME, ATOMIC_FILE_RESTART);
    assert_text(NAME, "whole");
    assert_text(PART, "");
    atomic_file_close(&file);
}

/* ---- what the file system lacks ------------------------------------------ */

/* The name that is a mount point, or immutable; "": none is. */
static const char *marked = "";
static unsigned mark;

static unsigned marked_attributes(const struct file_system *files,
                                  const char *path)
{
    (void)files;
    return strcmp(path, marked) == 0 ? mark : 0;
}

/* A name that could not be replaced or removed at the end must be refused at
 * the start, with what to do, and nothing must be created. */
static void test_obstacles(void **state)
{
    static const char *const names[] = {NAME, PART, JOURNAL};
    struct file_system files = file_system_posix;
    struct atomic_file file;
    struct error error;

    (void)state;
    files.attributes = marked_attributes;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        marked = names[i];
        mark = FILE_MOUNT_POINT;
        assert_int_equal(open_with(&file, &files, NAME, 0, &error), -1);
        assert_int_equal(error.kind, ERROR_USAGE);
        assert_non_null(strstr(error.text, names[i]));
        assert_non_null(strstr(error.text, " is a mount point, so it cannot"));
        assert_non_null(strstr(error.text, "or choose another OUTPUT"));
        mark = FILE_FIXED;
        assert_int_equal(open_with(&file, &files, NAME, 0, &error), -1);
        assert_non_null(strstr(error.text, "clear it with chattr(1)"));
        assert_false(is_there(PART));
    }
    marked = ".";
    assert_int_equal(open_with(&file, &files, NAME, 0, &error), -1);
    assert_non_null(strstr(error.text, "is in a directory with the attribute"));
    marked = "";
    files.attributes = NULL;
    assert_int_equal(open_with(&file, &files, NAME, 0, &error), 0);
    atomic_file_close(&file);
}

/* Only root may replace another user's file in a directory such as /tmp, and
 * that user. */
static void test_sticky_directory(void **state)
{
    bool root = geteuid() == 0;
    struct error error;
    struct atomic_file file;

    (void)state;
    if (!root) {
        print_message("skipped: only root can give a file to another user\n");
        skip();
    }
    make_file(NAME, "theirs", 0600);
    assert_int_equal(chmod(".", 01777), 0);
    assert_int_equal(seteuid(65534), 0);
    assert_refused(NAME, 0, NULL,
                   NAME " belongs to another user, and its "
                        "directory has the sticky bit");
    assert_false(is_there(PART));
    assert_int_equal(seteuid(0), 0);
    assert_int_equal(chown(NAME, 65534, 65534), 0);
    assert_int_equal(open_with(&file, &file_system_posix, NAME, 0, &error), 0);
    atomic_file_close(&file);
}

static int failing_lock(const struct file_system *files, int fd, int operation)
{
    (void)files;
    (void)fd;
    (void)operation;
    errno = EOPNOTSUPP;
    return -1;
}

/* Without locks, the message must name the way out. A file that was there
 * before must stay. */
static void test_no_locks(void **state)
{
    struct file_system files = file_system_posix;
    struct atomic_file file;
    struct error error;

    (void)state;
    files.lock = failing_lock;
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(open_with(&file, &files, NAME, 0, &error), -1);
        assert_int_equal(error.kind, ERROR_USAGE);
        assert_non_null(strstr(error.text, "cannot lock " PART));
        assert_non_null(strstr(error.text, "has no locks (flock)"));
        assert_non_null(strstr(error.text, "--no-lock"));
        assert_int_equal(is_there(PART), i == 1);
        make_file(PART, "", 0600);
    }
    assert_int_equal(open_with(&file, &file_system_unlocked, NAME, 0, &error),
                     0);
    atomic_file_close(&file);
}

static int failing_mode(const struct file_system *files, int fd, mode_t mode)
{
    (void)files;
    (void)mode;
    (void)fchmod(fd, 0644);
    errno = EPERM;
    return -1;
}

static int ignored_mode(const struct file_system *files, int fd, mode_t mode)
{
    (void)files;
    (void)fd;
    (void)mode;
    return 0;
}

static int broken_mode(const struct file_system *files, int fd, mode_t mode)
{
    (void)files;
    (void)fd;
    (void)mode;
    errno = EIO;
    return -1;
}

/* Without modes, the file must be opened, and it must be known whether others
 * can read it. Another failure must leave no file. */
static void test_no_modes(void **state)
{
    struct file_system files = file_system_posix;
    struct atomic_file file;
    struct error error;

    (void)state;
    files.change_mode = failing_mode;
    assert_int_equal(open_with(&file, &files, NAME, 0, &error), 0);
    assert_true(file.exposed);
    atomic_file_close(&file);
    files.change_mode = ignored_mode;
    assert_int_equal(open_with(&file, &files, NAME, 0, &error), 0);
    assert_false(file.exposed);
    atomic_file_close(&file);
    files.change_mode = broken_mode;
    assert_int_equal(open_with(&file, &files, NAME, 0, &error), -1);
    assert_non_null(strstr(error.text, "Input/output error"));
    assert_false(is_there(PART));
}

static int mapped_stat(const struct file_system *files, int fd,
                       struct stat *status)
{
    (void)files;
    if (fstat(fd, status))
        return -1;
    status->st_uid = 4294;
    return 0;
}

/* A file system that gives new files to another user must be named as the
 * cause, and nothing must be left behind. */
static void test_mapped_owner(void **state)
{
    struct file_system files = file_system_posix;
    struct atomic_file file;
    struct error error;

    (void)state;
    files.stat_open = mapped_stat;
    assert_int_equal(open_with(&file, &files, NAME, 0, &error), -1);
    assert_non_null(strstr(error.text, "as soon as it is created"));
    assert_non_null(strstr(error.text, "as user 4294"));
    assert_false(is_there(PART));
}

/* ---- durability ---------------------------------------------------------- */

/* The rename must be followed by a sync of the directory, also if it is a link
 * because of --no-clobber. */
static void test_commit_syncs_the_directory(void **state)
{
    static const char *const calls[] = {
        "rename " PART " " NAME "\nsync .\n",
        "link " PART " " NAME "\nremove " PART "\nsync .\n",
    };
    static const unsigned flags[] = {0, ATOMIC_FILE_NO_CLOBBER};
    struct atomic_file file;
    struct watched_files watched;
    struct watch watch;
    struct error error;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        watched = watch_files(&watch);
        assert_int_equal(
            open_with(&file, &watched.files, NAME, flags[i], &error), 0);
        assert_int_equal(write(file.fd, "rows", 4), 4);
        assert_int_equal(atomic_file_commit(&file, &error), 0);
        atomic_file_close(&file);
        assert_string_equal(watch.calls, calls[i]);
        assert_text(NAME, "rows");
        assert_int_equal(unlink(NAME), 0);
    }
}

/* On a file system without hard links, --no-clobber must rename instead. */
static void test_no_hard_links(void **state)
{
    struct watch watch;
    struct watched_files watched = watch_files(&watch);
    struct atomic_file file;
    struct error error;

    (void)state;
    assert_int_equal(
        open_with(&file, &watched.files, NAME, ATOMIC_FILE_NO_CLOBBER, &error),
        0);
    assert_int_equal(write(file.fd, "rows", 4), 4);
    watch.fail_at = 1;
    watch.failure = EPERM;
    assert_int_equal(atomic_file_commit(&file, &error), 0);
    atomic_file_close(&file);
    assert_string_equal(watch.calls, "link " PART " " NAME "\n"
                                     "rename " PART " " NAME "\nsync .\n");
    assert_text(NAME, "rows");
}

/* A rename that fails must leave the result in .part and name both files; a
 * sync of the directory that fails must be reported, too. */
static void test_commit_fails(void **state)
{
    static const char *const messages[] = {
        "complete in " PART ", but cannot be renamed to " NAME
        ": Input/output error",
        NAME " is complete, but its directory cannot be synced: "
             "Input/output error",
    };
    struct watch watch;
    struct watched_files watched = watch_files(&watch);
    struct error error = {.kind = ERROR_NONE};
    struct atomic_file file;

    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        watch_again(&watch);
        watch.fail_at = i + 1;
        assert_int_equal(
            open_with(&file, &watched.files, NAME, ATOMIC_FILE_RESTART, &error),
            0);
        assert_int_equal(write(file.fd, "rows", 4), 4);
        assert_int_equal(atomic_file_commit(&file, &error), -1);
        assert_int_equal(error.kind, ERROR_LOCAL);
        if (!strstr(error.text, messages[i]))
            fail_msg("%s", error.text);
        assert_int_equal(is_there(PART), i == 0);
        assert_int_equal(is_there(NAME), i == 1);
        atomic_file_close(&file);
    }
}

/* A name that has become a pipe since the opening must stay one. */
static void test_commit_replaces_no_pipe(void **state)
{
    struct atomic_file file = open_file(NAME, 0);
    struct error error = {.kind = ERROR_NONE};
    struct stat status;

    (void)state;
    assert_int_equal(write(file.fd, "rows", 4), 4);
    assert_int_equal(mkfifo(NAME, 0600), 0);
    assert_int_equal(atomic_file_commit(&file, &error), -1);
    assert_int_equal(error.kind, ERROR_LOCAL);
    assert_int_equal(lstat(NAME, &status), 0);
    assert_true(S_ISFIFO(status.st_mode));
    assert_text(PART, "rows");
    atomic_file_close(&file);
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, enter_directory, leave_directory)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_names_are_beside_the_file),
        TEST(test_closing_keeps_what_was_written),
        TEST(test_refuses_a_foreign_staging_file),
        TEST(test_is_intact),
        TEST(test_names_of_a_link),
        TEST(test_excludes_a_second_run),
        TEST(test_part_that_goes_before_the_lock),
        TEST(test_refuses_an_unfinished_run),
        TEST(test_takes_an_unfinished_run),
        TEST(test_no_clobber_refuses),
        TEST(test_one_file_of_two_names),
        TEST(test_refuses_the_input),
        TEST(test_keeps_an_empty_input),
        TEST(test_messages_name_the_option),
        TEST(test_refuses_impossible_names),
        TEST(test_refuses_a_strange_part),
        TEST(test_refuses_standard_output_by_name),
        TEST(test_covers_its_names),
        TEST(test_obstacles),
        TEST(test_sticky_directory),
        TEST(test_no_locks),
        TEST(test_no_modes),
        TEST(test_mapped_owner),
        TEST(test_commit_syncs_the_directory),
        TEST(test_no_hard_links),
        TEST(test_commit_fails),
        TEST(test_commit_replaces_no_pipe),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
