#include "input/decoder.h"

#include <ctype.h>
#include <errno.h>
#include <iconv.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define MARK_SIZE  4 /* bytes of the longest byte-order mark */
#define BYTES_SIZE ((size_t)32 << 10)
#define TEXT_SIZE  ((size_t)32 << 10)

struct decoder {
    decoder_take_fn *take;
    void *context;
    const char *encoding; /* NULL: to be found out */
    iconv_t iconv;        /* if converts is true */
    bool converts;        /* else the bytes are passed on */
    bool started;         /* the encoding is known */

    char bytes[BYTES_SIZE]; /* that were not converted yet */
    size_t len;
    char text[TEXT_SIZE];
};

static int open_iconv(struct decoder *decoder, struct error *error)
{
    iconv_t opened = iconv_open("UTF-8", decoder->encoding);

    /* NOLINTNEXTLINE(performance-no-int-to-ptr): POSIX defines this value */
    if (opened != (iconv_t)-1) {
        decoder->iconv = opened;
        decoder->converts = true;
        return 0;
    }
    if (errno == ENOMEM)
        return error_memory(error);
    return error_set(error, ERROR_USAGE,
                     "--encoding: '%s' is unknown; use a name such as "
                     "WINDOWS-1252; 'iconv --list' prints all that this "
                     "machine knows",
                     decoder->encoding);
}

struct decoder *decoder_new(const char *encoding, decoder_take_fn *take,
                            void *context, struct error *error)
{
    struct decoder *decoder = calloc(1, sizeof(*decoder));

    if (!decoder) {
        (void)error_memory(error);
        return NULL;
    }
    decoder->take = take;
    decoder->context = context;
    decoder->encoding = encoding;
    if (encoding && open_iconv(decoder, error)) {
        free(decoder);
        return NULL;
    }
    return decoder;
}

void decoder_free(struct decoder *decoder)
{
    if (!decoder)
        return;
    if (decoder->converts)
        (void)iconv_close(decoder->iconv);
    free(decoder);
}

static int refuse(const struct decoder *decoder, const char *what,
                  struct error *error)
{
    return error_set(error, ERROR_INPUT,
                     "%s %s; transfer the file again, or choose another "
                     "--encoding",
                     what, decoder->encoding);
}

/* Converts bytes, and passes the text on. Returns how many bytes are left,
 * which is the beginning of a sequence; -1 after an error. */
static int convert(struct decoder *decoder, char *data, size_t len,
                   struct error *error)
{
    char *in = data;
    size_t result;

    do {
        char *out = decoder->text;
        size_t room = TEXT_SIZE;
        int code;

        result = iconv(decoder->iconv, data ? &in : NULL, &len, &out, &room);
        code = errno;
        if (out > decoder->text &&
            decoder->take(decoder->context, decoder->text,
                          (size_t)(out - decoder->text), error))
            return -1;
        if (result == (size_t)-1 && code == EILSEQ)
            return refuse(decoder, "not valid", error);
        if (result == (size_t)-1 && code == EINVAL)
            break;
    } while (result == (size_t)-1); /* E2BIG: there is more text */
    return (int)len;
}

static int convert_all(struct decoder *decoder, const char *data, size_t len,
                       struct error *error)
{
    while (len > 0) {
        size_t some = BYTES_SIZE - decoder->len;
        int left;

        if (some > len)
            some = len;
        memcpy(decoder->bytes + decoder->len, data, some);
        decoder->len += some;
        data += some;
        len -= some;
        left = convert(decoder, decoder->bytes, decoder->len, error);
        if (left < 0)
            return -1;
        memmove(decoder->bytes, decoder->bytes + decoder->len - left,
                (size_t)left);
        decoder->len = (size_t)left;
    }
    return 0;
}

/* ---- the start ----------------------------------------------------------- */

static const char UTF8[] = "UTF-8";

/* The encoding that a byte-order mark declares; NULL: there is none. */
static const char *find_mark(const char *data, size_t len)
{
    if (len >= 3 && memcmp(data, "\xEF\xBB\xBF", 3) == 0)
        return UTF8;
    if (len >= 4 && (memcmp(data, "\xFF\xFE\0\0", 4) == 0 ||
                     memcmp(data, "\0\0\xFE\xFF", 4) == 0))
        return "UTF-32";
    if (len >= 2 &&
        (memcmp(data, "\xFF\xFE", 2) == 0 || memcmp(data, "\xFE\xFF", 2) == 0))
        return "UTF-16";
    return NULL;
}

static bool begins_mark(char byte)
{
    return byte == '\xFF' || byte == '\xFE' || byte == '\0' || byte == '\xEF';
}

/* Does the name of an encoding begin with the prefix, without its hyphens? */
static bool has_prefix(const char *encoding, const char *prefix)
{
    for (; *prefix; prefix++) {
        encoding += strspn(encoding, "-_");
        if (*prefix == '-')
            continue;
        if (toupper((unsigned char)*encoding++) != *prefix)
            return false;
    }
    return true;
}

/* May a text in this encoding begin with the mark? */
static bool agrees(const char *encoding, const char *mark)
{
    return has_prefix(encoding, mark) ||
           (mark != UTF8 &&
            (has_prefix(encoding, "UCS") || has_prefix(encoding, "UNICODE") ||
             has_prefix(encoding, "ISO-10646")));
}

/* Finds the encoding of a text that begins with these bytes. */
static int choose_encoding(struct decoder *decoder, const char *data,
                           size_t len, struct error *error)
{
    const char *mark = find_mark(data, len);

    if (decoder->encoding && mark && !agrees(decoder->encoding, mark))
        return error_set(
            error, ERROR_INPUT,
            "the byte-order mark of %s, but --encoding names "
            "another encoding; omit --encoding, or use --unset encoding "
            "if it is configured",
            mark);
    if (decoder->encoding || !mark || mark == UTF8)
        return 0;
    decoder->encoding = mark;
    return open_iconv(decoder, error);
}

static int start(struct decoder *decoder, struct error *error)
{
    size_t len = decoder->len;
    char mark[MARK_SIZE];

    decoder->started = true;
    decoder->len = 0;
    memcpy(mark, decoder->bytes, len);
    if (choose_encoding(decoder, mark, len, error))
        return -1;
    return decoder->converts
               ? convert_all(decoder, mark, len, error)
               : decoder->take(decoder->context, mark, len, error);
}

int decoder_feed(struct decoder *decoder, const char *data, size_t len,
                 struct error *error)
{
    while (!decoder->started && len > 0) {
        decoder->bytes[decoder->len++] = *data++;
        len--;
        /* Only the bytes of a mark have to be awaited. */
        if ((decoder->len == MARK_SIZE || !begins_mark(decoder->bytes[0])) &&
            start(decoder, error))
            return -1;
    }
    if (!decoder->started || len == 0)
        return 0;
    if (!decoder->converts)
        return decoder->take(decoder->context, data, len, error);
    return convert_all(decoder, data, len, error);
}

int decoder_end(struct decoder *decoder, struct error *error)
{
    if (!decoder->started && start(decoder, error))
        return -1;
    if (decoder->len > 0)
        return refuse(decoder, "the file ends within a character of", error);
    if (decoder->converts)
        return convert(decoder, NULL, 0, error) < 0 ? -1 : 0;
    return 0;
}
