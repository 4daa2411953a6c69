#include "limits.h"

void limits_init(struct limits *limits)
{
    limits->count = limits->generation = 0;
}

void limits_free(struct limits *limits)
{
    for (unsigned i = 0; i < limits->count; i++)
        limit_clear(&limits->all[i]);
    limits->count = 0;
}

const char *limits_add(struct limits *limits, const char *text)
{
    if (limits->count == LIMITS_MAX)
        return "there are too many limits";
    const char *reason = limit_parse(&limits->all[limits->count], text);
    if (reason == NULL)
        limits->count++;
    return reason;
}

void limits_replace(struct limits *limits, struct limits *by)
{
    unsigned generation = limits->generation + 1;

    limits_free(limits);
    *limits = *by;
    limits->generation = generation;
    by->count = 0;
}

const struct limit *limits_call(struct limits *limits, enum call_kind kind,
                                const char *user, const char *tenant,
                                uint64_t now, uint64_t *wait,
                                struct limits_held *held)
{
    struct limit *refuses = NULL;
    unsigned selected = 0;

    *held = (struct limits_held){.generation = limits->generation};
    for (unsigned i = 0; kind != CALL_TOKEN && i < limits->count; i++) {
        struct limit *limit = &limits->all[i];
        if (!limit_selects(limit, kind, user, tenant))
            continue;
        selected |= 1U << i;
        uint64_t left = limit_wait(limit, now);
        if (left > 0 && refuses == NULL) {
            refuses = limit;
            *wait = left;
        }
    }
    for (unsigned i = 0; i < limits->count; i++)
        if ((selected & 1U << i) != 0 &&
            limit_pass(&limits->all[i], now, refuses == NULL))
            held->mask |= 1U << i;
    /* A refused call that counts makes the wait longer. */
    if (refuses != NULL && refuses->counts_refused)
        *wait = limit_wait(refuses, now);
    return refuses;
}

void limits_end(struct limits *limits, const struct limits_held *held)
{
    if (held->generation != limits->generation)
        return;
    for (unsigned i = 0; i < limits->count; i++)
        if ((held->mask & 1U << i) != 0)
            limit_end(&limits->all[i]);
}

void limits_print(const struct limits *limits, struct text *out)
{
    text_char(out, '[');
    for (unsigned i = 0; i < limits->count; i++) {
        if (i > 0)
            text_char(out, ',');
        text_json(out, limits->all[i].text);
    }
    text_char(out, ']');
}
