/*
 * floor [-2] URL USERS CONCURRENCY [CAFILE]
 *
 * The minimum cost of bauser-batch as long as it uses libcurl. For each of
 * USERS users it calls GetUser and then UpdateUser, with bodies of the same
 * size. CONCURRENCY users are in flight, each with one kept easy handle,
 * through curl_multi_poll and curl_multi_perform. Headers, time-outs, TLS
 * options and the guard against libcurl's silent replay are those of
 * bauser-batch. It parses no CSV or JSON and writes no file; it counts the
 * bytes of GetUser's response. The access token is that of the environment
 * variable BAUSER_ACCESS_TOKEN.
 *
 * -2  HTTP/2 over TLS; all requests share one connection, or a few
 *
 * The options below were measured to be the cheapest. A URL that is passed in
 * parsed form (CURLOPT_CURLU, CURLOPT_REQUEST_TARGET) is not parsed and printed
 * again for each request. A User-Agent among the headers is printed once, not
 * twice. Together they save a quarter of the code that libcurl executes for a
 * request.
 *
 * Prints one line: users, wall seconds, users per second, microseconds of CPU
 * per user, and the peak memory in KiB.
 */
#define _GNU_SOURCE
#include <err.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <curl/curl.h>

#include "canned.h"

#define FIRST_ID    UINT64_C(1000000000000000000)
#define QUERY_PATH  "/CustomerManagement/v13/User/Query"
#define UPDATE_PATH "/CustomerManagement/v13/User"

static const char update_body[] =
    "{\"User\":" CANNED_USER_BEFORE_ID
    "1000000000000000000" CANNED_USER_AFTER_ID "}";

enum call { CALL_QUERY, CALL_UPDATE };

/* One user at a time, on one easy handle. */
struct slot {
    CURL *easy;
    enum call call;
    bool sent;       /* the transfer has reached the wire */
    size_t received; /* bytes of the response's body */
    char query[64];
};

struct floor {
    CURLM *multi;
    struct curl_slist *headers;
    CURLU *base; /* parsed once, for all slots and requests */
    const char *cafile;
    long version; /* of HTTP: CURL_HTTP_VERSION_... */
    struct slot *slots;
    size_t concurrency;
    uint64_t users, started, done;
};

static double clock_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double cpu_seconds(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_utime.tv_sec +
           (double)usage.ru_utime.tv_usec / 1e6 +
           (double)usage.ru_stime.tv_sec + (double)usage.ru_stime.tv_usec / 1e6;
}

static long own_hwm(void)
{
    char line[256];
    long hwm = -1;
    FILE *file = fopen("/proc/self/status", "r");

    if (file == NULL)
        return -1;
    while (fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, "VmHWM:", 6) == 0)
            hwm = strtol(line + 6, NULL, 10);
    fclose(file);
    return hwm;
}

/* NOLINTNEXTLINE(readability-non-const-parameter): libcurl's signature */
static size_t on_body(char *data, size_t size, size_t count, void *context)
{
    struct slot *slot = context;

    (void)data;
    slot->received += size * count;
    return size * count;
}

/* libcurl calls this each time before it sends a transfer. A second call is its
 * silent replay on a new connection.
 * NOLINTNEXTLINE(readability-non-const-parameter): libcurl's signature */
static int on_prereq(void *context, char *remote, char *local, int remote_port,
                     int local_port)
{
    struct slot *slot = context;

    (void)remote, (void)local, (void)remote_port, (void)local_port;
    if (slot->sent)
        return CURL_PREREQFUNC_ABORT;
    slot->sent = true;
    return CURL_PREREQFUNC_OK;
}

static void must(CURLcode code)
{
    if (code != CURLE_OK)
        errx(1, "libcurl: %s", curl_easy_strerror(code));
}

static void slot_init(struct floor *floor, struct slot *slot)
{
    CURL *easy = curl_easy_init();

    if (easy == NULL)
        errx(1, "curl_easy_init failed");
    slot->easy = easy;
    must(curl_easy_setopt(easy, CURLOPT_PRIVATE, slot));
    must(curl_easy_setopt(easy, CURLOPT_CURLU, floor->base));
    must(curl_easy_setopt(easy, CURLOPT_HTTPHEADER, floor->headers));
    must(curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, floor->version));
    must(curl_easy_setopt(easy, CURLOPT_PIPEWAIT,
                          (long)(floor->version == CURL_HTTP_VERSION_2TLS)));
    must(curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https"));
    must(curl_easy_setopt(easy, CURLOPT_PROXY, ""));
    must(curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L));
    must(curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, 60000L));
    must(curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, 10000L));
    must(curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body));
    must(curl_easy_setopt(easy, CURLOPT_WRITEDATA, slot));
    must(curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_prereq));
    must(curl_easy_setopt(easy, CURLOPT_PREREQDATA, slot));
    if (floor->cafile != NULL) {
        must(curl_easy_setopt(easy, CURLOPT_CAINFO, floor->cafile));
        must(curl_easy_setopt(easy, CURLOPT_CAPATH, NULL));
    }
}

static void slot_send(struct floor *floor, struct slot *slot)
{
    CURL *easy = slot->easy;
    bool query = slot->call == CALL_QUERY;
    const char *body = query ? slot->query : update_body;

    slot->sent = false;
    slot->received = 0;
    must(curl_easy_setopt(easy, CURLOPT_REQUEST_TARGET,
                          query ? QUERY_PATH : UPDATE_PATH));
    must(curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, query ? "POST" : "PUT"));
    must(curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body));
    must(curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)strlen(body)));
    if (curl_multi_add_handle(floor->multi, easy) != CURLM_OK)
        errx(1, "curl_multi_add_handle failed");
}

/* Starts the next user, if one is left. */
static void slot_start(struct floor *floor, struct slot *slot)
{
    if (floor->started == floor->users)
        return;
    snprintf(slot->query, sizeof slot->query, "{\"UserId\":\"%" PRIu64 "\"}",
             FIRST_ID + floor->started++);
    slot->call = CALL_QUERY;
    slot_send(floor, slot);
}

static void slot_complete(struct floor *floor, struct slot *slot)
{
    bool multiplexed = floor->version == CURL_HTTP_VERSION_2TLS;
    long status = 0, version = 0;

    must(curl_easy_getinfo(slot->easy, CURLINFO_RESPONSE_CODE, &status));
    if (status != 200 || slot->received == 0)
        errx(1, "the server returned status %ld", status);
    must(curl_easy_getinfo(slot->easy, CURLINFO_HTTP_VERSION, &version));
    if ((version == CURL_HTTP_VERSION_2_0) != multiplexed)
        errx(1, "the server used another version of HTTP");
    if (slot->call == CALL_QUERY) {
        slot->call = CALL_UPDATE;
        slot_send(floor, slot);
        return;
    }
    floor->done++;
    slot_start(floor, slot);
}

/* Returns true if any transfer was complete. */
static bool collect_responses(struct floor *floor)
{
    CURLMsg *message;
    bool any = false;
    int left;

    while ((message = curl_multi_info_read(floor->multi, &left)) != NULL) {
        CURL *easy = message->easy_handle;
        struct slot *slot;

        must(message->data.result);
        must(curl_easy_getinfo(easy, CURLINFO_PRIVATE, &slot));
        curl_multi_remove_handle(floor->multi, easy);
        slot_complete(floor, slot);
        any = true;
    }
    return any;
}

static void run(struct floor *floor)
{
    int running;

    for (size_t i = 0; i < floor->concurrency; i++)
        slot_start(floor, &floor->slots[i]);
    while (floor->done < floor->users) {
        if (curl_multi_perform(floor->multi, &running) != CURLM_OK)
            errx(1, "curl_multi_perform failed");
        /* New requests need another iteration at once. A poll would only query
         * every socket and not wait. */
        if (!collect_responses(floor) &&
            curl_multi_poll(floor->multi, NULL, 0, 1000, NULL) != CURLM_OK)
            errx(1, "curl_multi_poll failed");
    }
}

static CURLU *parse_url(const char *text)
{
    CURLU *url = curl_url();

    if (url == NULL || curl_url_set(url, CURLUPART_URL, text, 0) != CURLUE_OK)
        errx(2, "%s is not a valid URL", text);
    return url;
}

static struct curl_slist *make_headers(void)
{
    const char *token = getenv("BAUSER_ACCESS_TOKEN");
    char authorization[8192];
    const char *const lines[] = {
        authorization,
        "DeveloperToken: y",
        "Content-Type: application/json",
        "Accept: application/json",
        "Expect:",
    };
    struct curl_slist *headers = NULL;

    if (token == NULL)
        errx(2, "BAUSER_ACCESS_TOKEN is not set");
    snprintf(authorization, sizeof authorization, "Authorization: Bearer %s",
             token);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        headers = curl_slist_append(headers, lines[i]);
        if (headers == NULL)
            errx(1, "out of memory");
    }
    return headers;
}

static void floor_init(struct floor *floor, char **arguments)
{
    bool multiplexed = floor->version == CURL_HTTP_VERSION_2TLS;

    must(curl_global_init(CURL_GLOBAL_DEFAULT));
    floor->users = strtoull(arguments[1], NULL, 10);
    floor->concurrency = strtoul(arguments[2], NULL, 10);
    floor->cafile = arguments[3];
    floor->base = parse_url(arguments[0]);
    floor->headers = make_headers();
    floor->multi = curl_multi_init();
    floor->slots = calloc(floor->concurrency, sizeof *floor->slots);
    if (floor->multi == NULL || floor->slots == NULL || floor->concurrency == 0)
        errx(1, "CONCURRENCY is 0, or there is no memory");
    curl_multi_setopt(floor->multi, CURLMOPT_MAXCONNECTS,
                      (long)floor->concurrency);
    curl_multi_setopt(floor->multi, CURLMOPT_PIPELINING,
                      multiplexed ? CURLPIPE_MULTIPLEX : CURLPIPE_NOTHING);
    for (size_t i = 0; i < floor->concurrency; i++)
        slot_init(floor, &floor->slots[i]);
}

static void floor_free(struct floor *floor)
{
    for (size_t i = 0; i < floor->concurrency; i++)
        curl_easy_cleanup(floor->slots[i].easy);
    free(floor->slots);
    curl_multi_cleanup(floor->multi);
    curl_slist_free_all(floor->headers);
    curl_url_cleanup(floor->base);
    curl_global_cleanup();
}

int main(int argc, char **argv)
{
    struct floor floor = {.version = CURL_HTTP_VERSION_1_1};
    double wall;
    int option;

    while ((option = getopt(argc, argv, "2")) == '2')
        floor.version = CURL_HTTP_VERSION_2TLS;
    if (option != -1 || argc - optind < 3 || argc - optind > 4)
        errx(2, "usage: floor [-2] URL USERS CONCURRENCY [CAFILE]");
    signal(SIGPIPE, SIG_IGN);
    wall = clock_seconds();
    floor_init(&floor, argv + optind);
    run(&floor);
    floor_free(&floor);
    wall = clock_seconds() - wall;
    printf("users=%" PRIu64 " wall=%.3f users_s=%.0f cpu_us_user=%.2f "
           "hwm=%ld\n",
           floor.done, wall, (double)floor.done / wall,
           cpu_seconds() * 1e6 / (double)floor.done, own_hwm());
    return 0;
}
