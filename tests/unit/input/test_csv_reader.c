#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/utf8.h"
#include "input/csv_reader.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Text given as a literal, NUL bytes inside included. */
#define LITERAL(text) (text), sizeof(text) - 1

#define MIB ((size_t)1 << 20)

/* ---- reading into a log ------------------------------------------------- */

/* Every record becomes "NUMBER@LINE[field][field]", an error its text. */
static int log_record(void *context, const struct record *record,
                      struct error *error)
{
    struct buffer *log = context;

    (void)error;
    (void)buffer_printf(log, "%" PRIu64 "@%" PRIu64, record->number,
                        record->line);
    for (size_t i = 0; i < record->count; i++) {
        const struct field *field = &record->fields[i];

        assert_int_equal(strlen(field->text), field->len);
        (void)buffer_printf(log, "[%s]", field->text);
    }
    return 0;
}

/* How the input is cut: step bytes at a time; 0: at random places. */
static size_t next_cut(size_t step, uint32_t *random, size_t left)
{
    size_t cut = step;

    if (step == 0) {
        *random = *random * 1664525 + 1013904223;
        cut = (*random >> 16) % 7;
    }
    return cut < left ? cut : left;
}

/* What read_log() lets the reader expect; NULL: nothing. */
struct expectations {
    unsigned skip_lines;
    csv_reader_choose_fn *choose;
};

static const struct expectations *expectations;

static void read_log(const char *text, size_t len, char delimiter, size_t step,
                     struct buffer *log)
{
    struct csv_reader *reader =
        csv_reader_new("in.csv", delimiter, log_record, log);
    struct error error = {.kind = ERROR_NONE};
    uint32_t random = (uint32_t)len;
    size_t at = 0;
    int result = 0;

    assert_non_null(reader);
    if (expectations)
        csv_reader_expect(reader, expectations->skip_lines,
                          expectations->choose);
    buffer_clear(log);
    (void)buffer_puts(log, "");
    while (at < len && result == 0) {
        size_t cut = next_cut(step, &random, len - at);
        /* A copy of its own, so that reading beyond it can be seen. */
        char *chunk = malloc(cut + 1);

        assert_non_null(chunk);
        memcpy(chunk, text + at, cut);
        result = csv_reader_feed(reader, chunk, cut, &error);
        free(chunk);
        at += cut;
    }
    if (result == 0)
        result = csv_reader_end(reader, &error);
    if (result) {
        assert_int_equal(error.kind, ERROR_INPUT);
        assert_true(utf8_is_valid(error.text, strlen(error.text)));
        (void)buffer_puts(log, error.text);
    }
    csv_reader_free(reader);
}

/* Reads the text whole and cut in many ways: the log must be the same. */
static void read_every_way(const char *text, size_t len, char delimiter,
                           struct buffer *log)
{
    static const size_t steps[] = {1, 2, 3, 5, 8, 0};
    struct buffer other;

    buffer_init(&other, 100 * MIB);
    read_log(text, len, delimiter, len + 1, log);
    for (size_t i = 0; i < COUNT(steps); i++) {
        read_log(text, len, delimiter, steps[i], &other);
        assert_string_equal(other.data, log->data);
    }
    buffer_free(&other);
}

struct example {
    const char *text;
    size_t len;
    const char *log;
};

static void check_examples(const struct example *examples, size_t count,
                           char delimiter)
{
    struct buffer log;

    buffer_init(&log, 100 * MIB);
    for (size_t i = 0; i < count; i++) {
        read_every_way(examples[i].text, examples[i].len, delimiter, &log);
        assert_string_equal(log.data, examples[i].log);
    }
    buffer_free(&log);
}

/* ---- what is right ------------------------------------------------------ */

static const struct example rfc4180[] = {
    /* The seven rules of section 2. */
    {LITERAL("aaa,bbb,ccc\r\nzzz,yyy,xxx\r\n"),
     "0@1[aaa][bbb][ccc]1@2[zzz][yyy][xxx]"},
    {LITERAL("aaa,bbb,ccc\r\nzzz,yyy,xxx"),
     "0@1[aaa][bbb][ccc]1@2[zzz][yyy][xxx]"},
    {LITERAL("a, b ,c\n  x,y  ,\tz\t\n"), "0@1[a][ b ][c]1@2[  x][y  ][\tz\t]"},
    {LITERAL("\"aaa\",\"bbb\",\"ccc\"\r\nzzz,yyy,xxx"),
     "0@1[aaa][bbb][ccc]1@2[zzz][yyy][xxx]"},
    {LITERAL("a,b,c\r\n\"aaa\",\"b \r\nbb\",\"ccc\"\r\nzzz,yyy,xxx\r\n"),
     "0@1[a][b][c]1@2[aaa][b \r\nbb][ccc]2@4[zzz][yyy][xxx]"},
    {LITERAL("a,b,c\n\"aaa\",\"b\"\"bb\",\"ccc\"\n"),
     "0@1[a][b][c]1@2[aaa][b\"bb][ccc]"},
    /* Empty fields, quoted and not; a line of one quoted empty field. */
    {LITERAL("a,b,c\n,,\n\"\",\"\",\"\"\n,x,\n"),
     "0@1[a][b][c]1@2[][][]2@3[][][]3@4[][x][]"},
    {LITERAL("a\n\"\"\n\"\"\"\"\n"), "0@1[a]1@2[]2@3[\"]"},
    {LITERAL("a,b\nx,"), "0@1[a][b]1@2[x][]"},
    {LITERAL("a,b\nx,\"\""), "0@1[a][b]1@2[x][]"},
    {LITERAL("a,b\nx,\"y\""), "0@1[a][b]1@2[x][y]"},
    /* Inside quotes everything is data. */
    {LITERAL("a,b\n\"x,y\",\" \r z \"\n\"1\n\n2\",\"\r\n\"\nu,v\n"),
     "0@1[a][b]1@2[x,y][ \r z ]2@3[1\n\n2][\r\n]3@7[u][v]"},
    /* A header and no rows. */
    {LITERAL("Id,City\n"), "0@1[Id][City]"},
    {LITERAL("Id"), "0@1[Id]"},
    {LITERAL("\"Id\"\r\n"), "0@1[Id]"},
    /* Empty lines are not records, but count as lines; a line of blanks is a
     * record. */
    {LITERAL("\n\r\na\n\nb\n\r\n\nc\n\n"), "0@3[a]1@5[b]2@8[c]"},
    {LITERAL("a\n  \nb\n"), "0@1[a]1@2[  ]2@3[b]"},
    /* A CR may be the very last byte. */
    {LITERAL("a\r\nb\r"), "0@1[a]1@2[b]"},
    {LITERAL("a\nb\n\r"), "0@1[a]1@2[b]"},
    /* Text beyond ASCII. */
    {LITERAL("Name,City\nZo\xC3\xAB,\xE6\x9D\xB1\xE4\xBA\xAC\n"
             "\xF0\x9F\x98\x80,K\xC3\xB6ln\n"),
     "0@1[Name][City]1@2[Zo\xC3\xAB][\xE6\x9D\xB1\xE4\xBA\xAC]"
     "2@3[\xF0\x9F\x98\x80][K\xC3\xB6ln]"},
    /* A byte-order mark at the start is dropped, one behind it is text. */
    {LITERAL("\xEF\xBB\xBFId\n1\n"), "0@1[Id]1@2[1]"},
    {LITERAL("\xEF\xBB\xBF\"Id\"\n1\n"), "0@1[Id]1@2[1]"},
    {LITERAL("\xEF\xBB\xBF\xEF\xBB\xBFId\n"), "0@1[\xEF\xBB\xBFId]"},
    {LITERAL("a\n\xEF\xBB\xBF"), "0@1[a]1@2[\xEF\xBB\xBF]"},
};

/* Good CSV must be read as RFC 4180 says, however it is cut into chunks. */
static void test_rfc4180(void **unused)
{
    (void)unused;
    check_examples(rfc4180, COUNT(rfc4180), ',');
}

/* Another delimiter must take the comma's part, a tab and a space, too. */
static void test_delimiters(void **unused)
{
    static const struct example semicolon[] = {
        {LITERAL("a;b,c\n\"x;y\"; z\n"), "0@1[a][b,c]1@2[x;y][ z]"}};
    static const struct example tab[] = {
        {LITERAL("a\tb\t\n x\t\t\"y\tz\"\n\t\t\n"),
         "0@1[a][b][]1@2[ x][][y\tz]2@3[][][]"}};
    static const struct example space[] = {
        {LITERAL("a b\n\tx \"y z\"\n u\n"), "0@1[a][b]1@2[\tx][y z]2@3[][u]"}};

    (void)unused;
    check_examples(semicolon, COUNT(semicolon), ';');
    check_examples(tab, COUNT(tab), '\t');
    check_examples(space, COUNT(space), ' ');
}

/* ---- what is refused ---------------------------------------------------- */

#define QUOTE_INSIDE                                                           \
    "a quote in a cell that is not quoted; put the cell in "                   \
    "quotes and double the quotes inside it"
#define TEXT_BEHIND                                                            \
    "text after the closing quote; double the quotes inside a quoted cell"
#define NEVER_CLOSED                                                           \
    "the quote at the start of this cell is never closed; add the closing "    \
    "quote"
#define LONE_CR                                                                \
    "a single carriage return (CR) outside quotes; end lines with LF or CRLF"
#define NUL_BYTE                                                               \
    "a NUL byte, so the file is damaged or no text; create or transfer it "    \
    "again"
#define NOT_UTF8                                                               \
    "not valid UTF-8; save the file as UTF-8, or name its encoding: in "       \
    "western Europe and America, files of Windows have --encoding "            \
    "WINDOWS-1252"
#define CUT                                                                    \
    "the file ends within a character of UTF-8; transfer it again, or name "   \
    "its encoding with --encoding"
#define MIXED                                                                  \
    "not valid UTF-8, but other cells are; if the file mixes encodings, "      \
    "correct this cell, and do not convert the whole file"
#define NO_HEADER "in.csv has no header; its first line must name the columns"
#define TOO_WIDE  "a delimiter within a cell needs quotes around the cell"
#define TOO_NARROW                                                             \
    "separated by ','; complete the row, and put a cell with a line end in "   \
    "quotes"

static const struct example refused[] = {
    /* Quotes. */
    {LITERAL("a,b\nx,y\"z\"\n"),
     "0@1[a][b]in.csv: row 1, line 2, column 2 (b): " QUOTE_INSIDE},
    {LITERAL("a,b\n \"x\",y\n"),
     "0@1[a][b]in.csv: row 1, line 2, column 1 (a): " QUOTE_INSIDE},
    {LITERAL("a,b\n\"x\"y,z\n"),
     "0@1[a][b]in.csv: row 1, line 2, column 1 (a): " TEXT_BEHIND},
    {LITERAL("a,b\n\"x\" ,z\n"),
     "0@1[a][b]in.csv: row 1, line 2, column 1 (a): " TEXT_BEHIND},
    {LITERAL("a,b\n1,2\n\"x\n\ny\"\"\",\"z\"\t\n"),
     "0@1[a][b]1@2[1][2]in.csv: row 2, line 5, column 2 (b): " TEXT_BEHIND},
    {LITERAL("a,b\"\n"), "in.csv: header, line 1, column 2: " QUOTE_INSIDE},
    {LITERAL("a,b\nx,\"y\nz,u\nv,w\n"),
     "0@1[a][b]in.csv: row 1, line 2, column 2 (b): " NEVER_CLOSED},
    {LITERAL("a,b\n\"1\n2\",\"y\n\n"),
     "0@1[a][b]in.csv: row 1, line 3, column 2 (b): " NEVER_CLOSED},
    {LITERAL("a,b\nx,\""),
     "0@1[a][b]in.csv: row 1, line 2, column 2 (b): " NEVER_CLOSED},
    {LITERAL("a,b\nx,\"\"\""),
     "0@1[a][b]in.csv: row 1, line 2, column 2 (b): " NEVER_CLOSED},
    {LITERAL("\"a\n"), "in.csv: header, line 1, column 1: " NEVER_CLOSED},
    /* Width. */
    {LITERAL("a,b,c\n1,2,3\n\n1,2\n"),
     "0@1[a][b][c]1@2[1][2][3]in.csv: row 2, line 4: the row has 2 cells, "
     "but the header has 3, " TOO_NARROW},
    {LITERAL("a,b,c\n1\n"), "0@1[a][b][c]in.csv: row 1, line 2: the row "
                            "has 1 cell, but the header "
                            "has 3, " TOO_NARROW},
    {LITERAL("a,b\n\"1\n1\",2,3\n"),
     "0@1[a][b]in.csv: row 1, line 2: the row has 3 cells, but the header "
     "has 2; " TOO_WIDE},
    {LITERAL("a,b\n1,2,"),
     "0@1[a][b]in.csv: row 1, line 2: the row has 3 cells, but the header "
     "has 2; " TOO_WIDE},
    {LITERAL("a,b\n \n"),
     "0@1[a][b]in.csv: row 1, line 2: the row has 1 cell, but the header "
     "has 2, " TOO_NARROW},
    /* CR alone. */
    {LITERAL("a,b\rc,d\r"), "in.csv: header, line 1: " LONE_CR},
    {LITERAL("a,b\n1,2\r3,4\n"), "0@1[a][b]in.csv: row 1, line 2: " LONE_CR},
    {LITERAL("a,b\n1,2\r\r\n"), "0@1[a][b]in.csv: row 1, line 2: " LONE_CR},
    {LITERAL("a,b\n\"1\",\"2\"\r3\n"),
     "0@1[a][b]in.csv: row 1, line 2: " LONE_CR},
    {LITERAL("a,b\n\rx,y\n"), "0@1[a][b]in.csv: row 1, line 2: " LONE_CR},
    {LITERAL("\rx,y\n"), "in.csv: header, line 1: " LONE_CR},
    /* Bytes. */
    {LITERAL("a,b\nx,\0\n"),
     "0@1[a][b]in.csv: row 1, line 2, column 2 (b): " NUL_BYTE},
    {LITERAL("a,b\n\"x\ny\0\",\n"),
     "0@1[a][b]in.csv: row 1, line 3, column 1 (a): " NUL_BYTE},
    {LITERAL("I\0d\0"), "in.csv: header, line 1, column 1: " NUL_BYTE},
    {LITERAL("a,b\nx,caf\xE9\n1,2\n"),
     "0@1[a][b]in.csv: row 1, line 2, column 2 (b): " NOT_UTF8},
    {LITERAL("a,b\nx,y\n\xFF,z\n"),
     "0@1[a][b]1@2[x][y]in.csv: row 2, line 3, column 1 (a): " NOT_UTF8},
    {LITERAL("a,b\nx,\xED\xA0\x80\n"),
     "0@1[a][b]in.csv: row 1, line 2, column 2 (b): " NOT_UTF8},
    {LITERAL("a,b\nx,\xE2\x82"),
     "0@1[a][b]in.csv: row 1, line 2, column 2 (b): " CUT},
    {LITERAL("\xE9"), "in.csv: header, line 1, column 1: " CUT},
    {LITERAL("\xEF\xBB"), "in.csv: header, line 1, column 1: " CUT},
    {LITERAL("\xEF\xBB,"), "in.csv: header, line 1, column 1: " NOT_UTF8},
    {LITERAL("\xFF\xFE"), "in.csv: header, line 1, column 1: " NOT_UTF8},
    {LITERAL("a,b\nK\xC3\xB6ln,x\nM\xFCnchen,y\n"),
     "0@1[a][b]1@2[K\xC3\xB6ln][x]in.csv: row 2, line 3, column 1 (a): " MIXED},
    {LITERAL("a,b\nK\xC3\xB6ln\xC3,x\n"),
     "0@1[a][b]in.csv: row 1, line 2, column 1 (a): " MIXED},
    /* An error in a line comes before what is wrong behind it. */
    {LITERAL("a,b\n1\n\xFF\0"), "0@1[a][b]in.csv: row 1, line 2: the row "
                                "has 1 cell, but the header has "
                                "2, " TOO_NARROW},
    /* No header. */
    {LITERAL(""), NO_HEADER},
    {LITERAL("\n\r\n\n\r"), NO_HEADER},
    {LITERAL("\xEF\xBB\xBF"), NO_HEADER},
    {LITERAL("\xEF\xBB\xBF\n\n"), NO_HEADER},
};

/* Bad CSV must be refused at the same place with the same words, however it is
 * cut into chunks; the records before it are handed on. */
static void test_refused(void **unused)
{
    (void)unused;
    check_examples(refused, COUNT(refused), ',');
}

/* ---- files that people have made ------------------------------------------
 */

static char choose(void *context, const char *text, size_t len, uint64_t line)
{
    (void)context;
    (void)line;
    return memchr(text, ';', len) ? ';' : ',';
}

/* The delimiter must be chosen by the first line that is not empty, and a line
 * "sep=X" before it must be obeyed, however the input is cut. */
static void test_chosen_delimiter(void **unused)
{
    static const struct expectations choosing = {0, choose};
    static const struct expectations given = {0, NULL};
    static const struct example examples[] = {
        {LITERAL("a;b\nx;y,z\n"), "0@1[a][b]1@2[x][y,z]"},
        {LITERAL("\r\n\na,b\nx,y\n"), "0@3[a][b]1@4[x][y]"},
        {LITERAL("a,b"), "0@1[a][b]"},
        {LITERAL("sep=|\na|b,;\nx|y\n"), "0@2[a][b,;]1@3[x][y]"},
        {LITERAL("\xEF\xBB\xBF\"sep=\t\"\r\n\r\na\tb\n"), "0@3[a][b]"},
        {LITERAL("SEP=;;;\na;b\n"), "0@2[a][b]"},
        {LITERAL("sep=;x,a\n"), "0@1[sep=][x,a]"},
        {LITERAL("sep=\n"), "0@1[sep=]"},
        {LITERAL("sep=;"), NO_HEADER},
    };
    static const struct example ignored[] = {
        {LITERAL("sep=;\na,b;c\n"), "0@2[a][b;c]"},
    };

    (void)unused;
    expectations = &choosing;
    check_examples(examples, COUNT(examples), ',');
    expectations = &given;
    check_examples(ignored, COUNT(ignored), ',');
    expectations = NULL;
}

/* Lines before the header must be skipped, whatever they contain. */
static void test_skipped_lines(void **unused)
{
    static const struct expectations two = {2, NULL};
    static const struct example examples[] = {
        {LITERAL("x\ny\na,b\n1,2\n"), "0@3[a][b]1@4[1][2]"},
        {LITERAL("\xFF\"\r\n\na,b\n"), "0@3[a][b]"},
        {LITERAL("x\ny\nsep=;\na,b\n"), "0@4[a][b]"},
        {LITERAL("x\ny"), NO_HEADER},
        {LITERAL(""), NO_HEADER},
    };

    (void)unused;
    expectations = &two;
    check_examples(examples, COUNT(examples), ',');
    expectations = NULL;
}

/* Rows without any value must be ignored, and cells without a value after the
 * last column. */
static void test_blank_rows(void **unused)
{
    static const struct expectations none = {0, NULL};
    static const struct example examples[] = {
        {LITERAL(",,\na,b\n \n,\n\t,\xC2\xA0\n,,,\nx,y,, \n"),
         "0@2[a][b]1@7[x][y]"},
        {LITERAL("a\n\"\"\n\"\n\"\nx\n"), "0@1[a]1@5[x]"},
        {LITERAL("a,b, ,\nx,y\nx,y,\n"),
         "0@1[a][b][ ][]1@2[x][y][][]2@3[x][y][][]"},
        {LITERAL("a,b\nx,,y\n"), "0@1[a][b]in.csv: row 1, line 2: the row has "
                                 "3 cells, but the header has 2; " TOO_WIDE},
    };

    (void)unused;
    expectations = &none;
    check_examples(examples, COUNT(examples), ',');
    expectations = NULL;
}

/* ---- messages --------------------------------------------------------------
 */

/* A column's name in a message must be cut between two characters, and can't
 * have control characters. */
static void test_names_in_messages(void **unused)
{
    static const struct example names[] = {
        {LITERAL("\"A\x1B[1m\n\x7F\",\"\"\nx\""),
         "0@1[A\x1B[1m\n\x7F][]in.csv: row 1, line 3, column 1 "
         "(AU+001B[1mU+000AU+007F): " QUOTE_INSIDE},
        {LITERAL("A,\"\"\nx,y\""),
         "0@1[A][]in.csv: row 1, line 2, column 2: " QUOTE_INSIDE},
        {LITERAL("A\nx,y\""),
         "0@1[A]in.csv: row 1, line 2, column 2: " QUOTE_INSIDE},
        {LITERAL("abcdefghijklmnopqrstuvwxyz012345678901\xC3\xA9v\nx\""),
         "0@1[abcdefghijklmnopqrstuvwxyz012345678901\xC3\xA9v]in.csv: row 1, "
         "line 2, column 1 "
         "(abcdefghijklmnopqrstuvwxyz012345678901): " QUOTE_INSIDE},
    };

    (void)unused;
    check_examples(names, COUNT(names), ',');
}

/* ---- bounds ------------------------------------------------------------- */

static void put_many(struct buffer *text, char byte, size_t count)
{
    assert_int_equal(buffer_reserve(text, count), 0);
    memset(text->data + text->len, byte, count);
    text->len += count;
    text->data[text->len] = '\0';
}

/* What follows the records in the log must be this message, or nothing. */
static void check_end(const struct buffer *text, const char *message)
{
    static const size_t steps[] = {SIZE_MAX, 65536, 4093};
    struct buffer log;

    buffer_init(&log, 100 * MIB);
    for (size_t i = 0; i < COUNT(steps); i++) {
        const char *end;

        read_log(text->data, text->len, ',', steps[i], &log);
        end = strstr(log.data, "in.csv");
        assert_string_equal(end ? end : "", message);
    }
    buffer_free(&log);
}

/* A field of 1 MiB must be taken, plain, quoted, and with all its quotes
 * doubled; one byte more is refused. */
static void test_longest_field(void **unused)
{
    static const char too_long[] =
        "in.csv: row 1, line 2, column 2 (b): the cell is longer than 1048576 "
        "bytes; perhaps a closing quote is missing";
    struct buffer text;

    (void)unused;
    buffer_init(&text, 10 * MIB);
    for (size_t extra = 0; extra < 5; extra++) {
        const char *message = extra ? too_long : "";

        buffer_clear(&text);
        (void)buffer_puts(&text, "a,b\nx,");
        put_many(&text, 'y', CSV_READER_MAX_FIELD + extra);
        check_end(&text, message);
        (void)buffer_puts(&text, "\n1,2\n");
        check_end(&text, message);

        buffer_clear(&text);
        (void)buffer_puts(&text, "a,b\nx,\"");
        put_many(&text, 'y', CSV_READER_MAX_FIELD + extra);
        (void)buffer_puts(&text, "\"\n1,2\n");
        check_end(&text, message);

        buffer_clear(&text);
        (void)buffer_puts(&text, "a,b\nx,\"");
        put_many(&text, '"', 2 * (CSV_READER_MAX_FIELD + extra));
        (void)buffer_puts(&text, "\"\r\n1,2\r\n");
        check_end(&text, message);
    }
    buffer_free(&text);
}

/* A quote that is never closed must be refused at the bound, whatever comes
 * behind, and be told with the line where it was opened. */
static void test_endless_field(void **unused)
{
    struct buffer text;

    (void)unused;
    buffer_init(&text, 20 * MIB);
    (void)buffer_puts(&text, "a,b\n1,2\n3,\"");
    for (size_t i = 0; i < 500000; i++)
        (void)buffer_puts(&text, "some,more\r\n");
    check_end(&text, "in.csv: row 2, line 3, column 2 (b): the cell is longer "
                     "than 1048576 bytes; perhaps a closing quote is missing");
    buffer_free(&text);
}

/* A record of 4 MiB must be taken, one byte more is refused; the header too. */
static void test_longest_record(void **unused)
{
    struct buffer text;

    (void)unused;
    buffer_init(&text, 20 * MIB);
    for (size_t extra = 0; extra < 2; extra++) {
        buffer_clear(&text);
        (void)buffer_puts(&text, "a,b,c,d,e\n");
        for (size_t i = 0; i < 4; i++) {
            put_many(&text, 'x', CSV_READER_MAX_FIELD);
            (void)buffer_puts(&text, ",");
        }
        put_many(&text, 'y', extra);
        (void)buffer_puts(&text, "\n1,2,3,4,5\n");
        check_end(&text, extra ? "in.csv: row 1, line 2: the row is longer "
                                 "than 4194304 bytes; shorten it"
                               : "");
    }
    buffer_clear(&text);
    for (size_t i = 0; i < 100; i++) {
        put_many(&text, 'x', 50000);
        (void)buffer_puts(&text, ",");
    }
    check_end(&text, "in.csv: header, line 1: the row is longer than 4194304 "
                     "bytes; shorten it");
    buffer_free(&text);
}

/* 1,000 columns must be taken, 1,001 refused, in the header and in a row. */
static void test_most_columns(void **unused)
{
    static const char message[] = "the row has more than 1000 columns; remove "
                                  "those that are not needed";
    struct buffer text, expected;

    (void)unused;
    buffer_init(&text, MIB);
    buffer_init(&expected, MIB);
    put_many(&text, ',', 999);
    (void)buffer_puts(&text, "\n");
    put_many(&text, ',', 999);
    check_end(&text, "");
    (void)buffer_puts(&text, ",\n");
    (void)buffer_printf(&expected, "in.csv: row 1, line 2: %s", message);
    check_end(&text, expected.data);
    buffer_clear(&text);
    put_many(&text, ',', 1000);
    buffer_clear(&expected);
    (void)buffer_printf(&expected, "in.csv: header, line 1: %s", message);
    check_end(&text, expected.data);
    buffer_free(&text);
    buffer_free(&expected);
}

/* ---- the one who takes records ------------------------------------------ */

static int refuse_row_2(void *context, const struct record *record,
                        struct error *error)
{
    unsigned *calls = context;

    ++*calls;
    if (record->number == 2)
        return error_set(error, ERROR_LOCAL, "no more");
    return 0;
}

/* A failure of the one who takes records must stop the reader with its error,
 * and nothing is handed on after it. */
static void test_taker_fails(void **unused)
{
    static const char text[] = "a\n1\n2\n3\n4\n";
    struct error error;
    unsigned calls = 0;
    struct csv_reader *reader =
        csv_reader_new("in.csv", ',', refuse_row_2, &calls);

    (void)unused;
    assert_non_null(reader);
    assert_int_equal(csv_reader_feed(reader, text, strlen(text), &error), -1);
    assert_int_equal(error.kind, ERROR_LOCAL);
    assert_string_equal(error.text, "no more");
    assert_int_equal(calls, 3);
    assert_int_equal(csv_reader_rows(reader), 1);
    csv_reader_free(reader);
    csv_reader_free(NULL);
}

/* Rows must be counted when they are handed on, the last one at the end. */
static void test_rows(void **unused)
{
    struct buffer log;
    struct error error;
    struct csv_reader *reader;

    (void)unused;
    buffer_init(&log, MIB);
    reader = csv_reader_new("in.csv", ',', log_record, &log);
    assert_non_null(reader);
    assert_int_equal(csv_reader_feed(reader, "a\n1\n2", 5, &error), 0);
    assert_int_equal(csv_reader_rows(reader), 1);
    assert_int_equal(csv_reader_feed(reader, "", 0, &error), 0);
    assert_int_equal(csv_reader_end(reader, &error), 0);
    assert_int_equal(csv_reader_rows(reader), 2);
    assert_string_equal(log.data, "0@1[a]1@2[1]2@3[2]");
    csv_reader_free(reader);
    buffer_free(&log);
}

/* ---- against a second parser -------------------------------------------- */

/* A plain reading of RFC 4180, one character at a time. */
struct model {
    const char *text; /* ends with a NUL */
    uint64_t line;
    size_t at;
    size_t count;  /* fields of the present record */
    uint64_t rows; /* records handed on, the header included */
    size_t width;
    struct buffer *log;
};

static bool model_fails(struct model *model, const char *what, size_t column,
                        uint64_t line)
{
    struct buffer *log = model->log;

    (void)buffer_puts(log, "in.csv: ");
    if (model->rows == 0)
        (void)buffer_puts(log, "header");
    else
        (void)buffer_printf(log, "row %" PRIu64, model->rows);
    (void)buffer_printf(log, ", line %" PRIu64, line);
    if (column > 0)
        (void)buffer_printf(log, ", column %zu", column);
    (void)buffer_printf(log, ": %s", what);
    return false;
}

static bool model_quoted(struct model *model, struct buffer *field)
{
    uint64_t line = model->line;

    for (model->at++;; model->at++) {
        char c = model->text[model->at];

        if (c == '\0')
            return model_fails(model, NEVER_CLOSED, model->count + 1, line);
        if (c == '"' && model->text[++model->at] != '"')
            break;
        if (c == '\n')
            model->line++;
        (void)buffer_append(field, &c, 1);
    }
    if (!strchr(",\r\n", model->text[model->at]))
        return model_fails(model, TEXT_BEHIND, model->count + 1, model->line);
    return true;
}

static bool model_plain(struct model *model, struct buffer *field)
{
    for (; !strchr(",\r\n", model->text[model->at]); model->at++) {
        if (model->text[model->at] == '"')
            return model_fails(model, QUOTE_INSIDE, model->count + 1,
                               model->line);
        (void)buffer_append(field, &model->text[model->at], 1);
    }
    return true;
}

/* Takes a line end: LF, CRLF, or CR as the last byte. */
static bool model_line_end(struct model *model)
{
    const char *text = model->text;

    if (text[model->at] == '\r') {
        model->at++;
        if (text[model->at] && text[model->at] != '\n')
            return model_fails(model, LONE_CR, 0, model->line);
    }
    if (text[model->at] == '\n') {
        model->at++;
        model->line++;
    }
    return true;
}

static bool model_record(struct model *model, struct buffer *fields)
{
    uint64_t line = model->line;

    buffer_clear(fields);
    model->count = 0;
    for (;; model->at++) {
        (void)buffer_puts(fields, "[");
        if (model->text[model->at] == '"' ? !model_quoted(model, fields)
                                          : !model_plain(model, fields))
            return false;
        (void)buffer_puts(fields, "]");
        model->count++;
        if (model->text[model->at] != ',')
            break;
    }
    if (!model_line_end(model))
        return false;
    if (model->rows == 0)
        model->width = model->count;
    if (model->count != model->width)
        return model_fails(model, "width", 0, line);
    (void)buffer_printf(model->log, "%" PRIu64 "@%" PRIu64 "%s", model->rows++,
                        line, fields->data);
    return true;
}

static void model_read(const char *text, struct buffer *log)
{
    struct model model = {.text = text, .line = 1, .log = log};
    struct buffer fields;
    bool good = true;

    buffer_clear(log);
    (void)buffer_puts(log, "");
    buffer_init(&fields, MIB);
    while (good && text[model.at]) {
        if (strchr("\r\n", text[model.at]))
            good = model_line_end(&model);
        else
            good = model_record(&model, &fields);
    }
    if (good && model.rows == 0)
        (void)buffer_puts(log, NO_HEADER);
    buffer_free(&fields);
}

/* Takes out of a message what the model does not say: the column's name, and
 * the numbers of a wrong width. */
static void simplify(char *log)
{
    char *message = strstr(log, "in.csv: ");
    char *from, *to;

    if (!message)
        return;
    from = strstr(message, " (");
    to = strstr(message, "): ");
    if (from && to && from < to)
        memmove(from, to + 1, strlen(to + 1) + 1);
    to = strstr(message, "the row has ");
    if (to)
        (void)snprintf(to, strlen(to), "width");
}

/* Text of the alphabet, each letter as likely as the next. */
static void put_random(struct buffer *text, uint32_t *random,
                       const char *alphabet, size_t len)
{
    buffer_clear(text);
    (void)buffer_puts(text, "");
    for (size_t i = 0; i < len; i++) {
        *random = *random * 1664525 + 1013904223;
        (void)buffer_append(text, &alphabet[(*random >> 16) % strlen(alphabet)],
                            1);
    }
}

/* For any text, the reader must hand on the same records and refuse at the same
 * place as a plain reading of RFC 4180. */
static void test_against_model(void **unused)
{
    static const char *const alphabets[] = {
        "a,\n", "ab ,,\n", "a,\" \n", "aa,\"\"\"\r\n\n", "abc,,\t \"\r\n",
    };
    static const size_t steps[] = {MIB, 0, 1, MIB};
    struct buffer text, log, expected;
    uint32_t random = 1;

    (void)unused;
    buffer_init(&text, MIB);
    buffer_init(&log, MIB);
    buffer_init(&expected, MIB);
    for (size_t i = 0; i < 6000; i++) {
        put_random(&text, &random, alphabets[i % COUNT(alphabets)], i / 7 % 60);
        model_read(text.data, &expected);
        read_log(text.data, text.len, ',', steps[i % COUNT(steps)], &log);
        simplify(log.data);
        if (strcmp(log.data, expected.data) != 0)
            fail_msg("of \"%s\"\n%s\n%s", text.data, log.data, expected.data);
    }
    buffer_free(&text);
    buffer_free(&log);
    buffer_free(&expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rfc4180),
        cmocka_unit_test(test_delimiters),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_chosen_delimiter),
        cmocka_unit_test(test_skipped_lines),
        cmocka_unit_test(test_blank_rows),
        cmocka_unit_test(test_names_in_messages),
        cmocka_unit_test(test_longest_field),
        cmocka_unit_test(test_endless_field),
        cmocka_unit_test(test_longest_record),
        cmocka_unit_test(test_most_columns),
        cmocka_unit_test(test_taker_fails),
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_against_model),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
