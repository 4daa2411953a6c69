#include "cli/secret_source.h"

#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/secret_file.h"

#define COMMAND_MS (30 * 1000)

static const enum credential_form forms[] = {CREDENTIAL_VALUE, CREDENTIAL_FILE,
                                             CREDENTIAL_COMMAND};

/* ---- finding ------------------------------------------------------------- */

/* Finds the form in which that source has the credential. False: in none. */
static bool find_form(struct secret_source *source,
                      const struct settings *settings,
                      enum setting_source origin, enum credential_form form)
{
    char name[SETTING_NAME_SIZE];

    (void)snprintf(name, sizeof(name), "%s%s", source->credential->name,
                   credential_form_suffix(form));
    if (!(source->credential->forms & form) ||
        !settings_find_in(settings, origin, name, &source->setting))
        return false;
    source->form = form;
    settings_label(settings, name, &source->setting, source->label);
    return true;
}

/* Of several forms, one may have a value. */
static int find_in(struct secret_source *source,
                   const struct settings *settings, enum setting_source origin,
                   bool *found, struct error *error)
{
    struct secret_source best = *source;

    *found = false;
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        if (!find_form(source, settings, origin, forms[i]))
            continue;
        if (best.setting.value && source->setting.value)
            return error_set(error, ERROR_USAGE,
                             "%s and %s are both set; unset one", best.label,
                             source->label);
        if (!*found || source->setting.value)
            best = *source;
        *found = true;
    }
    *source = best;
    return 0;
}

bool secret_source_is_given(const struct secret_source *source)
{
    return source->setting.value != NULL;
}

int secret_source_find(struct secret_source *source,
                       const struct settings *settings, const char *name,
                       struct error *error)
{
    const struct credential_name *credential = credential_names;
    bool found = false;

    while (strcmp(credential->name, name) != 0)
        credential++;
    *source = (struct secret_source){.credential = credential};
    setting_name_to_variable(source->variable, name);
    for (enum setting_source origin = SETTING_ENVIRONMENT;
         origin > SETTING_BUILT_IN && !found; origin--)
        if (find_in(source, settings, origin, &found, error))
            return -1;
    return 0;
}

/* ---- files --------------------------------------------------------------- */

/* Is the file in the directory or below it? The file itself may be a link. */
static bool is_below(const struct file_system *files, const char *path,
                     const char *directory)
{
    char *copy = strdup(path); /* dirname() writes into it */
    char *place = copy ? files->resolve(files, dirname(copy)) : NULL;
    char *root = directory ? files->resolve(files, directory) : NULL;
    size_t len = root ? strlen(root) : 0;
    bool below = root && place && strncmp(place, root, len) == 0 &&
                 (len == 1 || place[len] == '/' || place[len] == '\0');

    free(copy);
    free(place);
    free(root);
    return below;
}

bool secret_source_is_service_credential(const struct file_system *files,
                                         const char *path)
{
    const char *directory = getenv("CREDENTIALS_DIRECTORY");

    return directory && *directory && is_below(files, path, directory);
}

bool secret_source_is_trusted(const struct secret_place *place,
                              const char *path)
{
    return is_below(place->files, path, place->trusted);
}

mode_t secret_source_allowed_modes(const struct secret_place *place,
                                   const char *path)
{
    if (secret_source_is_trusted(place, path))
        return S_IRWXG | S_IRWXO;
    return secret_source_is_service_credential(place->files, path)
               ? S_IRGRP | S_IROTH
               : 0;
}

/* plain: the variable that could contain the secret; NULL: none. */
static char *read_file(const struct secret_place *place, const char *label,
                       const char *plain, const char *path, bool typed,
                       enum error_kind kind, struct error *error)
{
    mode_t allowed = secret_source_allowed_modes(place, path);
    const struct secret_file file = {
        .files = place->files,
        .variable = label,
        .plain = plain,
        .path = path,
        .follow_links = place->follow_links || allowed != 0,
        .allowed = allowed,
        .typed = typed,
        .kind = kind,
    };

    return secret_file_read(&file, error);
}

void secret_source_of_option(struct secret_source *source, const char *option,
                             const char *path)
{
    static const struct credential_name typed = {
        .forms = CREDENTIAL_FILE, .secret = true, .typed = true};

    *source = (struct secret_source){.credential = &typed,
                                     .form = CREDENTIAL_FILE,
                                     .setting = {.value = path}};
    (void)snprintf(source->label, sizeof(source->label), "%s", option);
}

/* ---- values and commands ------------------------------------------------- */

/* Copies the secret. what: "the value". */
static char *take_secret(const struct secret_source *source, const char *text,
                         size_t len, const char *what, enum error_kind kind,
                         struct error *error)
{
    const char *flaw = secret_file_flaw(text, len, source->credential->typed);
    char *secret;

    if (len == 0 || flaw) {
        error_set(error, kind, "%s: %s %s%s; it must be the secret alone",
                  source->label, what, len == 0 ? "is empty" : "contains ",
                  len == 0 ? "" : flaw);
        return NULL;
    }
    secret = strdup(text);
    if (!secret)
        error_memory(error);
    return secret;
}

static char *read_command(const struct secret_source *source,
                          const struct secret_place *place,
                          enum error_kind kind, struct error *error)
{
    struct buffer output;
    struct error reason;
    char *secret = NULL;

    if (!place->command) {
        error_set(error, kind, "%s: no commands are run", source->label);
        return NULL;
    }
    buffer_init(&output, SECRET_FILE_MAX);
    if (place->command(source->setting.value, &output, COMMAND_MS, &reason)) {
        error_set(error, kind, "%s: %s; run it by hand to see why",
                  source->label, reason.text);
    } else if (buffer_append(&output, "", 0)) {
        error_memory(error);
    } else {
        output.len = secret_file_length(output.data, output.len);
        output.data[output.len] = '\0';
        secret = take_secret(source, output.data, output.len,
                             "what the command prints", kind, error);
    }
    buffer_wipe(&output);
    return secret;
}

char *secret_source_read(const struct secret_source *source,
                         const struct secret_place *place, enum error_kind kind,
                         struct error *error)
{
    const char *value = source->setting.value;

    switch (source->form) {
    case CREDENTIAL_FILE:
        return read_file(place, source->label,
                         *source->variable ? source->variable : NULL, value,
                         source->credential->typed, kind, error);
    case CREDENTIAL_COMMAND:
        return read_command(source, place, kind, error);
    case CREDENTIAL_VALUE:
        break;
    }
    return take_secret(source, value, strlen(value), "the value", kind, error);
}
