#include "offline/merge_missing.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/shard_name.h"
#include "ending/summary_file.h"
#include "offline/merge_shards.h"

#define EXPRESSION_SIZE 400

/* Writes "3,7-9", or its beginning and "...". Returns the number of shards. */
static unsigned format_missing(char text[EXPRESSION_SIZE],
                               const struct merge_shards *shards)
{
    unsigned missing = 0, last;
    size_t len = 0;

    text[0] = '\0';
    for (unsigned i = 0; i < shards->count; i = last + 1) {
        last = i;
        if (shards->list[i].complete)
            continue;
        while (last + 1 < shards->count && !shards->list[last + 1].complete)
            last++;
        missing += last - i + 1;
        if (len + 40 > EXPRESSION_SIZE)
            continue;
        len += (size_t)snprintf(text + len, EXPRESSION_SIZE - len, "%s%u",
                                len > 0 ? "," : "", i);
        if (last > i)
            len += (size_t)snprintf(text + len, EXPRESSION_SIZE - len, "-%u",
                                    last);
        if (len + 40 > EXPRESSION_SIZE)
            len += (size_t)snprintf(text + len, EXPRESSION_SIZE - len, ",...");
    }
    return missing;
}

/* ---- commands ----------------------------------------------------------- */

/* Writes the text with each "J/N" and "J-of-N" replaced by those of the shard.
 * NULL without memory. */
static char *replace_shard(const char *command, const struct run_shard *from,
                           unsigned to)
{
    char names[2][40], others[2][40], *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);

    if (!stream)
        return NULL;
    (void)snprintf(names[0], 40, " %u/%u ", from->index, from->count);
    (void)snprintf(names[1], 40, ".%u-of-%u", from->index, from->count);
    (void)snprintf(others[0], 40, " %u/%u ", to, from->count);
    (void)snprintf(others[1], 40, ".%u-of-%u", to, from->count);
    while (*command) {
        size_t i = 0;

        while (i < 2 && strncmp(command, names[i], strlen(names[i])) != 0)
            i++;
        if (i == 2) {
            fputc(*command++, stream);
        } else {
            fputs(others[i], stream);
            command += strlen(names[i]);
        }
    }
    if (fclose(stream)) {
        free(text);
        return NULL;
    }
    return text;
}

/* The summary of any shard, finished or not, that records its command. The
 * caller clears it in any case. */
static bool find_example(const struct merge_shards *shards,
                         const struct file_system *files,
                         const struct options *options,
                         struct run_summary *found)
{
    for (unsigned i = 0; i < 2 * shards->count; i++) {
        unsigned shard = i / 2;
        struct options of_shard = *options;
        char *name = options->summary ? shard_name_make(options->summary, shard,
                                                        shards->count)
                                      : NULL;
        const char *why = NULL;

        of_shard.output = shards->list[shard].path;
        of_shard.summary = name;
        if (name || !options->summary)
            why = summary_file_read(files, &of_shard, i % 2, found);
        free(name);
        if (!why && found->shard.command && found->shard.index == shard &&
            found->shard.count == shards->count &&
            !strstr(found->shard.command, " --retry-failed"))
            return true;
        run_summary_clear(found);
    }
    return false;
}

static void add_commands(const struct merge_shards *shards,
                         const struct run_summary *example,
                         struct run_summary *summary)
{
    char text[64];

    for (unsigned i = 0; i < shards->count; i++) {
        char *command;

        if (shards->list[i].complete)
            continue;
        command = replace_shard(example->shard.command, &example->shard, i);
        (void)snprintf(text, sizeof(text), "to run or resume shard %u/%u", i,
                       shards->count);
        if (command)
            run_summary_add_step(summary, "resume", text, command);
        free(command);
    }
}

/* Only Slurm submits parts of an array. */
static bool is_of_slurm(const struct run_summary *example)
{
    const char *variable = example->shard.variable;

    return variable && strncmp(variable, "SLURM_", 6) == 0;
}

int merge_missing_check(const struct merge_shards *shards,
                        const struct file_system *files,
                        const struct options *options,
                        struct run_summary *summary, struct error *error)
{
    struct run_summary example = {.texts = NULL};
    char text[EXPRESSION_SIZE], advice[EXPRESSION_SIZE + 100] = "";
    unsigned missing = format_missing(text, shards);

    if (missing == 0)
        return 0;
    if (find_example(shards, files, options, &example)) {
        add_commands(shards, &example, summary);
        if (is_of_slurm(&example) && !strstr(text, "..."))
            (void)snprintf(advice, sizeof(advice),
                           "; submit the same job again with sbatch "
                           "--array=%s and --shard auto/%u",
                           text, shards->count);
    }
    run_summary_clear(&example);
    return error_set(error, ERROR_STOPPED,
                     "shard%s %s of %u %s missing, unfinished or running, so "
                     "nothing was written%s",
                     missing == 1 ? "" : "s", text, shards->count,
                     missing == 1 ? "is" : "are", advice);
}
