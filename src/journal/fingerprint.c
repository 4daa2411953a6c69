#include "journal/fingerprint.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "journal/field.h"
#include "service/service.h"

/* The first line, as a name and a value. Another form or meaning of what a
 * journal holds needs another number. */
#define TITLE   "bauser-batch"
#define VERSION "journal 2"

#define SHOWN_SIZE 120 /* of an option and its value, in messages */

/* ---- building ----------------------------------------------------------- */

/* On one line, and so that a quote ends it. */
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

/* An option that has a value, or not. */
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

static int put_maps(struct buffer *text, const struct options *options)
{
    if (buffer_puts(text, options->map_count ? "map" : "map no"))
        return -1;
    for (size_t i = 0; i < options->map_count; i++) {
        if (buffer_puts(text, " '") ||
            put_escaped(text, options->maps[i].from) ||
            buffer_printf(text, "=%s'", options->maps[i].to))
            return -1;
    }
    return buffer_puts(text, "\n");
}

static int put_ignores(struct buffer *text, const struct options *options)
{
    if (buffer_puts(text, options->ignore_count ? "ignore" : "ignore no"))
        return -1;
    for (size_t i = 0; i < options->ignore_count; i++) {
        if (buffer_puts(text, " '") || put_escaped(text, options->ignores[i]) ||
            buffer_puts(text, "'"))
            return -1;
    }
    return buffer_puts(text, "\n");
}

static int put_input(struct buffer *text, const unsigned char *input)
{
    return buffer_puts(text, input ? "input " : "input -") ||
                   (input && buffer_put_hex(text, input, HASH_SIZE)) ||
                   buffer_puts(text, "\n")
               ? -1
               : 0;
}

/* All that gives a run its meaning, one line each, always the same ones. */
int fingerprint_build(struct buffer *text, const struct options *options,
                      const unsigned char input[HASH_SIZE])
{
    const char delimiter[] = {options->delimiter, '\0'};

    return buffer_puts(text, TITLE " " VERSION "\n") ||
                   put_input(text, input) ||
                   put_option(text, "api", options->service->name) ||
                   put_option(text, "endpoint", options->endpoint) ||
                   put_option(text, "customer-id", options->customer_id) ||
                   put_option(text, "account-id", options->account_id) ||
                   put_flag(text, "dry-run", options->mode == MODE_DRY_RUN) ||
                   put_flag(text, "reconcile",
                            options->mode == MODE_RECONCILE) ||
                   put_flag(text, "retry-failed", options->retry_failed) ||
                   put_option(text, "delimiter", delimiter) ||
                   put_option(text, "clear-token", options->clear_token) ||
                   put_flag(text, "ignore-guards", options->ignore_guards) ||
                   put_maps(text, options) || put_ignores(text, options) ||
                   buffer_printf(text, "window '%u'\nshard '%u/%u'\n",
                                 options->window, options->shard,
                                 options->shards)
               ? -1
               : 0;
}

/* ---- comparing ---------------------------------------------------------- */

/* A line, cut into its name and its value. */
struct line {
    char name[16];
    struct field_reader value;
};

static int take_line(struct field_reader *lines, struct line *line)
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
    line->value = (struct field_reader){space + 1, (size_t)(end - space) - 1};
    field_skip(lines, (size_t)(end + 1 - lines->at));
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

/* "without --map", "with --dry-run", "with --window '1000'", as much of it as
 * can be shown. */
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

/* Names what makes the earlier run another one. */
static int refuse_other(const char *path, const struct line *was,
                        const struct line *is, struct error *error)
{
    char old[SHOWN_SIZE], new[SHOWN_SIZE];

    if (strcmp(is->name, TITLE) == 0)
        return error_set(error, ERROR_USAGE,
                         "%s is of another version of this program: resume "
                         "with that one, or give --restart to throw the "
                         "journal away",
                         path);
    if (strcmp(is->name, "input") == 0) {
        describe_input(was, old);
        describe_input(is, new);
        return error_set(error, ERROR_USAGE,
                         "%s is of another input (%s; this one is %s): give "
                         "the same INPUT, or --restart to throw the journal "
                         "away",
                         path, old, new);
    }
    describe_option(was, old);
    describe_option(is, new);
    return error_set(error, ERROR_USAGE,
                     "%s is of a run %s, this one is %s: give the same "
                     "options, or --restart to throw the journal away",
                     path, old, new);
}

static int refuse_changed(const char *path, struct error *error)
{
    return error_set(error, ERROR_USAGE,
                     "%s begins with what this program did not write: give "
                     "--restart to throw the journal away",
                     path);
}

bool fingerprint_is_one(const char *text)
{
    static const char start[] = TITLE " ";

    return strncmp(text, start, sizeof(start) - 1) == 0;
}

int fingerprint_compare(const char *path, const struct buffer *was,
                        const struct buffer *is, struct error *error)
{
    struct field_reader old_lines = {was->data, was->len};
    struct field_reader new_lines = {is->data, is->len};
    struct line old, new;

    while (new_lines.left > 0 && take_line(&new_lines, &new) == 0) {
        if (take_line(&old_lines, &old) || strcmp(old.name, new.name) != 0)
            return refuse_changed(path, error);
        if (!is_same_line(&old, &new))
            return refuse_other(path, &old, &new, error);
    }
    return old_lines.left > 0 ? refuse_changed(path, error) : 0;
}
