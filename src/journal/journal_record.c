#include "journal/journal_record.h"

#include <errno.h>
#include <string.h>
#include <zlib.h>

/* Numbers have a fixed width, so that they can be filled in when the text is
 * complete. */
#define PREFIX    "00000000 ? 00000000 "
#define DIGITS    8 /* of the CRC (base 16) and the length (base 10) */
#define TYPE_AT   (DIGITS + 1)
#define LENGTH_AT (TYPE_AT + 2)

_Static_assert(sizeof(PREFIX) - 1 == JOURNAL_PREFIX_SIZE,
               "journal_record.h has another size of the prefix");

static void write_digits(char *to, size_t number, unsigned base)
{
    for (size_t i = DIGITS; i-- > 0; number /= base)
        to[i] = "0123456789abcdef"[number % base];
}

static int read_digits(const char *from, size_t *number)
{
    *number = 0;
    for (size_t i = 0; i < DIGITS; i++) {
        if (from[i] < '0' || from[i] > '9')
            return -1;
        *number = *number * 10 + (size_t)(from[i] - '0');
    }
    return 0;
}

static void write_crc(char crc[DIGITS], const char *record, size_t size)
{
    const Bytef *checked = (const Bytef *)record + DIGITS;

    write_digits(crc, crc32_z(0, checked, size - DIGITS), 16);
}

int journal_record_begin(struct buffer *buffer, char type)
{
    size_t begin = buffer->len;

    if (buffer_append(buffer, PREFIX, JOURNAL_PREFIX_SIZE))
        return -1;
    journal_record_set_type(buffer->data + begin, type);
    return 0;
}

void journal_record_set_type(char *record, char type)
{
    record[TYPE_AT] = type;
}

int journal_record_end(struct buffer *buffer, size_t begin)
{
    size_t len = buffer->len - begin - JOURNAL_PREFIX_SIZE;
    char *record;

    if (len > JOURNAL_MAX_TEXT) {
        errno = EFBIG;
        return -1;
    }
    if (buffer_append(buffer, "\n", 1))
        return -1;
    record = buffer->data + begin;
    write_digits(record + LENGTH_AT, len, 10);
    write_crc(record, record, JOURNAL_RECORD_SIZE(len));
    return 0;
}

size_t journal_record_size(const char *bytes)
{
    size_t len;

    if (read_digits(bytes + LENGTH_AT, &len) || len > JOURNAL_MAX_TEXT)
        return 0;
    return JOURNAL_RECORD_SIZE(len);
}

bool journal_record_is_intact(const char *bytes, size_t size)
{
    char crc[DIGITS];

    write_crc(crc, bytes, size);
    return memcmp(crc, bytes, DIGITS) == 0;
}

struct journal_record journal_record_open(char *bytes, size_t size)
{
    bytes[size - 1] = '\0';
    return (struct journal_record){bytes[TYPE_AT], bytes + JOURNAL_PREFIX_SIZE,
                                   size - JOURNAL_RECORD_SIZE(0)};
}
