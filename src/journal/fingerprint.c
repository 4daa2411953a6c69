#include "journal/fingerprint.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "base/version.h"

/* The name and the value of the first line. Increase the number with each
 * change of the format or the meaning of a journal's records. */
#define TITLE   "bauser-batch"
#define VERSION "journal 9"

/* Names of lines that are compared in a way of their own. */
#define RELEASE "release"
#define OUTPUT  "output"
#define PRIOR   "prior"

#define SHOWN_SIZE 120 /* bytes of an option and its value in messages */

/* ---- building ----------------------------------------------------------- */

/* Escapes line ends, so that a value stays on its line, and quotes, so that an
 * unescaped quote ends the value. */
static int put_escaped(struct buffer *text, const char *value)
{
    int result = 0;

    for (; *value && result == 0; value++) {
        if (*value == '\n')
            result = buffer_puts(text, "\\n");
        else if (*value == '\\' || *value == '\'')
            result = buffer_printf(text, "\\%c", *value);
        else
            result = buffer_append(text, value, 1);
    }
    return result;
}

/* An option with a value; NULL: it was not given. */
static int put_option(struct buffer *text, const char *name, const char *value)
{
    if (!value)
        return buffer_printf(text, "%s no\n", name);
    return buffer_printf(text, "%s '", name) || put_escaped(text, value) ||
                   buffer_puts(text, "'\n")
               ? -1
               : 0;
}

static int put_flag(struct buffer *text, const char *name, bool given)
{
    return buffer_printf(text, "%s %s\n", name, given ? "yes" : "no");
}

static int put_ignores(struct buffer *text,
                       const struct fingerprint_setup *setup)
{
    if (buffer_puts(text, setup->ignore_count ? "ignore" : "ignore no"))
        return -1;
    for (size_t i = 0; i < setup->ignore_count; i++) {
        if (buffer_puts(text, " '") || put_escaped(text, setup->ignores[i]) ||
            buffer_puts(text, "'"))
            return -1;
    }
    return buffer_puts(text, "\n");
}

/* An option COLUMN=VALUE, or only COLUMN, that can be repeated. */
static int put_pairs(struct buffer *text, const char *name,
                     const struct name_pair *pairs, size_t count)
{
    if (buffer_printf(text, "%s%s", name, count ? "" : " no"))
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (buffer_puts(text, " '") || put_escaped(text, pairs[i].from) ||
            (pairs[i].to &&
             (buffer_puts(text, "=") || put_escaped(text, pairs[i].to))) ||
            buffer_puts(text, "'"))
            return -1;
    }
    return buffer_puts(text, "\n");
}

/* A digest; NULL: "-". */
static int put_digest(struct buffer *text, const char *name,
                      const unsigned char *digest)
{
    return buffer_printf(text, "%s %s", name, digest ? "" : "-") ||
                   (digest && buffer_put_hex(text, digest, HASH_SIZE)) ||
                   buffer_puts(text, "\n")
               ? -1
               : 0;
}

int fingerprint_build(struct buffer *text,
                      const struct fingerprint_setup *setup)
{
    const char delimiter[] = {setup->delimiter, '\0'};

    return buffer_puts(text, TITLE " " VERSION "\n" RELEASE " " BAUSER_VERSION
                                   "\n") ||
                   put_digest(text, "input", setup->input) ||
                   put_option(text, OUTPUT, setup->output) ||
                   put_option(text, "undo", setup->undo) ||
                   put_option(text, "plan", setup->plan) ||
                   put_option(text, "approve", setup->approve) ||
                   put_option(text, "api", setup->service) ||
                   put_option(text, "endpoint", setup->endpoint) ||
                   put_option(text, "customer-id", setup->customer_id) ||
                   put_option(text, "account-id", setup->account_id) ||
                   put_flag(text, "dry-run", setup->mode == MODE_DRY_RUN) ||
                   put_flag(text, "reconcile", setup->mode == MODE_RECONCILE) ||
                   put_flag(text, "list", setup->mode == MODE_LIST) ||
                   put_flag(text, "deleted", setup->deleted) ||
                   put_flag(text, "loose", setup->loose) ||
                   put_flag(text, "all-guards", setup->all_guards) ||
                   put_flag(text, "retry-failed", setup->retry_failed) ||
                   put_digest(text, PRIOR, setup->prior) ||
                   put_option(text, "encoding", setup->encoding) ||
                   put_option(text, "delimiter",
                              setup->delimiter ? delimiter : "auto") ||
                   buffer_printf(text, "skip-lines '%u'\n",
                                 setup->skip_lines) ||
                   put_flag(text, "ignore-unknown", setup->ignore_unknown) ||
                   put_option(text, "clear-token", setup->clear_token) ||
                   put_flag(text, "ignore-guards", setup->ignore_guards) ||
                   put_pairs(text, "allow-suspicious", setup->allows,
                             setup->allow_count) ||
                   put_pairs(text, "map", setup->maps, setup->map_count) ||
                   put_ignores(text, setup) ||
                   buffer_printf(text, "skip '%" PRIu64 "'\n", setup->skip) ||
                   put_pairs(text, "where", setup->wheres,
                             setup->where_count) ||
                   buffer_printf(text, "window '%u'\nshard '%u/%u'\n",
                                 setup->window, setup->shard, setup->shards) ||
                   put_option(text, "shard-by", setup->shard_by)
               ? -1
               : 0;
}

/* ---- comparing ---------------------------------------------------------- */

/* What has not been read yet. */
struct rest {
    const char *at;
    size_t left;
};

/* A line, split into its name and its value. */
struct line {
    char name[32];
    struct rest value;
};

static int take_line(struct rest *lines, struct line *line)
{
    const char *end = memchr(lines->at, '\n', lines->left);
    const char *space =
        end ? memchr(lines->at, ' ', (size_t)(end - lines->at)) : NULL;
    size_t len;

    if (!space || (size_t)(space - lines->at) >= sizeof(line->name))
        return -1;
    len = (size_t)(space - lines->at);
    memcpy(line->name, lines->at, len);
    line->name[len] = '\0';
    line->value = (struct rest){space + 1, (size_t)(end - space) - 1};
    lines->left -= (size_t)(end + 1 - lines->at);
    lines->at = end + 1;
    return 0;
}

static bool is_same_line(const struct line *one, const struct line *other)
{
    return strcmp(one->name, other->name) == 0 &&
           one->value.left == other->value.left &&
           memcmp(one->value.at, other->value.at, one->value.left) == 0;
}

static void copy_value(const struct line *line, char *value, size_t size)
{
    size_t len = line->value.left < size ? line->value.left : size - 1;

    memcpy(value, line->value.at, len);
    value[len] = '\0';
}

/* "a pipe", "SHA-256 0123456789ab..." */
static void describe_input(const struct line *line, char shown[SHOWN_SIZE])
{
    char hash[13];
    char text[32] = "a pipe";

    copy_value(line, hash, sizeof(hash));
    if (*hash != '-')
        (void)snprintf(text, sizeof(text), "SHA-256 %s...", hash);
    (void)utf8_clean(shown, SHOWN_SIZE, text);
}

/* "without --map", "with --dry-run", "with --window '1000'"; shortened if it is
 * too long. */
static void describe_option(const struct line *line, char shown[SHOWN_SIZE])
{
    char value[2 * SHOWN_SIZE], text[3 * SHOWN_SIZE];

    copy_value(line, value, sizeof(value));
    if (strcmp(value, "no") == 0)
        (void)snprintf(text, sizeof(text), "without --%s", line->name);
    else if (strcmp(value, "yes") == 0)
        (void)snprintf(text, sizeof(text), "with --%s", line->name);
    else
        (void)snprintf(text, sizeof(text), "with --%s %s", line->name, value);
    (void)utf8_clean(shown, SHOWN_SIZE, text);
}

/* The second line contains the release that can resume the run, since version 4
 * of the format. */
static int reject_version(const char *path, struct rest lines,
                          struct error *error)
{
    char release[SHOWN_SIZE], text[SHOWN_SIZE] = "an earlier release";
    char shown[SHOWN_SIZE];
    struct line title, line;

    if (take_line(&lines, &title) == 0 && take_line(&lines, &line) == 0 &&
        strcmp(line.name, RELEASE) == 0) {
        copy_value(&line, release, sizeof(release));
        (void)snprintf(text, sizeof(text), "release %.64s", release);
    }
    (void)utf8_clean(shown, sizeof(shown), text);
    return error_set(error, ERROR_USAGE,
                     "%s was written by %s of bauser-batch, in a format that "
                     "this release (" BAUSER_VERSION ") does not read: resume "
                     "the run with that release, or use --restart to discard "
                     "the journal",
                     path, shown);
}

/* The message contains the value that differs, before and now. */
static int reject_other(const char *path, const struct line *old,
                        const struct line *new, struct error *error)
{
    char before[SHOWN_SIZE], now[SHOWN_SIZE];

    if (strcmp(new->name, OUTPUT) == 0) {
        copy_value(old, before, sizeof(before));
        (void)utf8_clean(now, sizeof(now), before);
        return error_set(error, ERROR_USAGE,
                         "%s is a copy of the journal of OUTPUT %s: resume "
                         "that run with its own OUTPUT, or use --restart to "
                         "discard the copy",
                         path, now);
    }
    if (strcmp(new->name, PRIOR) == 0)
        return error_set(error, ERROR_USAGE,
                         "OUTPUT, whose rows are retried, was changed after "
                         "the run began that left %s: restore OUTPUT, or use "
                         "--restart to discard the journal",
                         path);
    if (strcmp(new->name, "input") == 0) {
        describe_input(old, before);
        describe_input(new, now);
        return error_set(error, ERROR_USAGE,
                         "%s belongs to a run with another input (%s; this "
                         "one is %s): use the same INPUT, or --restart to "
                         "discard the journal",
                         path, before, now);
    }
    describe_option(old, before);
    describe_option(new, now);
    return error_set(error, ERROR_USAGE,
                     "%s belongs to a run %s, this one is %s: use the same "
                     "options, or --restart to discard the journal",
                     path, before, now);
}

static int reject_changed(const char *path, struct error *error)
{
    return error_set(error, ERROR_USAGE,
                     "%s does not begin with a journal header of this program: "
                     "use --restart to discard it",
                     path);
}

bool fingerprint_is_one(const char *text)
{
    static const char start[] = TITLE " ";

    return strncmp(text, start, sizeof(start) - 1) == 0;
}

int fingerprint_compare(const char *path, const struct buffer *old,
                        const struct buffer *new, bool with_prior,
                        struct error *error)
{
    const struct rest all = {old->data, old->len};
    struct rest old_lines = all;
    struct rest new_lines = {new->data, new->len};
    struct line old_line, new_line;

    while (new_lines.left > 0 && take_line(&new_lines, &new_line) == 0) {
        const char *name = new_line.name;

        if (take_line(&old_lines, &old_line))
            return reject_changed(path, error);
        if (strcmp(name, TITLE) == 0 && !is_same_line(&old_line, &new_line))
            return reject_version(path, all, error);
        if (strcmp(old_line.name, name) != 0)
            return reject_changed(path, error);
        if (strcmp(name, RELEASE) == 0 ||
            (strcmp(name, PRIOR) == 0 && !with_prior))
            continue;
        if (!is_same_line(&old_line, &new_line))
            return reject_other(path, &old_line, &new_line, error);
    }
    return old_lines.left > 0 ? reject_changed(path, error) : 0;
}
