#include "journal/replay.h"

#include <stdlib.h>
#include <string.h>

#include "journal/field.h"

/* Returned, instead of 0 or -1 with an error, for a record that this program
 * can't have written. */
#define UNREADABLE (-2)

/* The number of spans in "5,7-9". */
static size_t count_spans(const struct field_reader *fields)
{
    size_t len = strcspn(fields->at, " "), count = 1;

    for (size_t i = 0; i < len; i++)
        count += fields->at[i] == ',';
    return count;
}

/* Takes them; they must be in ascending order. */
static int take_spans(struct field_reader *fields, struct span *spans,
                      size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct span *span = &spans[i];

        if ((i > 0 && field_take_char(fields, ',')) ||
            field_take_first(fields, &span->first))
            return -1;
        span->last = span->first;
        if (field_take_char(fields, '-') == 0 &&
            field_take_first(fields, &span->last))
            return -1;
        if (span->last < span->first ||
            (i > 0 && span->first <= spans[i - 1].last))
            return -1;
    }
    return 0;
}

static int take_sent(struct field_reader *fields, struct sent *sent)
{
    return field_take_string(fields, sent->stamps, sizeof(sent->stamps)) ||
                   field_take_string(fields, sent->last_modified,
                                     sizeof(sent->last_modified)) ||
                   field_take_string(fields, sent->request_id,
                                     sizeof(sent->request_id)) ||
                   field_take_number(fields, &sent->first) ||
                   field_take_number(fields, &sent->shared) ||
                   field_take_number(fields, &sent->shared_after) ||
                   field_take_number(fields, &sent->changed) ||
                   field_take_number(fields, &sent->telling)
               ? -1
               : 0;
}

/* The update may have been applied to all users of the person. */
static void replay_sent(const struct replay *replay, const struct sent *sent)
{
    struct shared_state before = {sent->last_modified, sent->shared};
    struct shared_state after = {"", sent->shared_after};

    if (sent->shared_after)
        replay->handler->own_write(replay->context, before, after);
}

static int replay_intent(const struct replay *replay,
                         struct field_reader *fields, struct error *error)
{
    size_t count = count_spans(fields);
    struct span *spans = calloc(count, sizeof(*spans));
    struct sent sent;
    char key[SERVICE_KEY_SIZE];
    int result = 0;

    if (!spans)
        return error_memory(error);
    if (take_spans(fields, spans, count) ||
        field_take_string(fields, key, sizeof(key)) ||
        take_sent(fields, &sent) || fields->left > 0)
        result = UNREADABLE;
    else if (intents_add(replay->intents, spans, count, key, &sent))
        result = error_memory(error);
    else
        replay_sent(replay, &sent);
    free(spans);
    return result;
}

static int take_status(struct field_reader *fields, enum status *status)
{
    const char *end = memchr(fields->at, '\n', fields->left);
    size_t len = end ? (size_t)(end - fields->at) : 0;

    for (unsigned i = 0; end && i < STATUS_COUNT; i++) {
        const char *name = status_name((enum status)i);

        if (strlen(name) == len && memcmp(name, fields->at, len) == 0) {
            *status = (enum status)i;
            field_skip(fields, len + 1);
            return 0;
        }
    }
    return -1;
}

/* The outcome of the update that begins with this row is known. Only one
 * record of a group can have such a row. */
static void close_intent(const struct replay *replay, uint64_t first,
                         enum status status)
{
    const char *key;
    const struct sent *sent = intents_get(replay->intents, first, &key);

    if (sent && replay->handler->update)
        replay->handler->update(replay->context, key, sent, status);
    intents_close(replay->intents, first);
}

static int replay_rows(const struct replay *replay, struct field_reader *fields,
                       struct error *error)
{
    enum status status;
    uint64_t sequence;
    const char *text;
    size_t len;

    if (take_status(fields, &status))
        return UNREADABLE;
    for (bool first = true; fields->left > 0; first = false) {
        if (field_take_first(fields, &sequence) ||
            field_take_bytes(fields, &text, &len))
            return UNREADABLE;
        if (first)
            close_intent(replay, sequence, status);
        if (replay->handler->row(replay->context, sequence, status, text, len,
                                 error))
            return -1;
    }
    return 0;
}

static int replay_own_write(const struct replay *replay,
                            struct field_reader *fields)
{
    char before_time[SERVICE_TIME_SIZE], after_time[SERVICE_TIME_SIZE];
    struct shared_state before = {.time = before_time},
                        after = {.time = after_time};

    if (field_take_first(fields, &before.shared) ||
        field_take_string(fields, before_time, sizeof(before_time)) ||
        field_take_number(fields, &after.shared) ||
        field_take_string(fields, after_time, sizeof(after_time)) ||
        fields->left > 0)
        return UNREADABLE;
    replay->handler->own_write(replay->context, before, after);
    return 0;
}

static int replay_cells(const struct replay *replay,
                        struct field_reader *fields)
{
    uint64_t cells, drifting;

    if (field_take_first(fields, &cells) ||
        field_take_number(fields, &drifting) || fields->left > 0)
        return UNREADABLE;
    if (replay->handler->cells)
        replay->handler->cells(replay->context, cells, drifting);
    return 0;
}

static int replay_checkpoint(const struct replay *replay,
                             struct field_reader *fields)
{
    unsigned char hash[HASH_SIZE];
    uint64_t bytes;

    if (field_take_first(fields, &bytes) || field_take_hash(fields, hash) ||
        fields->left > 0)
        return UNREADABLE;
    replay->handler->checkpoint(replay->context, bytes, hash);
    return 0;
}

static int replay_end(const struct replay *replay, struct field_reader *fields)
{
    uint64_t seconds, reached;
    char text[256];

    if (field_take_first(fields, &seconds) ||
        field_take_number(fields, &reached) ||
        field_take_string(fields, text, sizeof(text)) || fields->left > 0)
        return UNREADABLE;
    if (replay->handler->end)
        replay->handler->end(replay->context, (int64_t)seconds, reached, text);
    return 0;
}

static int replay_record(const struct replay *replay,
                         const struct journal_record *record,
                         struct error *error)
{
    struct field_reader fields = {record->text, record->len};

    switch (record->type) {
    case RECORD_INTENT:
        return replay_intent(replay, &fields, error);
    case RECORD_RESULT:
    case RECORD_PART:
        return replay_rows(replay, &fields, error);
    case RECORD_OWN_WRITE:
        return replay_own_write(replay, &fields);
    case RECORD_CELLS:
        return replay_cells(replay, &fields);
    case RECORD_CHECKPOINT:
        return replay_checkpoint(replay, &fields);
    case RECORD_END:
        return replay_end(replay, &fields);
    case RECORD_CLAIM:
    case RECORD_FINISHED:
        return 0;
    default:
        return UNREADABLE;
    }
}

/* Reads over the parts of a group, of which *record is the first one, at that
 * place. If what completes them follows, they are read again; else *record
 * becomes what follows. As journal_read(). */
static int read_parts(const struct replay *replay, off_t place,
                      struct journal_record *record, struct error *error)
{
    int result = 1;

    while (result > 0 && record->type == RECORD_PART)
        result = journal_read(replay->journal, record, error);
    if (result <= 0 ||
        (record->type != RECORD_RESULT && record->type != RECORD_INTENT))
        return result;
    if (journal_return(replay->journal, place, error))
        return -1;
    return journal_read(replay->journal, record, error);
}

/* Reads the next record that counts. 1; 0: there is none; -1. */
static int read_record(const struct replay *replay, bool *within_group,
                       struct journal_record *record, struct error *error)
{
    off_t place = journal_place(replay->journal);
    int result = journal_read(replay->journal, record, error);

    if (result > 0 && record->type == RECORD_PART && !*within_group)
        result = read_parts(replay, place, record, error);
    *within_group = result > 0 && record->type == RECORD_PART;
    return result;
}

int replay_records(const struct replay *replay, struct error *error)
{
    struct journal_record record;
    bool within_group = false;
    int result;

    while ((result = read_record(replay, &within_group, &record, error)) > 0) {
        result = replay_record(replay, &record, error);
        if (result)
            break;
    }
    if (result == UNREADABLE)
        return error_set(error, ERROR_USAGE,
                         "%s has a record that this program did not write: "
                         "use --restart to discard the journal",
                         replay->path);
    if (result)
        return -1;
    return intents_index(replay->intents) ? error_memory(error) : 0;
}
