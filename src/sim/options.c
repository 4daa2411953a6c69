#include "options.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum type {
    NUMBER,
    BIG_NUMBER,
    SECONDS,
    STRING,
    WORD,
    LIMIT,
    PATHS,
    ON,
    OFF,
    HELP
};

static const struct option {
    const char *name, *value, *help;
    enum type type;
    size_t offset;
    size_t size;       /* STRING: size of the member */
    uint64_t min, max; /* of numbers */
} table[] = {
#define AT(member)      offsetof(struct options, member)
#define TEXT_AT(member) AT(member), sizeof((struct options *)0)->member
    {"--port", "N", "port of the services; 0: any free port (0)", NUMBER,
     AT(port), 0, 0, 65535},
    {"--control-port", "N", "port of the control address; 0: any free port (0)",
     NUMBER, AT(control_port), 0, 0, 65535},
    {"--seed", "N", "seed that users are generated from (1)", BIG_NUMBER,
     AT(world.seed), 0, 0, UINT64_MAX},
    {"--first-id", "N", "Id of the first user (1000000000000000001)",
     BIG_NUMBER, AT(world.first), 0, 1, INT64_MAX},
    {"--users", "N", "number of users (10000000)", BIG_NUMBER, AT(world.users),
     0, 1, 1000000000},
    {"--users-per-person", "N",
     "each N consecutive Ids belong to one person (1)", BIG_NUMBER,
     AT(world.per_person), 0, 1, 1000},
    {"--customers", "N", "number of customers of Microsoft Advertising (1)",
     BIG_NUMBER, AT(world.customers), 0, 1, 100000},
    {"--tenants", "N", "number of tenants of Partner Center (1)", BIG_NUMBER,
     AT(world.tenants), 0, 1, 1000000},
    {"--etags", "PERCENT",
     "the share of the users of Partner Center that have an etag (10)",
     BIG_NUMBER, AT(world.etags), 0, 0, 100},
    {"--page-size", "N",
     "largest page of a list of Partner Center, 1 to 500 (500)", NUMBER,
     AT(settings.page_size), 0, 1, 500},
    {"--plain-users", NULL,
     "users have exactly the members that official clients know", ON,
     AT(world.plain), 0, 0, 0},
    {"--latency", "MS", "delay of each response (0)", NUMBER,
     AT(settings.latency_ms), 0, 0, 3600000},
    {"--jitter", "MS", "additional random delay, up to MS (0)", NUMBER,
     AT(settings.jitter_ms), 0, 0, 3600000},
    {"--access-token", "T", "token that never expires (sim-access-token)",
     STRING, TEXT_AT(settings.access_token), 0, 0},
    {"--developer-token", "T",
     "the valid developer token (sim-developer-token)", STRING,
     TEXT_AT(settings.developer_token), 0, 0},
    {"--customer-id", "N", "the only valid CustomerId header (any)", STRING,
     TEXT_AT(settings.customer_id), 0, 0},
    {"--application-token", "T",
     "ApplicationToken that SOAP v11 requires (any)", STRING,
     TEXT_AT(settings.application_token), 0, 0},
    {"--username", "T", "UserName that SOAP v11 requires (any)", STRING,
     TEXT_AT(settings.username), 0, 0},
    {"--password", "T", "Password that SOAP v11 requires (any)", STRING,
     TEXT_AT(settings.password), 0, 0},
    {"--client-id", "T", "the client of the token endpoint (sim-client)",
     STRING, TEXT_AT(settings.client_id), 0, 0},
    {"--client-secret", "T", "its secret; without one, it is a public client",
     STRING, TEXT_AT(settings.client_secret), 0, 0},
    {"--redirect-uri", "U",
     "the registered redirect URI of a sign-in (http://localhost)", STRING,
     TEXT_AT(settings.redirect_uri), 0, 0},
    {"--refresh-token", "T",
     "valid refresh token at the start (sim-refresh-token)", WORD,
     AT(refresh_token), 0, 0, 0},
    {"--token-lifetime", "S",
     "lifetime of issued access tokens, as in 0.5 (3600)", SECONDS,
     AT(settings.token_lifetime_ms), 0, 0, 999999},
    {"--no-rotation", NULL, "token responses contain no new refresh token", OFF,
     AT(settings.rotate_refresh_tokens), 0, 0, 0},
    {"--limit", "LIMIT",
     "limit such as 300/10s or at-once:8; repeatable; see the README", LIMIT, 0,
     0, 0, 0},
    {"--strict", NULL, "refuse even what the service is not known to refuse",
     ON, AT(settings.strict), 0, 0, 0},
    {"--tls", "CERT KEY", "serve https with these PEM files", PATHS, 0, 0, 0,
     0},
    {"--idle-timeout", "S",
     "close idle connections after S seconds; 0: never (0)", NUMBER,
     AT(idle_timeout), 0, 0, 86400},
    {"--record-bodies", NULL, "record the bodies of requests", ON,
     AT(settings.record_bodies), 0, 0, 0},
    {"--no-record", NULL, "record no calls (for long rehearsals)", OFF,
     AT(settings.record), 0, 0, 0},
    {"--exit-with-parent", NULL, "end when the parent process ends", ON,
     AT(exit_with_parent), 0, 0, 0},
    {"--help", NULL, "print this help", HELP, 0, 0, 0, 0},
};

#define OPTIONS (sizeof table / sizeof *table)

void options_help(void)
{
    puts("Usage: bauser-sim [OPTIONS]\n\n"
         "Simulates the Customer Management service (Bing Ads REST v13, SOAP "
         "v13, v12\n"
         "and v11), the users of Partner Center and the token endpoint on a "
         "loopback\n"
         "port, for tests and for rehearsing a migration. Prints the address "
         "of the\n"
         "services and the control address, then runs until SIGINT or "
         "SIGTERM.\n");
    for (size_t i = 0; i < OPTIONS; i++) {
        char left[40];
        snprintf(left, sizeof left, "%s %s", table[i].name,
                 table[i].value != NULL ? table[i].value : "");
        printf("  %-26s %s\n", left, table[i].help);
    }
}

static int read_number(const struct option *option, const char *text,
                       uint64_t *number)
{
    char *end;

    errno = 0;
    *number = strtoull(text, &end, 10);
    if (*text >= '0' && *text <= '9' && *end == '\0' && errno == 0 &&
        *number >= option->min && *number <= option->max)
        return 0;
    fprintf(stderr,
            "bauser-sim: %s requires a number from %" PRIu64 " to %" PRIu64
            ", not \"%s\"\n",
            option->name, option->min, option->max, text);
    return -1;
}

/* Parses seconds with up to three decimals, as milliseconds. */
static int read_seconds(const struct option *option, const char *text,
                        unsigned *ms)
{
    static const char digits[] = "0123456789";
    size_t whole = strspn(text, digits);
    size_t part = text[whole] == '.' ? strspn(text + whole + 1, digits) : 0;
    size_t len = whole + (text[whole] == '.' ? part + 1 : 0);

    if (whole == 0 || whole > 6 || part > 3 || text[len] != '\0' ||
        text[len - 1] == '.') {
        fprintf(stderr,
                "bauser-sim: %s requires seconds with up to three decimals, "
                "not \"%s\"\n",
                option->name, text);
        return -1;
    }
    *ms = (unsigned)strtoul(text, NULL, 10);
    for (size_t i = 0; i < 3; i++)
        *ms = *ms * 10 + (i < part ? (unsigned)(text[whole + 1 + i] - '0') : 0);
    return 0;
}

static int set(struct options *options, const struct option *option,
               char **values)
{
    char *place = (char *)options + option->offset;
    bool on = option->type == ON;
    const char *reason;
    uint64_t number;
    unsigned ms;

    switch (option->type) {
    case NUMBER:
    case BIG_NUMBER:
        if (read_number(option, values[0], &number) != 0)
            return -1;
        if (option->type == BIG_NUMBER) {
            memcpy(place, &number, sizeof number);
        } else {
            unsigned small = (unsigned)number;
            memcpy(place, &small, sizeof small);
        }
        return 0;
    case SECONDS:
        if (read_seconds(option, values[0], &ms) != 0)
            return -1;
        memcpy(place, &ms, sizeof ms);
        return 0;
    case WORD:
        memcpy(place, &values[0], sizeof values[0]);
        return 0;
    case STRING:
        if (strlen(values[0]) < option->size) {
            memcpy(place, values[0], strlen(values[0]) + 1);
            return 0;
        }
        fprintf(stderr, "bauser-sim: the value of %s is too long\n",
                option->name);
        return -1;
    case LIMIT:
        reason = limits_add(&options->limits, values[0]);
        if (reason == NULL)
            return 0;
        fprintf(stderr, "bauser-sim: --limit \"%s\" is not valid: %s\n",
                values[0], reason);
        return -1;
    case PATHS:
        options->cert_file = values[0];
        options->key_file = values[1];
        return 0;
    default:
        memcpy(place, &on, sizeof on);
        return 0;
    }
}

static const struct option *find(const char *name)
{
    for (size_t i = 0; i < OPTIONS; i++)
        if (strcmp(table[i].name, name) == 0)
            return &table[i];
    fprintf(stderr, "bauser-sim: unknown option \"%s\"; see --help\n", name);
    return NULL;
}

static int check(const struct options *options)
{
    /* The Ids of ContactInfo and Address follow those of the users. */
    if (options->world.first > INT64_MAX - 3 * options->world.users) {
        fputs("bauser-sim: --first-id is too large for so many users\n",
              stderr);
        return -1;
    }
    return 0;
}

enum options_result options_read(struct options *options, int argc, char **argv)
{
    *options = (struct options){
        .refresh_token = "sim-refresh-token",
        .world = {.seed = 1,
                  .first = UINT64_C(1000000000000000001),
                  .users = 10000000,
                  .per_person = 1,
                  .customers = 1,
                  .tenants = 1,
                  .etags = 10},
    };
    settings_init(&options->settings);
    limits_init(&options->limits);
    for (int i = 1; i < argc; i++) {
        const struct option *option = find(argv[i]);
        if (option == NULL)
            return OPTIONS_INVALID;
        if (option->type == HELP)
            return OPTIONS_HELP;
        int values = option->value == NULL ? 0 : option->type == PATHS ? 2 : 1;
        if (argc - i - 1 < values) {
            fprintf(stderr, "bauser-sim: %s requires %s\n", option->name,
                    option->value);
            return OPTIONS_INVALID;
        }
        if (set(options, option, argv + i + 1) != 0)
            return OPTIONS_INVALID;
        i += values;
    }
    return check(options) == 0 ? OPTIONS_RUN : OPTIONS_INVALID;
}
