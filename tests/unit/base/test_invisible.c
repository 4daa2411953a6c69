#include "unit.h"

#include "base/invisible.h"

/* Blanks, controls and format characters must be invisible; letters, signs,
 * combining accents and the replacement character must not. */
static void test_characters(void **state)
{
    static const uint32_t hidden[] = {
        0x09,   0x0A,   0x0D,   0x20,   0x7F,    0x85,    0xA0,
        0xAD,   0x034F, 0x061C, 0x1160, 0x1680,  0x180E,  0x2000,
        0x200A, 0x200B, 0x200D, 0x200E, 0x2028,  0x202A,  0x202E,
        0x202F, 0x205F, 0x2060, 0x2066, 0x2800,  0x3000,  0x3164,
        0xFE0F, 0xFEFF, 0xFFA0, 0xFFF9, 0xE0001, 0xE0101,
    };
    static const uint32_t seen[] = {
        '!',    '~',    0xA1,   0xAC,   0xAE,    0x0301, 0x2010,   0x2027,
        0x2030, 0x3001, 0xFFFC, 0xFFFD, 0x1F600, 0xD7FF, 0x10FFFF,
    };

    (void)state;
    for (size_t i = 0; i < COUNT(hidden); i++)
        if (!invisible_is_one(hidden[i]))
            fail_msg("U+%04X is visible", (unsigned)hidden[i]);
    for (size_t i = 0; i < COUNT(seen); i++)
        if (invisible_is_one(seen[i]))
            fail_msg("U+%04X is invisible", (unsigned)seen[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_characters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
