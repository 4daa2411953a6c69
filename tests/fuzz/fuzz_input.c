/*
 * Gzip: the result is the compressed text, or an error.
 *
 * Byte 0 selects the meaning of the rest: the bytes of a file, or text. Text is
 * compressed to one or two members. Bytes 1 to 3 then select the damaged byte.
 * A file is read twice and through a pipe, with the same result.
 */
#define _GNU_SOURCE /* memfd_create() */

#include "fuzz.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#define ZLIB_CONST /* zlib takes const input */
#include <zlib.h>

#include "base/buffer.h"
#include "input/input.h"

#define MAX_TEXT   ((size_t)64 << 20)
#define MAX_FILE   8192 /* bytes; less than the size of a pipe */
#define GZIP       (15 + 16)
#define GZIP_MAGIC 2 /* bytes that distinguish gzip from text */

enum { BYTES, ONE_MEMBER, TWO_MEMBERS, KINDS };

struct file {
    unsigned char data[MAX_FILE];
    size_t len;
};

/* Appends text as a gzip member. */
static void append_member(struct file *file, struct bytes text)
{
    z_stream stream = {.next_in = (const unsigned char *)text.data,
                       .avail_in = (uInt)text.len,
                       .next_out = file->data + file->len,
                       .avail_out = (uInt)(MAX_FILE - file->len)};

    MUST(deflateInit2(&stream, 6, Z_DEFLATED, GZIP, 8, Z_DEFAULT_STRATEGY) ==
         Z_OK);
    MUST(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    file->len += stream.total_out;
    MUST(deflateEnd(&stream) == Z_OK);
}

/* Reads to the end and appends the input to text. Returns -1 if the input is
 * rejected. A pipe receives the file in pieces. */
static int read_all(struct input *input, struct buffer *text, int pipe_end,
                    const struct file *file, struct error *error)
{
    size_t given = 0, piece = file->len % 7 + 1;
    const char *data;
    size_t len;
    int more = 1;

    while (more == 1) {
        if (given < file->len && pipe_end >= 0 && input_poll_fd(input) >= 0) {
            if (piece > file->len - given)
                piece = file->len - given;
            MUST(write(pipe_end, file->data + given, piece) == (ssize_t)piece);
            given += piece;
            piece *= 2;
        }
        if (given == file->len && pipe_end >= 0) {
            MUST(close(pipe_end) == 0);
            pipe_end = -1;
        }
        more = input_read(input, &data, &len, error);
        if (more == 1)
            MUST(buffer_append(text, data, len) == 0);
    }
    if (pipe_end >= 0)
        MUST(close(pipe_end) == 0);
    if (more < 0)
        must_be_error(error, ERROR_INPUT);
    return more;
}

static struct input *open_input(int fd, struct error *error)
{
    struct input *input;
    char path[32];

    (void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    input = input_open(&file_system_posix, path, error);
    MUST(input);
    MUST(close(fd) == 0);
    return input;
}

/* Reads the file twice, without a pipe. */
static int read_file(const struct file *file, struct buffer *text,
                     struct error *error)
{
    int fd = memfd_create("file", 0), result;
    struct error again = {.kind = ERROR_NONE};
    struct buffer second;
    struct input *input;

    MUST(write(fd, file->data, file->len) == (ssize_t)file->len);
    input = open_input(fd, error);
    MUST(input_is_file(input) && input_keep_hash(input, error) == 0);
    result = read_all(input, text, -1, file, error);
    MUST(input_rewind(input, &again) == 0);
    buffer_init(&second, MAX_TEXT);
    MUST(read_all(input, &second, -1, file, &again) == result);
    MUST(second.len == text->len &&
         (text->len == 0 || memcmp(second.data, text->data, text->len) == 0));
    MUST(result == 0 ? !input_changed(input)
                     : strcmp(again.text, error->text) == 0);
    buffer_free(&second);
    input_free(input);
    return result;
}

static int read_pipe(const struct file *file, struct buffer *text,
                     struct error *error)
{
    int ends[2], result;
    struct input *input;

    MUST(pipe(ends) == 0);
    input = open_input(ends[0], error);
    MUST(!input_is_file(input));
    result = read_all(input, text, ends[1], file, error);
    input_free(input);
    return result;
}

/* Compresses text and damages a byte. */
static void make_file(struct file *file, unsigned kind, struct bytes text,
                      unsigned damage, size_t place)
{
    struct bytes first = {text.data,
                          kind == ONE_MEMBER ? text.len : text.len / 2};

    append_member(file, first);
    if (kind == TWO_MEMBERS)
        append_member(
            file, (struct bytes){text.data + first.len, text.len - first.len});
    file->data[GZIP_MAGIC + place % (file->len - GZIP_MAGIC)] ^=
        (unsigned char)damage;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes rest = {(const char *)data, size};
    unsigned kind = take_byte(&rest) % KINDS;
    struct file file = {.len = 0};
    struct error error = {.kind = ERROR_NONE}, of_pipe = error;
    struct buffer text, from_pipe;
    unsigned damage = 0;
    int result;

    if (rest.len > MAX_FILE / 2)
        return -1;
    if (kind == BYTES) {
        file.len = rest.len;
        if (rest.len > 0)
            memcpy(file.data, rest.data, rest.len);
    } else {
        size_t place = take_byte(&rest) * 256U;

        place += take_byte(&rest);
        damage = take_byte(&rest);
        make_file(&file, kind, rest, damage, place);
    }
    buffer_init(&text, MAX_TEXT);
    buffer_init(&from_pipe, MAX_TEXT);
    result = read_file(&file, &text, &error);
    MUST(read_pipe(&file, &from_pipe, &of_pipe) == result);
    if (result == 0) {
        MUST(from_pipe.len == text.len);
        MUST(text.len == 0 || memcmp(from_pipe.data, text.data, text.len) == 0);
    }
    if (kind != BYTES) {
        MUST(result == 0 || damage);
        MUST(result != 0 ||
             (text.len == rest.len &&
              (text.len == 0 || memcmp(text.data, rest.data, text.len) == 0)));
    }
    buffer_free(&text);
    buffer_free(&from_pipe);
    return 0;
}
