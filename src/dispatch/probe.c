#include "dispatch/probe.h"

#include <stdio.h>
#include <string.h>

static void copy_key(char to[SERVICE_KEY_SIZE], const char *key)
{
    (void)snprintf(to, SERVICE_KEY_SIZE, "%s", key);
}

/* Do both keys have the same tenant? Users of some services have none. */
static bool is_same_tenant(const char *key, const char *other)
{
    size_t len = service_split_key(other).tenant_len;

    return len > 0 && strncmp(key, other, len) == 0;
}

void probe_add_worked(struct probe *probe, const char *key)
{
    char(*keys)[SERVICE_KEY_SIZE] = probe->keys + PROBE_WORKED;

    if (strcmp(keys[0], key) == 0)
        return;
    if (service_split_key(key).tenant && !is_same_tenant(keys[0], key))
        copy_key(keys[1], keys[0]);
    copy_key(keys[2], keys[0]);
    copy_key(keys[0], key);
}

void probe_add_read(struct probe *probe, const char *key)
{
    char(*keys)[SERVICE_KEY_SIZE] = probe->keys + PROBE_READ;

    if (strcmp(keys[0], key) != 0 && !is_same_tenant(keys[0], key))
        copy_key(keys[1], keys[0]);
    copy_key(keys[0], key);
}

/* The index of the user to fetch, another one than this; PROBE_KEYS: none is
 * known. */
static unsigned choose(const struct probe *probe, const char *avoided)
{
    for (unsigned i = 0; i < PROBE_KEYS; i++) {
        unsigned at = (probe->next + i) % PROBE_KEYS;

        if (*probe->keys[at] && strcmp(probe->keys[at], avoided) != 0)
            return at;
    }
    return PROBE_KEYS;
}

bool probe_is_possible(const struct probe *probe)
{
    return choose(probe, "") < PROBE_KEYS;
}

bool probe_has_other(const struct probe *probe, const char *key)
{
    return choose(probe, key) < PROBE_KEYS;
}

const char *probe_take(struct probe *probe, const char *avoided)
{
    unsigned other = choose(probe, avoided);

    probe->next = other < PROBE_KEYS ? other : choose(probe, "");
    memcpy(probe->sent, probe->keys[probe->next], SERVICE_KEY_SIZE);
    return probe->sent;
}

void probe_failed(struct probe *probe)
{
    probe->next = (probe->next + 1) % PROBE_KEYS;
}
