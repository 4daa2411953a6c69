/*
 * The bytes of INPUT: a file or a pipe, plain or gzip, which is recognised by
 * its first bytes. Chunks are returned decompressed.
 *
 * A regular file can be read a second time; both readings use one descriptor,
 * and input_changed() compares them. Refused as ERROR_INPUT: an empty input, a
 * gzip stream that is damaged or truncated (RFC 1952), bytes after it that are
 * not another gzip member. Messages name the input and the offset of the raw
 * byte. ERROR_LOCAL if reading itself fails.
 */
#ifndef INPUT_INPUT_H
#define INPUT_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/file_system.h"
#include "base/hash.h"

struct input;

/* Opens path, "-" being standard input. Nothing is read yet. NULL with
 * ERROR_USAGE if it cannot be opened or is a directory. A named pipe waits for
 * its writer. */
struct input *input_open(const struct file_system *files, const char *path,
                         struct error *error);
void input_free(struct input *input);

/* The name for messages: the path, or "standard input". A very long path is
 * shortened to its end, so that a message has room to say what is wrong. */
const char *input_name(const struct input *input);

/* Its status when it was opened. */
const struct stat *input_stat(const struct input *input);

/* True for a regular file (also one redirected to standard input), which can
 * be read twice; false for a pipe, which has to be polled. */
bool input_is_file(const struct input *input);

/* For a pipe: the descriptor to poll for POLLIN before input_read(). -1 if
 * input_read() needs no further bytes to return: for a file, at the end, and
 * while there are bytes left to decompress. */
int input_poll_fd(const struct input *input);

/* Called before the first reading: hashes what is read, for input_changed(),
 * input_digest() and input_checkpoint(). */
int input_keep_hash(struct input *input, struct error *error);

/* Makes *data point at the next chunk, valid until the next call. 1: a chunk
 * (which may be empty for a pipe), 0: the whole input was read and is valid,
 * -1: error, after which it must not be read. Reads the descriptor at most
 * once, so that a pipe that poll(2) reported readable does not block. A signal
 * that interrupts a waiting read results in an empty chunk. */
int input_read(struct input *input, const char **data, size_t *len,
               struct error *error);

/* Starts the second reading of a file, from where the first began. ERROR_LOCAL
 * for a pipe. */
int input_rewind(struct input *input, struct error *error);

/* After the end of the second reading: did the file change since it was opened?
 * Compares size, time of modification and, with
 * input_keep_hash(), the SHA-256 of both readings' raw bytes. */
bool input_changed(const struct input *input);

/* The SHA-256 of a file that was read once to its end. */
const unsigned char *input_digest(const struct input *input);

/* The number of raw bytes read so far, and their SHA-256. -1 if it cannot be
 * computed. */
int input_checkpoint(const struct input *input, uint64_t *bytes,
                     unsigned char digest[HASH_SIZE]);

/* For a pipe, before the first reading: its first bytes must be those of this
 * checkpoint; if they are not, input_read() fails with ERROR_USAGE. */
void input_expect(struct input *input, uint64_t bytes,
                  const unsigned char digest[HASH_SIZE]);

/* Are all bytes of input_expect() compared, or was it not called? */
bool input_is_as_expected(const struct input *input);

#endif
