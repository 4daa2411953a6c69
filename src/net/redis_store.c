#include "net/redis_store.h"

#ifdef HAVE_HIREDIS

#include <errno.h>
#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret_file.h"
#include "net/host_lookup.h"
#include "net/redis_error.h"
#include "net/redis_script.h"

#define PARTS      4     /* of a reply */
#define MAX_REPLY  65536 /* bytes after a request; more is no reply of Redis */
#define MAX_TIME   INT64_C(1000000000000000) /* 31 years */
#define HASH_TEXT  41                        /* of SHA-1, with its NUL */
#define KEY_SUFFIX ":shards"
#define SECOND     1000000

/* The commands whose replies are expected, in this order. */
enum command { COMMAND_AUTH, COMMAND_LOAD, COMMAND_SCRIPT, COMMANDS };

struct redis_store {
    struct budget_store store; /* first: its address is that of the whole */
    struct budget_place place;
    char *processes;            /* KEYS[2] */
    bool asked;                 /* a request waits for its reply */
    struct host_lookup *lookup; /* for the next connection; NULL: none */
    redisContext *redis;        /* NULL: no connection */
    bool unsent;                /* a part of the commands */
    size_t received;            /* bytes since the last request */
    bool expected[COMMANDS];
    char hash[HASH_TEXT];          /* of the script, for EVALSHA */
    struct budget_request request; /* the last one */
    char failure[160]; /* of a connection that could not be opened */
};

static struct redis_store *of(struct budget_store *store)
{
    return (struct redis_store *)store;
}

/* ---- connections -------------------------------------------------------- */

/* A lookup goes on: the next request may need it. */
static void close_connection(struct budget_store *base)
{
    struct redis_store *store = of(base);

    store->asked = false;
    if (store->redis)
        redisFree(store->redis);
    store->redis = NULL;
    memset(store->expected, 0, sizeof(store->expected));
}

static void free_store(struct budget_store *base)
{
    close_connection(base);
    host_lookup_free(of(base)->lookup);
    free(of(base)->processes);
    free(of(base));
}

static void poll_store(const struct budget_store *base, struct pollfd *fd)
{
    const struct redis_store *store = (const struct redis_store *)base;

    *fd = (struct pollfd){.fd = -1, .events = POLLIN};
    if (!store->redis) {
        if (store->asked && store->lookup)
            fd->fd = host_lookup_fd(store->lookup);
        return;
    }
    fd->fd = store->redis->fd;
    fd->events = store->unsent ? POLLIN | POLLOUT : POLLIN;
}

/* ---- requests ----------------------------------------------------------- */

static void put(struct redis_store *store, enum command command, int count,
                const char **words)
{
    if (redisAppendCommandArgv(store->redis, count, words, NULL) == REDIS_OK)
        store->expected[command] = true;
    store->unsent = true;
}

static void put_script(struct redis_store *store, bool whole)
{
    const struct budget_request *request = &store->request;
    char rate[24], spacing[24], wanted[24], pause[24];
    const char *words[] = {whole ? "EVAL" : "EVALSHA",
                           whole ? redis_script : store->hash,
                           "2",
                           store->place.key,
                           store->processes,
                           store->place.process,
                           request->rate > 0 ? rate : REDIS_NO_RATE,
                           spacing,
                           wanted,
                           request->stopped ? "1" : "0",
                           pause};

    (void)snprintf(rate, sizeof(rate), "%u/%s", request->rate,
                   request->window == SECOND ? "s" : "m");
    (void)snprintf(spacing, sizeof(spacing), "%" PRId64, request->spacing);
    (void)snprintf(wanted, sizeof(wanted), "%u", request->wanted);
    (void)snprintf(pause, sizeof(pause), "%" PRId64, request->pause);
    put(store, COMMAND_SCRIPT, sizeof(words) / sizeof(words[0]), words);
}

static void sign_in(struct redis_store *store)
{
    const struct budget_place *place = &store->place;
    const struct token_source *source = &place->password_source;
    struct error ignored;
    char *read = source->read ? source->read(source->context, &ignored) : NULL;
    const char *password = read ? read : place->password;
    const char *words[] = {"AUTH", place->user, password};

    if (!password)
        return;
    if (!place->user)
        words[1] = password;
    put(store, COMMAND_AUTH, place->user ? 3 : 2, words);
    secret_file_free(read);
}

static void connect_store(struct redis_store *store, const char *address)
{
    const char *load[] = {"SCRIPT", "LOAD", redis_script};

    store->redis = redisConnectNonBlock(address, (int)store->place.port);
    if (!store->redis || store->redis->err) {
        (void)snprintf(store->failure, sizeof(store->failure), "%s",
                       store->redis ? store->redis->errstr : "out of memory");
        close_connection(&store->store);
        return;
    }
    (void)fcntl(store->redis->fd, F_SETFD, FD_CLOEXEC);
    sign_in(store);
    put(store, COMMAND_LOAD, 3, load);
    store->hash[0] = '\0';
}

/* Sends what the socket accepts now. A failure is found by the next reading. */
static void flush(struct redis_store *store)
{
    int done = 0;

    if (store->unsent && redisBufferWrite(store->redis, &done) == REDIS_OK)
        store->unsent = !done;
}

static void send_request(struct redis_store *store)
{
    store->received = 0;
    put_script(store, !*store->hash);
    flush(store);
}

/* Connects and sends the request, as soon as the host's address is known. */
static void open_connection(struct redis_store *store)
{
    const char *text = NULL;

    if (!store->lookup)
        store->lookup = host_lookup_start(store->place.host);
    switch (store->lookup ? host_lookup_take(store->lookup, &text)
                          : HOST_LOOKUP_FAILED) {
    case HOST_LOOKUP_WAITS:
        return;
    case HOST_LOOKUP_FOUND:
        connect_store(store, text);
        break;
    case HOST_LOOKUP_FAILED:
        store->asked = false;
        (void)snprintf(store->failure, sizeof(store->failure), "%s",
                       text ? text : strerror(errno));
        break;
    }
    host_lookup_free(store->lookup);
    store->lookup = NULL;
    if (store->redis)
        send_request(store);
}

/* A failure is returned by take(). */
static void ask(struct budget_store *base, const struct budget_request *request)
{
    struct redis_store *store = of(base);

    store->request = *request;
    store->asked = true;
    if (store->redis)
        send_request(store);
    else
        open_connection(store);
}

/* ---- replies ------------------------------------------------------------ */

static enum budget_event take_script(const struct redis_store *store,
                                     const redisReply *reply,
                                     struct budget_reply *result,
                                     struct error *error)
{
    const long long most[PARTS] = {store->request.wanted, MAX_TIME, INT64_MAX,
                                   MAX_TIME};
    long long parts[PARTS];

    for (size_t i = 0; i < PARTS; i++) {
        if (reply->type != REDIS_REPLY_ARRAY || reply->elements != PARTS ||
            reply->element[i]->type != REDIS_REPLY_INTEGER ||
            reply->element[i]->integer < 0 ||
            reply->element[i]->integer > most[i]) {
            (void)error_set(error, ERROR_STOPPED, "an unexpected reply");
            return BUDGET_LOST;
        }
        parts[i] = reply->element[i]->integer;
    }
    *result = (struct budget_reply){
        .calls = (unsigned)parts[0],
        .first = parts[1],
        .stops = (uint64_t)parts[2],
        .pause = parts[3],
    };
    return BUDGET_REPLY;
}

static enum budget_event take_reply(struct redis_store *store,
                                    const redisReply *reply,
                                    struct budget_reply *result,
                                    struct error *error)
{
    unsigned command = 0;

    while (command < COMMANDS && !store->expected[command])
        command++;
    if (command == COMMANDS) {
        (void)error_set(error, ERROR_STOPPED, "an unexpected reply");
        return BUDGET_LOST;
    }
    store->expected[command] = false;
    if (reply->type == REDIS_REPLY_ERROR) {
        /* Somebody has flushed the scripts. */
        if (command == COMMAND_SCRIPT &&
            strncmp(reply->str, "NOSCRIPT", 8) == 0) {
            put_script(store, true);
            return BUDGET_NOTHING;
        }
        return redis_error_judge(&store->place, command == COMMAND_AUTH,
                                 reply->str, error);
    }
    if (command == COMMAND_SCRIPT)
        return take_script(store, reply, result, error);
    if (command == COMMAND_LOAD && reply->type == REDIS_REPLY_STRING)
        (void)snprintf(store->hash, sizeof(store->hash), "%s", reply->str);
    return BUDGET_NOTHING;
}

/* What is at the other end does not speak the protocol. */
static enum budget_event reject_protocol(const struct redis_store *store,
                                         struct error *error)
{
    (void)error_set(error, ERROR_USAGE,
                    "--budget: there is no Redis at %s (%s); correct the URL",
                    store->place.where,
                    *store->redis->errstr ? store->redis->errstr
                                          : "the reply is too long");
    return BUDGET_REJECTED;
}

static enum budget_event take_replies(struct redis_store *store,
                                      struct budget_reply *result,
                                      struct error *error)
{
    const redisReader *reader = store->redis->reader;
    enum budget_event event = BUDGET_NOTHING;
    size_t before = reader->len;

    if (redisBufferRead(store->redis) != REDIS_OK) {
        (void)error_set(error, ERROR_STOPPED, "%s", store->redis->errstr);
        return BUDGET_LOST;
    }
    store->received += reader->len - before;
    while (event == BUDGET_NOTHING) {
        void *reply = NULL;

        if (redisGetReplyFromReader(store->redis, &reply) != REDIS_OK ||
            store->received > MAX_REPLY)
            return reject_protocol(store, error);
        if (!reply)
            break;
        event = take_reply(store, reply, result, error);
        freeReplyObject(reply);
    }
    if (event == BUDGET_NOTHING)
        flush(store);
    return event;
}

static enum budget_event take(struct budget_store *base,
                              struct budget_reply *reply, struct error *error)
{
    struct redis_store *store = of(base);
    enum budget_event event;

    if (!store->redis && store->asked)
        open_connection(store);
    if (!store->redis) {
        if (store->asked)
            return BUDGET_NOTHING;
        (void)error_set(error, ERROR_STOPPED, "%s", store->failure);
        return BUDGET_LOST;
    }
    event = take_replies(store, reply, error);
    if (event == BUDGET_LOST || event == BUDGET_REJECTED)
        close_connection(base);
    return event;
}

/* ---- the interface ------------------------------------------------------ */

static const struct budget_store_functions functions = {
    .ask = ask,
    .take = take,
    .close = close_connection,
    .poll = poll_store,
    .free = free_store,
};

struct budget_store *redis_store_new(const struct budget_place *place,
                                     struct error *error)
{
    struct redis_store *store = calloc(1, sizeof(*store));
    size_t size = strlen(place->key) + sizeof(KEY_SUFFIX);

    if (store)
        store->processes = malloc(size);
    if (!store || !store->processes) {
        free(store);
        error_memory(error);
        return NULL;
    }
    store->store.functions = &functions;
    store->place = *place;
    (void)snprintf(store->processes, size, "%s" KEY_SUFFIX, place->key);
    return &store->store;
}

#define TEXT(number)        #number
#define VERSION_OF(a, b, c) "hiredis " TEXT(a) "." TEXT(b) "." TEXT(c)

const char *redis_store_version(void)
{
    return VERSION_OF(HIREDIS_MAJOR, HIREDIS_MINOR, HIREDIS_PATCH);
}

#else

#include <stddef.h>

struct budget_store *redis_store_new(const struct budget_place *place,
                                     struct error *error)
{
    (void)place;
    error_set(error, ERROR_USAGE,
              "--budget: this program was built without hiredis; install it "
              "(Debian: libhiredis-dev), and build the program again");
    return NULL;
}

const char *redis_store_version(void)
{
    return NULL;
}

#endif
