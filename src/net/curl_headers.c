#include "net/curl_headers.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* From so many bytes on, libcurl may ask the server before it sends a body (1
 * MiB in version 7.88). */
#define LARGE_BODY ((size_t)512 << 10)

struct curl_headers {
    struct curl_slist *lines; /* the first is for large bodies only */
    unsigned references;
};

static int add_line(struct curl_headers *headers, const char *line)
{
    struct curl_slist *longer = curl_slist_append(headers->lines, line);

    if (!longer)
        return -1;
    headers->lines = longer;
    return 0;
}

static int add_lines(struct curl_headers *headers, const char *text)
{
    struct buffer line;
    int result = 0;

    buffer_init(&line, HTTP_MAX_REQUEST);
    /* An empty "Expect" keeps libcurl from asking. */
    result = add_line(headers, "Expect:");
    if (result == 0)
        result = add_line(headers, "Accept-Encoding: identity");
    while (*text && result == 0) {
        size_t len = strcspn(text, "\n");

        buffer_clear(&line);
        if (buffer_append(&line, text, len) || add_line(headers, line.data))
            result = -1;
        text += len + (text[len] == '\n');
    }
    buffer_wipe(&line);
    return result;
}

struct curl_headers *curl_headers_new(const char *text)
{
    struct curl_headers *headers = calloc(1, sizeof(*headers));

    if (!headers)
        return NULL;
    headers->references = 1;
    if (add_lines(headers, text)) {
        curl_headers_release(headers);
        return NULL;
    }
    return headers;
}

struct curl_headers *curl_headers_share(struct curl_headers *headers)
{
    headers->references++;
    return headers;
}

void curl_headers_release(struct curl_headers *headers)
{
    if (!headers || --headers->references > 0)
        return;
    for (struct curl_slist *line = headers->lines; line; line = line->next)
        memory_wipe(line->data, strlen(line->data));
    curl_slist_free_all(headers->lines);
    free(headers);
}

/* libcurl compares each line with all header names that it knows. To save time,
 * the line that only large bodies need is left out for others. */
struct curl_slist *curl_headers_chain(struct curl_headers *headers,
                                      struct http_request *request,
                                      struct curl_slist nodes[HTTP_MAX_LINES])
{
    struct curl_slist *lines = headers->lines;
    char *text = request->headers.data;
    unsigned count = 0;

    if (request->body.len < LARGE_BODY)
        lines = lines->next;
    for (char *end; text && (end = strchr(text, '\n')); text = end + 1) {
        assert(count < HTTP_MAX_LINES);
        *end = '\0';
        nodes[count] = (struct curl_slist){text, lines};
        lines = &nodes[count++];
    }
    return lines;
}
