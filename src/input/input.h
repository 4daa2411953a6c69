/*
 * The bytes of INPUT: a file or a pipe, plain or gzip, told apart by the first
 * bytes. Chunks come out decompressed.
 *
 * A regular file can be read a second time; both readings use one descriptor,
 * and input_changed() compares them. Refused as ERROR_INPUT: an empty input, a
 * gzip stream that is damaged or cut short (RFC 1952), bytes behind it that
 * are not another gzip member. Messages name the input and the offset of the
 * raw byte. Where reading itself fails, that is ERROR_LOCAL.
 */
#ifndef INPUT_INPUT_H
#define INPUT_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/hash.h"

struct input;

/* Opens path, "-" being standard input. Nothing is read yet. NULL with
 * ERROR_USAGE where it can't be opened or is a directory. A path that is a
 * named pipe waits for its writer. */
struct input *input_open(const char *path, struct error *error);
void input_free(struct input *input);

/* The name for messages: the path, or "standard input". Of a very long path
 * only its end, so that a message has room to say what is wrong. */
const char *input_name(const struct input *input);

/* What fstat said when it was opened. */
const struct stat *input_stat(const struct input *input);

/* True for a regular file (also one redirected to standard input), which can
 * be read twice; false for a pipe, which has to be polled. */
bool input_is_file(const struct input *input);

/* For a pipe: the descriptor to poll for POLLIN before input_read(), or -1
 * where input_read() would answer at once without it: for a file, at the end,
 * and where decompressed bytes are still to be fetched. */
int input_poll_fd(const struct input *input);

/* To be called before the first reading: what is read is then hashed, for
 * input_changed(), input_digest() and input_checkpoint(). */
int input_keep_hash(struct input *input, struct error *error);

/* Makes *data point at the next chunk, valid until the next call. 1: a chunk
 * (of a pipe perhaps an empty one), 0: the whole input was read and is sound,
 * -1: error, and it must not be read on. Reads the descriptor once at the
 * most, so a pipe that poll() called readable does not block; a signal that
 * interrupts a waiting read makes an empty chunk. */
int input_read(struct input *input, const char **data, size_t *len,
               struct error *error);

/* Starts the second reading of a file, at the place where the first began.
 * A pipe can't: ERROR_LOCAL. */
int input_rewind(struct input *input, struct error *error);

/* After the second reading has come to its end: did the file change since it
 * was opened? Compares size, time of modification and, with
 * input_keep_hash(), the SHA-256 of both readings' raw bytes. */
bool input_changed(const struct input *input);

/* The SHA-256 of a file that was read once to its end. */
const unsigned char *input_digest(const struct input *input);

/* How many raw bytes were taken so far, and their SHA-256. -1 where it can't be
 * computed. */
int input_checkpoint(const struct input *input, uint64_t *bytes,
                     unsigned char digest[HASH_SIZE]);

/* For a pipe, before the first reading: its first bytes must be those of that
 * checkpoint. input_read() fails with ERROR_USAGE where they are not. */
void input_expect(struct input *input, uint64_t bytes,
                  const unsigned char digest[HASH_SIZE]);

/* Is there nothing (more) that input_expect() has to be compared with? */
bool input_is_as_expected(const struct input *input);

#endif
