/*
 * simulate: runs schedules and checks the promises of the program.
 *
 *     simulate [--first SEED] [--count N] [--all]
 *     simulate --seed SEED
 *
 * The first form runs N schedules and prints what they covered. At the first
 * one that breaks a promise it prints the shortest schedule that still does,
 * with a trace, and ends with status 1. --all continues and counts the broken
 * promises instead. Of 10,000 schedules or more, 1 % must cover each event. The
 * second form traces one schedule.
 */
#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "simulation.h"

#define MAX_PROMISES 24
#define MANY         10000 /* schedules, that must cover everything */
#define REPORT_EVERY 5000  /* schedules */

struct arguments {
    uint64_t first;
    uint64_t count;
    bool all;
    bool single;
};

/* How often a promise was broken. */
struct broken {
    const char *promise;
    uint64_t count;
    uint64_t first; /* seed */
};

struct totals {
    uint64_t schedules;
    uint64_t rows;
    uint64_t broken_schedules;
    uint64_t events[EVENT_COUNT];
    uint64_t faults[FAULT_COUNT];
    struct broken broken[MAX_PROMISES];
};

/* Large, and used again for each schedule. */
static struct simulation simulation;

static bool breaks(const struct schedule *schedule, const char *promise)
{
    simulation_run(&simulation, schedule, NULL);
    return simulation.verdict.broken &&
           strcmp(simulation.verdict.broken, promise) == 0;
}

/* Makes the schedule simpler as long as it breaks the same promise. */
static void shorten(struct schedule *schedule, const char *promise)
{
    bool shorter = true;

    while (shorter) {
        shorter = false;
        for (unsigned way = 0;; way++) {
            struct schedule simpler = *schedule;
            bool changed;

            if (!schedule_reduce(&simpler, way, &changed))
                break;
            if (!changed || !breaks(&simpler, promise))
                continue;
            *schedule = simpler;
            shorter = true;
        }
    }
}

static void report(struct schedule *schedule)
{
    const char *promise = simulation.verdict.broken;
    uint64_t seed = schedule->seed;

    shorten(schedule, promise);
    schedule_print(schedule, stdout);
    simulation_run(&simulation, schedule, stdout);
    printf("seed %" PRIu64 " breaks a promise: %s: %s\n", seed, promise,
           simulation.verdict.text);
}

static void count_broken(struct totals *totals, uint64_t seed)
{
    const char *promise = simulation.verdict.broken;
    struct broken *broken = totals->broken;

    totals->broken_schedules++;
    while (broken->promise && strcmp(broken->promise, promise) != 0)
        broken++;
    if (!broken->promise)
        *broken = (struct broken){promise, 0, seed};
    broken->count++;
}

static void count_coverage(struct totals *totals)
{
    totals->schedules++;
    totals->rows += simulation.schedule->row_count;
    for (unsigned i = 0; i < EVENT_COUNT; i++)
        totals->events[i] += simulation.events[i];
    for (unsigned i = 0; i < FAULT_COUNT; i++)
        totals->faults[i] += simulation.faults[i];
}

/* False: so many schedules should have covered it more often. */
static bool print_line(const char *name, uint64_t count, uint64_t of)
{
    bool enough = of < MANY || count * 100 >= of;

    printf("  %-42s %8" PRIu64 " %6.1f %%%s\n", name, count,
           (double)count * 100 / (double)of, enough ? "" : "  TOO FEW");
    return enough;
}

static bool print_coverage(const struct totals *totals)
{
    bool enough = true;

    printf("covered, in how many schedules:\n");
    for (unsigned i = 0; i < FAULT_COUNT; i++)
        enough &= print_line(fault_name((enum fault)i), totals->faults[i],
                             totals->schedules);
    for (unsigned i = 0; i < EVENT_COUNT; i++)
        enough &= print_line(sim_event_name((enum sim_event)i),
                             totals->events[i], totals->schedules);
    return enough;
}

static void print_totals(const struct totals *totals, double seconds)
{
    if (totals->broken_schedules > 0)
        printf("broken promises, in how many schedules:\n");
    for (const struct broken *broken = totals->broken; broken->promise;
         broken++)
        printf("  %-42s %8" PRIu64 ", first by seed %" PRIu64 "\n",
               broken->promise, broken->count, broken->first);
    printf("%" PRIu64 " schedules, %.1f rows each, %.0f schedules per second "
           "of CPU\n",
           totals->schedules, (double)totals->rows / (double)totals->schedules,
           (double)totals->schedules / (seconds > 0 ? seconds : 1));
}

static int run_all(const struct arguments *arguments)
{
    static struct totals totals;
    clock_t started = clock();
    bool enough;

    for (uint64_t i = 0; i < arguments->count; i++) {
        struct schedule schedule;

        schedule_make(&schedule, arguments->first + i);
        simulation_run(&simulation, &schedule, NULL);
        count_coverage(&totals);
        if (totals.schedules % REPORT_EVERY == 0)
            (void)fprintf(stderr, "%" PRIu64 " schedules\n", totals.schedules);
        if (!simulation.verdict.broken)
            continue;
        if (!arguments->all) {
            report(&schedule);
            return 1;
        }
        count_broken(&totals, schedule.seed);
    }
    enough = print_coverage(&totals);
    print_totals(&totals, (double)(clock() - started) / CLOCKS_PER_SEC);
    return totals.broken_schedules > 0 || !enough;
}

static int run_single(const struct arguments *arguments)
{
    struct schedule schedule;

    schedule_make(&schedule, arguments->first);
    simulation_run(&simulation, &schedule, NULL);
    if (simulation.verdict.broken) {
        report(&schedule);
        return 1;
    }
    schedule_print(&schedule, stdout);
    simulation_run(&simulation, &schedule, stdout);
    printf("seed %" PRIu64 " keeps all promises\n", schedule.seed);
    return 0;
}

static bool parse_arguments(struct arguments *arguments, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;

        if (strcmp(argv[i], "--all") == 0) {
            arguments->all = true;
            continue;
        }
        if (!value)
            return false;
        if (strcmp(argv[i], "--first") == 0 || strcmp(argv[i], "--seed") == 0)
            arguments->first = strtoull(value, NULL, 10);
        else if (strcmp(argv[i], "--count") == 0)
            arguments->count = strtoull(value, NULL, 10);
        else
            return false;
        arguments->single |= strcmp(argv[i], "--seed") == 0;
        i++;
    }
    return true;
}

int main(int argc, char **argv)
{
    struct arguments arguments = {.first = 1, .count = 1000};

    /* The large tables and buffers of each run are mapped anew, so that they
     * need not be cleared, and memory.c can tell them apart: the heap has no
     * room for them. */
    (void)mallopt(M_MMAP_THRESHOLD, 1 << 18);
    (void)mallopt(M_TRIM_THRESHOLD, 1 << 20);
    if (!parse_arguments(&arguments, argc, argv)) {
        (void)fprintf(stderr, "usage: simulate [--first SEED] [--count N] "
                              "[--all] | --seed SEED\n");
        return 2;
    }
    return arguments.single ? run_single(&arguments) : run_all(&arguments);
}
