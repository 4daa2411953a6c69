/*
 * Splits a large JSON document while it arrives: the items of one array are
 * moved into documents of their own, so that memory is bounded.
 *
 * {"a":1,"ITEMS":[x,y,z],"b":2} becomes {"a":1,"ITEMS":[x,y]} and
 * {"a":1,"ITEMS":[z],"b":2}. The array is a member of the outermost object. A
 * text that is not such a document stays as it is. Pure: nothing is validated,
 * which json_parse() does for each document.
 */
#ifndef BASE_JSON_SPLIT_H
#define BASE_JSON_SPLIT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

struct json_split {
    const char *array; /* the member's name; borrowed */
    size_t scanned;    /* bytes of the text; all offsets are into it */
    unsigned depth;    /* of brackets */
    bool started;      /* the text begins with an object */
    bool in_string;
    bool escaped;
    size_t text; /* where the last string within the outermost object begins
                    and ends */
    size_t text_end;
    size_t begin; /* of the array's items; 0: not within the array */
    size_t end;   /* of the items that can be moved, with the comma after the
                     last one */
};

void json_split_init(struct json_split *split, const char *array);

/* Scans what was appended to the text since the last call. Returns the bytes of
 * items that json_split_move() can move; 0 when the array has ended. */
size_t json_split_scan(struct json_split *split, const struct buffer *text);

/* Moves these items into a document, which is emptied first. -1 as
 * buffer_reserve(); then nothing is moved. */
int json_split_move(struct json_split *split, struct buffer *text,
                    struct buffer *document);

#endif
