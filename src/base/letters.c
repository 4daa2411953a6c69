#include "base/letters.h"

#include <stddef.h>

/* Letters side by side, each with the letter that it is compared by; '.': none.
 * Made from the Unicode data. */
struct letters {
    uint32_t first, last;
    uint32_t base; /* of the letter 'a' in the text */
    const char *folded;
};

static const struct letters tables[] = {
    {0xC0, 0x23F, 'a',
     "aaaaaa.ceeeeiiii.nooooo..uuuuy..aaaaaa.ceeeeiiii.nooooo..uuuuy.y"
     "aaaaaaccccccccdd..eeeeeeeeeegggggggghh..iiiiiiiiii..jjkk.lllllll"
     "l..nnnnnnn..oooooo..rrrrrrsssssssstttt..uuuuuuuuuuuuwwyyyzzzzzzs"
     "................................oo.............uu..............."
     ".............aaiioouuuuuuuuuu.aaaa....ggkkoooo..j...gg..nnaa...."
     "aaaaeeeeiiiioooorrrruuuusstt..hh......aaeeooooooooyy............"},
    {0x386, 0x3CE, 0x3B1,
     "a.egi.o.uyiabcdefghijklmnopq.stuvwxyiuaegiuabcdefghijklmnopqsstu"
     "vwxyiuouy"},
    {0x1E00, 0x1EFF, 'a',
     "aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmm"
     "mmmmnnnnnnnnoooooooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvv"
     "wwwwwwwwwwxxxxyyzzzzzzhtwyas....aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeee"
     "eeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy......"},
    {0x1F00, 0x1FFF, 0x3B1,
     "aaaaaaaaaaaaaaaaeeeeee..eeeeee..ggggggggggggggggiiiiiiiiiiiiiiii"
     "oooooo..oooooo..uuuuuuuu.u.u.u.uyyyyyyyyyyyyyyyyaaeeggiioouuyy.."
     "aaaaaaaaaaaaaaaaggggggggggggggggyyyyyyyyyyyyyyyyaaaaa.aaaaaaa.i."
     "..ggg.ggeeggg...iiii..iiiiii....uuuuqquuuuuuq.....yyy.yyooyyy..."},
};

/* Letters and digits with their lowercase or plain form at this distance; 0:
 * pairs side by side, of which the first letter is the uppercase one. */
static const struct {
    uint32_t first, last;
    int32_t distance;
} ranges[] = {
    {'A', 'Z', 32},           {0xB5, 0xB5, 0x3BC - 0xB5},
    {0xC0, 0xDE, 32},         {0x110, 0x137, 0},
    {0x139, 0x148, 0},        {0x14A, 0x177, 0},
    {0x181, 0x181, 210},      {0x182, 0x185, 0},
    {0x186, 0x186, 206},      {0x187, 0x188, 0},
    {0x189, 0x18A, 205},      {0x18F, 0x18F, 202},
    {0x190, 0x190, 203},      {0x198, 0x199, 0},
    {0x1B3, 0x1B6, 0},        {0x1E2, 0x1E5, 0},
    {0x370, 0x373, 0},        {0x400, 0x40F, 80},
    {0x410, 0x42F, 32},       {0x460, 0x481, 0},
    {0x48A, 0x4BF, 0},        {0x4C1, 0x4CE, 0},
    {0x4D0, 0x52F, 0},        {0x531, 0x556, 48},
    {0x660, 0x669, -0x630},   {0x6F0, 0x6F9, -0x6C0},
    {0x1C90, 0x1CBF, -0xBC0}, {0xFF10, 0xFF19, -0xFEE0},
    {0xFF21, 0xFF3A, -65216}, {0xFF41, 0xFF5A, -0xFEE0},
};

/* Characters that are several letters, or a letter with a sign; sorted. */
static const struct {
    uint32_t character;
    uint32_t letters[LETTERS_MAX];
} others[] = {
    {0xDF, {'s', 's'}},   {0x132, {'i', 'j'}},       {0x133, {'i', 'j'}},
    {0x1C4, {'d', 'z'}},  {0x1C5, {'d', 'z'}},       {0x1C6, {'d', 'z'}},
    {0x1C7, {'l', 'j'}},  {0x1C8, {'l', 'j'}},       {0x1C9, {'l', 'j'}},
    {0x1CA, {'n', 'j'}},  {0x1CB, {'n', 'j'}},       {0x1CC, {'n', 'j'}},
    {0x1E2, {0xE6}},      {0x1E3, {0xE6}},           {0x1F1, {'d', 'z'}},
    {0x1F2, {'d', 'z'}},  {0x1F3, {'d', 'z'}},       {0x1FC, {0xE6}},
    {0x1FD, {0xE6}},      {0x1FE, {0xF8}},           {0x1FF, {0xF8}},
    {0x3C2, {0x3C3}},     {0x400, {0x435}},          {0x401, {0x435}},
    {0x403, {0x433}},     {0x407, {0x456}},          {0x40C, {0x43A}},
    {0x40D, {0x438}},     {0x40E, {0x443}},          {0x419, {0x438}},
    {0x439, {0x438}},     {0x450, {0x435}},          {0x451, {0x435}},
    {0x453, {0x433}},     {0x457, {0x456}},          {0x45C, {0x43A}},
    {0x45D, {0x438}},     {0x45E, {0x443}},          {0x587, {0x565, 0x582}},
    {0x1E9E, {'s', 's'}}, {0xFB00, {'f', 'f'}},      {0xFB01, {'f', 'i'}},
    {0xFB02, {'f', 'l'}}, {0xFB03, {'f', 'f', 'i'}}, {0xFB04, {'f', 'f', 'l'}},
    {0xFB05, {'s', 't'}}, {0xFB06, {'s', 't'}},
};

/* Characters between or around words; in scripts without ASCII, too. */
static bool is_separator(uint32_t character)
{
    static const struct {
        uint32_t first, last;
    } separators[] = {
        {0x0000, 0x00A9}, {0x00AB, 0x00B4}, {0x00B6, 0x00B9}, {0x00BB, 0x00BF},
        {0x00D7, 0x00D7}, {0x00F7, 0x00F7}, {0x055A, 0x055F}, {0x0589, 0x058A},
        {0x060C, 0x060D}, {0x061B, 0x061F}, {0x0964, 0x0965}, {0x2000, 0x206F},
        {0x3000, 0x3004}, {0x3007, 0x3020}, {0x30FB, 0x30FB}, {0xFE10, 0xFE19},
        {0xFE30, 0xFE6F}, {0xFF01, 0xFF0F}, {0xFF1A, 0xFF20}, {0xFF3B, 0xFF40},
        {0xFF5B, 0xFF65}, {0xFFF0, 0xFFFF},
    };

    for (size_t i = 0; i < sizeof(separators) / sizeof(separators[0]); i++)
        if (character >= separators[i].first && character <= separators[i].last)
            return true;
    return false;
}

/* The letter in a table, or 0. */
static uint32_t find_letter(uint32_t character)
{
    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
        const struct letters *table = &tables[i];
        char letter;

        if (character < table->first || character > table->last)
            continue;
        letter = table->folded[character - table->first];
        return letter == '.' ? 0 : table->base + (uint32_t)(letter - 'a');
    }
    return 0;
}

static uint32_t to_lowercase(uint32_t letter)
{
    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
        if (letter < ranges[i].first || letter > ranges[i].last)
            continue;
        if (ranges[i].distance)
            return (uint32_t)((int32_t)letter + ranges[i].distance);
        return letter + !((letter - ranges[i].first) & 1);
    }
    return letter;
}

static unsigned fold_other(uint32_t character, uint32_t letters[LETTERS_MAX])
{
    unsigned count = 0;

    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]) &&
                       others[i].character <= character;
         i++) {
        if (others[i].character != character)
            continue;
        while (count < LETTERS_MAX && others[i].letters[count]) {
            letters[count] = others[i].letters[count];
            count++;
        }
        return count;
    }
    letters[0] = find_letter(character);
    if (!letters[0])
        letters[0] = to_lowercase(character);
    return 1;
}

unsigned letters_fold(uint32_t character, uint32_t letters[LETTERS_MAX])
{
    if (character < 0x80) {
        bool is_letter = (character | 0x20) >= 'a' && (character | 0x20) <= 'z';

        letters[0] = is_letter ? character | 0x20 : character;
        return is_letter || (character >= '0' && character <= '9');
    }
    if (is_separator(character))
        return 0;
    return fold_other(character, letters);
}

bool letters_is_mark(uint32_t character)
{
    return (character >= 0x0300 && character <= 0x036F) ||
           (character >= 0x0483 && character <= 0x0487) ||
           (character >= 0x1AB0 && character <= 0x1AFF) ||
           (character >= 0x1DC0 && character <= 0x1DFF) ||
           (character >= 0x20D0 && character <= 0x20FF) ||
           (character >= 0x3099 && character <= 0x309A) ||
           (character >= 0xFE20 && character <= 0xFE2F);
}
