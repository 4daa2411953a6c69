#include "offline/merge_shards.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cli/shard_name.h"
#include "ending/ending.h"
#include "ending/summary_file.h"
#include "setup/shard_files.h"

/* ---- finding ------------------------------------------------------------ */

struct search {
    const char *output;
    struct merge_shards *shards;
    char first[NAME_MAX + 1]; /* the name of the first file */
};

static int make_list(struct search *search, unsigned count, struct error *error)
{
    struct merge_shards *shards = search->shards;

    if (count > MERGE_SHARDS_MAX)
        return error_set(error, ERROR_USAGE,
                         "%s is of a run of %u shards, and --merge takes at "
                         "most %d",
                         search->first, count, MERGE_SHARDS_MAX);
    shards->list = calloc(count, sizeof(*shards->list));
    if (!shards->list)
        return error_memory(error);
    shards->count = count;
    for (unsigned i = 0; i < count; i++) {
        shards->list[i].path = shard_name_make(search->output, i, count);
        if (!shards->list[i].path)
            return error_memory(error);
    }
    return 0;
}

static int take_file(void *context, const struct shard_file *file,
                     struct error *error)
{
    struct search *search = context;
    struct merge_shards *shards = search->shards;

    if (!shards->list) {
        (void)snprintf(search->first, sizeof(search->first), "%s", file->name);
        return make_list(search, file->shards, error);
    }
    if (file->shards == shards->count)
        return 0;
    return error_set(error, ERROR_USAGE,
                     "%s and %s are of runs with different numbers of shards; "
                     "move the files of one of them away",
                     search->first, file->name);
}

static bool exists(const char *path, const char *suffix)
{
    char *name = file_name_beside(path, suffix);
    struct stat status;
    bool found = name && stat(name, &status) == 0;

    free(name);
    return found;
}

int merge_shards_find(struct merge_shards *shards,
                      const struct options *options, struct error *error)
{
    struct search search = {.output = options->output, .shards = shards};

    *shards = (struct merge_shards){.count = 0};
    if (shard_files_each(options->output, take_file, &search, error))
        return -1;
    if (shards->count == 0) {
        char *name = shard_name_make(options->output, 0, 16);

        (void)error_set(error, ERROR_USAGE,
                        "there are no shards of %s, whose names would be like "
                        "%s; name OUTPUT as in the runs of its shards",
                        options->output, name ? name : "NAME.0-of-16.csv");
        free(name);
        return -1;
    }
    for (unsigned i = 0; i < shards->count; i++) {
        struct merge_shard *shard = &shards->list[i];

        shard->complete = exists(shard->path, "") &&
                          !exists(shard->path, ".journal") &&
                          !exists(shard->path, ".part");
    }
    return 0;
}

void merge_shards_clear(struct merge_shards *shards)
{
    for (unsigned i = 0; i < shards->count; i++) {
        free(shards->list[i].path);
        free(shards->list[i].undo);
    }
    free(shards->list);
    *shards = (struct merge_shards){.count = 0};
}

/* ---- summaries ---------------------------------------------------------- */

const char *merge_shards_read_summary(const struct merge_shards *shards,
                                      unsigned index, bool complete,
                                      const struct file_system *files,
                                      const struct options *options,
                                      struct run_summary *summary)
{
    struct options of_shard = *options;
    char *name = options->summary
                     ? shard_name_make(options->summary, index, shards->count)
                     : NULL;
    const char *why;

    of_shard.output = shards->list[index].path;
    of_shard.summary = name;
    why = options->summary && !name
              ? "out of memory"
              : summary_file_read(files, &of_shard, complete, summary);
    free(name);
    return why;
}

/* Is it the summary of this shard, and of its result? */
static int check_own(const struct merge_shards *shards, unsigned index,
                     const struct file_system *files,
                     const struct run_summary *summary, struct error *error)
{
    const char *path = shards->list[index].path;
    unsigned char digest[HASH_SIZE];
    char present[RUN_SUMMARY_DIGEST];

    if (summary->shard.count == 0)
        return error_set(error, ERROR_USAGE,
                         "%s is not the result of a shard: it was written "
                         "without --shard",
                         path);
    if (summary->shard.index != index || summary->shard.count != shards->count)
        return error_set(error, ERROR_USAGE,
                         "%s is the result of shard %u/%u, not of %u/%u: it is "
                         "a copy, or was renamed",
                         path, summary->shard.index, summary->shard.count,
                         index, shards->count);
    if (summary->mode == MODE_EXPORT || summary->mode == MODE_CHECK ||
        !mode_has_results(summary->mode))
        return error_set(error, ERROR_USAGE,
                         "%s is the result of --%s, whose shards cannot be "
                         "merged",
                         path, mode_name(summary->mode));
    if (!*summary->input_sha256)
        return error_set(error, ERROR_USAGE,
                         "%s has not all of its rows, because the INPUT of "
                         "shard %u/%u was rejected; correct it, and run the "
                         "shard again",
                         path, index, shards->count);
    if (file_digest(files, path, digest))
        return error_set(error, ERROR_USAGE, "cannot read %s: %s", path,
                         strerror(errno));
    run_summary_put_digest(present, digest);
    if (summary->complete && strcmp(present, summary->output_sha256) == 0)
        return 0;
    return error_set(error, ERROR_USAGE,
                     "%s is not the file that its summary describes (SHA-256 "
                     "%.12s, not %.12s): restore it, or run shard %u/%u again",
                     path, present, summary->output_sha256, index,
                     shards->count);
}

/* Options that differ from shard to shard. A shard may be retried alone. */
static bool is_own(const char *name)
{
    static const char *const own[] = {"shard", "undo", "plan", "retry-failed"};

    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
        if (strcmp(own[i], name) == 0)
            return true;
    return false;
}

/* An option of one whose value the other has not; NULL: there is none. */
static const char *find_difference(const struct run_summary *one,
                                   const struct run_summary *other)
{
    for (unsigned i = 0; i < one->option_count; i++) {
        const char *name = one->options[i].name;
        const char *value = run_summary_option(other, name);

        if (!is_own(name) &&
            (!value || strcmp(value, one->options[i].value) != 0))
            return name;
    }
    return NULL;
}

static void describe_option(char text[120], const struct run_summary *summary,
                            const char *name)
{
    const char *value = run_summary_option(summary, name);

    if (!value)
        (void)snprintf(text, 120, "without --%.40s", name);
    else if (strcmp(value, "yes") == 0)
        (void)snprintf(text, 120, "with --%.40s", name);
    else
        (void)snprintf(text, 120, "with --%.40s '%.60s'", name, value);
}

/* Are both of one run? */
static int check_same(const char *path, const struct run_summary *summary,
                      const char *first_path, const struct run_summary *first,
                      struct error *error)
{
    char one[120], other[120];
    const char *name;

    if (strcmp(summary->input_sha256, first->input_sha256) != 0)
        return error_set(error, ERROR_USAGE,
                         "%s is of a run with another INPUT than %s: its "
                         "SHA-256 begins with %.12s, not with %.12s",
                         path, first_path, summary->input_sha256,
                         first->input_sha256);
    name = find_difference(first, summary);
    if (!name)
        name = find_difference(summary, first);
    if (!name)
        return 0;
    describe_option(one, summary, name);
    describe_option(other, first, name);
    return error_set(error, ERROR_USAGE,
                     "%s is of another run than %s: it was made %s, the other "
                     "one %s",
                     path, first_path, one, other);
}

/* ---- adding up ---------------------------------------------------------- */

static void add_part(struct run_part *all, const struct run_part *part)
{
    struct run_part sum = *part;

    sum.start =
        all->start > 0 && all->start < part->start ? all->start : part->start;
    sum.end = all->end > part->end ? all->end : part->end;
    sum.elapsed = sum.end - sum.start;
    sum.calls.get += all->calls.get;
    sum.calls.update += all->calls.update;
    sum.calls.probe += all->calls.probe;
    sum.calls.token += all->calls.token;
    sum.calls.throttled += all->calls.throttled;
    sum.calls.renewals += all->calls.renewals;
    sum.retries += all->retries;
    *all = sum;
}

static int add(struct merge_shards *shards, unsigned index,
               struct run_summary *sum, const struct run_summary *summary,
               struct error *error)
{
    struct merge_shard *shard = &shards->list[index];
    const char *undo = run_summary_option(summary, "undo");

    shard->undo = undo ? strdup(undo) : NULL;
    if (undo && !shard->undo)
        return error_memory(error);
    shard->retried = run_summary_option(summary, "retry-failed") != NULL;
    shard->sent = summary->all.calls.update;
    memcpy(shard->sha256, summary->output_sha256, sizeof(shard->sha256));
    shard->rows = summary->tally.rows;
    shard->failed = ending_rows_failed(&summary->tally);
    shard->updated = summary->tally.by_status[STATUS_UPDATED] +
                     summary->tally.by_status[STATUS_UNKNOWN];
    shard->elapsed = summary->all.elapsed;
    add_part(&sum->all, &summary->all);
    sum->tally.cells += summary->tally.cells;
    sum->tally.drifting += summary->tally.drifting;
    if (summary->shard.rows == 0 || summary->shard.rows == shards->rows)
        return 0;
    if (shards->rows > 0)
        return error_set(error, ERROR_USAGE,
                         "%s is of a run with %" PRIu64 " rows in all shards, "
                         "but another one has %" PRIu64,
                         shard->path, summary->shard.rows, shards->rows);
    shards->rows = summary->shard.rows;
    return 0;
}

/* The first summary becomes that of the merge, without what is its own. */
static void begin_sum(struct run_summary *sum)
{
    unsigned count = 0;

    sum->tally = (struct tally){.rows = 0};
    sum->all = (struct run_part){.start = 0};
    sum->plan = (struct run_plan){.name = NULL};
    sum->step_count = 0;
    sum->fingerprint[0] = '\0';
    sum->resumed = sum->complete = false;
    for (unsigned i = 0; i < sum->option_count; i++)
        if (!is_own(sum->options[i].name))
            sum->options[count++] = sum->options[i];
    sum->option_count = count;
}

static int read_shard(struct merge_shards *shards, unsigned index,
                      const struct file_system *files,
                      const struct options *options,
                      const struct run_summary *first,
                      struct run_summary *summary, struct error *error)
{
    const char *path = shards->list[index].path;
    const char *why =
        merge_shards_read_summary(shards, index, true, files, options, summary);

    if (why)
        return error_set(error, ERROR_USAGE,
                         "the summary of %s cannot be read, and without it the "
                         "shard cannot be merged: %s; pass the --summary of "
                         "its run, or run shard %u/%u again",
                         path, why, index, shards->count);
    if (check_own(shards, index, files, summary, error))
        return -1;
    return first == summary
               ? 0
               : check_same(path, summary, shards->list[0].path, first, error);
}

int merge_shards_read(struct merge_shards *shards,
                      const struct file_system *files,
                      const struct options *options,
                      struct run_summary *summary, struct error *error)
{
    struct run_summary first = {.texts = NULL}, other;
    int result;

    result = read_shard(shards, 0, files, options, summary, summary, error);
    if (result) {
        summary->step_count = 0; /* those after the run of the shard */
        summary->complete = false;
        return -1;
    }
    /* Compared with the others; the texts stay those of the summary. */
    first = *summary;
    begin_sum(summary);
    result = add(shards, 0, summary, &first, error);
    for (unsigned i = 1; i < shards->count && result == 0; i++) {
        other = (struct run_summary){.texts = NULL};
        result = read_shard(shards, i, files, options, &first, &other, error);
        if (result == 0)
            result = add(shards, i, summary, &other, error);
        run_summary_clear(&other);
    }
    return result;
}
