#include "net/redis_error.h"

#include <stdbool.h>
#include <string.h>

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static enum budget_event reject_rate(const struct budget_place *place,
                                     const char *rate, struct error *error)
{
    if (strcmp(rate, REDIS_NO_RATE) == 0)
        (void)error_set(error, ERROR_USAGE,
                        "--budget: the budget %s is used without --rate by "
                        "other runs; leave out --rate, use another key, or "
                        "wait until 2 minutes after their end",
                        place->key);
    else
        (void)error_set(error, ERROR_USAGE,
                        "--budget: the budget %s is used with --rate %s by "
                        "other runs; pass the same --rate to all shards, use "
                        "another key, or wait until 2 minutes after their end",
                        place->key, rate);
    return BUDGET_REJECTED;
}

/* Is it an error about the password, and not one that waiting corrects? */
static bool concerns_password(bool auth, const char *text)
{
    return begins(text, "NOAUTH") || begins(text, "WRONGPASS") ||
           (auth && begins(text, "ERR ") &&
            !strstr(text, "max number of clients"));
}

/* A server without the command AUTH returns its arguments. */
static const char *without_password(bool auth, const char *text)
{
    return auth && strstr(text, "unknown command") ? "ERR unknown command AUTH"
                                                   : text;
}

static enum budget_event reject_password(const struct budget_place *place,
                                         const char *text, struct error *error)
{
    (void)error_set(
        error, ERROR_USAGE, "--budget: Redis at %s rejects the %s (%s); %s%s",
        place->where, place->password ? "password" : "connection", text,
        place->password ? "correct the user name in the URL, or the password "
                          "of "
                        : "write its password to a secret file, and set "
                          "BAUSER_BUDGET_PASSWORD_FILE to its name",
        place->password ? place->password_source.label : "");
    return BUDGET_REJECTED;
}

static enum budget_event reject_rights(const char *text, struct error *error)
{
    (void)error_set(error, ERROR_USAGE,
                    "--budget: the user of Redis lacks a right (%s); give it "
                    "those in bauser-batch(7), SHARED BUDGET",
                    text);
    return BUDGET_REJECTED;
}

/* Without a password, Redis refuses all hosts but its own. */
static enum budget_event reject_host(const struct budget_place *place,
                                     struct error *error)
{
    (void)error_set(error, ERROR_USAGE,
                    "--budget: Redis at %s is in protected mode, since it has "
                    "no password: give it one (requirepass), write it to a "
                    "secret file, and set BAUSER_BUDGET_PASSWORD_FILE to its "
                    "name",
                    place->where);
    return BUDGET_REJECTED;
}

/* A replica, a server without scripts, or one on which a command was renamed.
 * Not the arguments of an unknown command, which would be printed, too. */
static enum budget_event reject_server(const struct budget_place *place,
                                       const char *text, struct error *error)
{
    if (strstr(text, "READONLY"))
        (void)error_set(error, ERROR_USAGE,
                        "--budget: Redis at %s is a replica, which accepts no "
                        "changes; write the address of its primary in the URL",
                        place->where);
    else
        (void)error_set(error, ERROR_USAGE,
                        "--budget: Redis at %s lacks a command of the budget "
                        "(%.*s); use a server that has those in "
                        "bauser-batch(7), SHARED BUDGET",
                        place->where, (int)strcspn(text, ","), text);
    return BUDGET_REJECTED;
}

/* A node of a cluster rejects the keys. */
static enum budget_event reject_node(const struct budget_place *place,
                                     const char *text, struct error *error)
{
    if (begins(text, "MOVED"))
        (void)error_set(error, ERROR_USAGE,
                        "--budget: another node of the Redis cluster has the "
                        "budget %s (%s); write the address of that node in "
                        "the URL",
                        place->key, text);
    else
        (void)error_set(error, ERROR_USAGE,
                        "--budget: the keys of the budget %s are in different "
                        "slots of the Redis cluster; write its name in braces, "
                        "as in redis://%s/{%s}",
                        place->key, place->where, place->key);
    return BUDGET_REJECTED;
}

enum budget_event redis_error_judge(const struct budget_place *place, bool auth,
                                    const char *text, struct error *error)
{
    text = without_password(auth, text);
    if (concerns_password(auth, text))
        return reject_password(place, text, error);
    if (strstr(text, "NOPERM") || strstr(text, "can't run this command"))
        return reject_rights(text, error);
    if (strstr(text, "READONLY") || strstr(text, "unknown command") ||
        strstr(text, "unknown subcommand") ||
        strstr(text, "Unknown Redis command"))
        return reject_server(place, text, error);
    if (begins(text, "DENIED"))
        return reject_host(place, error);
    if (begins(text, "MOVED") || begins(text, "CROSSSLOT"))
        return reject_node(place, text, error);
    if (begins(text, "BUDGETRATE "))
        return reject_rate(place, text + strlen("BUDGETRATE "), error);
    if (strstr(text, "WRONGTYPE")) {
        (void)error_set(error, ERROR_USAGE,
                        "--budget: the key %s in Redis is not a budget; use "
                        "another key",
                        place->key);
        return BUDGET_REJECTED;
    }
    (void)error_set(error, ERROR_STOPPED, "%s", text);
    return BUDGET_LOST;
}
