#include "dispatch/probe.h"

#include <stdio.h>
#include <string.h>

/* Puts the key before the other one of its kind. */
static void put_first(char (*keys)[SERVICE_KEY_SIZE], const char *key)
{
    memcpy(keys[1], keys[0], SERVICE_KEY_SIZE);
    (void)snprintf(keys[0], SERVICE_KEY_SIZE, "%s", key);
}

void probe_add_worked(struct probe *probe, const char *key)
{
    if (strcmp(probe->keys[PROBE_WORKED], key) != 0)
        put_first(probe->keys + PROBE_WORKED, key);
}

void probe_add_read(struct probe *probe, const char *key)
{
    char *newest = probe->keys[PROBE_READ];
    struct key_parts parts = service_split_key(key);

    if (*newest && strncmp(newest, key, parts.tenant_len) == 0)
        (void)snprintf(newest, SERVICE_KEY_SIZE, "%s", key);
    else
        put_first(probe->keys + PROBE_READ, key);
}

/* The index of the user to fetch; PROBE_KEYS: none is known. */
static unsigned choose(const struct probe *probe)
{
    for (unsigned i = 0; i < PROBE_KEYS; i++) {
        unsigned at = (probe->next + i) % PROBE_KEYS;

        if (*probe->keys[at])
            return at;
    }
    return PROBE_KEYS;
}

bool probe_is_possible(const struct probe *probe)
{
    return choose(probe) < PROBE_KEYS;
}

bool probe_has_other(const struct probe *probe, const char *key)
{
    for (unsigned i = 0; i < PROBE_KEYS; i++)
        if (*probe->keys[i] && strcmp(probe->keys[i], key) != 0)
            return true;
    return false;
}

const char *probe_take(struct probe *probe)
{
    probe->next = choose(probe);
    memcpy(probe->sent, probe->keys[probe->next], SERVICE_KEY_SIZE);
    return probe->sent;
}

void probe_failed(struct probe *probe)
{
    probe->next = (probe->next + 1) % PROBE_KEYS;
}
