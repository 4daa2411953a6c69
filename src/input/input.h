/*
 * The bytes of INPUT: a file or a pipe, plain or gzip, which is recognised by
 * its first bytes. Chunks are returned decompressed.
 *
 * A regular file can be read a second time; both readings use one descriptor,
 * and input_changed() compares them. These are refused as ERROR_INPUT: an empty
 * input, a gzip stream (RFC 1952) that is damaged or truncated, and bytes after
 * it that are neither another gzip member nor zeros to the end. Offsets in
 * messages count raw bytes. ERROR_LOCAL if reading itself fails.
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
#include "base/random.h"

struct input;

/* Opens path; "-" is standard input. Nothing is read yet, but a named pipe
 * blocks until it has a writer. NULL with ERROR_USAGE if it cannot be opened or
 * is a directory. The file system must outlive the input. */
struct input *input_open(const struct file_system *files, const char *path,
                         struct error *error);

/* NULL does nothing. */
void input_free(struct input *input);

/* The name for messages: the path, or "standard input". A very long path is
 * shortened to its end, so that it does not fill a message. */
const char *input_name(const struct input *input);

/* Its status when it was opened. */
const struct stat *input_stat(const struct input *input);

/* True for a regular file, which can be read twice, also on standard input;
 * false for a pipe, which has to be polled. */
bool input_is_file(const struct input *input);

/* For a pipe: the descriptor to poll for POLLIN before input_read(). -1 if
 * input_read() needs no further bytes to return: for a file, at the end, and
 * while there are bytes left to decompress. */
int input_poll_fd(const struct input *input);

/* To be called for a pipe before the first reading, again and again while it
 * returns 1: copies what one read(2) returns to a file without a name in the
 * directory of path. 0: the pipe has ended, and the input is that regular file
 * from now on. -1: ERROR_USAGE if the file cannot be created, or ERROR_LOCAL.
 */
int input_keep(struct input *input, const struct random *random,
               const char *path, struct error *error);

/* To be called before the first reading, if input_digest(), input_checkpoint()
 * or input_expect() are used: hashes all raw bytes that are read. ERROR_LOCAL
 * without memory. */
int input_keep_hash(struct input *input, struct error *error);

/* Sets *data to the next chunk, valid until the next call. Returns 1 for a
 * chunk, which may be empty for a pipe; 0 if the whole input was read and is
 * valid; -1 after an error, and then it must not be called again. A pipe is
 * read at most once per call, so a pipe that poll(2) reported readable does not
 * block. If a signal interrupts reading a pipe, the chunk is empty. */
int input_read(struct input *input, const char **data, size_t *len,
               struct error *error);

/* Starts the second reading of a file, at the same offset as the first.
 * ERROR_LOCAL for a pipe. */
int input_rewind(struct input *input, struct error *error);

/* After the end of the second reading: did the file change since it was opened?
 * Compares size, time of modification and, after input_keep_hash(), the SHA-256
 * of both readings' raw bytes. */
bool input_changed(const struct input *input);

/* The SHA-256 of the first reading, after its end. */
const unsigned char *input_digest(const struct input *input);

/* The number of raw bytes read so far, and their SHA-256. -1 as hash_peek(). */
int input_checkpoint(const struct input *input, uint64_t *bytes,
                     unsigned char digest[HASH_SIZE]);

/* For a pipe, before it is read: its first bytes must have this number and
 * SHA-256; if they differ, input_read() fails with ERROR_USAGE. */
void input_expect(struct input *input, uint64_t bytes,
                  const unsigned char digest[HASH_SIZE]);

/* True if all bytes of input_expect() were compared, or if it was not called.
 */
bool input_is_as_expected(const struct input *input);

#endif
