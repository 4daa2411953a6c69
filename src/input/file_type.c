#include "input/file_type.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "input/delimiter.h"
#include "input/text_check.h"

/* A literal may contain a NUL. */
#define START(text) (text), sizeof(text) - 1

struct signature {
    const char *start;
    size_t len;
    const char *name;
};

static const struct signature signatures[] = {
    {START("PK\003\004"), "a ZIP archive or an Excel workbook"},
    {START("PK\005\006"), "an empty ZIP archive"},
    {START("\xD0\xCF\x11\xE0"), "an old or encrypted Excel workbook"},
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
    {START("/annex/objects/"),
     "a pointer of git-annex, not the file itself; 'git annex get' fetches it"},
    {START("<<<<<<< "), "a file with a conflict of Git; resolve it"},
    {START("-----BEGIN PGP "), "encrypted or signed by PGP; decrypt it"},
    {START("age-encryption.org/"), "encrypted by age; decrypt it"},
    {START("$ANSIBLE_VAULT;"), "encrypted by Ansible Vault; decrypt it"},
    {START("Salted__"), "encrypted by OpenSSL; decrypt it"},
    {START("HTTP/"), "the response of a web server with its headers; download "
                     "the file again"},
    {START("INSERT INTO "), "a script in SQL"},
    {START("CREATE TABLE "), "a script in SQL"},
    {START("BEGIN:VCARD"), "a file of vCards"},
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
    if (len < 2 || data[0] != '<' || !data[1] ||
        (!isalpha((unsigned char)data[1]) && !strchr("!?/", data[1])))
        return NULL;
    for (size_t i = 1; i < len; i++) {
        if (i + 4 <= len && strncasecmp(data + i, "html", 4) == 0)
            return "a web page, such as one that asks for a sign-in; download "
                   "the file again";
        if (data[i - 1] == '>' && data[i] && strchr(DELIMITERS, data[i]))
            return NULL; /* names in brackets */
    }
    return "an XML or HTML document";
}

static bool is_json(const char *data, size_t len)
{
    size_t next = skip_space(data, 1, len);

    if (data[0] != '{' && data[0] != '[')
        return false;
    return next == len ||
           (data[next] && strchr("\"{[]}-0123456789", data[next]));
}

#define TAR_MAGIC 257 /* the offset of "ustar" */

/* A line of many letters of base64 and nothing else: also of digits and of both
 * cases, unless it is too long for a name. */
static bool is_base64(const char *data, size_t len)
{
    bool has_digit = false, has_lower = false, has_upper = false;

    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)data[i];

        if (!isalnum(byte) && (!byte || !strchr("+/=", byte)))
            return false;
        has_digit = has_digit || isdigit(byte);
        has_lower = has_lower || islower(byte);
        has_upper = has_upper || isupper(byte);
    }
    return len >= 64 ||
           (len >= 24 && len % 4 == 0 && has_digit && has_lower && has_upper);
}

/* Text has no two of these: NUL, other control characters, and bytes that are
 * not UTF-8. */
static bool is_binary(const char *data, size_t len)
{
    bool has_nul = memchr(data, '\0', len) != NULL;
    bool has_control = false;
    struct text_check check = {.state = 0};

    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)data[i];

        has_control = has_control ||
                      (byte > 0 && byte < ' ' && !strchr("\t\r\f\v", byte));
    }
    (void)text_check_feed(&check, data, len);
    return has_nul + has_control + check.refused >= 2;
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

/* The length of the first line, without its line end. */
static size_t first_line(const char *data, size_t len)
{
    const char *end = memchr(data, '\n', len);

    if (end)
        len = (size_t)(end - data);
    return len - (len > 0 && data[len - 1] == '\r');
}

static const char *find_text(const char *data, size_t len)
{
    const char *name;

    if (len == 0)
        return NULL;
    name = find_markup(data, len);
    if (name)
        return name;
    if (is_json(data, len))
        return "JSON";
    return is_base64(data, len) ? "base64; decode it" : NULL;
}

const char *file_type_find(const char *data, size_t len)
{
    const char *name = find_wide(data, len);
    size_t start;

    if (name)
        return name;
    for (size_t i = 0; i < sizeof(signatures) / sizeof(signatures[0]); i++) {
        if (starts(data, len, signatures[i].start, signatures[i].len))
            return signatures[i].name;
    }
    if (len > TAR_MAGIC &&
        starts(data + TAR_MAGIC, len - TAR_MAGIC, START("ustar")))
        return "a tar archive; extract the CSV file from it";
    if (is_binary(data, first_line(data, len)))
        return "a binary file, not text; if it is compressed or encrypted, "
               "decompress or decrypt it";
    start = skip_space(data, 0, len);
    return find_text(data + start, first_line(data + start, len - start));
}
