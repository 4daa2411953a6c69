/*
 * A credential in one of the forms in which it can be given: the value, a
 * secret file, or a command that prints it.
 */
#ifndef CLI_SECRET_SOURCE_H
#define CLI_SECRET_SOURCE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/file_system.h"
#include "cli/setting_name.h"
#include "cli/settings.h"

struct secret_source {
    const struct credential_name *credential;
    enum credential_form form;
    struct setting setting;           /* its value is NULL if it is not given */
    char variable[SETTING_NAME_SIZE]; /* that could contain the secret */
    char label[SETTINGS_LABEL_SIZE];  /* where it comes from, for messages */
};

/* Runs a command, and appends its standard output to the buffer. -1 with an
 * error that contains neither. */
typedef int secret_command_fn(const char *command, struct buffer *output,
                              int milliseconds, struct error *error);

/* How secret files and commands are read; see credentials.h. */
struct secret_place {
    const struct file_system *files;
    bool follow_links;          /* to secret files */
    const char *trusted;        /* a directory, or NULL */
    secret_command_fn *command; /* NULL: commands are rejected */
};

/* Finds where the credential comes from: of the sources that have it in any
 * form, the one with the highest precedence. -1 with ERROR_USAGE if that has it
 * in several forms. */
int secret_source_find(struct secret_source *source,
                       const struct settings *settings, const char *name,
                       struct error *error);

/* Did a source have it? */
bool secret_source_is_given(const struct secret_source *source);

/* Returns the secret that was found; the caller frees it by secret_file_free().
 * NULL with an error of that kind if it cannot be read or has a flaw, or
 * ERROR_LOCAL without memory. A command has 30 seconds. */
char *secret_source_read(const struct secret_source *source,
                         const struct secret_place *place, enum error_kind kind,
                         struct error *error);

/* The secret file that an option names, such as "--proxy-user-file"; path is
 * borrowed. Its secret may contain spaces. */
void secret_source_of_option(struct secret_source *source, const char *option,
                             const char *path);

/* Is the file in the directory that systemd made for this service's secrets? */
bool secret_source_is_service_credential(const struct file_system *files,
                                         const char *path);

/* Is the file in the directory of --trust-secret-modes or below it? The file
 * itself may be a link. */
bool secret_source_is_trusted(const struct secret_place *place,
                              const char *path);

/* What others may do to the file; see struct secret_file. */
mode_t secret_source_allowed_modes(const struct secret_place *place,
                                   const char *path);

#endif
