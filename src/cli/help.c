#include "cli/help.h"

#include <string.h>

#include "cli/option_table.h"
#include "service/service.h"

#define WIDTH       79
#define TEXT_COLUMN 27 /* the text of an option begins here */

static const char *const group_titles[] = {
    [GROUP_MODES] = "Modes (default: apply the rows)",
    [GROUP_INPUT] = "Input",
    [GROUP_OUTPUT] = "Output",
    [GROUP_SERVICE] = "Service",
    [GROUP_FLOW] = "Rate, retries and stopping",
    [GROUP_MESSAGES] = "Messages and log",
};

/* clang-format off: a line of the source is a line of the text. */

static const char introduction[] =
    "Usage: bauser-batch [OPTIONS] INPUT OUTPUT\n"
    "\n"
    "Update users of Microsoft Advertising or Partner Center from a CSV file.\n"
    "\n"
    "Each row of INPUT names a user by Id and gives new values for some of "
    "the\n"
    "user's columns. OUTPUT receives one result row for each row of INPUT, in\n"
    "the same order. INPUT can be compressed by gzip, and OUTPUT is "
    "compressed\n"
    "if its name ends in .gz. The name - stands for standard input or "
    "output.\n";

static const char examples[] =
    "\n"
    "Examples:\n"
    "  bauser-batch --check users.csv\n"
    "  bauser-batch --dry-run --plan plan.csv users.csv dry-run.csv\n"
    "  bauser-batch --approve SHA256 --limit 10 plan.csv result.csv\n"
    "  bauser-batch users.csv.gz result.csv\n";

static const char more[] =
    "\n"
    "Credentials come from environment variables or the configuration file,\n"
    "never from options. --sign-in gets the first ones.\n"
    "Run 'bauser-batch --help-all' for all options, services, environment\n"
    "variables and exit statuses. The manual is bauser-batch(1).\n";

static const char repetition[] =
    "\n"
    "If an option is repeated, the last value is used; --map, --ignore, "
    "--where,\n"
    "--allow-suspicious and --unset accumulate. Short options can be bundled: "
    "-qn.\n";

static const char environment[] =
    "\n"
    "Environment (secrets are never passed as options):\n"
    "  BAUSER_DEVELOPER_TOKEN   the developer token, if the service needs one\n"
    "  BAUSER_ACCESS_TOKEN      an OAuth access token; or, to renew access "
    "tokens:\n"
    "  BAUSER_CLIENT_ID         the application that has signed in\n"
    "  BAUSER_CLIENT_SECRET     its secret, if it has one\n"
    "  BAUSER_REFRESH_TOKEN_FILE\n"
    "                           a file with the refresh token; --sign-in makes "
    "it,\n"
    "                           and it is replaced when the token changes\n"
    "  BAUSER_TOKEN_URL         another address of the token endpoint\n"
    "  BAUSER_APPLICATION_TOKEN, BAUSER_USERNAME, BAUSER_PASSWORD\n"
    "                           a legacy sign-in, if the service accepts one\n"
    "  SSL_CERT_FILE            CA certificates, if --cacert is not given\n"
    "\n"
    "Each BAUSER_ variable except BAUSER_REFRESH_TOKEN_FILE and "
    "BAUSER_TOKEN_URL\n"
    "can be replaced by a secret file or a command: append _FILE or _COMMAND\n"
    "to its name. A secret file must be readable by its owner only.\n"
    "\n"
    "Most options are also variables (--log-file is BAUSER_LOG_FILE) and keys\n"
    "of the configuration file. --show-config prints the sources of values.\n";

static const char exit_statuses[] =
    "\n"
    "Exit status:\n"
    "  0  every row succeeded\n"
    "  1  finished; some rows are Failed, Conflict or Drift\n"
    "  2  invalid usage or configuration; nothing was sent\n"
    "  3  INPUT was rejected; nothing was sent (from a pipe: see OUTPUT)\n"
    "  4  the sign-in was rejected; the run can be resumed\n"
    "  5  stopped early; the run can be resumed\n"
    "  6  a file, pipe or memory of this machine failed; the run can be "
    "resumed\n"
    "  7  finished; some rows are Unknown: they were sent, but their outcome "
    "could\n"
    "     not be verified\n"
    " 10  stopped as planned, such as by --limit; the run can be resumed\n"
    "With --detailed-exit-code also:\n"
    "  8  --dry-run: every row succeeded, and some would change their user\n"
    "  9  --reconcile: some rows are Drift, all others Match\n";

/* clang-format on */

/* Prints a word, on the next line if it does not fit. Returns the column after
 * it. */
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
    char names[64], range[64];
    size_t column;

    (void)snprintf(
        names, sizeof(names), "%c%c%c --%s%s%s", spec->letter ? '-' : ' ',
        spec->letter ? spec->letter : ' ', spec->letter ? ',' : ' ', spec->name,
        spec->argument ? " " : "", spec->argument ? spec->argument : "");
    fprintf(stream, "  %-*s", TEXT_COLUMN - 3, names);
    /* The text of a long name begins on the next line. */
    column = strlen(names) > TEXT_COLUMN - 3 ? WIDTH : TEXT_COLUMN - 1;
    column = print_words(stream, spec->text, column);
    if (spec->max > 0) {
        (void)snprintf(range, sizeof(range), "(%u to %u, default %u)",
                       spec->min, spec->max, spec->initial);
        print_words(stream, range, column);
    }
    fputc('\n', stream);
}

/* Prints how a service differs from the others, a phrase for each fact. */
static void print_service(FILE *stream, const struct service *service)
{
    const struct {
        bool applies;
        const char *text;
    } facts[] = {
        {service->customer == CUSTOMER_NUMBER,
         "accepts numbers as --customer-id and --account-id"},
        {service->customer == CUSTOMER_TENANT,
         "accepts the GUID of the customer's tenant as --customer-id"},
        {!service->developer_token, "needs no developer token"},
        {service->legacy_sign_in, "accepts a legacy sign-in"},
        {!service->sandbox, "has no sandbox address"},
        {service->google, "accepts --identity-provider google"},
        {service->end, service->end},
    };
    size_t column;

    fprintf(stream, "  %-*s", TEXT_COLUMN - 3, service->name);
    column = print_words(stream, service->title, TEXT_COLUMN - 1);
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
        if (facts[i].applies) {
            fputc(';', stream);
            column = print_words(stream, facts[i].text, column + 1);
        }
    }
    fputc('\n', stream);
}

void help_print(FILE *stream)
{
    const struct option_spec *spec;
    bool modes = true; /* the group of the last option printed */

    fputs(introduction, stream);
    fprintf(stream, "\n%s:\n", group_titles[GROUP_MODES]);
    for (spec = option_table; spec->name; spec++) {
        if (!spec->common)
            continue;
        if (modes && spec->group != GROUP_MODES) {
            fputs("\nCommon options:\n", stream);
            modes = false;
        }
        print_spec(stream, spec);
    }
    fputs(examples, stream);
    fputs(more, stream);
}

void help_print_all(FILE *stream)
{
    const struct option_spec *spec;

    fputs(introduction, stream);
    for (spec = option_table; spec->name; spec++) {
        if (spec == option_table || spec->group != spec[-1].group)
            fprintf(stream, "\n%s:\n", group_titles[spec->group]);
        print_spec(stream, spec);
    }
    fputs(repetition, stream);
    fputs("\nServices for --api (the first is the default):\n", stream);
    for (size_t i = 0; services[i]; i++)
        print_service(stream, services[i]);
    fputs(environment, stream);
    fputs(exit_statuses, stream);
    fputs(examples, stream);
}
