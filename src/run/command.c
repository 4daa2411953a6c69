#include "run/command.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

#define PAUSE_MS 20   /* between two looks at the process */
#define GRACE_MS 1000 /* from SIGTERM to SIGKILL */

extern char **environ;

/* ---- the child ---------------------------------------------------------- */

static void remove_variables(void)
{
    char **to = environ;

    for (char **from = environ; *from; from++)
        if (strncmp(*from, "BAUSER_", 7) != 0)
            *to++ = *from;
    *to = NULL;
}

/* Signals that are ignored would stay ignored. */
static void run_shell(const char *command, int input)
{
    (void)setpgid(0, 0);
    (void)signal(SIGPIPE, SIG_DFL);
    (void)signal(SIGXFSZ, SIG_DFL);
    remove_variables();
    if (dup2(input, STDIN_FILENO) >= 0 &&
        dup2(STDERR_FILENO, STDOUT_FILENO) >= 0)
        (void)execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    _exit(127);
}

/* ---- the parent --------------------------------------------------------- */

/* A running command, and the rest of its input. */
struct child {
    pid_t process;
    int input; /* non-blocking; -1: closed */
    const char *data;
    size_t len;
};

static void close_input(struct child *child)
{
    if (child->input >= 0)
        (void)close(child->input);
    child->input = -1;
}

/* Writes what the command accepts, for which it waits a moment. */
static void feed(struct child *child)
{
    struct pollfd ready = {.fd = child->input, .events = POLLOUT};
    ssize_t count;

    if (poll(&ready, 1, PAUSE_MS) <= 0 || child->input < 0)
        return;
    count = write(child->input, child->data, child->len);
    if (count > 0) {
        child->data += count;
        child->len -= (size_t)count;
    }
    if (child->len == 0 || (count < 0 && errno != EAGAIN && errno != EINTR))
        close_input(child);
}

/* Has the command ended by then? */
static bool wait_until(struct child *child, int64_t deadline, int *status)
{
    do {
        pid_t ended = waitpid(child->process, status, WNOHANG);

        if (ended == child->process || (ended < 0 && errno != EINTR))
            return true;
        feed(child);
    } while (clock_ms(&clock_system) < deadline);
    return false;
}

static int judge(int status, struct error *error)
{
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    if (WIFEXITED(status))
        return error_set(error, ERROR_LOCAL,
                         "the command ended with exit status %d",
                         WEXITSTATUS(status));
    return error_set(error, ERROR_LOCAL, "the command was ended by signal %d",
                     WTERMSIG(status));
}

static int end(struct child *child, int milliseconds, struct error *error)
{
    int status = 0;

    (void)kill(-child->process, SIGTERM);
    if (!wait_until(child, clock_ms(&clock_system) + GRACE_MS, &status)) {
        (void)kill(-child->process, SIGKILL);
        (void)waitpid(child->process, &status, 0);
    }
    return error_set(error, ERROR_LOCAL,
                     "the command was ended, because it ran for %d s",
                     milliseconds / 1000);
}

static int supervise(struct child *child, int milliseconds, struct error *error)
{
    int64_t deadline = clock_ms(&clock_system) + milliseconds;
    int status = 0, result;

    if (wait_until(child, deadline, &status))
        result = judge(status, error);
    else
        result = end(child, milliseconds, error);
    close_input(child);
    return result;
}

static int make_pipe(int ends[2])
{
    if (pipe(ends))
        return -1;
    if (fcntl(ends[0], F_SETFD, FD_CLOEXEC) ||
        fcntl(ends[1], F_SETFD, FD_CLOEXEC) ||
        fcntl(ends[1], F_SETFL, O_NONBLOCK)) {
        (void)close(ends[0]);
        (void)close(ends[1]);
        return -1;
    }
    return 0;
}

int command_run(const char *command, const char *data, size_t len,
                int milliseconds, struct error *error)
{
    struct child child = {.data = data, .len = len};
    int ends[2];

    if (make_pipe(ends))
        return error_set(error, ERROR_LOCAL, "cannot make a pipe: %s",
                         strerror(errno));
    child.process = fork();
    if (child.process == 0)
        run_shell(command, ends[0]);
    (void)close(ends[0]);
    child.input = ends[1];
    if (child.process < 0) {
        close_input(&child);
        return error_set(error, ERROR_LOCAL, "cannot start the command: %s",
                         strerror(errno));
    }
    /* Both processes do this, since either may be the first. */
    (void)setpgid(child.process, child.process);
    return supervise(&child, milliseconds, error);
}
