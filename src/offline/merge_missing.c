#include "offline/merge_missing.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* The option of shard_command_print(), and what names of files contain. */
struct marks {
    char option[40], name[40];
};

static struct marks make_marks(unsigned shard, unsigned shards)
{
    struct marks marks;

    (void)snprintf(marks.option, 40, " --shard %u/%u ", shard, shards);
    (void)snprintf(marks.name, 40, ".%u-of-%u", shard, shards);
    return marks;
}

static bool replace(FILE *stream, const char **text, const char *from,
                    const char *to)
{
    if (strncmp(*text, from, strlen(from)) != 0)
        return false;
    fputs(to, stream);
    *text += strlen(from);
    return true;
}

/* Writes the command with the marks of the shard. NULL without memory. */
static char *replace_shard(const char *command, const struct run_shard *from,
                           unsigned to)
{
    const struct marks old = make_marks(from->index, from->count);
    const struct marks new = make_marks(to, from->count);
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);

    if (!stream)
        return NULL;
    while (*command)
        if (!replace(stream, &command, old.option, new.option) &&
            !replace(stream, &command, old.name, new.name))
            fputc(*command++, stream);
    if (fclose(stream)) {
        free(text);
        return NULL;
    }
    return text;
}

static bool is_retry(const struct run_summary *summary)
{
    return strstr(summary->shard.command, " --retry-failed") != NULL;
}

/* The summary of the shard, finished or not, that records its command. The
 * caller clears it in any case. A retry needs the result that is missing. */
static bool find_own(const struct merge_shards *shards, unsigned shard,
                     const struct file_system *files,
                     const struct options *options, struct run_summary *found)
{
    for (int complete = 0; complete <= 1; complete++) {
        if (!merge_shards_read_summary(shards, shard, complete, files, options,
                                       found) &&
            found->shard.command && found->shard.index == shard &&
            found->shard.count == shards->count &&
            !(found->complete && is_retry(found)))
            return true;
        run_summary_clear(found);
    }
    return false;
}

/* After a stop, without the option that stopped it. */
static const char *own_command(const struct run_summary *own)
{
    for (unsigned i = 0; i < own->step_count; i++)
        if (strcmp(own->steps[i].name, "resume") == 0)
            return own->steps[i].command;
    return own->shard.command;
}

/* Has each file that the command writes a name with the mark? The log may be
 * shared. In doubt, as with quotes in a name, it has not. */
static bool has_own_files(const char *command, const char *mark)
{
    static const char *const options[] = {"--diff",    "--failed", "--metrics",
                                          "--plan",    "--report", "--undo",
                                          "--summary", NULL};

    for (unsigned i = 0; options[i]; i++) {
        const char *at = command;

        while ((at = strstr(at, options[i]))) {
            const char *found, *end;

            at += strlen(options[i]);
            if (*at != ' ' && *at != '=')
                continue;
            found = strstr(at, mark);
            end = strstr(at + 1, at[1] == '\'' ? "' " : " ");
            if (!found || (end && found > end))
                return false;
        }
    }
    return true;
}

/* A shard whose command, with the marks of another one, names none of its own
 * files. */
static bool find_example(const struct merge_shards *shards,
                         const struct file_system *files,
                         const struct options *options,
                         struct run_summary *found)
{
    for (unsigned i = 0; i < shards->count; i++) {
        const struct marks marks = make_marks(i, shards->count);

        if (find_own(shards, i, files, options, found) && !is_retry(found) &&
            strstr(found->shard.command, marks.option) && found->output &&
            strstr(found->output, marks.name) &&
            has_own_files(found->shard.command, marks.name))
            return true;
        run_summary_clear(found);
    }
    return false;
}

/* example: empty if there is none. */
static void add_command(const struct merge_shards *shards, unsigned shard,
                        const struct file_system *files,
                        const struct options *options,
                        const struct run_summary *example,
                        struct run_summary *summary)
{
    struct run_summary own = {.texts = NULL};
    char text[64], *command = NULL;

    if (find_own(shards, shard, files, options, &own))
        command = strdup(own_command(&own));
    else if (example->shard.command)
        command = replace_shard(example->shard.command, &example->shard, shard);
    (void)snprintf(text, sizeof(text), "to run or resume shard %u/%u", shard,
                   shards->count);
    if (command)
        run_summary_add_step(summary, "resume", text, command);
    free(command);
    run_summary_clear(&own);
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
    (void)find_example(shards, files, options, &example);
    for (unsigned i = 0; i < shards->count; i++)
        if (!shards->list[i].complete)
            add_command(shards, i, files, options, &example, summary);
    if (is_of_slurm(&example) && !strstr(text, "..."))
        (void)snprintf(advice, sizeof(advice),
                       "; submit the same job again with sbatch --array=%s "
                       "and --shard auto/%u",
                       text, shards->count);
    run_summary_clear(&example);
    return error_set(error, ERROR_STOPPED,
                     "shard%s %s of %u %s missing, unfinished or running, so "
                     "nothing was written%s",
                     missing == 1 ? "" : "s", text, shards->count,
                     missing == 1 ? "is" : "are", advice);
}
