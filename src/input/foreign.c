#include "input/foreign.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

/* A literal may contain a NUL. */
#define START(text) (text), sizeof(text) - 1

struct signature {
    const char *start;
    size_t len;
    const char *name;
};

static const struct signature signatures[] = {
    {START("PK\003\004"), "a ZIP archive or an Excel workbook"},
    {START("\xD0\xCF\x11\xE0"), "an old Excel workbook"},
    {START("BZh"), "compressed by bzip2"},
    {START("\x28\xB5\x2F\xFD"), "compressed by zstd"},
    {START("\xFD"
           "7zXZ"),
     "compressed by xz"},
    {START("\x1F\x8B"), "compressed by gzip twice; decompress it once"},
    {START("\x1F\x9D"), "compressed by compress"},
    {START("\x1F\xA0"), "compressed by compress"},
    {START("\x04\x22\x4D\x18"), "compressed by lz4"},
    {START("LZIP\x01"), "compressed by lzip"},
    {START("\x5D\0\0"), "compressed by lzma"},
    {START("\x78\x01"), "compressed by zlib, without the header of gzip"},
    {START("\x78\x9C"), "compressed by zlib, without the header of gzip"},
    {START("\x78\xDA"), "compressed by zlib, without the header of gzip"},
    {START("7z\xBC\xAF\x27\x1C"), "a 7-Zip archive"},
    {START("Rar!\x1A\x07"), "a RAR archive"},
    {START("%PDF-"), "a PDF document"},
    {START("{\\rtf"), "an RTF document"},
    {START("PAR1"), "a Parquet file"},
    {START("SQLite format 3"), "an SQLite database"},
    {START("\x89PNG"), "an image"},
    {START("\xFF\xD8\xFF"), "an image"},
    {START("GIF8"), "an image"},
    {START("\x7F"
           "ELF"),
     "a program"},
    {START("version https://git-lfs."),
     "a pointer of Git LFS, not the file itself; 'git lfs pull' fetches it"},
    {START("-----BEGIN "), "a PEM file"},
    {START("begin 6"), "a uuencoded file"},
    {START("begin-base64 "), "base64; decode it"},
};

static bool starts(const char *data, size_t len, const char *start,
                   size_t start_len)
{
    return len >= start_len && memcmp(data, start, start_len) == 0;
}

static size_t skip_space(const char *data, size_t at, size_t len)
{
    while (at < len && strchr(" \t\r\n", data[at]) && data[at])
        at++;
    return at;
}

static const char *find_markup(const char *data, size_t len)
{
    if (len < 2 || data[0] != '<')
        return NULL;
    if (strncasecmp(data, "<!doctype html", 14) == 0 ||
        strncasecmp(data, "<html", 5) == 0 ||
        strncasecmp(data, "<head", 5) == 0 ||
        strncasecmp(data, "<body", 5) == 0)
        return "a web page, such as one that asks for a sign-in; download the "
               "file again";
    if (data[1] == '?' || data[1] == '!')
        return "an XML document";
    return NULL;
}

static bool is_json(const char *data, size_t len)
{
    size_t next = skip_space(data, 1, len);

    if (data[0] != '{' && data[0] != '[')
        return false;
    return next == len || strchr("\"{[]}-", data[next]) != NULL;
}

#define TAR_MAGIC 257 /* the offset of "ustar" */

/* A line of 64 or more letters of base64 and nothing else. */
static bool is_base64(const char *data, size_t len)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
    size_t at = 0;

    while (at < len && data[at] && strchr(letters, data[at]))
        at++;
    return at >= 64 && (at == len || data[at] == '\r' || data[at] == '\n');
}

/* UTF-16 without a mark: every other byte of ASCII is NUL. */
static const char *find_wide(const char *data, size_t len)
{
    if (len < 4)
        return NULL;
    if (data[0] && !data[1] && data[2] && !data[3])
        return "UTF-16 without a byte-order mark; use --encoding UTF-16LE";
    if (!data[0] && data[1] && !data[2] && data[3])
        return "UTF-16 without a byte-order mark; use --encoding UTF-16BE";
    if (data[0] && !data[1] && !data[2] && !data[3])
        return "UTF-32 without a byte-order mark; use --encoding UTF-32LE";
    if (!data[0] && !data[1] && !data[2] && data[3])
        return "UTF-32 without a byte-order mark; use --encoding UTF-32BE";
    return NULL;
}

const char *foreign_find(const char *data, size_t len)
{
    const char *name = find_wide(data, len);
    size_t at;

    if (name)
        return name;
    for (size_t i = 0; i < sizeof(signatures) / sizeof(signatures[0]); i++) {
        if (starts(data, len, signatures[i].start, signatures[i].len))
            return signatures[i].name;
    }
    if (len > TAR_MAGIC &&
        starts(data + TAR_MAGIC, len - TAR_MAGIC, START("ustar")))
        return "a tar archive; extract the CSV file from it";
    at = skip_space(data, 0, len);
    if (at == len)
        return NULL;
    name = find_markup(data + at, len - at);
    if (name)
        return name;
    if (is_json(data + at, len - at))
        return "JSON";
    return is_base64(data, len) ? "base64; decode it" : NULL;
}
