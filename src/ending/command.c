#include "ending/command.h"

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
#define CHUNK    4096

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
static void run_shell(const char *command, int input, int output)
{
    (void)setpgid(0, 0);
    (void)signal(SIGPIPE, SIG_DFL);
    (void)signal(SIGXFSZ, SIG_DFL);
    remove_variables();
    if (dup2(input, STDIN_FILENO) >= 0 && dup2(output, STDOUT_FILENO) >= 0)
        (void)execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    _exit(127);
}

/* ---- the parent --------------------------------------------------------- */

/* A running command, the rest of its input, and its output. */
struct child {
    pid_t process;
    int input; /* non-blocking; -1: closed */
    const char *data;
    size_t len;
    int output; /* non-blocking; -1: closed, or not read */
    struct buffer *read;
    bool is_too_long; /* what it prints */
};

static void close_end(int *end)
{
    if (*end >= 0)
        (void)close(*end);
    *end = -1;
}

/* Writes what the command accepts. */
static void feed(struct child *child)
{
    ssize_t count = write(child->input, child->data, child->len);

    if (count > 0) {
        child->data += count;
        child->len -= (size_t)count;
    }
    if (child->len == 0 || (count < 0 && errno != EAGAIN && errno != EINTR))
        close_end(&child->input);
}

/* Reads what the command has printed. Of one that prints too much, nothing more
 * is read: it is ended by SIGPIPE. */
static void take(struct child *child)
{
    char chunk[CHUNK];
    ssize_t count;

    do {
        count = read(child->output, chunk, sizeof(chunk));
        if (count > 0 && buffer_append(child->read, chunk, (size_t)count))
            child->is_too_long = true;
    } while (!child->is_too_long &&
             (count > 0 || (count < 0 && errno == EINTR)));
    memory_wipe(chunk, sizeof(chunk));
    if (child->is_too_long || count == 0 || errno != EAGAIN)
        close_end(&child->output);
}

/* Waits a moment for the pipes. */
static void serve(struct child *child)
{
    struct pollfd ready[] = {{.fd = child->input, .events = POLLOUT},
                             {.fd = child->output, .events = POLLIN}};

    if (poll(ready, 2, PAUSE_MS) <= 0)
        return;
    if (ready[0].revents)
        feed(child);
    if (ready[1].revents)
        take(child);
}

/* Has the command ended by then? */
static bool wait_until(struct child *child, int64_t deadline, int *status)
{
    do {
        pid_t ended = waitpid(child->process, status, WNOHANG);

        if (ended == child->process || (ended < 0 && errno != EINTR))
            return true;
        serve(child);
    } while (clock_ms(&clock_system) < deadline);
    return false;
}

/* status: -1 if waitpid() has failed. */
static int judge(int status, struct error *error)
{
    if (status < 0)
        return error_set(error, ERROR_LOCAL,
                         "the exit status of the command is not known: %s",
                         strerror(errno));
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
    int status = -1, result;

    if (wait_until(child, deadline, &status))
        result = judge(status, error);
    else
        result = end(child, milliseconds, error);
    /* Processes that it left may still have the pipe. */
    if (child->output >= 0)
        take(child);
    close_end(&child->input);
    close_end(&child->output);
    if (child->is_too_long)
        result = error_set(error, ERROR_LOCAL, "the command prints too much");
    return result;
}

/* ours: the end of this process, which does not block. */
static int make_pipe(int ends[2], int ours)
{
    if (pipe(ends))
        return -1;
    if (fcntl(ends[0], F_SETFD, FD_CLOEXEC) ||
        fcntl(ends[1], F_SETFD, FD_CLOEXEC) ||
        fcntl(ends[ours], F_SETFL, O_NONBLOCK)) {
        close_end(&ends[0]);
        close_end(&ends[1]);
        return -1;
    }
    return 0;
}

/* Starts the command with these descriptors, which are closed, and waits. */
static int run(struct child *child, const char *command, int input, int output,
               int milliseconds, struct error *error)
{
    child->process = fork();
    if (child->process == 0)
        run_shell(command, input, output);
    close_end(&input);
    if (output != STDERR_FILENO)
        close_end(&output);
    if (child->process < 0) {
        close_end(&child->input);
        close_end(&child->output);
        return error_set(error, ERROR_LOCAL, "cannot start the command: %s",
                         strerror(errno));
    }
    /* Both processes do this, since either may be the first. */
    (void)setpgid(child->process, child->process);
    return supervise(child, milliseconds, error);
}

static int refuse_pipe(struct error *error)
{
    return error_set(error, ERROR_LOCAL, "cannot make a pipe: %s",
                     strerror(errno));
}

int command_run(const char *command, const char *data, size_t len,
                int milliseconds, struct error *error)
{
    struct child child = {.data = data, .len = len, .output = -1};
    int ends[2];

    if (make_pipe(ends, 1))
        return refuse_pipe(error);
    child.input = ends[1];
    return run(&child, command, ends[0], STDERR_FILENO, milliseconds, error);
}

int command_read(const char *command, struct buffer *output, int milliseconds,
                 struct error *error)
{
    struct child child = {.input = -1, .read = output};
    int none = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int ends[2];

    if (none < 0 || make_pipe(ends, 0)) {
        close_end(&none);
        return refuse_pipe(error);
    }
    child.output = ends[0];
    return run(&child, command, none, ends[1], milliseconds, error);
}
