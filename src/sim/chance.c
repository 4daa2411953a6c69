#include "chance.h"

#include <stddef.h>
#include <stdio.h>

#include "world.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

struct chance chance_of(uint64_t seed, uint64_t id, uint64_t salt, bool plain)
{
    return (struct chance){world_mix(world_mix(seed ^ salt) ^ id), plain};
}

uint64_t chance_draw(struct chance *chance, uint64_t below)
{
    chance->state += 0x9E3779B97F4A7C15U;
    return world_mix(chance->state) % below;
}

bool chance_happens(struct chance *chance, unsigned percent)
{
    return chance_draw(chance, 100) < percent;
}

/* --- names and unknown members -------------------------------------------- */

static const char *const first_names[] = {
    "Anna",     "Jürgen",     "Zoë",      "王芳",       "Søren",
    "María",    "Иван",       "Łukasz",   "さくら",     "محمد",
    "Renée",    "O'Neil",     "Wei-Ling", "Bob \"B.\"", "Ayşe",
    "Kim 🦊", "José-Ángel", "Δημήτρης", "Þórunn",     "Chloe",
    "Mei\tLi",  "J\\R",       "김민준",   "Ngọc",       "𠮷田",
};

static const char *const last_names[] = {
    "Schmidt",      "O'Brien",      "Müller-Lüdenscheidt",
    "李",           "Ñandú",        "Иванова",
    "van der Berg", "Smith & Sons", "Åkerblom",
    "<Núñez>",      "Brontë",       "鈴木",
    "Jones",        "D'Angelo",     "Kowalska",
    "de la Cruz",
};

const char *chance_first_name(struct chance *chance)
{
    return first_names[chance_draw(chance, COUNT(first_names))];
}

const char *chance_last_name(struct chance *chance)
{
    return last_names[chance_draw(chance, COUNT(last_names))];
}

/* Members that no client knows, with their exact spelling. */
static const char *const unknown[] = {
    "\"Preferences\":{\"Theme\":\"dark\",\"Scale\":1.50,\"On\":[true,null]}",
    "\"LoyaltyScore\":1E3",
    "\"IsBetaTester\":false",
    "\"Tags\":[\"a\",\"\\u00fc\",2.0,{\"k\":\"v\"}]",
    "\"LegacyRef\":null",
    "\"Nick name\":\"quote \\\" slash \\/ \\ud83e\\udd8a\"",
    "\"Ratio\":-0.0",
    "\"GeoPoint\":{\"Lat\":52.5200080,\"Lon\":1.3404954e+1}",
    "\"Empty\":{}",
    "\"Versions\":[]",
    "\"address\":\"not Address\"",
    "\"ID\":\"42\"",
    "\"\":\"no name\"",
};

/* --- members ------------------------------------------------------------ */

bool chance_is_present(struct chance *chance, struct text *out,
                       const char *name, unsigned null_percent,
                       unsigned absent_percent)
{
    uint64_t draw = chance_draw(chance, 100);

    if (draw < null_percent ||
        (chance->plain && draw < null_percent + absent_percent))
        text_member_null(out, name);
    return draw >= null_percent + absent_percent;
}

void chance_string(struct chance *chance, struct text *out, const char *name,
                   const char *value)
{
    if (chance_is_present(chance, out, name, 12, 8))
        text_member_string(out, name, value);
}

void chance_bool(struct chance *chance, struct text *out, const char *name)
{
    if (chance_is_present(chance, out, name, 12, 8)) {
        text_member(out, name);
        text_puts(out, chance_happens(chance, 50) ? "true" : "false");
    }
}

void chance_phone(struct chance *chance, struct text *out, const char *name)
{
    char phone[64];

    snprintf(phone, sizeof phone, "+%d (0)%03d %06d",
             (int)chance_draw(chance, 98) + 1, (int)chance_draw(chance, 1000),
             (int)chance_draw(chance, 1000000));
    chance_string(chance, out, name, phone);
}

void chance_unknown(struct chance *chance, struct text *out, unsigned percent)
{
    size_t count = COUNT(unknown);
    size_t start = (size_t)chance_draw(chance, count);

    if (chance->plain)
        return;
    /* The step of 5 and the 13 members have no common factor: none is
     * repeated. */
    for (size_t i = 0; i < 3 && chance_happens(chance, percent); i++) {
        if (out->data[out->len - 1] != '{')
            text_char(out, ',');
        text_puts(out, unknown[(start + i * 5) % count]);
    }
}
