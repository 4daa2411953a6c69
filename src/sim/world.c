#include "world.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

/* --- who exists -------------------------------------------------------- */

bool world_find(const struct world *world, const char *text, uint64_t *id)
{
    uint64_t value = 0;

    if (*text < '1' || *text > '9')
        return false;
    for (const char *at = text; *at != '\0'; at++) {
        if (*at < '0' || *at > '9' || at - text > 18)
            return false;
        value = value * 10 + (uint64_t)(*at - '0');
    }
    if (value < world->first || value - world->first >= world->users)
        return false;
    *id = value;
    return true;
}

void world_person(const struct world *world, uint64_t id, uint64_t *first,
                  uint64_t *last)
{
    uint64_t at = id - world->first;
    uint64_t start = at - at % world->per_person;
    uint64_t left = world->users - start;
    uint64_t count = left < world->per_person ? left : world->per_person;

    *first = world->first + start;
    *last = *first + count - 1;
}

uint64_t world_contact_id(const struct world *world, uint64_t id)
{
    return id + world->users;
}

uint64_t world_address_id(const struct world *world, uint64_t id)
{
    return id + 2 * world->users;
}

/* --- chance ------------------------------------------------------------ */

struct chance {
    uint64_t state;
};

uint64_t world_mix(uint64_t value)
{
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9U;
    value = (value ^ value >> 27) * 0x94D049BB133111EBU;
    return value ^ value >> 31;
}

static struct chance chance_of(const struct world *world, uint64_t id,
                               uint64_t salt)
{
    return (struct chance){world_mix(world_mix(world->seed ^ salt) ^ id)};
}

static uint64_t draw(struct chance *chance, uint64_t below)
{
    chance->state += 0x9E3779B97F4A7C15U;
    return world_mix(chance->state) % below;
}

static bool happens(struct chance *chance, unsigned percent)
{
    return draw(chance, 100) < percent;
}

void world_stamp(const struct world *world, uint64_t id, uint64_t write,
                 bool address, struct text *out)
{
    uint64_t salt = write * 2 + (address ? 1 : 0);
    uint64_t value = world_mix(world_mix(world->seed ^ id) + salt);
    unsigned char bytes[8];

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(value >> (56 - 8 * i));
    text_base64(out, bytes, sizeof bytes);
}

/* --- what users are made of -------------------------------------------- */

#define COUNT(array) (sizeof(array) / sizeof *(array))

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
static const char *const job_titles[] = {
    "Account Manager",
    "Leiterin Außendienst",
    "Head of \"Search\" & <Display>",
    "市場部長",
    "Analyst 🚀📈",
    "Directeur général",
    "PPC\\SEO",
    "Senior Paid Search Campaign Optimisation Manager 1",
};
static const char *const streets[] = {
    "Hauptstraße 5",         "1 Microsoft Way",       "千代田区1-1",
    "12 Rue de l'Église",    "Şişli Cd. No:7/B",      "P.O. Box 1234",
    "221B \"Baker\" Street", "Plaza Mayor, s/n 🏛",
};
static const char *const units[] = {
    "Suite 400", "c/o Öztürk", "3. OG\tlinks", "Flat 2\nRear", "Bât. É", "#17",
};
static const struct place {
    const char *city, *country, *code, *state;
} places[] = {
    {"Redmond", "US", "98052", "WA"},
    {"Köln", "DE", "50667", "Nordrhein-Westfalen"},
    {"東京", "JP", "100-0001", "東京都"},
    {"São Paulo", "BR", "01310-100", "SP"},
    {"Llanfairpwllgwyngyllgogerychwyrndro", "GB", "LL61 5UJ", "Wales"},
    {"Kraków", "PL", "30-001", "Małopolskie"},
    {"Reykjavík", "IS", "101", ""},
    {"Москва", "RU", "101000", "Москва"},
    {"Montréal", "CA", "H2X 1Y4", "QC"},
};
static const char *const locales[] = {
    "EnglishUS",     "GermanGermany",    "FrenchFrance", "SpanishSpain",
    "JapaneseJapan", "PortugueseBrazil", "EnglishUK",    "ItalianItaly",
    "SwedishSweden", "DutchNetherlands", "FrenchCanada", "DanishDenmark",
};
static const char *const questions[] = {
    "None",          "None",           "FavoritePetsName",
    "FavoriteMovie", "HighSchoolName", "FavoriteSportsTeam",
};
static const char *const statuses[] = {"Active", "Active", "Active", "Pending",
                                       "Inactive"};

/* Members that no client can know, each as it is written. */
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

/* --- writing members --------------------------------------------------- */

static void put_name(struct text *out, const char *name)
{
    if (out->data[out->len - 1] != '{')
        text_char(out, ',');
    text_json(out, name);
    text_char(out, ':');
}

static void put_string(struct text *out, const char *name, const char *value)
{
    put_name(out, name);
    text_json(out, value);
}

static void put_null(struct text *out, const char *name)
{
    put_name(out, name);
    text_puts(out, "null");
}

/* A long travels as a string. */
static void put_long(struct text *out, const char *name, uint64_t value)
{
    put_name(out, name);
    text_printf(out, "\"%" PRIu64 "\"", value);
}

/* True where the member is to be written; else it was made null, or is to be
 * absent. */
static bool is_given(struct chance *chance, struct text *out, const char *name,
                     unsigned null_percent, unsigned absent_percent)
{
    uint64_t lot = draw(chance, 100);

    if (lot < null_percent)
        put_null(out, name);
    return lot >= null_percent + absent_percent;
}

static void maybe_string(struct chance *chance, struct text *out,
                         const char *name, const char *value)
{
    if (is_given(chance, out, name, 12, 8))
        put_string(out, name, value);
}

static void maybe_bool(struct chance *chance, struct text *out,
                       const char *name)
{
    if (is_given(chance, out, name, 12, 8)) {
        put_name(out, name);
        text_puts(out, happens(chance, 50) ? "true" : "false");
    }
}

static void maybe_phone(struct chance *chance, struct text *out,
                        const char *name)
{
    char phone[40];

    snprintf(phone, sizeof phone, "+%d (0)%03d %06d", (int)draw(chance, 98) + 1,
             (int)draw(chance, 1000), (int)draw(chance, 1000000));
    maybe_string(chance, out, name, phone);
}

static void maybe_unknown(struct chance *chance, struct text *out,
                          unsigned percent)
{
    size_t count = COUNT(unknown);
    size_t start = (size_t)draw(chance, count);

    /* Steps of 5 through 13 entries: none comes twice. */
    for (size_t i = 0; i < 3 && happens(chance, percent); i++) {
        if (out->data[out->len - 1] != '{')
            text_char(out, ',');
        text_puts(out, unknown[(start + i * 5) % count]);
    }
}

/* --- the parts of a user ----------------------------------------------- */

static void put_stamp(const struct world *world, uint64_t id, bool address,
                      struct text *out)
{
    put_name(out, "TimeStamp");
    text_char(out, '"');
    world_stamp(world, id, 0, address, out);
    text_char(out, '"');
}

static void put_address(const struct world *world, uint64_t id,
                        struct chance *chance, struct text *out)
{
    const struct place *place = &places[draw(chance, COUNT(places))];

    put_name(out, "Address");
    text_char(out, '{');
    maybe_string(chance, out, "City", place->city);
    maybe_string(chance, out, "CountryCode", place->country);
    put_long(out, "Id", world_address_id(world, id));
    maybe_unknown(chance, out, 20);
    maybe_string(chance, out, "Line1", streets[draw(chance, COUNT(streets))]);
    maybe_string(chance, out, "Line2", units[draw(chance, COUNT(units))]);
    maybe_string(chance, out, "Line3", "");
    maybe_string(chance, out, "Line4", units[draw(chance, COUNT(units))]);
    maybe_string(chance, out, "PostalCode", place->code);
    maybe_string(chance, out, "StateOrProvince", place->state);
    put_stamp(world, id, true, out);
    maybe_string(chance, out, "BusinessName", "Beispiel & Söhne GmbH");
    text_char(out, '}');
}

static void put_email(struct chance *chance, struct text *out)
{
    char email[64];

    snprintf(email, sizeof email, "user%u@%s.example",
             (unsigned)draw(chance, 1000000),
             happens(chance, 20) ? "müller" : "contoso");
    maybe_string(chance, out, "Email", email);
}

static void put_contact(const struct world *world, uint64_t id,
                        struct chance *chance, struct text *out)
{
    put_name(out, "ContactInfo");
    text_char(out, '{');
    if (is_given(chance, out, "Address", 5, 3))
        put_address(world, id, chance, out);
    maybe_bool(chance, out, "ContactByPhone");
    maybe_bool(chance, out, "ContactByPostalMail");
    put_email(chance, out);
    maybe_string(chance, out, "EmailFormat",
                 happens(chance, 50) ? "Html" : "Text");
    maybe_unknown(chance, out, 15);
    maybe_phone(chance, out, "Fax");
    maybe_phone(chance, out, "HomePhone");
    put_long(out, "Id", world_contact_id(world, id));
    maybe_phone(chance, out, "Mobile");
    maybe_phone(chance, out, "Phone1");
    maybe_phone(chance, out, "Phone2");
    text_char(out, '}');
}

static void put_person_name(struct chance *chance, struct text *out)
{
    static const char *const initials[] = {"J", "É", "Q", "Ж"};

    put_name(out, "Name");
    text_char(out, '{');
    maybe_string(chance, out, "FirstName",
                 first_names[draw(chance, COUNT(first_names))]);
    maybe_string(chance, out, "LastName",
                 last_names[draw(chance, COUNT(last_names))]);
    maybe_unknown(chance, out, 15);
    maybe_string(chance, out, "MiddleInitial",
                 initials[draw(chance, COUNT(initials))]);
    text_char(out, '}');
}

static void put_modified_time(struct chance *chance, struct text *out)
{
    char time[40];

    snprintf(time, sizeof time, "20%02d-%02d-%02dT%02d:%02d:%02d.%03d",
             (int)draw(chance, 6) + 18, (int)draw(chance, 12) + 1,
             (int)draw(chance, 28) + 1, (int)draw(chance, 24),
             (int)draw(chance, 60), (int)draw(chance, 60),
             (int)draw(chance, 1000));
    put_string(out, "LastModifiedTime", time);
}

static void put_map(struct chance *chance, struct text *out)
{
    if (!is_given(chance, out, "ForwardCompatibilityMap", 20, 20))
        return;
    put_name(out, "ForwardCompatibilityMap");
    if (happens(chance, 60))
        text_puts(out, "[]");
    else if (happens(chance, 50))
        text_puts(out, "[{\"key\":\"Tier\",\"value\":\"gold\"},"
                       "{\"key\":\"Größe\",\"value\":null}]");
    else
        text_puts(out, "[{\"Key\":\"Tier\",\"Value\":\"silver\"}]");
}

/* What only this user has; the order is the schema's. */
static void put_own_tail(const struct world *world, uint64_t id,
                         struct chance *chance, struct text *out)
{
    char user_name[64];

    if (happens(chance, 40))
        put_null(out, "Password");
    maybe_string(chance, out, "SecretAnswer", "Schnurri & Söhne");
    if (happens(chance, 90))
        put_string(out, "SecretQuestion",
                   questions[draw(chance, COUNT(questions))]);
    put_string(out, "UserLifeCycleStatus",
               statuses[draw(chance, COUNT(statuses))]);
    put_stamp(world, id, false, out);
    maybe_unknown(chance, out, 25);
    snprintf(user_name, sizeof user_name, "u%" PRIu64 "@contoso.example", id);
    put_string(out, "UserName", user_name);
    put_map(chance, out);
    if (happens(chance, 30))
        put_null(out, "AuthenticationToken");
}

void world_make(const struct world *world, uint64_t id, struct text *out)
{
    uint64_t first, last;

    world_person(world, id, &first, &last);
    struct chance person = chance_of(world, first, 1);
    struct chance own = chance_of(world, id, 2);

    text_char(out, '{');
    if (is_given(&person, out, "ContactInfo", 3, 2))
        put_contact(world, id, &person, out);
    put_long(out, "CustomerId", 100000000 + draw(&own, 899999999));
    put_long(out, "Id", id);
    maybe_string(&person, out, "JobTitle",
                 job_titles[draw(&person, COUNT(job_titles))]);
    put_long(out, "LastModifiedByUserId", first);
    put_modified_time(&person, out);
    maybe_string(&person, out, "Lcid", locales[draw(&person, COUNT(locales))]);
    if (is_given(&person, out, "Name", 3, 2))
        put_person_name(&person, out);
    put_own_tail(world, id, &own, out);
    text_char(out, '}');
}

void world_make_roles(const struct world *world, uint64_t id, struct text *out)
{
    struct chance own = chance_of(world, id, 3);

    text_printf(out,
                "[{\"RoleId\":%u,\"CustomerId\":\"%u\",\"AccountIds\":null,"
                "\"LinkedAccountIds\":[],\"CustomerLinkPermission\":null}]",
                happens(&own, 50) ? 16U : 41U,
                (unsigned)(100000000 + draw(&own, 899999999)));
}
