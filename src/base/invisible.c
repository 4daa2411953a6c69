#include "base/invisible.h"

#include <stddef.h>

struct range {
    uint32_t first, last;
};

static const struct range invisible[] = {
    {0x0000, 0x0020},   {0x007F, 0x00A0},   {0x00AD, 0x00AD},
    {0x034F, 0x034F},   {0x061C, 0x061C},   {0x115F, 0x1160},
    {0x1680, 0x1680},   {0x17B4, 0x17B5},   {0x180B, 0x180F},
    {0x2000, 0x200F},   {0x2028, 0x202F},   {0x205F, 0x206F},
    {0x2800, 0x2800},   {0x3000, 0x3000},   {0x3164, 0x3164},
    {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0},
    {0xFFF0, 0xFFFB},   {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A},
    {0xE0000, 0xE0FFF},
};

static const struct range modifiers[] = {
    {0x034F, 0x034F}, {0x180B, 0x180D},   {0x180F, 0x180F},
    {0xFE00, 0xFE0F}, {0xE0020, 0xE007F}, {0xE0100, 0xE01EF},
};

static bool is_in(const struct range *ranges, size_t count, uint32_t character)
{
    for (size_t i = 0; i < count && character >= ranges[i].first; i++) {
        if (character <= ranges[i].last)
            return true;
    }
    return false;
}

bool invisible_is_one(uint32_t character)
{
    return is_in(invisible, sizeof(invisible) / sizeof(invisible[0]),
                 character);
}

bool invisible_is_modifier(uint32_t character)
{
    return is_in(modifiers, sizeof(modifiers) / sizeof(modifiers[0]),
                 character);
}
