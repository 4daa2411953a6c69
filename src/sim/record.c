#include "record.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

const char *const call_names[CALL_KINDS] = {"GetUser", "UpdateUser", "Token",
                                            "List", "other"};

void record_init(struct record *record)
{
    *record = (struct record){.cleared = 0};
}

void record_clear(struct record *record)
{
    for (size_t i = 0; i < record->count; i++)
        free(record->calls[i].body);
    for (size_t i = 0; i < record->shared_count; i++)
        free(record->shared[i]);
    for (size_t i = 0; i < record->applied_count; i++)
        free(record->applied[i].user);
    record->cleared += record->count;
    record->count = record->applied_count = record->shared_count = 0;
}

void record_free(struct record *record)
{
    record_clear(record);
    free(record->calls);
    free(record->applied);
    free(record->shared);
    record_init(record);
}

const char *record_share(struct record *record, const char *text)
{
    size_t count = record->shared_count;

    for (size_t i = count; i > 0 && count - i < 16; i--)
        if (strcmp(record->shared[i - 1], text) == 0)
            return record->shared[i - 1];
    record->shared =
        mem_grow(record->shared, (count + 1) * sizeof *record->shared);
    record->shared[record->shared_count++] = mem_copy(text, strlen(text));
    return record->shared[count];
}

uint64_t record_add(struct record *record, const struct record_call *call)
{
    if (record->count == record->size) {
        record->size = record->size > 0 ? record->size * 2 : 256;
        record->calls =
            mem_grow(record->calls, record->size * sizeof *record->calls);
    }
    record->calls[record->count++] = *call;
    return record->cleared + record->count;
}

struct record_call *record_find(struct record *record, uint64_t n)
{
    if (n <= record->cleared || n > record->cleared + record->count)
        return NULL;
    return &record->calls[n - record->cleared - 1];
}

void record_add_applied(struct record *record, uint64_t n, const char *id,
                        const char *user, size_t len)
{
    if (record->applied_count == record->applied_size) {
        record->applied_size =
            record->applied_size > 0 ? record->applied_size * 2 : 256;
        record->applied = mem_grow(
            record->applied, record->applied_size * sizeof *record->applied);
    }
    struct record_applied *added = &record->applied[record->applied_count++];
    added->n = n;
    snprintf(added->id, sizeof added->id, "%s", id);
    added->user = mem_copy(user, len);
}

static void print_string(struct text *out, const char *name, const char *value)
{
    text_printf(out, ",\"%s\":", name);
    if (value != NULL)
        text_json(out, value);
    else
        text_puts(out, "null");
}

static void print_date(struct text *out, time_t date)
{
    text_puts(out, ",\"date\":\"");
    text_http_date(out, date);
    text_char(out, '"');
}

static void print_call(const struct record_call *call, uint64_t n,
                       struct text *out)
{
    text_printf(out,
                "{\"n\":%" PRIu64 ",\"time_ms\":%" PRIu64
                ",\"time_us\":%" PRIu64 ",\"connection\":%" PRIu64
                ",\"reused\":%s",
                n, call->time_us / 1000, call->time_us, call->connection,
                call->reused ? "true" : "false");
    print_string(out, "service", call->service);
    print_string(out, "call", call_names[call->kind]);
    print_string(out, "id", call->id[0] != '\0' ? call->id : NULL);
    text_printf(out, ",\"status\":%u", call->status);
    if (call->code >= 0)
        text_printf(out, ",\"code\":%d", call->code);
    else
        text_puts(out, ",\"code\":null");
    print_string(out, "name", call->code >= 0 ? call->name : NULL);
    if (call->token >= 0)
        text_printf(out, ",\"token\":%" PRId64, call->token);
    else
        text_puts(out, ",\"token\":null");
    text_printf(out, ",\"applied\":%s", call->applied ? "true" : "false");
    if (call->replayed)
        text_puts(out, ",\"replayed\":true");
    print_string(out, "tracking", call->tracking);
    if (call->request[0] != '\0')
        print_string(out, "request", call->request);
    print_date(out, call->date);
    print_string(out, "fault", call->fault);
    print_string(out, "limit", call->limit);
    if (call->doubt != NULL)
        print_string(out, "doubt", call->doubt);
    text_printf(out, ",\"headers\":%s,\"body_bytes\":%zu", call->headers,
                call->body_bytes);
    if (call->body != NULL)
        print_string(out, "body", call->body);
    text_puts(out, "}\n");
}

void record_print(const struct record *record, struct text *out)
{
    for (size_t i = 0; i < record->count; i++)
        print_call(&record->calls[i], record->cleared + i + 1, out);
}

void record_print_applied(const struct record *record, struct text *out)
{
    for (size_t i = 0; i < record->applied_count; i++) {
        const struct record_applied *at = &record->applied[i];
        text_printf(out, "{\"n\":%" PRIu64 ",\"id\":\"%s\",\"user\":%s}\n",
                    at->n, at->id, at->user);
    }
}
