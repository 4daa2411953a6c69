#include "settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum type { NUMBER, STRING, BOOL };

#define PLACE(member)                                                          \
    offsetof(struct settings, member), sizeof((struct settings *)0)->member

static const struct setting {
    const char *name;
    enum type type;
    size_t offset, size;
} table[] = {
    {"latency_ms", NUMBER, PLACE(latency_ms)},
    {"jitter_ms", NUMBER, PLACE(jitter_ms)},
    {"clock_ahead_s", NUMBER, PLACE(clock_ahead_s)},
    {"access_token", STRING, PLACE(access_token)},
    {"developer_token", STRING, PLACE(developer_token)},
    {"customer_id", STRING, PLACE(customer_id)},
    {"application_token", STRING, PLACE(application_token)},
    {"username", STRING, PLACE(username)},
    {"password", STRING, PLACE(password)},
    {"client_id", STRING, PLACE(client_id)},
    {"client_secret", STRING, PLACE(client_secret)},
    {"token_lifetime_ms", NUMBER, PLACE(token_lifetime_ms)},
    {"rotate_refresh_tokens", BOOL, PLACE(rotate_refresh_tokens)},
    {"redirect_uri", STRING, PLACE(redirect_uri)},
    {"code_lifetime_ms", NUMBER, PLACE(code_lifetime_ms)},
    {"device_lifetime_ms", NUMBER, PLACE(device_lifetime_ms)},
    {"device_interval_ms", NUMBER, PLACE(device_interval_ms)},
    {"refuse_connections", BOOL, PLACE(refuse_connections)},
    {"read_lag_ms", NUMBER, PLACE(read_lag_ms)},
    {"uppercase", BOOL, PLACE(uppercase)},
    {"coarse_stamps", BOOL, PLACE(coarse_stamps)},
    {"null_keeps", BOOL, PLACE(null_keeps)},
    {"page_size", NUMBER, PLACE(page_size)},
    {"page_epoch", NUMBER, PLACE(page_epoch)},
    {"strict", BOOL, PLACE(strict)},
    {"record", BOOL, PLACE(record)},
    {"record_bodies", BOOL, PLACE(record_bodies)},
};

#define SETTINGS (sizeof table / sizeof *table)

void settings_init(struct settings *settings)
{
    *settings = (struct settings){
        .access_token = "sim-access-token",
        .developer_token = "sim-developer-token",
        .client_id = "sim-client",
        .token_lifetime_ms = 3600000,
        .page_size = 500,
        .rotate_refresh_tokens = true,
        .redirect_uri = "http://localhost",
        .code_lifetime_ms = 600000,
        .device_lifetime_ms = 900000,
        .device_interval_ms = 5000,
        .record = true,
    };
}

static int set(const struct setting *setting, struct settings *settings,
               const struct json *value)
{
    char *place = (char *)settings + setting->offset;

    if (setting->type == STRING && value->type == JSON_STRING &&
        strlen(value->text) < setting->size) {
        memcpy(place, value->text, strlen(value->text) + 1);
        return 0;
    }
    if (setting->type == NUMBER && value->type == JSON_NUMBER &&
        strspn(value->text, "0123456789") == strlen(value->text) &&
        strlen(value->text) < 10) {
        unsigned number = (unsigned)strtoul(value->text, NULL, 10);
        memcpy(place, &number, sizeof number);
        return 0;
    }
    if (setting->type == BOOL &&
        (value->type == JSON_TRUE || value->type == JSON_FALSE)) {
        bool on = value->type == JSON_TRUE;
        memcpy(place, &on, sizeof on);
        return 0;
    }
    return -1;
}

int settings_change(struct settings *settings, const struct json *object,
                    const char **invalid)
{
    struct settings changed = *settings;

    for (const struct json *at = object->first; at != NULL; at = at->next) {
        size_t i = 0;
        while (i < SETTINGS && strcmp(table[i].name, at->name) != 0)
            i++;
        if (i == SETTINGS || set(&table[i], &changed, at) != 0) {
            *invalid = at->name;
            return -1;
        }
    }
    *settings = changed;
    return 0;
}

void settings_print(const struct settings *settings, struct text *out)
{
    for (size_t i = 0; i < SETTINGS; i++) {
        const char *place = (const char *)settings + table[i].offset;
        text_char(out, i == 0 ? '{' : ',');
        text_json(out, table[i].name);
        text_char(out, ':');
        if (table[i].type == STRING) {
            text_json(out, place);
        } else if (table[i].type == BOOL) {
            text_puts(out, *place != 0 ? "true" : "false");
        } else {
            unsigned number;
            memcpy(&number, place, sizeof number);
            text_printf(out, "%u", number);
        }
    }
    text_char(out, '}');
}
