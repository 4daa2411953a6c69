/*
 * Decompresses gzip data (RFC 1952) that comes piece by piece: members, one
 * after the other, and zeros after the last one, as on a tape. Reads no file.
 *
 * Messages contain the name of the data, and count compressed bytes from the
 * first one.
 */
#ifndef INPUT_GUNZIP_H
#define INPUT_GUNZIP_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/error.h"

struct gunzip;

/* Does gzip data begin with these bytes? True also if there is only the first
 * byte, and it can be the first one of gzip data. At least one byte. */
bool gunzip_recognizes(const unsigned char *bytes, size_t len);

/* The name is borrowed. NULL without memory. */
struct gunzip *gunzip_new(const char *name);

/* NULL does nothing. */
void gunzip_free(struct gunzip *gunzip);

/* Decompresses 1 to UINT_MAX bytes, until they end or 64 KiB of text are full.
 * Sets *text and *len, which may be 0; valid until the next call. Returns how
 * many bytes were used: the next call begins with the byte after them. It may
 * be 0 as long as there is text. -1 with ERROR_INPUT if the data is damaged, or
 * if other bytes follow it; with ERROR_LOCAL without memory. */
ssize_t gunzip_read(struct gunzip *gunzip, const unsigned char *bytes,
                    size_t count, const char **text, size_t *len,
                    struct error *error);

/* There are no more bytes. -1 with ERROR_INPUT if a member is truncated. */
int gunzip_end(const struct gunzip *gunzip, struct error *error);

#endif
