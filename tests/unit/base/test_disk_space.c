#include "base/disk_space.h"

#include "unit.h"

#include <limits.h>
#include <sys/statvfs.h>

/* The advice must name the mount point and what is missing beyond the available
 * room. */
static void test_advice(void **state)
{
    struct statvfs room;
    char text[PATH_MAX + 40], *end;
    unsigned long long missing, available;

    (void)state;
    assert_int_equal(statvfs("/proc", &room), 0);
    assert_true(disk_space_advise(text, sizeof(text), "/proc/x", 0));
    assert_string_equal(text, "free 1 MB on /proc");
    assert_true(
        disk_space_advise(text, sizeof(text), "/proc/self/../x", 5000000));
    assert_string_equal(text, "free 6 MB on /proc"); /* it has no room at all */

    assert_int_equal(statvfs("/", &room), 0);
    available = (unsigned long long)room.f_bavail * room.f_frsize;
    assert_true(disk_space_advise(text, sizeof(text), "/no-such-file",
                                  available + 50000000000ULL));
    assert_memory_equal(text, "free ", 5);
    missing = strtoull(text + 5, &end, 10);
    assert_string_equal(end, " MB on /");
    /* Others use the disk meanwhile. */
    assert_in_range(missing, 40000, 60000);
    assert_true(disk_space_advise(text, sizeof(text), "x", 1));
    assert_memory_equal(text, "free ", 5);
}

/* Without a directory there must be no advice. */
static void test_no_directory(void **state)
{
    static char longest[PATH_MAX + 10];
    char text[100];

    (void)state;
    memset(longest, '/', sizeof(longest) - 1);
    assert_false(disk_space_advise(text, sizeof(text), "no-such-dir/x", 1));
    assert_false(disk_space_advise(text, sizeof(text), longest, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_advice),
        cmocka_unit_test(test_no_directory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
