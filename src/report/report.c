#include "report/report.h"

#include <string.h>

#include "base/hash.h"
#include "report/sections.h"

/* Base64 (RFC 4648), for the policy. */
#define BASE64_SIZE ((HASH_SIZE + 2) / 3 * 4 + 1)

static void encode(char text[BASE64_SIZE], const unsigned char hash[HASH_SIZE])
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrs"
                                 "tuvwxyz0123456789+/";
    unsigned at = 0;

    for (unsigned i = 0; i < HASH_SIZE; i += 3) {
        unsigned bits = (unsigned)hash[i] << 16;

        if (i + 1 < HASH_SIZE)
            bits |= (unsigned)hash[i + 1] << 8;
        if (i + 2 < HASH_SIZE)
            bits |= hash[i + 2];
        for (unsigned j = 0; j < 4; j++)
            text[at++] =
                i + j > HASH_SIZE ? '=' : digits[bits >> (18 - 6 * j) & 63];
    }
    text[at] = '\0';
}

/* Only the style sheet of this program may be used, and nothing may be loaded.
 * -1: no hash can be computed. */
static int write_policy(struct html *html)
{
    struct hash *hash = hash_new();
    unsigned char digest[HASH_SIZE];
    char text[BASE64_SIZE];
    int failed;

    if (!hash)
        return -1;
    for (unsigned i = 0; report_style[i]; i++)
        hash_update(hash, report_style[i], strlen(report_style[i]));
    failed = hash_digest(hash, digest);
    hash_free(hash);
    if (failed)
        return -1;
    encode(text, digest);
    html_markup(html, "<meta http-equiv=\"Content-Security-Policy\" "
                      "content=\"default-src 'none'; style-src 'sha256-");
    html_markup(html, text);
    html_markup(html, "'; base-uri 'none'; form-action 'none'\">\n");
    return 0;
}

static int write_head(struct html *html, const struct report *report)
{
    html_markup(html, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
                      "<meta charset=\"utf-8\">\n");
    if (write_policy(html))
        return -1;
    html_markup(html,
                "<meta name=\"viewport\" content=\"width=device-width, "
                "initial-scale=1\">\n"
                "<meta name=\"color-scheme\" content=\"light dark\">\n"
                "<meta name=\"robots\" content=\"noindex\">\n"
                "<meta name=\"referrer\" content=\"no-referrer\">\n<title>");
    report_title(html, report);
    html_markup(html, "</title>\n<style>");
    for (unsigned i = 0; report_style[i]; i++)
        html_markup(html, report_style[i]);
    html_markup(html, "</style>\n</head>\n<body>\n");
    return 0;
}

static void write_body(struct html *html, const struct report *report)
{
    html_markup(html, report_shapes);
    html_markup(html, "<main>\n");
    report_verdict(html, report);
    report_commands(html, report);
    report_outcome(html, report);
    report_match(html, report);
    report_failures(html, report);
    report_changes(html, report);
    report_course(html, report);
    report_latencies(html, report);
    report_shards(html, report);
    report_settings(html, report);
    html_markup(html, "<footer>Written by ");
    html_text(html, report->version);
    html_markup(html, ". Times are UTC.</footer>\n"
                      "</main>\n</body>\n</html>\n");
}

int report_write(struct buffer *out, const struct report *report)
{
    struct html html = {.out = out};

    if (write_head(&html, report))
        return -1;
    write_body(&html, report);
    return html.failed ? -1 : 0;
}
