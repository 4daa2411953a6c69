/*
 * The command line: each line of the input is one argument.
 */
#include "fuzz.h"

#include "cli/command_line.h"
#include "service/service.h"

#define MAX_ARGUMENTS 32
#define LINE_SIZE     256

/* Tokens are sent to the endpoint, so it must use TLS or be this machine. */
static void must_be_safe(const char *endpoint)
{
    static const char *const starts[] = {"https://", "http://localhost",
                                         "http://127.", "http://[::1]"};
    size_t i = 0;

    while (i < sizeof(starts) / sizeof(starts[0]) &&
           strncmp(endpoint, starts[i], strlen(starts[i])) != 0)
        i++;
    MUST(i < sizeof(starts) / sizeof(starts[0]));
}

/* A mode without files has no operands; a list and a merge have no INPUT. */
static void must_have_operands(const struct options *options)
{
    bool files = mode_has_files(options->mode);
    bool input =
        files && options->mode != MODE_LIST && options->mode != MODE_MERGE;

    MUST(input ? options->input && *options->input : !options->input);
    if (!files)
        MUST(!options->output);
    else if (options->mode != MODE_CHECK)
        MUST(options->output && *options->output);
}

static void must_be_sound(const struct options *options)
{
    must_have_operands(options);
    MUST(!options->diff || options->mode == MODE_DRY_RUN);
    MUST(options->service && options->endpoint);
    must_be_safe(options->endpoint);
    MUST(options->shards > 0 && options->shard < options->shards);
    MUST(options->concurrency > 0 && options->timeout > 0 &&
         options->connect_timeout > 0 && options->window > 0);
    MUST(!options->delimiter || !strchr("\r\n\"", options->delimiter));
    MUST(!options->customer_id ||
         !options->customer_id[strspn(options->customer_id, "0123456789")]);
    for (size_t i = 0; i < options->map_count; i++)
        MUST(*options->maps[i].from && *options->maps[i].to);
}

/* A secret may follow the '=' of an unknown option, so a message contains no
 * '='. The exception is the option "-=". */
static void must_be_silent(const char *text)
{
    if (strncmp(text, "unknown option ", 15) == 0 &&
        strncmp(text, "unknown option -=;", 18) != 0)
        MUST(!strchr(text, '='));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes input = {(const char *)data, size};
    static char program[] = "bauser-batch";
    char lines[MAX_ARGUMENTS][LINE_SIZE];
    char *argv[MAX_ARGUMENTS + 2] = {program};
    struct options options;
    struct error error = {.kind = ERROR_NONE};
    int argc = 1;

    for (; input.len > 0 && argc <= MAX_ARGUMENTS; argc++) {
        argv[argc] = lines[argc - 1];
        take_line(&input, argv[argc], LINE_SIZE);
    }
    if (command_line_parse(&options, argc, argv, &error)) {
        must_be_error(&error, ERROR_USAGE);
        must_be_silent(error.text);
    } else if (options.action == OPTIONS_RUN) {
        must_be_sound(&options);
    }
    options_clear(&options);
    return 0;
}
