/*
 * Reports to render: an ordinary one, and one whose strings are all hostile.
 */
#ifndef UNIT_REPORT_SAMPLES_H
#define UNIT_REPORT_SAMPLES_H

#include "report/report.h"
#include "report/run_summary.h"
#include "unit.h"

struct sample_report {
    struct report report;
    struct report_pair commands[RUN_SUMMARY_STEPS];
    struct report_status statuses[5];
    struct report_failure failures[64];
    struct report_change changes[64];
    struct report_sample samples[REPORT_SAMPLES];
    struct report_calls calls[3];
    struct report_fact facts[5];
    struct report_shard shards[3];
    struct report_pair options[40];
    struct report_pair hashes[2];
};

#define SAMPLE_HASH                                                            \
    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

/* The course of four minutes with throttled calls and an outage. */
static inline void fill_course(struct sample_report *sample)
{
    for (unsigned i = 0; i < 240; i++) {
        struct report_sample *at = &sample->samples[i];
        bool outage = i >= 150 && i < 172;
        bool slow = i >= 60 && i < 68;
        unsigned wave = (i * 7 + i * i % 11) % 9;

        at->rows = outage || slow ? 0 : 38 + wave - (i < 5 ? 30 : 0);
        at->calls = outage ? 1 : slow ? 2 : 76 + 2 * wave;
        at->throttled = i > 55 && i < 62 ? 5 - i % 3 : i == 120 ? 2 : 0;
        at->in_flight = outage ? 1 : slow ? 4 : 12 + wave % 5;
        at->limit = i < 61 ? 0 : i < 130 ? 5200 + i * 4 : 5800;
        at->waits = outage ? 1U << 2 : slow ? 1U << 5 : 0;
    }
    sample->report.sample_count = 240;
    sample->report.span = 1000;
    sample->report.course = 240000;
    sample->report.waits[2] = "No connection";
    sample->report.waits[5] = "Throttled";
}

static inline void fill_failures(struct sample_report *sample)
{
    static const struct report_failure failures[] = {
        {"EntityNotExistent",
         "",
         61,
         false,
         3,
         {{118, "4200118", "The user does not exist.", 400,
           "d84d34d1-d2a6-4d53-9f4c-2f9c26b4a001"},
          {403, "4200403", "The user does not exist.", 400,
           "d84d34d1-d2a6-4d53-9f4c-2f9c26b4a002"},
          {512, "4200512", "The user does not exist.", 400, NULL}}},
        {"InvalidValue",
         "ZipCode",
         44,
         false,
         3,
         {{77, "4200077", "ZipCode is longer than 10 characters", 0, NULL},
          {78, "4200078", "ZipCode is longer than 10 characters", 0, NULL},
          {93, "4200093", "ZipCode is longer than 10 characters", 0, NULL}}},
        {"SuspiciousValue",
         "PhoneNumber",
         21,
         false,
         2,
         {{1004, "4201004",
           "PhoneNumber looks like a number in exponent form, as spreadsheets "
           "write it: 4.9E+11",
           0, NULL},
          {1042, "4201042", "PhoneNumber looks like #N/A", 0, NULL}}},
        {"TimedOut",
         "",
         3,
         true,
         3,
         {{5120, "4205120", "no response in 60 s", 0, NULL},
          {5121, "4205121", "no response in 60 s", 0, NULL},
          {8001, "4208001", "Gateway Timeout", 504, NULL}}},
    };

    memcpy(sample->failures, failures, sizeof(failures));
    sample->report.failure_count = COUNT(failures);
}

static inline void fill_lists(struct sample_report *sample)
{
    static const struct report_pair commands[] = {
        {"Correct the rows in failed.csv, then apply them:",
         "bauser-batch --yes failed.csv result-2.csv"},
        {"Or try those again that may succeed now:",
         "bauser-batch --customer-id 251004 --retry-failed users.csv "
         "result.csv"},
    };
    static const struct report_status statuses[] = {
        {"Updated", REPORT_DONE, 8712}, {"Unchanged", REPORT_KEPT, 1150},
        {"Failed", REPORT_FAILED, 129}, {"Conflict", REPORT_CONFLICT, 7},
        {"Unknown", REPORT_UNKNOWN, 2},
    };
    static const struct report_change changes[] = {
        {.column = "FirstName", .set = 2104},
        {.column = "LastName", .set = 1961},
        {.column = "JobTitle", .set = 8100, .cleared = 212},
        {.column = "City", .set = 5120, .cleared = 14},
        {.column = "ZipCode", .set = 5098, .cleared = 14},
        {.column = "Fax", .cleared = 3977},
    };
    static const struct report_calls calls[] = {
        {"GetUser", 10012, 41000, 118000, 290000, 2100000},
        {"UpdateUser", 8731, 83000, 240000, 610000, 4400000},
        {"Token", 5, 130000, 190000, 190000, 191000},
    };
    static const struct report_fact facts[] = {
        {"retry", "retries", 64},
        {"throttled call", "throttled calls", 26},
        {"token renewal", "token renewals", 5},
        {"update saved, since nothing changed",
         "updates saved, since nothing changed", 1150},
    };
    static const struct report_pair options[] = {
        {"--api", "rest"},           {"--concurrency", "16"},
        {"--customer-id", "251004"}, {"--give-up", "15"},
        {"--map", "Stadt=City"},     {"--rate", "adaptive"},
        {"--retries", "8"},          {"--timeout", "60"},
        {"--window", "100000"},      {"--sync", "always"},
    };
    static const struct report_pair hashes[] = {
        {"users.csv", SAMPLE_HASH},
        {"result.csv", SAMPLE_HASH},
    };

#define FILL(list, member)                                                     \
    memcpy(sample->list, list, sizeof(list));                                  \
    sample->report.member = COUNT(list)

    FILL(commands, command_count);
    FILL(statuses, status_count);
    FILL(changes, change_count);
    FILL(calls, call_count);
    FILL(facts, fact_count);
    FILL(options, option_count);
    FILL(hashes, hash_count);
#undef FILL
}

/* Old and new values, as --report-values wants them. */
static inline void add_values(struct sample_report *sample)
{
    static const struct report_value values[][REPORT_EXAMPLES] = {
        {{1, "4200001", "Anna", "Hanna"}},
        {{2, "4200002", "Meyer", "Meyer-Landruth"}},
        {{1, "4200001", NULL, "Director"},
         {2, "4200002", "Engineer", NULL},
         {4, "4200004",
          "Senior Vice President, Central European Operations and Long-Range "
          "Planning",
          "Senior Vice President, European Operations, Long-Range Planning and "
          "everything else that has a title which is longer than a line"}},
        {{1, "4200001", "M\u00fcnchen", "Munich"},
         {3, "4200003", "Oslo", "Bergen"},
         {1200, "4201200", "Bergen", "Oslo"}},
        {{1, "4200001", "80331", "80333"}},
        {{10, "4200010", "+49 89 1234567", NULL},
         {11, "4200011", "+49 89 1234568", NULL},
         {12, "4200012", "+49 89 1234569", NULL}},
    };

    sample->report.values = true;
    for (unsigned i = 0; i < COUNT(values); i++)
        for (unsigned j = 0; j < REPORT_EXAMPLES && values[i][j].id; j++)
            sample->changes[i].examples[sample->changes[i].example_count++] =
                values[i][j];
}

/* The pointers must be set again if the sample is copied. */
static inline void point_sample(struct sample_report *sample)
{
    sample->report.commands = sample->commands;
    sample->report.statuses = sample->statuses;
    sample->report.failures = sample->failures;
    sample->report.changes = sample->changes;
    sample->report.samples = sample->samples;
    sample->report.calls = sample->calls;
    sample->report.facts = sample->facts;
    sample->report.shards = sample->shards;
    sample->report.options = sample->options;
    sample->report.hashes = sample->hashes;
}

static inline void fill_sample(struct sample_report *sample)
{
    *sample = (struct sample_report){
        .report =
            {
                .version = "bauser-batch 1.0",
                .mode = MODE_APPLY,
                .finished = true,
                .exit_status = 7,
                .exit_meaning = "the outcome of some rows is unknown",
                .service = "Microsoft Advertising (rest)",
                .target = "production",
                .customer = "251004",
                .host = "maria@batch-3",
                .started = 1767312000,
                .ended = 1767312240,
                .milliseconds = 240000,
                .input = "users.csv",
                .input_hash = SAMPLE_HASH,
                .input_rows = 10000,
                .output = "result.csv",
                .rows = 10000,
            },
    };
    fill_lists(sample);
    fill_failures(sample);
    fill_course(sample);
    point_sample(sample);
}

#endif
