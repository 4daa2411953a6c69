/*
 * bauser-sim: simulates the services that bauser-batch calls.
 *
 * One thread, one loop. It waits for the two listeners, for the next response
 * that is due, and for a signal.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <time.h>
#include <unistd.h>

#include "control.h"
#include "options.h"
#include "partner_users.h"
#include "server.h"

static volatile sig_atomic_t end_requested;

static void on_signal(int number)
{
    (void)number;
    end_requested = 1;
}

/* Signals are delivered only while the loop waits, with wait_mask. Otherwise
 * one could arrive between the check and the wait. */
static void catch_signals(sigset_t *wait_mask)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigset_t blocked;

    sigemptyset(&blocked);
    sigaddset(&blocked, SIGINT);
    sigaddset(&blocked, SIGTERM);
    sigprocmask(SIG_BLOCK, &blocked, wait_mask);
    sigdelset(wait_mask, SIGINT);
    sigdelset(wait_mask, SIGTERM);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, NULL);
}

static void follow_parent(void)
{
    pid_t parent = getppid();

    prctl(PR_SET_PDEATHSIG, SIGTERM);
    /* The parent may have ended before prctl(). */
    if (getppid() != parent)
        end_requested = 1;
}

/* Each connection needs a descriptor: uses the highest limit that is
 * allowed. */
static void raise_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

/* A file's content, which the caller frees. NULL: failed; the message is
 * printed. */
static char *read_file(const char *name)
{
    struct text text;
    char piece[4096];
    size_t count;

    FILE *file = fopen(name, "r");
    if (file == NULL) {
        fprintf(stderr, "bauser-sim: %s: %s\n", name, strerror(errno));
        return NULL;
    }
    text_init(&text);
    text_puts(&text, "");
    while ((count = fread(piece, 1, sizeof piece, file)) > 0)
        text_put(&text, piece, count);
    fclose(file);
    return text.data;
}

/* --- the loop ----------------------------------------------------------- */

static void wait_for_work(struct server *server, struct control *control,
                          const sigset_t *wait_mask)
{
    uint64_t now = timers_now();
    uint64_t due = server_due(server);
    struct timespec time = {.tv_sec = 3600};
    fd_set set;

    if (due < UINT64_MAX) {
        uint64_t left = due > now ? due - now : 0;
        time.tv_sec = (time_t)(left / 1000000000U);
        time.tv_nsec = (long)(left % 1000000000U);
    }
    uint64_t control_left = listener_timeout(&control->listener);
    if (control_left < 1000000000U && time.tv_sec > 0)
        time = (struct timespec){.tv_nsec = (long)control_left};
    FD_ZERO(&set);
    int highest = listener_watch(&server->listener, &set);
    int other = listener_watch(&control->listener, &set);
    if (pselect((highest > other ? highest : other) + 1, &set, NULL, NULL,
                &time, wait_mask) <= 0)
        return;
    listener_accept(&server->listener, &set);
    listener_accept(&control->listener, &set);
}

static void loop(struct server *server, struct control *control,
                 const sigset_t *wait_mask)
{
    while (!end_requested) {
        wait_for_work(server, control, wait_mask);
        listener_run(&control->listener);
        server_run(server);
    }
}

/* --- start and end ------------------------------------------------------ */

static void print_addresses(const struct options *options,
                            const struct server *server,
                            const struct control *control)
{
    printf("service %s://127.0.0.1:%u\n",
           options->cert_file != NULL ? "https" : "http",
           server->listener.port);
    printf("control http://127.0.0.1:%u\n", control->listener.port);
    fflush(stdout);
}

static int serve(struct options *options, struct listener_config *config)
{
    struct sim sim = {.settings = options->settings};
    struct server server;
    struct control control;
    struct world partner_world = options->world;
    sigset_t wait_mask;
    int status = 1;

    partner_world.first = 1;
    catch_signals(&wait_mask);
    if (options->exit_with_parent)
        follow_parent();
    raise_limit();
    store_init(&sim.store, &store_advertising, &options->world, &sim.settings);
    store_init(&sim.partners, &partner_users, &partner_world, &sim.settings);
    recent_init(&sim.correlations);
    recent_init(&sim.requests);
    record_init(&sim.record);
    faults_init(&sim.faults);
    limits_init(&sim.limits);
    limits_replace(&sim.limits, &options->limits);
    tokens_init(&sim.tokens, options->world.seed);
    tokens_allow(&sim.tokens, options->refresh_token);
    grants_init(&sim.grants, options->world.seed);
    if (server_start(&server, &sim, config) != 0)
        goto err0;
    if (control_start(&control, &sim, &server, options->control_port) != 0)
        goto err1;
    print_addresses(options, &server, &control);
    loop(&server, &control, &wait_mask);
    status = 0;
    control_stop(&control);
err1:
    server_stop(&server);
err0:
    limits_free(&sim.limits);
    tokens_free(&sim.tokens);
    grants_free(&sim.grants);
    faults_clear(&sim.faults);
    record_free(&sim.record);
    recent_clear(&sim.correlations);
    recent_clear(&sim.requests);
    warnings_clear(&sim.warnings);
    store_free(&sim.partners);
    store_free(&sim.store);
    return status;
}

int main(int argc, char **argv)
{
    struct options options;
    char *cert = NULL, *key = NULL;
    int status = 2;

    switch (options_read(&options, argc, argv)) {
    case OPTIONS_HELP:
        options_help();
        status = 0;
        goto done;
    case OPTIONS_INVALID:
        goto done;
    case OPTIONS_RUN:
        break;
    }
    if (options.cert_file != NULL) {
        cert = read_file(options.cert_file);
        key = read_file(options.key_file);
        if (cert == NULL || key == NULL)
            goto done;
    }
    struct listener_config config = {
        .port = options.port,
        .idle_timeout = options.idle_timeout,
        .cert = cert,
        .key = key,
    };
    status = serve(&options, &config);
done:
    limits_free(&options.limits);
    free(cert);
    free(key);
    return status;
}
