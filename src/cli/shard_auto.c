#include "cli/shard_auto.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/option_set.h"
#include "cli/option_table.h"
#include "cli/shard_name.h"
#include "cli/shard_variables.h"

/* The options that name a file that a run writes. */
static const char *const files[] = {
    "--diff", "--failed", "--log-file", "--metrics",
    "--plan", "--report", "--summary",  "--undo",
};

#define FILES (sizeof(files) / sizeof(files[0]))

/* Words that are not those of argv: --shard and K/N, an option and its value.
 */
#define ADDED (2 + 2 * FILES)

struct words {
    struct options *options;
    char **list;
    int count;
};

/* Takes the word. */
static int put(struct words *words, char *word)
{
    if (!word)
        return -1;
    words->list[words->count++] = word;
    return 0;
}

static int put_copy(struct words *words, const char *word)
{
    return put(words, strdup(word));
}

/* Adds a file that is named by the shard; *path becomes the word. */
static int put_name(struct words *words, const char **path)
{
    const struct options *options = words->options;

    if (put(words, shard_name_make(*path, options->shard, options->shards)))
        return -1;
    *path = words->list[words->count - 1];
    return 0;
}

static int put_shard(struct words *words)
{
    char text[32];

    (void)snprintf(text, sizeof(text), "%u/%u", words->options->shard,
                   words->options->shards);
    return put_copy(words, "--shard") || put_copy(words, text) ? -1 : 0;
}

/* The file may have been named by the environment or a profile. */
static int put_file(struct words *words, const char *option)
{
    const struct option_spec *spec = option_table_find(option);
    const char **path = option_set_member(words->options, spec);

    if (!*path)
        return 0;
    words->options->decided[option_table_index(spec)] = true;
    return put_copy(words, option) || put_name(words, path) ? -1 : 0;
}

static bool is_replaced(const char *word)
{
    const struct option_spec *spec = option_table_find(word);

    if (spec && spec == option_table_find("--shard"))
        return true;
    for (size_t i = 0; spec && i < FILES; i++)
        if (spec == option_table_find(files[i]))
            return true;
    return false;
}

static int put_operand_or_option(struct words *words, const char *word)
{
    struct options *options = words->options;
    int result;

    if (word == options->output)
        return put_name(words, &options->output);
    result = put_copy(words, word);
    if (result == 0 && word == options->input)
        options->input = words->list[words->count - 1];
    return result;
}

static int put_rest(struct words *words)
{
    const struct options *options = words->options;
    bool ended = false; /* by "--" */

    for (int i = 1; i < options->argc; i++) {
        const char *word = options->argv[i];
        bool takes_value =
            !ended && option_table_takes_next(word) && i + 1 < options->argc;

        if (!ended && is_replaced(word)) {
            i += takes_value;
            continue;
        }
        ended = ended || strcmp(word, "--") == 0;
        if (put_operand_or_option(words, word) ||
            (takes_value && put_copy(words, options->argv[++i])))
            return -1;
    }
    return 0;
}

static int name_files(struct options *options)
{
    struct words words = {.options = options};

    words.list = calloc((size_t)options->argc + ADDED + 1, sizeof(char *));
    options->words = words.list;
    if (!words.list || put_copy(&words, options->argv[0]) || put_shard(&words))
        return -1;
    for (size_t i = 0; i < FILES; i++)
        if (put_file(&words, files[i]))
            return -1;
    if (put_rest(&words))
        return -1;
    options->argv = words.list;
    options->argc = words.count;
    return 0;
}

int shard_auto_apply(struct options *options, struct error *error)
{
    struct shard_found found;

    if (!options->shard_auto)
        return 0;
    if (shard_variables_read(&found, options->shards, OPTIONS_SHARDS_MAX,
                             error))
        return -1;
    options->shard = found.shard;
    options->shards = found.shards;
    options->shard_variable = found.variable;
    options->unsharded = options->output;
    return name_files(options) ? error_memory(error) : 0;
}
