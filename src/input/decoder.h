/*
 * Converts the text of INPUT to UTF-8, by iconv(3). UTF-8 itself passes through
 * unchanged and unchecked.
 */
#ifndef INPUT_DECODER_H
#define INPUT_DECODER_H

#include <stddef.h>

#include "base/error.h"

/* Receives the next piece of the text in UTF-8. */
typedef int decoder_take_fn(void *context, const char *text, size_t len,
                            struct error *error);

struct decoder;

/* encoding: the name of the encoding; NULL: UTF-8, or UTF-16 if the text begins
 * with its byte-order mark. NULL: without memory, or ERROR_USAGE if
 * iconv(3) does not know the encoding. */
struct decoder *decoder_new(const char *encoding, decoder_take_fn *take,
                            void *context, struct error *error);

/* NULL does nothing. */
void decoder_free(struct decoder *decoder);

/* Converts the next bytes. -1 with the error of take(), with ERROR_LOCAL, or
 * with ERROR_INPUT if the bytes are not in this encoding; the text then says
 * so, without the name of the file. */
int decoder_feed(struct decoder *decoder, const char *data, size_t len,
                 struct error *error);

/* To be called at the end. Fails as decoder_feed(). */
int decoder_end(struct decoder *decoder, struct error *error);

#endif
