#include "schedule.h"

#include <inttypes.h>
#include <string.h>

#define SECOND INT64_C(1000000)
#define MINUTE (60 * SECOND)

const char *fault_name(enum fault fault)
{
    static const char *const names[FAULT_COUNT] = {
        [FAULT_SLOW] = "slow",
        [FAULT_REFUSED] = "connection refused",
        [FAULT_LOST_REQUEST] = "lost request",
        [FAULT_LOST_RESPONSE] = "lost response",
        [FAULT_ERROR_BEFORE] = "error before applying",
        [FAULT_ERROR_AFTER] = "error after applying",
        [FAULT_LATE] = "late apply",
        [FAULT_STALE_READ] = "stale read",
        [FAULT_PAGE] = "unexpected response",
        [FAULT_THROTTLED] = "throttled",
        [FAULT_AT_ONCE] = "too many calls at once",
        [FAULT_BAD_NODE] = "bad node",
        [FAULT_OTHER_WRITER] = "other writer",
    };

    return names[fault];
}

/* ---- making -------------------------------------------------------------- */

static void make_rows(struct schedule *schedule, struct draw *draw)
{
    unsigned most = draw_chance(draw, 100) ? SCHEDULE_MAX_ROWS : 60;

    schedule->row_count = draw_between(draw, 1, most);
    schedule->user_count =
        draw_between(draw, 1, draw_chance(draw, 300) ? 4 : SCHEDULE_MAX_USERS);
    schedule->per_person = draw_chance(draw, 150) ? 2 : 1;
    for (unsigned i = 0; i < schedule->row_count; i++) {
        struct row_plan *row = &schedule->rows[i];
        unsigned kind = draw_below(draw, 100);

        row->label = i + 1;
        row->user = draw_below(draw, schedule->user_count);
        row->kind = kind < 76   ? ROW_CHANGE
                    : kind < 84 ? ROW_SAME
                    : kind < 94 ? ROW_GUARDED
                    : kind < 97 ? ROW_NOBODY
                                : ROW_INVALID;
        row->city = draw_chance(draw, 700);
        row->title = !row->city || draw_chance(draw, 400);
    }
}

static void make_service(struct schedule *schedule, struct draw *draw)
{
    if (draw_chance(draw, 200))
        schedule->normalization =
            draw_chance(draw, 500) ? NORMALIZE_UPPER_CASE : NORMALIZE_BLANKS;
    schedule->coarse = draw_chance(draw, 100);
    schedule->lag_us = (int64_t)draw_between(draw, 1, 8) * SECOND;
    if (draw_chance(draw, 150))
        schedule->limit = (enum limit_kind)draw_between(draw, 1, LIMIT_AT_ONCE);
    schedule->limit_calls = draw_between(draw, 4, 20);
    schedule->bad_user = draw_below(draw, schedule->user_count);
    if (draw_chance(draw, 250))
        schedule->bad = (enum bad_user)draw_between(draw, 1, BAD_REFUSED);
    schedule->renews = draw_chance(draw, 300);
    schedule->retry_failed = draw_chance(draw, 300);
    schedule->restarts = draw_chance(draw, 150);
    schedule->sync_second = draw_chance(draw, 100);
    schedule->others_between = draw_chance(draw, 300);
    schedule->concurrency = draw_between(draw, 1, 8);
    schedule->window =
        draw_chance(draw, 500) ? draw_between(draw, 1, 8) : 10000;
    schedule->retries = draw_chance(draw, 200) ? draw_below(draw, 3) : 8;
    schedule->rate = draw_chance(draw, 100) ? draw_between(draw, 2, 20) : 0;
    schedule->give_up = draw_chance(draw, 500) ? 30 : draw_between(draw, 1, 5);
}

/* Its users have no persons, and each update gives a new etag. */
static void make_partner(struct schedule *schedule, struct draw *draw)
{
    schedule->partner = draw_chance(draw, 200);
    if (!schedule->partner)
        return;
    schedule->per_person = 1;
    schedule->coarse = false;
}

/* A process meets no faults of calls, a few kinds, or most of them. */
static void make_chances(struct part_plan *part, struct draw *draw)
{
    unsigned kinds = draw_below(draw, 3);

    if (kinds == 0 && draw_chance(draw, 100))
        part->chances[FAULT_AT_ONCE] = 20;
    for (unsigned i = 0; i < FAULT_COUNT && kinds > 0; i++)
        if (draw_chance(draw, kinds == 1 ? 150 : 500))
            part->chances[i] = draw_chance(draw, 300)
                                   ? draw_between(draw, 50, 250)
                                   : draw_between(draw, 1, 50);
}

static void make_outage(struct part_plan *part, struct draw *draw)
{
    unsigned kind = draw_below(draw, 3);

    part->gets_fail = kind != 1;
    part->updates_fail = kind != 0;
    part->outage_start = 1 + (int64_t)draw_below(draw, 2000) * 1000;
    part->outage_end =
        part->outage_start + (int64_t)draw_between(draw, 1, 600) * SECOND;
}

static void make_part(struct schedule *schedule, struct part_plan *part,
                      struct draw *draw)
{
    /* Most operations come early: some for the files, and some for each row. */
    unsigned most = 20 + 4 * schedule->row_count;

    *part = (struct part_plan){.key = draw_next(draw)};
    make_chances(part, draw);
    if (draw_chance(draw, 600)) {
        part->death = draw_chance(draw, 400) ? DEATH_POWER : DEATH_KILL;
        part->die_at = draw_between(draw, 1, most);
    }
    if (draw_chance(draw, 60))
        part->full_at = draw_between(draw, 1, most / 3);
    if (draw_chance(draw, 30))
        part->write_fails = draw_between(draw, 1, most / 3);
    if (draw_chance(draw, 30))
        part->sync_fails = draw_between(draw, 1, 12);
    if (draw_chance(draw, 50))
        part->sync_us = SECOND / 2;
    if (draw_chance(draw, 150))
        make_outage(part, draw);
    if (schedule->renews && draw_chance(draw, 150))
        part->lock_end = (int64_t)draw_between(
                             draw, 1, draw_chance(draw, 300) ? 10000 : 120) *
                         SECOND;
    if (draw_chance(draw, 60))
        part->signal_at = 1 + (int64_t)draw_below(draw, 5000) * 1000;
    if (draw_chance(draw, 100))
        part->clock_jump = ((int64_t)draw_below(draw, 7200) - 3600) * SECOND;
    part->token_fails = schedule->renews && draw_chance(draw, 300);
    part->revoked_at = draw_chance(draw, 20) ? 1 : 0;
}

/* In half of these schedules, others write users whose updates wait. */
static void make_no_etags(struct schedule *schedule, struct draw *draw)
{
    schedule->no_etags = schedule->partner && draw_chance(draw, 500);
    if (!schedule->no_etags || draw_chance(draw, 500))
        return;
    for (unsigned i = 0; i < schedule->part_count; i++) {
        schedule->parts[i].chances[FAULT_OTHER_WRITER] = 200;
        schedule->parts[i].chances[FAULT_THROTTLED] = 200;
    }
}

static void make_bounds(struct schedule *schedule, struct draw *draw)
{
    if (draw_chance(draw, 150))
        schedule->most = draw_between(draw, 1, 20);
    if (draw_chance(draw, 100))
        schedule->max_changes = draw_between(draw, 1, 20);
    if (draw_chance(draw, 100))
        schedule->seconds =
            draw_between(draw, 1, draw_chance(draw, 500) ? 5 : 600);
}

/* Tokens that are refused while calls are in flight, and a user whose updates
 * are. */
static void make_revocations(struct schedule *schedule, struct draw *draw)
{
    for (unsigned i = 0; i < schedule->part_count; i++)
        if (draw_chance(draw, 30))
            schedule->parts[i].revoked_at =
                1 + (int64_t)draw_below(draw, 3000) * 1000;
    if (schedule->bad == BAD_401 && draw_chance(draw, 500))
        schedule->bad = BAD_UPDATE_401;
}

/* In some schedules many rows are invalid: they are rejected after GetUser,
 * from within their groups. */
static void make_invalid(struct schedule *schedule, struct draw *draw)
{
    if (!draw_chance(draw, 100))
        return;
    for (unsigned i = 0; i < schedule->row_count; i++)
        if (draw_chance(draw, 400))
            schedule->rows[i].kind = ROW_INVALID;
}

void schedule_make(struct schedule *schedule, uint64_t seed)
{
    struct draw draw = draw_keyed(seed, 0);
    struct draw undo = draw_keyed(seed, 4000);
    struct draw bounds = draw_keyed(seed, 5000);
    struct draw plan = draw_keyed(seed, 6000);
    struct draw etags = draw_keyed(seed, 7000);
    struct draw revocations = draw_keyed(seed, 8000);
    struct draw invalid = draw_keyed(seed, 9017);

    memset(schedule, 0, sizeof(*schedule));
    schedule->seed = seed;
    make_rows(schedule, &draw);
    make_service(schedule, &draw);
    make_partner(schedule, &draw);
    schedule->part_count = draw_between(&draw, 1, SCHEDULE_PARTS);
    for (unsigned i = 0; i < schedule->part_count; i++)
        make_part(schedule, &schedule->parts[i], &draw);
    schedule->token_life =
        draw_chance(&draw, 500) ? 3600 : draw_between(&draw, 10, 60);
    schedule->undo = draw_chance(&undo, 500) && !schedule->restarts &&
                     !schedule->sync_second;
    make_no_etags(schedule, &etags);
    make_bounds(schedule, &bounds);
    make_revocations(schedule, &revocations);
    make_invalid(schedule, &invalid);
    schedule->plan = draw_chance(&plan, 600) && !schedule->restarts &&
                     !schedule->sync_second && !schedule->undo &&
                     !schedule->retry_failed && !schedule->most &&
                     !schedule->max_changes;
}

/* ---- printing ------------------------------------------------------------ */

static void print_part(const struct part_plan *part, unsigned number, FILE *out)
{
    static const char *const deaths[] = {"killed", "power cut"};

    fprintf(out, "  process %u:", number);
    if (part->die_at)
        fprintf(out, " %s at operation %u;", deaths[part->death], part->die_at);
    for (unsigned i = 0; i < FAULT_COUNT; i++)
        if (part->chances[i])
            fprintf(out, " %s %u/1000;", fault_name((enum fault)i),
                    part->chances[i]);
    if (part->full_at)
        fprintf(out, " disk full at write %u;", part->full_at);
    if (part->write_fails)
        fprintf(out, " EIO at write %u;", part->write_fails);
    if (part->sync_fails)
        fprintf(out, " EIO at sync %u;", part->sync_fails);
    if (part->sync_us)
        fprintf(out, " slow syncs;");
    if (part->outage_end)
        fprintf(out, " outage of%s%s from %.3f s to %.3f s;",
                part->gets_fail ? " GetUser" : "",
                part->updates_fail ? " UpdateUser" : "",
                (double)part->outage_start / SECOND,
                (double)part->outage_end / SECOND);
    if (part->lock_end)
        fprintf(out, " secret file locked for %.0f s;",
                (double)part->lock_end / SECOND);
    if (part->signal_at)
        fprintf(out, " signal at %.3f s;", (double)part->signal_at / SECOND);
    if (part->clock_jump)
        fprintf(out, " clock wrong by %.0f s;",
                (double)part->clock_jump / SECOND);
    if (part->revoked_at)
        fprintf(out, " tokens are refused from %.3f s on;",
                (double)part->revoked_at / SECOND);
    fprintf(out, "%s\n", part->token_fails ? " token calls fail;" : "");
}

void schedule_print(const struct schedule *schedule, FILE *out)
{
    static const char *const kinds[] = {"change", "same", "guarded", "nobody",
                                        "invalid"};
    static const char *const bads[] = {"",           "get 500",   "update 500",
                                       "429",        "401",       "page 404",
                                       "is refused", "update 401"};
    static const char *const limits[] = {"", "a second", "in five seconds",
                                         "at once"};

    fprintf(out,
            "seed %" PRIu64 ": concurrency %u, window %u, retries %u, "
            "rate %u, give up %u min",
            schedule->seed, schedule->concurrency, schedule->window,
            schedule->retries, schedule->rate, schedule->give_up);
    if (schedule->most)
        fprintf(out, ", limit %u", schedule->most);
    if (schedule->max_changes)
        fprintf(out, ", max changes %u", schedule->max_changes);
    if (schedule->seconds)
        fprintf(out, ", max duration %u s", schedule->seconds);
    if (schedule->renews)
        fprintf(out, ", refresh token, tokens of %u s", schedule->token_life);
    fprintf(out, "%s%s%s%s%s%s%s%s%s\n",
            schedule->partner ? ", Partner Center" : "",
            schedule->no_etags ? ", without etags" : "",
            schedule->normalization == NORMALIZE_UPPER_CASE ? ", upper case"
            : schedule->normalization                       ? ", without blanks"
                                                            : "",
            schedule->coarse ? ", coarse stamps" : "",
            schedule->sync_second ? ", sync second" : "",
            schedule->restarts ? ", restarts" : "",
            schedule->undo ? ", undo" : "", schedule->plan ? ", plan" : "",
            schedule->retry_failed ? ", then --retry-failed" : "");
    if (schedule->limit)
        fprintf(out, "  limit: %u calls %s\n", schedule->limit_calls,
                limits[schedule->limit]);
    if (schedule->bad)
        fprintf(out, "  user %u: always %s\n", schedule->bad_user + 1,
                bads[schedule->bad]);
    for (unsigned i = 0; i < schedule->row_count; i++) {
        const struct row_plan *row = &schedule->rows[i];

        fprintf(out, "  row %u: label %u, user %u, %s%s%s\n", i + 1, row->label,
                row->user + 1, kinds[row->kind], row->city ? ", City" : "",
                row->title ? ", JobTitle" : "");
    }
    for (unsigned i = 0; i < schedule->part_count; i++)
        print_part(&schedule->parts[i], i + 1, out);
}

/* ---- reducing ------------------------------------------------------------ */

static void drop_rows(struct schedule *schedule, unsigned from, unsigned count)
{
    memmove(&schedule->rows[from], &schedule->rows[from + count],
            (schedule->row_count - from - count) * sizeof(schedule->rows[0]));
    schedule->row_count -= count;
}

/* Sets a member of the schedule to its simplest value; was it another one? */
#define SIMPLIFY(member, value)                                                \
    do {                                                                       \
        bool differs = (member) != (value);                                    \
        (member) = (value);                                                    \
        return differs;                                                        \
    } while (0)

#define SERVICE_WAYS 20

/* Ways that concern the schedule as a whole. */
static bool reduce_service(struct schedule *schedule, unsigned way)
{
    switch (way) {
    case 0:
        SIMPLIFY(schedule->part_count,
                 schedule->part_count > 1 ? schedule->part_count - 1 : 1);
    case 1:
        SIMPLIFY(schedule->normalization, NORMALIZE_NOT);
    case 2:
        SIMPLIFY(schedule->coarse, false);
    case 3:
        SIMPLIFY(schedule->limit, LIMIT_NONE);
    case 4:
        SIMPLIFY(schedule->bad, BAD_NONE);
    case 5:
        SIMPLIFY(schedule->renews, false);
    case 6:
        SIMPLIFY(schedule->retry_failed, false);
    case 7:
        SIMPLIFY(schedule->others_between, false);
    case 8:
        SIMPLIFY(schedule->rate, 0);
    case 9:
        SIMPLIFY(schedule->concurrency, 1);
    case 10:
        SIMPLIFY(schedule->restarts, false);
    case 11:
        SIMPLIFY(schedule->sync_second, false);
    case 12:
        schedule->no_etags = false;
        SIMPLIFY(schedule->partner, false);
    case 13:
        SIMPLIFY(schedule->undo, false);
    case 14:
        SIMPLIFY(schedule->most, 0);
    case 15:
        SIMPLIFY(schedule->max_changes, 0);
    case 16:
        SIMPLIFY(schedule->plan, false);
    case 17:
        SIMPLIFY(schedule->seconds, 0);
    case 18:
        SIMPLIFY(schedule->no_etags, false);
    default:
        SIMPLIFY(schedule->per_person, 1);
    }
}

#define PART_WAYS (FAULT_COUNT + 11)

/* Ways that concern one process. */
static bool reduce_part(struct part_plan *part, unsigned way)
{
    if (way < FAULT_COUNT)
        SIMPLIFY(part->chances[way], 0);
    switch (way - FAULT_COUNT) {
    case 0:
        SIMPLIFY(part->die_at, 0);
    case 1:
        SIMPLIFY(part->full_at, 0);
    case 2:
        SIMPLIFY(part->write_fails, 0);
    case 3:
        SIMPLIFY(part->sync_fails, 0);
    case 4:
        SIMPLIFY(part->sync_us, 0);
    case 5:
        SIMPLIFY(part->outage_end, 0);
    case 6:
        SIMPLIFY(part->lock_end, 0);
    case 7:
        SIMPLIFY(part->signal_at, 0);
    case 8:
        SIMPLIFY(part->clock_jump, 0);
    case 9:
        SIMPLIFY(part->revoked_at, 0);
    default:
        SIMPLIFY(part->token_fails, false);
    }
}

bool schedule_reduce(struct schedule *schedule, unsigned way, bool *changed)
{
    *changed = false;
    /* Half of the rows, a quarter, ..., then single ones. */
    for (unsigned size = SCHEDULE_MAX_ROWS / 2; size > 0; size /= 2) {
        unsigned pieces = SCHEDULE_MAX_ROWS / size;

        if (way >= pieces) {
            way -= pieces;
            continue;
        }
        if ((way + 1) * size <= schedule->row_count &&
            size < schedule->row_count) {
            drop_rows(schedule, way * size, size);
            *changed = true;
        }
        return true;
    }
    if (way < SERVICE_WAYS) {
        *changed = reduce_service(schedule, way);
        return true;
    }
    way -= SERVICE_WAYS;
    if (way >= SCHEDULE_PARTS * PART_WAYS)
        return false;
    if (way / PART_WAYS < schedule->part_count)
        *changed =
            reduce_part(&schedule->parts[way / PART_WAYS], way % PART_WAYS);
    return true;
}
