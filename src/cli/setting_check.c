#include "cli/setting_check.h"

#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cli/setting_name.h"

int setting_check_set(struct options *options, const struct option_spec *spec,
                      const char *value, struct error *error)
{
    if (spec->argument)
        return spec->set(options, spec, value, error);
    if (strcmp(value, "yes") == 0)
        return spec->set(options, spec, NULL, error);
    if (strcmp(value, "no") == 0)
        return 0;
    return error_set(error, ERROR_USAGE, "%s takes yes or no, not '%s'",
                     spec->name, value);
}

/* ---- the file ------------------------------------------------------------ */

/* The lines of a section up to this one. */
struct judge {
    struct config_file *file;
    struct problem_list *problems;
    struct options options; /* with these values */
};

static const struct config_line *find_earlier(const struct judge *judge,
                                              const struct config_line *line)
{
    const struct config_line *other;

    for (other = judge->file->lines; other < line; other++) {
        bool same = line->key ? other->key && other->section == line->section &&
                                    strcmp(other->key, line->key) == 0
                              : !other->key &&
                                    strcmp(other->section, line->section) == 0;

        if (same)
            return other;
    }
    return NULL;
}

static void add(struct judge *judge, const struct config_line *line,
                const char *text)
{
    problem_list_add(judge->problems, "%s:%u: %s", judge->file->path,
                     line->line, text);
}

static void refuse_unknown(struct judge *judge, const struct config_line *line)
{
    char name[SETTING_NAME_SIZE], text[400];
    const char *nearest = setting_name_suggest(line->key, name);

    (void)snprintf(text, sizeof(text), "unknown key '%.100s'%s%s%s", line->key,
                   nearest ? "; did you mean " : "", nearest ? nearest : "",
                   nearest ? "?" : "");
    add(judge, line, text);
}

static void refuse_key(struct judge *judge, const struct config_line *line,
                       const struct setting_name *name)
{
    const struct credential_name *credential = name->credential;
    char text[400];

    if (name->option)
        (void)snprintf(text, sizeof(text),
                       "'%s' is not a key, because a command must show it; "
                       "pass --%s on the command line",
                       line->key, line->key);
    else if (strcmp(credential->name, "refresh-token") == 0)
        (void)snprintf(text, sizeof(text),
                       "'%s' is not a key, because the service replaces a "
                       "refresh token, and the new one is saved; use "
                       "refresh-token-file",
                       line->key);
    else if (name->form == CREDENTIAL_VALUE)
        (void)snprintf(text, sizeof(text),
                       "'%s' is a secret, and not allowed in this file; remove "
                       "it, and use %s-file with the name of a secret file, or "
                       "%s-command with a command that prints it",
                       line->key, line->key, line->key);
    else
        (void)snprintf(text, sizeof(text), "unknown key '%s'; use %s",
                       line->key, credential->name);
    add(judge, line, text);
}

static char *keep_path(struct judge *judge, const char *start, int len,
                       const char *rest)
{
    char path[PATH_MAX];
    char *copy;
    int size;

    size = snprintf(path, sizeof(path), "%.*s%s", len, start, rest);
    if (size < 0 || (size_t)size >= sizeof(path))
        return NULL;
    copy = arena_take(&judge->file->arena, (size_t)size + 1);
    if (copy)
        memcpy(copy, path, (size_t)size + 1);
    return copy;
}

/* NULL, or what is wrong. "-" is standard output, which the option accepts or
 * refuses. */
static const char *resolve_path(struct judge *judge, struct config_line *line)
{
    const char *home = config_file_home();
    const char *path = judge->file->path;
    const char *value = line->value;

    if (*value == '/' || *value == '\0' || strcmp(value, "-") == 0)
        return NULL;
    if (strncmp(value, "~/", 2) != 0)
        value =
            keep_path(judge, path, (int)(file_base_name(path) - path), value);
    else if (home)
        value = keep_path(judge, home, (int)strlen(home), value + 1);
    else
        return "the path begins with ~/, but HOME is not set; set it, or write "
               "the whole path";
    if (!value)
        return "the path is too long";
    line->value = value;
    return NULL;
}

static int judge_value(struct judge *judge, struct config_line *line,
                       const struct setting_name *name, struct error *error)
{
    const char *flaw = NULL;
    struct error reason;

    if (setting_name_is_path(name))
        flaw = resolve_path(judge, line);
    if (flaw)
        add(judge, line, flaw);
    if (!name->option || *line->value == '\0' ||
        setting_check_set(&judge->options, name->option, line->value,
                          &reason) == 0)
        return 0;
    if (reason.kind == ERROR_LOCAL) {
        *error = reason;
        return -1;
    }
    add(judge, line, reason.text);
    return 0;
}

static int judge_key(struct judge *judge, struct config_line *line,
                     struct error *error)
{
    const struct config_line *earlier = find_earlier(judge, line);
    struct setting_name name;
    char text[200];

    if (!setting_name_find(line->key, &name)) {
        refuse_unknown(judge, line);
    } else if (!setting_name_is_key(&name)) {
        refuse_key(judge, line, &name);
    } else if (earlier && !(name.option && name.option->repeats)) {
        (void)snprintf(text, sizeof(text),
                       "'%s' is in line %u, too; remove one of them", line->key,
                       earlier->line);
        add(judge, line, text);
    } else {
        return judge_value(judge, line, &name, error);
    }
    return 0;
}

static void judge_heading(struct judge *judge, const struct config_line *line)
{
    const struct config_line *earlier = find_earlier(judge, line);
    char text[200];

    options_clear(&judge->options);
    option_table_set_defaults(&judge->options);
    if (!earlier || *line->section == '\0')
        return;
    (void)snprintf(text, sizeof(text),
                   "the section [%s] begins in line %u, too; join the two",
                   line->section, earlier->line);
    add(judge, line, text);
}

int setting_check_file(struct config_file *file, struct problem_list *problems,
                       struct error *error)
{
    struct judge judge = {.file = file, .problems = problems};
    int result = 0;

    option_table_set_defaults(&judge.options);
    for (size_t i = 0; i < file->count && result == 0; i++) {
        struct config_line *line = &file->lines[i];

        if (!line->key)
            judge_heading(&judge, line);
        else if (line->section)
            result = judge_key(&judge, line, error);
        else if (i == 0)
            add(&judge, line,
                "a key before the first section; begin with "
                "[" SETTING_DEFAULTS_SECTION "]");
    }
    options_clear(&judge.options);
    return result;
}

/* ---- the environment ----------------------------------------------------- */

/* They choose the file and the profile, and are no keys. */
static bool is_choice(const struct option_spec *spec)
{
    return strcmp(spec->name, "config") == 0 ||
           strcmp(spec->name, "profile") == 0;
}

/* Kubernetes sets such variables for a service whose name begins with
 * "bauser". */
static bool is_of_kubernetes(const char *variable)
{
    static const char *const patterns[] = {
        "*_SERVICE_HOST", "*_SERVICE_PORT", "*_SERVICE_PORT_*",
        "*_PORT",         "*_PORT_[0-9]*",
    };

    for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++)
        if (fnmatch(patterns[i], variable, 0) == 0)
            return true;
    return false;
}

static void judge_unknown(struct problem_list *problems, const char *variable,
                          const char *name, char *unknown, size_t size)
{
    char text[SETTING_NAME_SIZE], known[SETTING_NAME_SIZE];
    const char *nearest =
        is_of_kubernetes(variable) ? NULL : setting_name_suggest(name, text);
    size_t len = strlen(unknown);

    if (!nearest) {
        (void)snprintf(unknown + len, size - len, "%s%s", len > 0 ? ", " : "",
                       variable);
        return;
    }
    setting_name_to_variable(known, nearest);
    problem_list_add(problems,
                     "%s is unknown; did you mean %s? Unset it or "
                     "correct its name",
                     variable, known);
}

/* A credential in a form that it does not have. The refresh token itself is
 * refused with an explanation. */
static bool is_wrong_form(const struct setting_name *found)
{
    return !found->option && !(found->credential->forms & found->form) &&
           strcmp(found->credential->name, "refresh-token") != 0;
}

static void judge_variable(struct problem_list *problems, const char *variable,
                           char *unknown, size_t size)
{
    struct setting_name found;
    char name[SETTING_NAME_SIZE];

    setting_name_from_variable(name, variable);
    if (!setting_name_find(name, &found) || is_wrong_form(&found)) {
        judge_unknown(problems, variable, name, unknown, size);
    } else if (found.option) {
        if (!option_table_inherits(found.option) && !is_choice(found.option))
            problem_list_add(problems,
                             "%s: --%s is not taken from the environment, "
                             "because a command must show it; unset the "
                             "variable, and pass --%s on the command line",
                             variable, name, name);
    }
}

void setting_check_environment(char *const *environment,
                               struct problem_list *problems, char *unknown,
                               size_t size)
{
    const size_t prefix = strlen(SETTING_PREFIX);
    char variable[2 * SETTING_NAME_SIZE];

    for (; *environment; environment++) {
        size_t len = strcspn(*environment, "=");

        if (strncmp(*environment, SETTING_PREFIX, prefix) != 0 ||
            (*environment)[len] == '\0' || (*environment)[len + 1] == '\0' ||
            len >= sizeof(variable))
            continue;
        memcpy(variable, *environment, len);
        variable[len] = '\0';
        judge_variable(problems, variable, unknown, size);
    }
}
