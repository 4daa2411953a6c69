#include "world.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

#include "chance.h"

/* --- Ids ------------------------------------------------------------------ */

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

uint64_t world_mix(uint64_t value)
{
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9U;
    value = (value ^ value >> 27) * 0x94D049BB133111EBU;
    return value ^ value >> 31;
}

void world_guid(uint64_t seed, uint64_t number, char *out)
{
    uint64_t high = world_mix(seed ^ world_mix(number));
    uint64_t low = world_mix(high ^ number);

    /* Version 4, variant 1 of RFC 4122. */
    snprintf(out, WORLD_GUID, "%08x-%04x-4%03x-%04x-%012" PRIx64,
             (unsigned)(high >> 32), (unsigned)(high >> 16 & 0xFFFF),
             (unsigned)(high & 0xFFF), (unsigned)(low >> 48 & 0x3FFF) | 0x8000U,
             low & 0xFFFFFFFFFFFF);
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

/* --- values --------------------------------------------------------------- */

#define COUNT(array) (sizeof(array) / sizeof *(array))

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

/* --- members -------------------------------------------------------------- */

/* The services send a long as a string. */
static void put_long(struct text *out, const char *name, uint64_t value)
{
    text_member(out, name);
    text_printf(out, "\"%" PRIu64 "\"", value);
}

/* --- the parts of a user ----------------------------------------------- */

static void put_stamp(const struct world *world, uint64_t id, bool address,
                      struct text *out)
{
    text_member(out, "TimeStamp");
    text_char(out, '"');
    world_stamp(world, id, 0, address, out);
    text_char(out, '"');
}

static void put_address(const struct world *world, uint64_t id,
                        struct chance *chance, struct text *out)
{
    const struct place *place = &places[chance_draw(chance, COUNT(places))];

    text_member(out, "Address");
    text_char(out, '{');
    chance_string(chance, out, "City", place->city);
    chance_string(chance, out, "CountryCode", place->country);
    put_long(out, "Id", world_address_id(world, id));
    chance_unknown(chance, out, 20);
    chance_string(chance, out, "Line1",
                  streets[chance_draw(chance, COUNT(streets))]);
    chance_string(chance, out, "Line2",
                  units[chance_draw(chance, COUNT(units))]);
    chance_string(chance, out, "Line3", "");
    chance_string(chance, out, "Line4",
                  units[chance_draw(chance, COUNT(units))]);
    chance_string(chance, out, "PostalCode", place->code);
    chance_string(chance, out, "StateOrProvince", place->state);
    put_stamp(world, id, true, out);
    chance_string(chance, out, "BusinessName", "Beispiel & Söhne GmbH");
    text_char(out, '}');
}

static void put_email(struct chance *chance, struct text *out)
{
    char email[64];

    snprintf(email, sizeof email, "user%u@%s.example",
             (unsigned)chance_draw(chance, 1000000),
             chance_happens(chance, 20) ? "müller" : "contoso");
    chance_string(chance, out, "Email", email);
}

static void put_contact(const struct world *world, uint64_t id,
                        struct chance *chance, struct text *out)
{
    text_member(out, "ContactInfo");
    text_char(out, '{');
    if (chance_is_present(chance, out, "Address", 5, 3))
        put_address(world, id, chance, out);
    chance_bool(chance, out, "ContactByPhone");
    chance_bool(chance, out, "ContactByPostalMail");
    put_email(chance, out);
    chance_string(chance, out, "EmailFormat",
                  chance_happens(chance, 50) ? "Html" : "Text");
    chance_unknown(chance, out, 15);
    chance_phone(chance, out, "Fax");
    chance_phone(chance, out, "HomePhone");
    put_long(out, "Id", world_contact_id(world, id));
    chance_phone(chance, out, "Mobile");
    chance_phone(chance, out, "Phone1");
    chance_phone(chance, out, "Phone2");
    text_char(out, '}');
}

static void put_person_name(struct chance *chance, struct text *out)
{
    static const char *const initials[] = {"J", "É", "Q", "Ж"};

    text_member(out, "Name");
    text_char(out, '{');
    chance_string(chance, out, "FirstName", chance_first_name(chance));
    chance_string(chance, out, "LastName", chance_last_name(chance));
    chance_unknown(chance, out, 15);
    chance_string(chance, out, "MiddleInitial",
                  initials[chance_draw(chance, COUNT(initials))]);
    text_char(out, '}');
}

static void put_modified_time(struct chance *chance, struct text *out)
{
    char time[88];

    snprintf(time, sizeof time, "20%02d-%02d-%02dT%02d:%02d:%02d.%03d",
             (int)chance_draw(chance, 6) + 18, (int)chance_draw(chance, 12) + 1,
             (int)chance_draw(chance, 28) + 1, (int)chance_draw(chance, 24),
             (int)chance_draw(chance, 60), (int)chance_draw(chance, 60),
             (int)chance_draw(chance, 1000));
    text_member_string(out, "LastModifiedTime", time);
}

static void put_map(struct chance *chance, struct text *out)
{
    if (!chance_is_present(chance, out, "ForwardCompatibilityMap", 20, 20))
        return;
    text_member(out, "ForwardCompatibilityMap");
    if (chance_happens(chance, 60))
        text_puts(out, "[]");
    else if (chance_happens(chance, 50) && !chance->plain)
        text_puts(out, "[{\"key\":\"Tier\",\"value\":\"gold\"},"
                       "{\"key\":\"Größe\",\"value\":null}]");
    else
        text_puts(out, "[{\"Key\":\"Tier\",\"Value\":\"silver\"}]");
}

/* The members that differ between users of a person, in the schema's order. */
static void put_own_tail(const struct world *world, uint64_t id,
                         struct chance *chance, struct text *out)
{
    char user_name[64];

    if (chance_happens(chance, 40) || chance->plain)
        text_member_null(out, "Password");
    chance_string(chance, out, "SecretAnswer", "Schnurri & Söhne");
    if (chance_happens(chance, 90) || chance->plain)
        text_member_string(out, "SecretQuestion",
                           questions[chance_draw(chance, COUNT(questions))]);
    text_member_string(out, "UserLifeCycleStatus",
                       statuses[chance_draw(chance, COUNT(statuses))]);
    put_stamp(world, id, false, out);
    chance_unknown(chance, out, 25);
    snprintf(user_name, sizeof user_name, "u%" PRIu64 "@contoso.example", id);
    text_member_string(out, "UserName", user_name);
    put_map(chance, out);
    if (chance_happens(chance, 30) || chance->plain)
        text_member_null(out, "AuthenticationToken");
}

void world_generate(const struct world *world, uint64_t id, struct text *out)
{
    uint64_t first, last;

    world_person(world, id, &first, &last);
    struct chance person = chance_of(world->seed, first, 1, world->plain);
    struct chance own = chance_of(world->seed, id, 2, world->plain);

    text_char(out, '{');
    if (chance_is_present(&person, out, "ContactInfo", 3, 2))
        put_contact(world, id, &person, out);
    put_long(out, "CustomerId", 100000000 + chance_draw(&own, 899999999));
    put_long(out, "Id", id);
    chance_string(&person, out, "JobTitle",
                  job_titles[chance_draw(&person, COUNT(job_titles))]);
    put_long(out, "LastModifiedByUserId", first);
    put_modified_time(&person, out);
    chance_string(&person, out, "Lcid",
                  locales[chance_draw(&person, COUNT(locales))]);
    if (chance_is_present(&person, out, "Name", 3, 2))
        put_person_name(&person, out);
    put_own_tail(world, id, &own, out);
    text_char(out, '}');
}

/* The first user signs in, and has access to all customers. */
static void put_signed_in_roles(const struct world *world, struct text *out)
{
    for (uint64_t i = 0; i < world->customers; i++) {
        text_printf(out,
                    "%s{\"RoleId\":41,\"CustomerId\":\"%" PRIu64
                    "\",\"AccountIds\":null,\"LinkedAccountIds\":[],"
                    "\"CustomerLinkPermission\":null}",
                    i == 0 ? "[" : ",", WORLD_CUSTOMER + i);
    }
    text_char(out, ']');
}

void world_generate_roles(const struct world *world, uint64_t id,
                          struct text *out)
{
    struct chance own = chance_of(world->seed, id, 3, world->plain);

    if (id == world->first) {
        put_signed_in_roles(world, out);
        return;
    }
    text_printf(out,
                "[{\"RoleId\":%u,\"CustomerId\":\"%u\",\"AccountIds\":null,"
                "\"LinkedAccountIds\":[],\"CustomerLinkPermission\":null}]",
                chance_happens(&own, 50) ? 16U : 41U,
                (unsigned)(100000000 + chance_draw(&own, 899999999)));
}
