/*
 * From the bytes of INPUT, decompressed, to CSV records: a decoder and a CSV
 * reader, which choose encoding and delimiter by the rules and the text.
 */
#ifndef INPUT_TEXT_PARSER_H
#define INPUT_TEXT_PARSER_H

#include <signal.h>
#include <stdbool.h>

#include "base/error.h"
#include "input/csv_reader.h"
#include "input/decoder.h"
#include "input/header.h"
#include "input/input.h"

struct text_parser {
    struct decoder *decoder;
    struct csv_reader *reader;
    struct header header; /* of the rules; take() reads it */
    csv_reader_record_fn *take;
    void *context;
    bool refused; /* by the reader, not by the decoder */
};

/* name, rules and context are borrowed, and parser must not move. -1:
 * ERROR_USAGE as decoder_new(), or ERROR_LOCAL. */
int text_parser_init(struct text_parser *parser, const char *name,
                     const struct input_rules *rules,
                     csv_reader_record_fn *take, void *context,
                     struct error *error);

/* Also after text_parser_init() failed, and of a parser that is zeroed. */
void text_parser_clear(struct text_parser *parser);

/* As header_parse(). If the record names no column, the message gives the
 * reason if it is known; see header_hint.h. */
int text_parser_read_header(struct text_parser *parser, const char *name,
                            const struct record *record, struct error *error);

/* As csv_reader_feed() and csv_reader_end(). */
int text_parser_feed(struct text_parser *parser, const char *data, size_t len,
                     struct error *error);
int text_parser_end(struct text_parser *parser, struct error *error);

/* Reads the input from where it is to its end, or until *enough becomes true.
 * ERROR_STOPPED if *stop became nonzero; else as input_read() and
 * text_parser_feed(). */
int text_parser_read(struct text_parser *parser, struct input *input,
                     const bool *enough, const volatile sig_atomic_t *stop,
                     struct error *error);

/* After text_parser_feed() refused a chunk: as csv_reader_look_on(), with the
 * chunks that follow, unless *stop becomes nonzero. stop may be NULL. Of a pipe
 * nothing more is read. */
void text_parser_look_on(struct text_parser *parser, struct input *input,
                         const volatile sig_atomic_t *stop,
                         struct error *error);

#endif
