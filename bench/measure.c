/*
 * measure FILE COMMAND [ARGUMENT...]
 *
 * Runs COMMAND and writes one line to FILE:
 *
 *     wall=1.234567 cpu=0.987654 hwm=12345 status=0
 *
 * wall and cpu are in seconds; cpu is the user and system time of the command
 * and its children. hwm is the peak resident memory in KiB. status is the
 * shell's exit status (128 + the number of the signal that killed it).
 *
 * hwm is VmHWM of /proc/PID/status, read while ptrace stops the command at its
 * exit. ru_maxrss would be simpler but wrong: it starts at the parent's peak,
 * because the child is a copy of the parent until it calls exec.
 */
#define _GNU_SOURCE
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct figures {
    double wall; /* seconds */
    double cpu;  /* seconds */
    long hwm;    /* KiB */
    int status;
};

static double clock_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double timeval_seconds(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

/* VmHWM in KiB of a process that still has its memory; -1 if the kernel does
 * not report it. */
static long read_hwm(pid_t pid)
{
    char path[64], line[256];
    long hwm = -1;
    FILE *file;

    snprintf(path, sizeof path, "/proc/%ld/status", (long)pid);
    file = fopen(path, "r");
    if (file == NULL)
        return -1;
    while (fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, "VmHWM:", 6) == 0)
            hwm = strtol(line + 6, NULL, 10);
    fclose(file);
    return hwm;
}

static pid_t start_command(char **command)
{
    pid_t pid = fork();

    if (pid == -1)
        err(1, "fork");
    if (pid > 0)
        return pid;
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) == -1)
        err(126, "ptrace is not permitted; the benchmark needs it for VmHWM");
    raise(SIGSTOP);
    execvp(command[0], command);
    err(127, "%s", command[0]);
}

/* Runs the command to its end and fills in the figures. Only its first thread
 * is traced, because that thread ends the process. */
static void follow_command(pid_t pid, struct figures *figures)
{
    struct rusage usage;
    long deliver = 0;
    int status;

    if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status))
        errx(1, "the command did not start");
    if (ptrace(PTRACE_SETOPTIONS, pid, NULL,
               PTRACE_O_TRACEEXIT | PTRACE_O_EXITKILL | PTRACE_O_TRACEEXEC))
        err(1, "ptrace");
    for (;;) {
        if (ptrace(PTRACE_CONT, pid, NULL, deliver) == -1)
            err(1, "ptrace");
        if (wait4(pid, &status, 0, &usage) != pid)
            err(1, "wait4");
        if (!WIFSTOPPED(status))
            break;
        deliver = 0;
        if (status >> 8 == (SIGTRAP | PTRACE_EVENT_EXIT << 8))
            figures->hwm = read_hwm(pid);
        else if (status >> 16 == 0)
            deliver = WSTOPSIG(status);
    }
    figures->cpu =
        timeval_seconds(usage.ru_utime) + timeval_seconds(usage.ru_stime);
    figures->status =
        WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int main(int argc, char **argv)
{
    struct figures figures = {.hwm = -1};
    double start;
    FILE *file;

    if (argc < 3)
        errx(2, "usage: measure FILE COMMAND [ARGUMENT...]");
    start = clock_seconds();
    follow_command(start_command(argv + 2), &figures);
    figures.wall = clock_seconds() - start;

    file = fopen(argv[1], "w");
    if (file == NULL ||
        fprintf(file, "wall=%.6f cpu=%.6f hwm=%ld status=%d\n", figures.wall,
                figures.cpu, figures.hwm, figures.status) < 0 ||
        fclose(file) != 0)
        err(1, "%s", argv[1]);
    return figures.status;
}
