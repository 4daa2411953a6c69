#include "cli/show_config.h"

#include <ctype.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/utf8.h"
#include "base/version.h"
#include "cli/option_table.h"
#include "cli/secret_source.h"
#include "cli/setting_name.h"
#include "cli/settings.h"
#include "cli/url.h"

/* ---- lines --------------------------------------------------------------- */

/* Would the parser read this value as another one? */
static bool needs_quotes(const char *value)
{
    size_t len = strlen(value);

    return len == 0 || strpbrk(value, "\"'#;\\") ||
           isspace((unsigned char)*value) ||
           isspace((unsigned char)value[len - 1]);
}

static void print_value(const char *value, FILE *stream)
{
    if (!needs_quotes(value)) {
        fputs(value, stream);
        return;
    }
    fputc('"', stream);
    for (; *value; value++) {
        if (strchr("\"\\", *value))
            fputc('\\', stream);
        fputc(*value, stream);
    }
    fputc('"', stream);
}

/* A file cannot contain control characters or invalid UTF-8. */
static bool fits_in_file(const char *value)
{
    if (!utf8_is_valid(value, strlen(value)))
        return false;
    for (; *value; value++)
        if (iscntrl((unsigned char)*value))
            return false;
    return true;
}

/* value: NULL: built-in, if that cannot be written. comment: the line has no
 * effect in a file. */
static void print_line(bool comment, const char *name, const char *value,
                       const char *source, FILE *stream)
{
    char shown[PATH_MAX];

    comment = comment || (value && !fits_in_file(value));
    fprintf(stream, "%s%-20s =", comment ? "# " : "", name);
    if (value) {
        fputc(' ', stream);
        (void)utf8_reveal(shown, sizeof(shown), value);
        print_value(comment ? shown : value, stream);
    }
    fprintf(stream, "  # %s\n", source);
}

#define FULL_PATH_SIZE (2 * PATH_MAX)

/* In a file, a relative path would start at the file's directory. "-" is no
 * path. */
static const char *make_absolute(char path[FULL_PATH_SIZE], const char *value)
{
    char directory[PATH_MAX];

    if (*value == '/' || strcmp(value, "-") == 0 ||
        !getcwd(directory, sizeof(directory)))
        return value;
    (void)snprintf(path, FULL_PATH_SIZE, "%s/%s", directory, value);
    return path;
}

/* "BAUSER_RATE" or "FILE:LINE [SECTION]" */
static void print_origin(char *text, const struct settings *settings,
                         const char *name, const struct setting *setting)
{
    if (setting->source == SETTING_ENVIRONMENT)
        settings_label(settings, name, setting, text);
    else
        (void)snprintf(text, SETTINGS_LABEL_SIZE, "%s:%u [%s]",
                       settings_path(settings), setting->line,
                       setting->source == SETTING_PROFILE
                           ? settings_profile(settings)
                           : "defaults");
}

/* ---- options ------------------------------------------------------------- */

/* What the functions that print values need. */
struct printing {
    const struct options *options;
    const struct option_spec *spec;
    const struct setting *setting;
    FILE *stream;
    unsigned count; /* of printed values */
};

static void print_option(struct printing *printing, const char *value,
                         const char *source)
{
    const struct option_spec *spec = printing->spec;
    char path[FULL_PATH_SIZE];

    print_line(!option_table_inherits(spec), spec->name,
               option_table_is_path(spec) ? make_absolute(path, value) : value,
               source, printing->stream);
    printing->count++;
}

/* Each value of an option that repeats has its own line. */
static int print_setting(void *context, const char *value, unsigned line)
{
    struct printing *printing = context;
    struct setting setting = *printing->setting;
    char origin[SETTINGS_LABEL_SIZE];

    setting.line = line;
    print_origin(origin, printing->options->settings, printing->spec->name,
                 &setting);
    print_option(printing, value, origin);
    return 0;
}

/* Does the bundle of short options, such as -qn, contain this one? */
static bool is_bundled(const char *word, const struct option_spec *spec)
{
    return word[0] == '-' && word[1] != '-' && spec->letter &&
           strchr(word + 1, spec->letter);
}

/* Only the last value of an option counts, unless it repeats. */
static void print_given(struct printing *printing)
{
    const struct options *options = printing->options;
    const struct option_spec *spec = printing->spec;
    const char *last = NULL;

    for (int i = 1; i < options->argc; i++) {
        const char *word = options->argv[i];
        const struct option_spec *other = option_table_find(word);
        const char *value = "yes";

        if (strcmp(word, "--") == 0)
            break;
        if (other && other->argument)
            value =
                strchr(word, '=') ? strchr(word, '=') + 1 : options->argv[++i];
        if (other != spec && !is_bundled(word, spec))
            continue;
        if (last && spec->repeats)
            print_option(printing, last, "option");
        last = value;
    }
    if (last)
        print_option(printing, last, "option");
}

static void print_built_in(struct printing *printing)
{
    const struct option_spec *spec = printing->spec;
    char number[16], origin[URL_MAX + 20] = "default";

    /* As a value, it would stay when another environment is selected. */
    if (strcmp(spec->name, "endpoint") == 0)
        (void)snprintf(origin, sizeof(origin), "default: %s",
                       printing->options->endpoint);
    (void)snprintf(number, sizeof(number), "%u", spec->initial);
    print_line(false, spec->name,
               spec->max > 0     ? number
               : !spec->argument ? "no"
               : spec->words[0]  ? spec->words[0]
                                 : spec->standard,
               origin, printing->stream);
}

/* Without a mode on the command line, one that uses the option. */
static enum mode find_mode(const struct options *options,
                           const struct option_spec *spec)
{
    enum mode mode = options->mode;

    while (options->mode == MODE_APPLY && spec->modes &&
           !(spec->modes & OPTION_MODE(mode)))
        mode++;
    return mode;
}

static void print_spec(const struct options *options,
                       const struct option_spec *spec, FILE *stream)
{
    struct setting setting = settings_used(options->settings, options, spec,
                                           find_mode(options, spec));
    struct printing printing = {options, spec, &setting, stream, 0};
    char origin[SETTINGS_LABEL_SIZE];

    print_given(&printing);
    if (printing.count > 0 || !option_table_inherits(spec))
        return;
    if (setting.source == SETTING_BUILT_IN) {
        print_built_in(&printing);
        return;
    }
    (void)settings_each(options->settings, spec, &setting, print_setting,
                        &printing);
    if (printing.count > 0)
        return;
    print_origin(origin, options->settings, spec->name, &setting);
    print_line(false, spec->name, NULL, origin, stream);
}

/* ---- credentials --------------------------------------------------------- */

static int print_credential(const struct options *options,
                            const struct credential_name *credential,
                            FILE *stream, struct error *error)
{
    struct secret_source source;
    char name[SETTING_NAME_SIZE], origin[SETTINGS_LABEL_SIZE];
    char path[FULL_PATH_SIZE];

    if (secret_source_find(&source, options->settings, credential->name, error))
        return -1;
    if (!source.setting.value)
        return 0;
    (void)snprintf(name, sizeof(name), "%s%s", credential->name,
                   credential_form_suffix(source.form));
    print_origin(origin, options->settings, name, &source.setting);
    if (source.form == CREDENTIAL_COMMAND ||
        (source.form == CREDENTIAL_VALUE && credential->secret))
        fprintf(stream, "# %s: set, from %s\n", name, origin);
    else
        print_line(false, name,
                   source.form == CREDENTIAL_FILE
                       ? make_absolute(path, source.setting.value)
                       : source.setting.value,
                   origin, stream);
    return 0;
}

/* ---- all ----------------------------------------------------------------- */

static void print_heading(const struct settings *settings, FILE *stream)
{
    const char *path = settings_path(settings);
    const char *profile = settings_profile(settings), *name;

    fputs("# bauser-batch " BAUSER_VERSION "\n", stream);
    if (!path)
        fputs("# configuration file: none, because HOME is not set\n", stream);
    else
        fprintf(stream, "# configuration file: %s%s\n", path,
                settings_has_file(settings) ? "" : " (does not exist)");
    fputs("# profiles:", stream);
    for (size_t i = 0; (name = settings_profile_name(settings, i)); i++)
        fprintf(stream, " %s", name);
    fprintf(stream, "%s\n[%s]\n",
            settings_profile_name(settings, 0) ? "" : " none",
            profile ? profile : "defaults");
}

int show_config_print(const struct options *options, FILE *stream,
                      struct error *error)
{
    const struct credential_name *credential;

    print_heading(options->settings, stream);
    for (const struct option_spec *spec = option_table; spec->name; spec++)
        if (spec->set && strcmp(spec->name, "show-config") != 0)
            print_spec(options, spec, stream);
    for (credential = credential_names; credential->name; credential++)
        if (print_credential(options, credential, stream, error))
            return -1;
    return 0;
}
