#include "dispatch/probe.h"

#include <stdio.h>
#include <string.h>

static void copy_key(char to[SERVICE_KEY_SIZE], const char *key)
{
    (void)snprintf(to, SERVICE_KEY_SIZE, "%s", key);
}

/* Does the key have another tenant than the other one? Users of some services
 * have none. */
static bool is_other_tenant(const char *key, const char *other)
{
    size_t len = service_split_key(other).tenant_len;

    return len > 0 && strncmp(key, other, len) != 0;
}

void probe_add_worked(struct probe *probe, const char *key)
{
    char(*keys)[SERVICE_KEY_SIZE] = probe->keys + PROBE_WORKED;

    if (strcmp(keys[0], key) == 0)
        return;
    if (is_other_tenant(keys[0], key)) {
        copy_key(keys[2], keys[1]);
        copy_key(keys[1], keys[0]);
    } else {
        copy_key(keys[2], keys[0]);
    }
    copy_key(keys[0], key);
}

void probe_add_read(struct probe *probe, const char *key)
{
    char(*keys)[SERVICE_KEY_SIZE] = probe->keys + PROBE_READ;

    if (strcmp(keys[0], key) == 0)
        return;
    if (!service_split_key(key).tenant || is_other_tenant(keys[0], key))
        copy_key(keys[1], keys[0]);
    copy_key(keys[0], key);
}

/* How well a user can be fetched if another one is to be avoided. */
enum fit { NOT_THERE, THE_SAME, OTHER_USER, OTHER_TENANT };

static enum fit fit_of(const char *key, const char *avoided)
{
    if (!*key)
        return NOT_THERE;
    if (strcmp(key, avoided) == 0)
        return THE_SAME;
    return is_other_tenant(key, avoided) ? OTHER_TENANT : OTHER_USER;
}

bool probe_has_other(const struct probe *probe, const char *key)
{
    for (unsigned i = 0; i < PROBE_KEYS; i++)
        if (fit_of(probe->keys[i], key) > THE_SAME)
            return true;
    return false;
}

bool probe_is_possible(const struct probe *probe)
{
    return probe_has_other(probe, "");
}

const char *probe_take(struct probe *probe, const char *avoided)
{
    unsigned next = probe->next;
    enum fit best = NOT_THERE;

    for (unsigned i = 0; i < PROBE_KEYS; i++) {
        unsigned at = (next + i) % PROBE_KEYS;
        enum fit fit = fit_of(probe->keys[at], avoided);

        if (fit > best) {
            best = fit;
            probe->next = at;
        }
    }
    copy_key(probe->sent, probe->keys[probe->next]);
    return probe->sent;
}

void probe_failed(struct probe *probe)
{
    probe->next = (probe->next + 1) % PROBE_KEYS;
}
