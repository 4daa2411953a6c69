/*
 * gen [-z LEVEL] [-u] [-p] ROWS ROWS_PER_USER FILE
 *
 * Generates a CSV file of user updates for the benchmark: a header and ROWS
 * rows of about 137 bytes, ROWS_PER_USER of them for each user. Every value is
 * valid. The only row of a user sets six of seven columns. If a user has
 * several rows, each one sets two columns and has a remark. The Ids have 19
 * digits, and the rows are sorted by Id. The same arguments generate the same
 * file.
 *
 * -z  the level of zlib (6); 0 for a plain file
 * -u  the users are unsorted, and the rows of one user are far apart
 * -p  users of Partner Center, with GUIDs, its columns, and one row per user
 */
#define _GNU_SOURCE
#include <err.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zlib.h>

#define FIRST_ID UINT64_C(1000000000000000000)
#define ID_STEP  UINT64_C(104729)
#define ROW_MAX  1024
#define BLOCK    65536
#define COLUMNS  11 /* writable ones; Partner Center has fewer */

#define COUNT(list) (sizeof(list) / sizeof *(list))

static const char header[] =
    "Id,FirstName,LastName,JobTitle,Email,Phone1,Mobile,"
    "Line1,City,PostalCode,CountryCode,Lcid,_Remark\n";

static const char partner_header[] =
    "Id,firstName,lastName,displayName,userPrincipalName,phoneNumber,"
    "immutableId,usageLocation\n";

/* The index in cells of the value for each column of Partner Center. */
static const size_t partner_cells[] = {0, 1, 6, 3, 4, 8, 9};

static const char remark[] = "as agreed with the regional office; "
                             "its owner has confirmed the change by letter";

static const char *const first_names[] = {
    "Anna",  "Bela",   "Chloé",  "David",  "Elena",   "Farid",
    "Grace", "Hiro",   "Ingrid", "José",   "Katrin",  "Lars",
    "Mei",   "Noah",   "Olivia", "Pavel",  "Quinn",   "Rosa",
    "Søren", "Thandi", "Uma",    "Viktor", "Wanjiru", "Yusuf"};
static const char *const last_names[] = {
    "Andersson", "Brown",  "Castillo", "Dubois", "Eriksen",  "Fischer",
    "García",    "Hansen", "Ivanova",  "Jones",  "Kowalski", "Lindqvist",
    "Müller",    "Nguyen", "Okafor",   "Petrov", "Rossi",    "Schmidt",
    "Tanaka",    "Weber",  "Yamamoto", "Zhang"};
static const char *const job_titles[] = {
    "Marketing Manager", "Campaign Specialist", "Search Analyst",
    "Finance Director",  "Account Executive",   "\"Manager, Paid Search\"",
    "Media Buyer",       "Agency Owner"};
static const char *const streets[] = {"Main Street",   "Oak Avenue",
                                      "Station Road",  "Mill Lane",
                                      "Church Street", "Park View"};
static const char *const cities[] = {
    "Berlin", "Chicago", "Dublin",  "Göteborg", "Kraków",  "Lyon",
    "Madrid", "Osaka",   "Seattle", "Toronto",  "Utrecht", "Zürich"};
static const char *const countries[] = {"DE", "US", "IE", "SE", "PL", "FR",
                                        "ES", "JP", "US", "CA", "NL", "CH"};
static const char *const languages[] = {
    "GermanGermany", "EnglishUS",     "EnglishIreland",   "SwedishSweden",
    "PolandPolish",  "FrenchFrance",  "SpanishSpain",     "JapaneseJapan",
    "EnglishUK",     "EnglishCanada", "DutchNetherlands", "GermanSwitzerland"};

struct plan {
    uint64_t rows, users;
    uint64_t rows_per_user;
    uint64_t step; /* from one row's user to the next row's; 0: sorted */
    bool partner;
};

/* Returns a number below limit, and removes it from random. */
static size_t draw(uint64_t *random, size_t limit)
{
    size_t number = (size_t)(*random % limit);

    *random /= limit;
    return number;
}

/* splitmix64 (Steele, Lea, Flood 2014): a well-mixed number for each seed. */
static uint64_t mix(uint64_t seed)
{
    seed += UINT64_C(0x9e3779b97f4a7c15);
    seed = (seed ^ (seed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    seed = (seed ^ (seed >> 27)) * UINT64_C(0x94d049bb133111eb);
    return seed ^ (seed >> 31);
}

static uint64_t greatest_common_divisor(uint64_t a, uint64_t b)
{
    while (b != 0) {
        uint64_t rest = a % b;

        a = b;
        b = rest;
    }
    return a;
}

/* A step that has no common divisor with the number of users. A walk with it
 * visits each user once before it visits one again. */
static uint64_t find_step(uint64_t users)
{
    uint64_t step = UINT64_C(7368787);

    while (greatest_common_divisor(step, users) != 1)
        step++;
    return step;
}

static uint64_t user_of_row(const struct plan *plan, uint64_t row)
{
    if (plan->step == 0)
        return row / plan->rows_per_user;
    return row % plan->users * plan->step % plan->users;
}

static char *put(char *at, const char *text)
{
    while (*text != '\0')
        *at++ = *text++;
    return at;
}

/* Replaces each '#' of the pattern by a digit. */
static void fill(char *text, const char *pattern, uint64_t *random)
{
    char *at = text;

    for (; *pattern != '\0'; pattern++)
        *at++ = *pattern == '#' ? (char)('0' + draw(random, 10)) : *pattern;
    *at = '\0';
}

/* Whether a row sets a column. */
static bool is_set(const struct plan *plan, uint64_t row, size_t column,
                   uint64_t *random)
{
    if (plan->rows_per_user == 1)
        return draw(random, 7) != 0;
    return column / 2 == row % ((COLUMNS + 1) / 2);
}

static size_t put_partner_row(char *to, uint64_t user, const char *const *cells,
                              uint64_t *empty)
{
    char *at =
        to + snprintf(to, 64, "4b10bf41-ab11-40e3-8c53-%012" PRIu64, user);

    for (size_t i = 0; i < COUNT(partner_cells); i++) {
        *at++ = ',';
        if (draw(empty, 7) != 0)
            at = put(at, cells[partner_cells[i]]);
    }
    *at++ = '\n';
    return (size_t)(at - to);
}

/* Writes a row to a buffer of at least ROW_MAX bytes; returns its length. */
static size_t make_row(const struct plan *plan, uint64_t row, char *to)
{
    uint64_t id = FIRST_ID + user_of_row(plan, row) * ID_STEP;
    uint64_t words = mix(row), digits = mix(words), empty = mix(digits);
    size_t first = draw(&words, COUNT(first_names));
    size_t last = draw(&words, COUNT(last_names));
    size_t title = draw(&words, COUNT(job_titles));
    size_t street = draw(&words, COUNT(streets));
    size_t place = draw(&words, COUNT(cities));
    char email[64], phone[64], mobile[64], line[64], postal[64], number[8];
    const char *const cells[COLUMNS] = {first_names[first],
                                        last_names[last],
                                        job_titles[title],
                                        email,
                                        phone,
                                        mobile,
                                        line,
                                        cities[place],
                                        postal,
                                        countries[place],
                                        languages[place]};
    char *at = to;

    fill(email, "user.#######@example.com", &digits);
    fill(phone, "+1 425 555 01##", &digits);
    fill(mobile, "+1 206 555 01##", &digits);
    fill(postal, "#####", &digits);
    fill(number, "###", &digits);
    snprintf(line, sizeof line, "%s %s", number, streets[street]);
    if (plan->partner)
        return put_partner_row(at, user_of_row(plan, row), cells, &empty);
    at += snprintf(at, 32, "%" PRIu64, id);
    for (size_t i = 0; i < COLUMNS; i++) {
        *at++ = ',';
        if (is_set(plan, row, i, &empty))
            at = put(at, cells[i]);
    }
    *at++ = ',';
    if (plan->rows_per_user > 1)
        at = put(at, remark);
    *at++ = '\n';
    return (size_t)(at - to);
}

static void write_block(gzFile file, const char *block, size_t len)
{
    if (len > 0 && gzwrite(file, block, (unsigned)len) <= 0)
        errx(1, "cannot write the file; is the disk full?");
}

static void write_rows(const struct plan *plan, gzFile file)
{
    static char block[BLOCK];
    const char *names = plan->partner ? partner_header : header;
    size_t len = strlen(names);

    memcpy(block, names, len + 1);
    for (uint64_t row = 0; row < plan->rows; row++) {
        if (sizeof block - len < ROW_MAX) {
            write_block(file, block, len);
            len = 0;
        }
        len += make_row(plan, row, block + len);
    }
    write_block(file, block, len);
}

int main(int argc, char **argv)
{
    struct plan plan = {0};
    bool unordered = false;
    char mode[] = "wb6";
    gzFile file;
    int option;

    while ((option = getopt(argc, argv, "z:up")) != -1) {
        if (option == 'z')
            mode[2] = *optarg == '0' ? 'T' : *optarg;
        else if (option == 'u')
            unordered = true;
        else if (option == 'p')
            plan.partner = true;
        else
            return 2;
    }
    if (argc - optind != 3)
        errx(2, "usage: gen [-z LEVEL] [-u] [-p] ROWS ROWS_PER_USER FILE");
    plan.rows = strtoull(argv[optind], NULL, 10);
    plan.rows_per_user = strtoull(argv[optind + 1], NULL, 10);
    if (plan.rows_per_user == 0 || plan.rows % plan.rows_per_user != 0)
        errx(2, "ROWS must be a multiple of ROWS_PER_USER");
    plan.users = plan.rows / plan.rows_per_user;
    if (unordered)
        plan.step = find_step(plan.users);

    file = gzopen(argv[optind + 2], mode);
    if (file == NULL)
        err(1, "%s", argv[optind + 2]);
    write_rows(&plan, file);
    if (gzclose(file) != Z_OK)
        errx(1, "cannot write %s", argv[optind + 2]);
    return 0;
}
