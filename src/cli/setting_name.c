#include "cli/setting_name.h"

#include <stdio.h>
#include <string.h>

#include "base/suggest.h"

#define ALL (CREDENTIAL_VALUE | CREDENTIAL_FILE | CREDENTIAL_COMMAND)

/* A refresh token is replaced in its file. */
const struct credential_name credential_names[] = {
    {"access-token", ALL, true, false},
    {"application-token", ALL, true, false},
    {"budget-password", ALL, true, true},
    {"client-id", ALL, false, false},
    {"client-secret", ALL, true, false},
    {"developer-token", ALL, true, false},
    {"password", ALL, true, true},
    {"refresh-token", CREDENTIAL_FILE, true, false},
    {"token-url", CREDENTIAL_VALUE, false, false},
    {"username", ALL, false, true},
    {NULL, 0, false, false},
};

static const enum credential_form forms[] = {CREDENTIAL_VALUE, CREDENTIAL_FILE,
                                             CREDENTIAL_COMMAND};

#define FORMS (sizeof(forms) / sizeof(forms[0]))

const char *credential_form_suffix(enum credential_form form)
{
    switch (form) {
    case CREDENTIAL_FILE:
        return "-file";
    case CREDENTIAL_COMMAND:
        return "-command";
    case CREDENTIAL_VALUE:
        break;
    }
    return "";
}

static bool is_credential(const struct credential_name *credential,
                          const char *name, struct setting_name *found)
{
    size_t len = strlen(credential->name);

    if (strncmp(name, credential->name, len) != 0)
        return false;
    for (size_t i = 0; i < FORMS; i++)
        if (strcmp(name + len, credential_form_suffix(forms[i])) == 0) {
            *found = (struct setting_name){NULL, credential, forms[i]};
            return true;
        }
    return false;
}

bool setting_name_find(const char *name, struct setting_name *found)
{
    const struct credential_name *credential;
    const struct option_spec *spec;

    for (spec = option_table; spec->name; spec++)
        if (strcmp(spec->name, name) == 0) {
            *found = (struct setting_name){spec, NULL, CREDENTIAL_VALUE};
            return true;
        }
    for (credential = credential_names; credential->name; credential++)
        if (is_credential(credential, name, found))
            return true;
    return false;
}

bool setting_name_is_key(const struct setting_name *name)
{
    if (name->option)
        return option_table_inherits(name->option);
    if (name->form == CREDENTIAL_VALUE && name->credential->secret)
        return false;
    return (name->credential->forms & name->form) != 0;
}

bool setting_name_is_path(const struct setting_name *name)
{
    return name->option ? option_table_is_path(name->option)
                        : name->form == CREDENTIAL_FILE;
}

/* Keeps the nearest name in text, since its parts are joined. */
static void offer(struct suggestion *nearest, const char *name,
                  enum credential_form form, char *text)
{
    char whole[SETTING_NAME_SIZE];
    size_t before = nearest->distance;

    (void)snprintf(whole, sizeof(whole), "%s%s", name,
                   credential_form_suffix(form));
    suggest_offer(nearest, whole);
    if (nearest->distance < before)
        memcpy(text, whole, sizeof(whole));
}

const char *setting_name_suggest(const char *name, char *text)
{
    const struct credential_name *credential;
    const struct option_spec *spec;
    struct suggestion nearest;

    suggest_init(&nearest, name);
    for (spec = option_table; spec->name; spec++)
        if (option_table_inherits(spec))
            offer(&nearest, spec->name, CREDENTIAL_VALUE, text);
    for (credential = credential_names; credential->name; credential++)
        for (size_t i = 0; i < FORMS; i++)
            if (credential->forms & forms[i])
                offer(&nearest, credential->name, forms[i], text);
    return nearest.name ? text : NULL;
}

/* ---- variables ---------------------------------------------------------- */

/* ASCII only: names do not depend on the locale. */
static char to_variable(char c)
{
    if (c == '-')
        return '_';
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static char from_variable(char c)
{
    if (c == '_')
        return '-';
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

void setting_name_to_variable(char *variable, const char *name)
{
    size_t len;

    (void)snprintf(variable, SETTING_NAME_SIZE, SETTING_PREFIX "%s", name);
    len = strlen(variable);
    for (size_t i = strlen(SETTING_PREFIX); i < len; i++)
        variable[i] = to_variable(variable[i]);
}

void setting_name_from_variable(char *name, const char *variable)
{
    (void)snprintf(name, SETTING_NAME_SIZE, "%s",
                   variable + strlen(SETTING_PREFIX));
    for (; *name; name++)
        *name = from_variable(*name);
}
