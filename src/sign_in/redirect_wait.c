#include "sign_in/redirect_wait.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/secret_file.h"

#define PAGE_MS 2000 /* for the browser to receive its page */

/* What was read of standard input. */
struct pasted {
    struct buffer line;
    bool ended;
    bool skipping; /* a line that is too long */
};

/* ---- standard input ----------------------------------------------------- */

static bool is_blank(const char *line)
{
    return line[strspn(line, " \t\r\n")] == '\0';
}

/* Judges a line. True: it is the redirect. */
static bool take_line(const struct redirect_wait *wait, const char *line,
                      struct redirect *redirect)
{
    const char *problem;

    if (is_blank(line))
        return false;
    switch (redirect_parse(line, wait->state, redirect)) {
    case REDIRECT_CODE:
    case REDIRECT_ERROR:
        return true;
    case REDIRECT_FOREIGN:
        problem = "this address belongs to another sign-in";
        break;
    case REDIRECT_NO_MEMORY:
        problem = "out of memory";
        break;
    case REDIRECT_INVALID:
    default:
        problem = "this is not the address at the end of the sign-in";
        break;
    }
    fprintf(wait->messages,
            "bauser-batch: %s; paste the whole address of the page that the "
            "browser shows at the end of this sign-in\n",
            problem);
    return false;
}

/* Reads what is there. True: a line is the redirect. */
static bool read_lines(const struct redirect_wait *wait, struct pasted *pasted,
                       struct redirect *redirect)
{
    char bytes[1024];
    ssize_t count = read(STDIN_FILENO, bytes, sizeof(bytes));
    bool found = false;

    if (count < 0 && (errno == EINTR || errno == EAGAIN))
        return false;
    pasted->ended = count <= 0;
    for (ssize_t i = 0; i < count && !found; i++) {
        if (bytes[i] == '\n') {
            found = !pasted->skipping && pasted->line.data &&
                    take_line(wait, pasted->line.data, redirect);
            pasted->skipping = false;
            buffer_clear(&pasted->line);
        } else if (bytes[i] == '\0' ||
                   buffer_append(&pasted->line, &bytes[i], 1)) {
            pasted->skipping = true;
        }
    }
    memory_wipe(bytes, sizeof(bytes));
    /* The last line may have no end. */
    if (pasted->ended && !found && !pasted->skipping && pasted->line.data)
        found = take_line(wait, pasted->line.data, redirect);
    return found;
}

/* ---- the wait ----------------------------------------------------------- */

/* The browser must get its page before the port is closed. */
static int send_page(const struct redirect_wait *wait, struct error *error)
{
    int64_t end = single_calls_now(wait->calls) + PAGE_MS;
    struct pollfd fd = {.fd = redirect_listener_fd(wait->listener),
                        .events = POLLIN};

    while (redirect_listener_run(wait->listener) != REDIRECT_SENT &&
           single_calls_now(wait->calls) < end)
        if (single_calls_wait(wait->calls, &fd, 1, end, error))
            return -1;
    return 0;
}

static int take_redirect(const struct redirect_wait *wait,
                         struct redirect *redirect, struct error *error)
{
    const struct redirect *arrived;

    if (send_page(wait, error))
        return -1;
    if (redirect_listener_take(wait->listener, &arrived) == REDIRECT_NO_MEMORY)
        return error_memory(error);
    *redirect = *arrived;
    if (arrived->code) {
        redirect->code = strdup(arrived->code);
        if (!redirect->code)
            return error_memory(error);
    }
    return 0;
}

static int check_end(const struct redirect_wait *wait,
                     const struct pasted *pasted, struct error *error)
{
    if (single_calls_now(wait->calls) >= wait->until)
        return error_set(error, ERROR_STOPPED,
                         "nobody signed in in time; start --sign-in again");
    if (pasted->ended && !wait->listener)
        return error_set(error, ERROR_SIGN_IN,
                         "standard input ended before the address of this "
                         "sign-in was pasted; start --sign-in again");
    return 0;
}

/* When the next look is due. */
static int64_t next_look(const struct redirect_wait *wait)
{
    int ms = wait->listener ? redirect_listener_wait(wait->listener) : -1;
    int64_t due = single_calls_now(wait->calls) + ms;

    return ms >= 0 && due < wait->until ? due : wait->until;
}

static int wait_for(const struct redirect_wait *wait, struct pasted *pasted,
                    struct redirect *redirect, struct error *error)
{
    struct redirect_listener *listener = wait->listener;

    for (;;) {
        struct pollfd fds[] = {
            {.fd = pasted->ended ? -1 : STDIN_FILENO, .events = POLLIN},
            {.fd = listener ? redirect_listener_fd(listener) : -1,
             .events = POLLIN},
        };

        if (single_calls_wait(wait->calls, fds, 2, next_look(wait), error))
            return -1;
        if (fds[0].revents && read_lines(wait, pasted, redirect))
            return 0;
        if (listener && redirect_listener_run(listener) != REDIRECT_WAITING)
            return take_redirect(wait, redirect, error);
        if (check_end(wait, pasted, error))
            return -1;
    }
}

int redirect_wait_run(const struct redirect_wait *wait,
                      struct redirect *redirect, struct error *error)
{
    struct pasted pasted = {.ended = false};
    int result;

    *redirect = (struct redirect){.code = NULL};
    buffer_init(&pasted.line, REDIRECT_MAX);
    result = buffer_reserve(&pasted.line, REDIRECT_MAX)
                 ? error_memory(error)
                 : wait_for(wait, &pasted, redirect, error);
    buffer_wipe(&pasted.line);
    return result;
}
