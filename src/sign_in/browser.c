/* environ, POSIX_SPAWN_SETSID */
#define _GNU_SOURCE

#include "sign_in/browser.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The environment without our variables: an array for free(), or NULL. */
static char **make_environment(void)
{
    size_t count = 0, used = 0;
    char **made;

    while (environ[count])
        count++;
    made = calloc(count + 1, sizeof(*made));
    for (size_t i = 0; made && i < count; i++)
        if (strncmp(environ[i], "BAUSER_", strlen("BAUSER_")) != 0)
            made[used++] = environ[i];
    return made;
}

static bool is_set(const char *variable)
{
    const char *value = getenv(variable);

    return value && *value;
}

/* standard: the program if $BROWSER is not set. */
static char *find_program(char *standard)
{
    if (is_set("BROWSER"))
        return getenv("BROWSER");
    return is_set("DISPLAY") || is_set("WAYLAND_DISPLAY") ? standard : NULL;
}

/* Signals that are ignored here would stay ignored. A signal from the terminal
 * must not end the browser, and its messages must not be mixed with ours. */
static int prepare(posix_spawnattr_t *attributes,
                   posix_spawn_file_actions_t *actions)
{
    sigset_t defaults;

    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    sigaddset(&defaults, SIGXFSZ);
    return posix_spawnattr_setsigdefault(attributes, &defaults) ||
           posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGDEF |
                                                    POSIX_SPAWN_SETSID) ||
           posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null",
                                            O_RDONLY, 0) ||
           posix_spawn_file_actions_addopen(actions, STDOUT_FILENO, "/dev/null",
                                            O_WRONLY, 0) ||
           posix_spawn_file_actions_addopen(actions, STDERR_FILENO, "/dev/null",
                                            O_WRONLY, 0);
}

bool browser_open(char *address)
{
    char standard[] = "xdg-open";
    char *program = find_program(standard);
    char *arguments[] = {program, address, NULL};
    char **environment = program ? make_environment() : NULL;
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    bool opened = false;
    pid_t process;

    if (!environment)
        return false;
    if (posix_spawnattr_init(&attributes))
        goto done1;
    if (posix_spawn_file_actions_init(&actions))
        goto done2;
    if (prepare(&attributes, &actions) == 0)
        opened = posix_spawnp(&process, program, &actions, &attributes,
                              arguments, environment) == 0;
    (void)posix_spawn_file_actions_destroy(&actions);
done2:
    (void)posix_spawnattr_destroy(&attributes);
done1:
    free(environment);
    return opened;
}
