#include "input/problems.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define BRIEF_SIZE  400 /* a longer problem is truncated */
#define WHAT_SIZE   300
#define ADVICE_SIZE (2 * COLUMN_NAME_QUOTED + 200)

void problems_init(struct problems *problems, const char *input,
                   const struct service *service, unsigned key)
{
    const struct column *column = &service->columns[key];

    *problems = (struct problems){
        .input = input,
        .service = service,
        .key = column->name,
        .expect = column->use == COLUMN_WRITE ? "Expect." : ""};
}

/* Adds a problem: the message if it is the only one, and the format for a list.
 */
static void add(struct problems *problems, const struct error *only,
                const char *format, ...) __attribute__((format(printf, 3, 4)));

static void add(struct problems *problems, const struct error *only,
                const char *format, ...)
{
    char brief[BRIEF_SIZE];
    va_list args;
    size_t len;

    if (problems->count++ == 0)
        problems->only = *only;
    va_start(args, format);
    (void)vsnprintf(brief, sizeof(brief), format, args);
    va_end(args);
    len = strlen(brief);
    if (problems->len + len + 3 > sizeof(problems->list)) {
        problems->unlisted++;
        return;
    }
    if (problems->len > 0) {
        memcpy(problems->list + problems->len, "; ", 2);
        problems->len += 2;
    }
    memcpy(problems->list + problems->len, brief, len + 1);
    problems->len += len;
}

/* ---- names that mean no column of the service ---------------------------- */

/* If other services have that column, writes this into what, and returns true.
 */
static bool describe_owners(const struct service *service,
                            struct column_name name, char what[WHAT_SIZE])
{
    const char *separator = "(";
    char have[200] = "";
    size_t len = 0, count = 0;

    for (size_t i = 0; services[i] && len < sizeof(have); i++) {
        const struct column *column = column_name_allowed(services[i], name);

        if (!column)
            continue;
        if (count++ == 0)
            (void)snprintf(what, WHAT_SIZE, "%s has no column %s",
                           service->name, column->name);
        len += (size_t)snprintf(have + len, sizeof(have) - len, "%s%s",
                                separator, services[i]->name);
        separator = ", ";
    }
    if (count == 0)
        return false;
    len = strlen(what);
    (void)snprintf(what + len, WHAT_SIZE - len, " %s %s)", have,
                   count > 1 ? "have" : "has");
    return true;
}

/* How an unknown column can be renamed or ignored. */
static void advise(char advice[ADVICE_SIZE], struct column_name name,
                   const char *suggested, const char *expect, bool elsewhere)
{
    char map[COLUMN_NAME_QUOTED], quoted[COLUMN_NAME_QUOTED];
    char to[COLUMN_NAME_SHOWN];

    (void)snprintf(to, sizeof(to), "%s%s", expect,
                   suggested ? suggested : "COLUMN");
    column_name_quote(quoted, name, NULL);
    column_name_quote(map, name, to);
    if (suggested)
        (void)snprintf(advice, ADVICE_SIZE,
                       "; did you mean %s? --map %s renames it, --ignore %s "
                       "ignores it",
                       suggested, map, quoted);
    else if (elsewhere)
        (void)snprintf(advice, ADVICE_SIZE, "; --ignore %s ignores it", quoted);
    else
        (void)snprintf(advice, ADVICE_SIZE,
                       "; --map %s renames it, --ignore %s ignores it", map,
                       quoted);
}

/* Options cannot spell a name with an invisible character in a way that people
 * can see. */
static void advise_of_hidden(char advice[ADVICE_SIZE], const char *suggested)
{
    (void)snprintf(
        advice, ADVICE_SIZE,
        "%s%s%s remove the invisible character from the name, or use "
        "--ignore-unknown",
        suggested ? "; did you mean " : "", suggested ? suggested : "",
        suggested ? "?" : ";");
}

void problems_add_unknown(struct problems *problems, size_t position,
                          struct column_name name)
{
    const struct service *service = problems->service;
    char shown[COLUMN_NAME_SHOWN], stripped[COLUMN_NAME_SHOWN];
    char what[WHAT_SIZE], advice[ADVICE_SIZE];
    bool is_hidden = column_name_strip(stripped, name);
    const char *suggested = column_name_suggest(service, stripped);
    bool is_key = suggested && strcmp(suggested, problems->key) == 0;
    struct error error;
    bool elsewhere;

    (void)snprintf(what, sizeof(what), "unknown column \"%s\"",
                   column_name_show(shown, name));
    elsewhere = describe_owners(service, name, what);
    if (is_hidden)
        advise_of_hidden(advice, suggested);
    else
        advise(advice, name, suggested, is_key ? problems->expect : "",
               elsewhere);
    (void)error_set(&error, ERROR_INPUT, "%s: header, column %zu: %s%s",
                    problems->input, position + 1, what, advice);
    problems->unknown = true;
    if (is_key)
        problems->unknown_key = true;
    add(problems, &error, "column %zu: %s%s%s%s", position + 1, what,
        suggested ? " (did you mean " : "", suggested ? suggested : "",
        suggested ? "?)" : "");
}

/* ---- other problems ------------------------------------------------------ */

void problems_add_refused(struct problems *problems, size_t position,
                          struct column_name name, const struct column *column)
{
    char quoted[COLUMN_NAME_QUOTED], what[WHAT_SIZE];
    struct error error;

    (void)snprintf(what, sizeof(what), "%s cannot be set", column->name);
    (void)describe_owners(problems->service, name, what);
    (void)error_set(&error, ERROR_INPUT,
                    "%s: header, column %zu: %s: %s; remove the column, or "
                    "ignore it with --ignore %s",
                    problems->input, position + 1, what, column->reason,
                    column_name_quote(quoted, name, NULL));
    add(problems, &error, "column %zu: %s: %s", position + 1, what,
        column->reason);
}

void problems_add_duplicate(struct problems *problems, size_t position,
                            struct column_name name,
                            const struct column *column, size_t first)
{
    char shown[COLUMN_NAME_SHOWN];
    struct error error;

    column_name_show(shown, name);
    (void)error_set(&error, ERROR_INPUT,
                    "%s: header, column %zu: \"%s\" is a duplicate of %s, "
                    "which is column %zu; remove one of them",
                    problems->input, position + 1, shown, column->name,
                    first + 1);
    add(problems, &error, "column %zu: \"%s\" is a duplicate of %s",
        position + 1, shown, column->name);
}

/* Why the value of a column cannot be expected. */
static const char *why_unexpectable(const struct column *column)
{
    switch (column->use) {
    case COLUMN_GUARD:
        return "it is a guard itself, with its own name";
    case COLUMN_KEY:
    case COLUMN_TENANT:
        return "it identifies the user";
    case COLUMN_WRITE:
    case COLUMN_REFUSED:
        break;
    }
    return column->secret || column->sign_in
               ? "it is a secret"
               : "the service never returns its value";
}

void problems_add_unexpectable(struct problems *problems, size_t position,
                               struct column_name name,
                               const struct column *column)
{
    const char *why = why_unexpectable(column);
    char quoted[COLUMN_NAME_QUOTED];
    struct error error;

    (void)error_set(&error, ERROR_INPUT,
                    "%s: header, column %zu: %s cannot be expected: %s; remove "
                    "the column, or ignore it with --ignore %s",
                    problems->input, position + 1, column->name, why,
                    column_name_quote(quoted, name, NULL));
    add(problems, &error, "column %zu: %s cannot be expected: %s", position + 1,
        column->name, why);
}

void problems_add_absent(struct problems *problems, const char *option,
                         const char *name, const char *suggested)
{
    char shown[COLUMN_NAME_SHOWN] = "";
    struct error error;

    if (suggested)
        column_name_show(shown, column_name_trim(suggested, strlen(suggested)));
    (void)error_set(&error, ERROR_INPUT,
                    "%s: header: there is no column \"%s\"; %s%s%s or remove "
                    "the option %s that names it",
                    problems->input, name, suggested ? "did you mean \"" : "",
                    shown, suggested ? "\"? Correct" : "correct", option);
    add(problems, &error, "there is no column \"%.*s\" as in %s",
        COLUMN_NAME_SHOWN, name, option);
}

void problems_add_repeated(struct problems *problems, const char *option,
                           const char *name)
{
    struct error error;

    (void)error_set(&error, ERROR_INPUT,
                    "%s: header: there are several columns \"%s\", so it is "
                    "unclear which one %s means; rename one of them",
                    problems->input, name, option);
    add(problems, &error, "there are several columns \"%.*s\" as in %s",
        COLUMN_NAME_SHOWN, name, option);
}

void problems_add_no_key(struct problems *problems)
{
    const struct service *service = problems->service;
    const char *key = problems->key;
    bool is_id = strcmp(key, service->columns[service->key].name) == 0;
    struct error error;

    if (problems->unknown_key)
        return;
    (void)error_set(&error, ERROR_INPUT,
                    "%s: header: there is no column %s, which identifies the "
                    "user; if it has another name, use --map "
                    "'NAME=%s%s'%s",
                    problems->input, key, problems->expect, key,
                    is_id ? "; if users have names instead, use --resolve"
                          : "");
    if (is_id)
        (void)snprintf(problems->no_key, sizeof(problems->no_key),
                       ". Find the Ids of users by their names with --resolve");
    else
        (void)snprintf(problems->no_key, sizeof(problems->no_key),
                       ". For the column of the names, use --map "
                       "'NAME=%s%s'",
                       problems->expect, key);
    add(problems, &error, "there is no column %s", key);
}

void problems_add_set_name(struct problems *problems, size_t position,
                           struct column_name name, const struct column *column)
{
    char to[COLUMN_NAME_SHOWN], quoted[COLUMN_NAME_QUOTED];
    struct error error;

    (void)snprintf(to, sizeof(to), "Expect.%s", column->name);
    column_name_quote(quoted, name, to);
    (void)error_set(&error, ERROR_INPUT,
                    "%s: header, column %zu: an update would set %s; the name "
                    "by which the user is found must be an expected one: use "
                    "--map %s",
                    problems->input, position + 1, column->name, quoted);
    add(problems, &error, "column %zu: use --map %s", position + 1, quoted);
}

void problems_add_no_tenant(struct problems *problems)
{
    const struct service *service = problems->service;
    const char *tenant = service->columns[service->tenant].name;
    struct error error;

    (void)error_set(&error, ERROR_INPUT,
                    "%s: header: the tenant of the users is missing; use "
                    "--customer-id GUID for all of them, or add a column %s",
                    problems->input, tenant);
    add(problems, &error, "there is no column %s, and no --customer-id GUID",
        tenant);
}

int problems_refuse(const struct problems *problems, struct error *error)
{
    char more[32] = "";

    if (problems->count == 1) {
        *error = problems->only;
        return -1;
    }
    if (problems->unlisted > 0)
        (void)snprintf(more, sizeof(more), "; and %u more", problems->unlisted);
    return error_set(error, ERROR_INPUT, "%s: header: %u problems: %s%s%s%s",
                     problems->input, problems->count, problems->list, more,
                     problems->unknown
                         ? ". Rename columns with --map 'NAME=COLUMN', ignore "
                           "them with --ignore NAME, or all unknown ones with "
                           "--ignore-unknown"
                         : "",
                     problems->no_key);
}
