#include "input/text_parser.h"

#include <poll.h>

#include "input/delimiter.h"
#include "input/header_hint.h"

#define POLL_MS 1000

static char choose_delimiter(void *context, const char *text, size_t len,
                             uint64_t line)
{
    struct text_parser *parser = context;
    unsigned before;
    char delimiter = delimiter_find(&parser->header, text, len, &before);

    parser->header.searched = true;
    if (before > 0)
        parser->header.key_line = line + before;
    return delimiter;
}

static int take_record(void *context, const struct record *record,
                       struct error *error)
{
    struct text_parser *parser = context;

    return parser->take(parser->context, record, error);
}

static int take_text(void *context, const char *text, size_t len,
                     struct error *error)
{
    struct text_parser *parser = context;

    if (csv_reader_feed(parser->reader, text, len, error) == 0)
        return 0;
    parser->refused = true;
    return -1;
}

int text_parser_init(struct text_parser *parser, const char *name,
                     const struct input_rules *rules,
                     csv_reader_record_fn *take, void *context,
                     struct error *error)
{
    *parser = (struct text_parser){.take = take, .context = context};
    header_init(&parser->header, rules);
    parser->decoder = decoder_new(rules->encoding, take_text, parser, error);
    if (!parser->decoder)
        return -1;
    parser->reader = csv_reader_new(
        name, rules->delimiter ? rules->delimiter : ',', take_record, parser);
    if (!parser->reader)
        return error_memory(error);
    csv_reader_expect(parser->reader, rules->skip_lines,
                      rules->delimiter ? NULL : choose_delimiter);
    return 0;
}

void text_parser_clear(struct text_parser *parser)
{
    decoder_free(parser->decoder);
    csv_reader_free(parser->reader);
}

int text_parser_read_header(struct text_parser *parser, const char *name,
                            const struct record *record, struct error *error)
{
    struct header *header = &parser->header;

    if (header_hint_refuse_result(header, name, record, error) ||
        (!header_names_any(header, record) &&
         header_hint_refuse(header, name, record, error)))
        return -1;
    return header_parse(header, name, record, error);
}

/* The reader knows the place of what the decoder refuses. */
static int refuse_text(const struct text_parser *parser, struct error *error)
{
    const struct error why = *error;

    if (parser->refused || why.kind != ERROR_INPUT)
        return -1;
    return csv_reader_refuse(parser->reader, why.text, error);
}

int text_parser_feed(struct text_parser *parser, const char *data, size_t len,
                     struct error *error)
{
    return decoder_feed(parser->decoder, data, len, error)
               ? refuse_text(parser, error)
               : 0;
}

int text_parser_end(struct text_parser *parser, struct error *error)
{
    return decoder_end(parser->decoder, error)
               ? refuse_text(parser, error)
               : csv_reader_end(parser->reader, error);
}

void text_parser_look_on(struct text_parser *parser, struct input *input,
                         const volatile sig_atomic_t *stop, struct error *error)
{
    struct error ignored;
    const char *data = "";
    size_t len = 0;

    if (!input_is_file(input))
        return;
    while (csv_reader_look_on(parser->reader, data, len, error) &&
           !(stop && *stop) && input_read(input, &data, &len, &ignored) > 0)
        ;
}

/* A signal that comes just before a read does not interrupt it. So a pipe is
 * read only if it has something. */
static void wait_for_pipe(const struct input *input,
                          const volatile sig_atomic_t *stop)
{
    struct pollfd pipe = {.fd = input_poll_fd(input), .events = POLLIN};

    while (pipe.fd >= 0 && !*stop && poll(&pipe, 1, POLL_MS) <= 0)
        ;
}

int text_parser_read(struct text_parser *parser, struct input *input,
                     const bool *enough, const volatile sig_atomic_t *stop,
                     struct error *error)
{
    const char *data;
    size_t len;
    int more;

    for (;;) {
        wait_for_pipe(input, stop);
        if (*stop)
            return error_set(error, ERROR_STOPPED, "stopped by a signal");
        more = input_read(input, &data, &len, error);
        if (more <= 0)
            break;
        if (text_parser_feed(parser, data, len, error)) {
            text_parser_look_on(parser, input, stop, error);
            return -1;
        }
        if (*enough)
            return 0;
    }
    return more < 0 ? -1 : text_parser_end(parser, error);
}
