#include "journal/record_text.h"

#include "journal/field.h"

/* Appends the rows as spans of consecutive sequences: "5,7-9". */
static int put_spans(struct buffer *text, const struct row *row)
{
    const struct row *first = row, *last = row;

    for (;;) {
        while (last->next && last->next->sequence == last->sequence + 1)
            last = last->next;
        if (buffer_put_number(text, first->sequence))
            return -1;
        if (last != first && (buffer_append(text, "-", 1) ||
                              buffer_put_number(text, last->sequence)))
            return -1;
        if (!last->next)
            return 0;
        if (buffer_append(text, ",", 1))
            return -1;
        first = last = last->next;
    }
}

int record_text_put_intent(struct buffer *text, const struct group *group,
                           const struct sent *sent)
{
    return put_spans(text, group->rows) || field_put_string(text, group->key) ||
                   field_put_string(text, sent->stamps) ||
                   field_put_string(text, sent->last_modified) ||
                   field_put_string(text, sent->request_id) ||
                   field_put_number(text, sent->first) ||
                   field_put_number(text, sent->shared) ||
                   field_put_number(text, sent->shared_after) ||
                   field_put_number(text, sent->changed) ||
                   field_put_number(text, sent->telling)
               ? -1
               : 0;
}

int record_text_put_status(struct buffer *text, enum status status)
{
    return buffer_puts(text, status_name(status)) || buffer_puts(text, "\n")
               ? -1
               : 0;
}

int record_text_put_row(struct buffer *text, uint64_t sequence, const char *row,
                        size_t len)
{
    return buffer_put_number(text, sequence) || field_put_bytes(text, row, len)
               ? -1
               : 0;
}

int record_text_put_own_write(struct buffer *text, struct shared_state before,
                              struct shared_state after)
{
    return buffer_put_number(text, before.shared) ||
                   field_put_string(text, before.time) ||
                   field_put_number(text, after.shared) ||
                   field_put_string(text, after.time)
               ? -1
               : 0;
}

int record_text_put_cells(struct buffer *text, uint64_t cells,
                          uint64_t drifting)
{
    return buffer_put_number(text, cells) || field_put_number(text, drifting)
               ? -1
               : 0;
}

int record_text_put_checkpoint(struct buffer *text, uint64_t bytes,
                               const unsigned char hash[HASH_SIZE])
{
    return buffer_put_number(text, bytes) || field_put_hash(text, hash) ? -1
                                                                        : 0;
}

int record_text_put_end(struct buffer *text, int64_t seconds, bool reached,
                        const char *end)
{
    return buffer_put_number(text, (uint64_t)seconds) ||
                   field_put_number(text, reached) ||
                   field_put_string(text, end)
               ? -1
               : 0;
}
