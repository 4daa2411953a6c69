/*
 * The names of what the environment and the configuration file can contain:
 * options that are inherited, and credentials. The variable of a name is
 * BAUSER_ and the name in capitals, with '_' for '-'. Pure.
 */
#ifndef CLI_SETTING_NAME_H
#define CLI_SETTING_NAME_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/option_table.h"

#define SETTING_NAME_SIZE 64 /* of a name or variable with its NUL */
#define SETTING_PREFIX    "BAUSER_"

/* How a credential can be given, as bits. */
enum credential_form {
    CREDENTIAL_VALUE = 1,  /* the name alone */
    CREDENTIAL_FILE = 2,   /* with -file */
    CREDENTIAL_COMMAND = 4 /* with -command */
};

struct credential_name {
    const char *name;
    unsigned forms; /* of a variable */
    bool secret;    /* its value is never in the configuration file */
    bool typed;     /* see secret_file.h */
};

/* The last one has no name. */
extern const struct credential_name credential_names[];

/* "", "-file" or "-command". */
const char *credential_form_suffix(enum credential_form form);

/* What a name means. */
struct setting_name {
    const struct option_spec *option;         /* NULL: a credential */
    const struct credential_name *credential; /* NULL: an option */
    enum credential_form form;                /* of a credential */
};

/* Finds an option of any kind, or a credential in any form, also one that is
 * not allowed. False: there is none. */
bool setting_name_find(const char *name, struct setting_name *found);

/* Can the value be in the configuration file? */
bool setting_name_is_key(const struct setting_name *name);

/* Is the value a path? */
bool setting_name_is_path(const struct setting_name *name);

/* The name that is most similar, of those that can be inherited; NULL: none.
 * The result is in text, of SETTING_NAME_SIZE bytes. */
const char *setting_name_suggest(const char *name, char *text);

/* Writes the variable of a name, or the name of a variable that begins with
 * SETTING_PREFIX; truncated to SETTING_NAME_SIZE. */
void setting_name_to_variable(char *variable, const char *name);
void setting_name_from_variable(char *name, const char *variable);

#endif
