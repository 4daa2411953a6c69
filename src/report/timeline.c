#include "report/timeline.h"

/* The sum of two neighbours. */
static struct report_sample merge(const struct report_sample *a,
                                  const struct report_sample *b)
{
    return (struct report_sample){
        .rows = a->rows + b->rows,
        .calls = a->calls + b->calls,
        .throttled = a->throttled + b->throttled,
        .in_flight = a->in_flight > b->in_flight ? a->in_flight : b->in_flight,
        .limit = b->limit,
        .waits = a->waits | b->waits,
    };
}

static void halve(struct timeline *timeline)
{
    for (unsigned i = 0; i < REPORT_SAMPLES / 2; i++)
        timeline->samples[i] =
            merge(&timeline->samples[2 * i], &timeline->samples[2 * i + 1]);
    timeline->count = REPORT_SAMPLES / 2;
    timeline->span *= 2;
}

/* What holds now belongs to the current sample. */
static void note_state(struct timeline *timeline)
{
    const struct timeline_state *state = &timeline->last;
    struct report_sample *sample = &timeline->samples[timeline->count - 1];

    if (state->in_flight > sample->in_flight)
        sample->in_flight = state->in_flight;
    sample->limit = state->limit;
    sample->waits |= state->waits;
}

/* Appends samples, in which the last state holds, up to the last note. */
static void advance(struct timeline *timeline)
{
    int64_t length = timeline->length;

    while (length / timeline->span >= REPORT_SAMPLES) {
        while (timeline->count < REPORT_SAMPLES) {
            timeline->samples[timeline->count++] = (struct report_sample){0};
            note_state(timeline);
        }
        halve(timeline);
    }
    while (timeline->count <= length / timeline->span) {
        timeline->samples[timeline->count++] = (struct report_sample){0};
        note_state(timeline);
    }
}

void timeline_begin(struct timeline *timeline,
                    const struct timeline_state *state, int64_t now)
{
    *timeline = (struct timeline){
        .count = 1, .span = TIMELINE_SPAN, .start = now, .last = *state};
    note_state(timeline);
}

void timeline_note(struct timeline *timeline,
                   const struct timeline_state *state, int64_t now)
{
    struct report_sample *sample;

    if (now < timeline->start)
        now = timeline->start;
    timeline->length = now - timeline->start;
    advance(timeline);
    sample = &timeline->samples[timeline->count - 1];
    sample->rows += state->rows - timeline->last.rows;
    sample->calls += state->calls - timeline->last.calls;
    sample->throttled += state->throttled - timeline->last.throttled;
    timeline->last = *state;
    note_state(timeline);
}

void timeline_mark(struct timeline *timeline, unsigned wait, int64_t since)
{
    int64_t first = (since - timeline->start) / timeline->span;

    if (since < timeline->start)
        first = 0;
    for (int64_t i = first; i < timeline->count; i++)
        timeline->samples[i].waits |= 1U << wait;
}
