#include <string.h>

#include "cli/option_table.h"
#include "service/service.h"

#define WIDTH       79
#define TEXT_COLUMN 26 /* where the text of an option begins */

static const char *const group_titles[] = {
    [GROUP_MODES] = "Modes (without one: apply the changes)",
    [GROUP_INPUT] = "Input",
    [GROUP_OUTPUT] = "Output",
    [GROUP_SERVICE] = "Service",
    [GROUP_FLOW] = "Flow",
    [GROUP_OTHER] = "Other",
};

static const char introduction[] =
    "Usage: bauser-batch [OPTIONS] INPUT OUTPUT\n"
    "\n"
    "Applies the rows of a CSV file to users of Microsoft Advertising or "
    "Partner\n"
    "Center: INPUT (plain or gzip, - for standard input) names the users by Id "
    "and\n"
    "the columns to set, OUTPUT (gzip where its name ends in .gz, - for "
    "standard\n"
    "output) gets one result row for each of them.\n";

static const char environment[] =
    "\n"
    "Environment (secrets never come as options):\n"
    "  BAUSER_DEVELOPER_TOKEN  the developer token, where the service needs "
    "one\n"
    "  BAUSER_ACCESS_TOKEN     either: an access token of the OAuth sign-in\n"
    "  BAUSER_CLIENT_ID, BAUSER_CLIENT_SECRET (where there is one),\n"
    "  BAUSER_REFRESH_TOKEN_FILE\n"
    "                          or: what access tokens are renewed with; the "
    "file\n"
    "                          is replaced when the refresh token changes\n"
    "  BAUSER_APPLICATION_TOKEN, BAUSER_USERNAME, BAUSER_PASSWORD\n"
    "                          a legacy sign-in, only where the service takes "
    "it\n"
    "  BAUSER_TOKEN_URL        another address of the token endpoint\n"
    "  SSL_CERT_FILE           CA certificates, where --cacert is not given\n"
    "  Tokens, ids, secrets, names and passwords may each be in a file "
    "instead,\n"
    "  readable by its owner alone, whose name is in the same variable with "
    "_FILE\n"
    "  behind it: BAUSER_..._FILE\n";

static const char exit_statuses[] =
    "\n"
    "Exit status:\n"
    "  0  every row is Updated or Unchanged (Valid, WouldUpdate, Match, "
    "exported)\n"
    "  1  finished; some rows are Failed, Conflict or Drift\n"
    "  2  wrong usage or configuration; nothing was sent\n"
    "  3  INPUT is refused; nothing was sent (of a pipe: the result says how "
    "far)\n"
    "  4  the service refuses the sign-in; --resume goes on\n"
    "  5  stopped early; --resume goes on\n"
    "  6  a file or pipe of this machine failed during the run; --resume goes "
    "on\n"
    "  7  finished; some rows are Unknown: sent, but the outcome is not known\n"
    "\n"
    "Example:\n"
    "  bauser-batch --dry-run users.csv.gz result.csv\n";

/* Prints a word where it still fits the line; answers the column behind it. */
static size_t print_word(FILE *stream, const char *word, size_t len,
                         size_t column)
{
    if (column + 1 + len > WIDTH) {
        fprintf(stream, "\n%*s", TEXT_COLUMN - 1, "");
        column = TEXT_COLUMN - 1;
    }
    fprintf(stream, " %.*s", (int)len, word);
    return column + 1 + len;
}

static size_t print_words(FILE *stream, const char *text, size_t column)
{
    size_t len;

    for (; *text; text += len + strspn(text + len, " ")) {
        len = strcspn(text, " ");
        column = print_word(stream, text, len, column);
    }
    return column;
}

static void print_spec(FILE *stream, const struct option_spec *spec)
{
    char range[64];
    size_t column = 0;
    int len;

    len = fprintf(stream, "  --%s%s%s", spec->name, spec->argument ? " " : "",
                  spec->argument ? spec->argument : "");
    fprintf(stream, "%*s", TEXT_COLUMN - 1 - len, "");
    column = print_words(stream, spec->text, TEXT_COLUMN - 1);
    if (spec->max > 0) {
        snprintf(range, sizeof(range), "(%u to %u, default %u)", spec->min,
                 spec->max, spec->initial);
        print_word(stream, range, strlen(range), column);
    }
    fputc('\n', stream);
}

/* What sets a service apart, a phrase each. */
static void print_service(FILE *stream, const struct service *service)
{
    const struct {
        bool holds;
        const char *text;
    } facts[] = {
        {service->customer == CUSTOMER_NUMBER,
         "; takes --customer-id and --account-id, whole numbers"},
        {service->customer == CUSTOMER_TENANT,
         "; --customer-id is the GUID of the customer's tenant"},
        {!service->developer_token, "; needs no developer token"},
        {service->legacy_sign_in, "; takes a legacy sign-in (optional)"},
        {!service->sandbox, "; has no sandbox address"},
    };
    char text[400];
    size_t len;

    fprintf(stream, "  %-*s", TEXT_COLUMN - 3, service->name);
    (void)snprintf(text, sizeof(text), "%s", service->title);
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
        len = strlen(text);
        if (facts[i].holds)
            (void)snprintf(text + len, sizeof(text) - len, "%s", facts[i].text);
    }
    print_words(stream, text, TEXT_COLUMN - 1);
    fputc('\n', stream);
}

void options_print_help(FILE *stream)
{
    const struct option_spec *spec;

    fputs(introduction, stream);
    for (spec = option_specs; spec->name; spec++) {
        if (spec == option_specs || spec->group != spec[-1].group)
            fprintf(stream, "\n%s:\n", group_titles[spec->group]);
        print_spec(stream, spec);
    }
    fputs("\nAn option given again replaces its earlier value; --map and "
          "--ignore add up.\n",
          stream);
    fputs("\nServices for --api (the first is the default):\n", stream);
    for (size_t i = 0; services[i]; i++)
        print_service(stream, services[i]);
    fputs(environment, stream);
    fputs(exit_statuses, stream);
}
