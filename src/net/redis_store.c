#include "net/redis_store.h"

#ifdef HAVE_HIREDIS

#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret_file.h"
#include "net/redis_script.h"

#define PARTS      4     /* of a reply */
#define MAX_REPLY  65536 /* bytes after a request; more is no reply of Redis */
#define MAX_TIME   INT64_C(1000000000000000) /* 31 years */
#define HASH_TEXT  41                        /* of SHA-1, with its NUL */
#define KEY_SUFFIX ":shards"
#define NO_RATE    "none"
#define SECOND     1000000

/* The commands whose replies are expected, in this order. */
enum command { COMMAND_AUTH, COMMAND_LOAD, COMMAND_SCRIPT, COMMANDS };

struct redis_store {
    struct budget_store store; /* first: its address is that of the whole */
    struct budget_place place;
    char *processes;     /* KEYS[2] */
    redisContext *redis; /* NULL: no connection */
    bool unsent;         /* a part of the commands */
    size_t received;     /* bytes since the last request */
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

static void close_connection(struct budget_store *base)
{
    struct redis_store *store = of(base);

    if (store->redis)
        redisFree(store->redis);
    store->redis = NULL;
    memset(store->expected, 0, sizeof(store->expected));
}

static void free_store(struct budget_store *base)
{
    close_connection(base);
    free(of(base)->processes);
    free(of(base));
}

static void poll_store(const struct budget_store *base, struct pollfd *fd)
{
    const struct redis_store *store = (const struct redis_store *)base;

    *fd = (struct pollfd){.fd = -1};
    if (!store->redis)
        return;
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
                           request->rate > 0 ? rate : NO_RATE,
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

static void connect_store(struct redis_store *store)
{
    const char *load[] = {"SCRIPT", "LOAD", redis_script};

    store->redis =
        redisConnectNonBlock(store->place.host, (int)store->place.port);
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

/* Sends what the socket accepts now. */
static int flush(struct redis_store *store)
{
    int done = 0;

    if (!store->unsent)
        return 0;
    if (redisBufferWrite(store->redis, &done) != REDIS_OK)
        return -1;
    store->unsent = !done;
    return 0;
}

static void ask(struct budget_store *base, const struct budget_request *request)
{
    struct redis_store *store = of(base);

    store->request = *request;
    if (!store->redis)
        connect_store(store);
    if (!store->redis)
        return;
    store->received = 0;
    put_script(store, !*store->hash);
    (void)flush(store); /* its failure is found by take() */
}

/* ---- replies ------------------------------------------------------------ */

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static enum budget_event reject_rate(const struct redis_store *store,
                                     const char *rate, struct error *error)
{
    if (strcmp(rate, NO_RATE) == 0)
        (void)error_set(error, ERROR_USAGE,
                        "--budget: the budget %s is used without --rate by "
                        "other runs; leave out --rate, use another key, or "
                        "wait until 2 minutes after their end",
                        store->place.key);
    else
        (void)error_set(error, ERROR_USAGE,
                        "--budget: the budget %s is used with --rate %s by "
                        "other runs; pass the same --rate to all shards, use "
                        "another key, or wait until 2 minutes after their end",
                        store->place.key, rate);
    return BUDGET_REJECTED;
}

/* Is it an error about the password, and not one that waiting corrects? */
static bool concerns_password(enum command command, const char *text)
{
    return begins(text, "NOAUTH") || begins(text, "WRONGPASS") ||
           (command == COMMAND_AUTH && begins(text, "ERR ") &&
            !strstr(text, "max number of clients"));
}

/* A server without the command AUTH returns its arguments. */
static const char *without_password(enum command command, const char *text)
{
    return command == COMMAND_AUTH && strstr(text, "unknown command")
               ? "ERR unknown command AUTH"
               : text;
}

static enum budget_event reject_password(const struct redis_store *store,
                                         const char *text, struct error *error)
{
    (void)error_set(error, ERROR_USAGE,
                    "--budget: Redis at %s:%u rejects the %s (%s); %s%s",
                    store->place.host, store->place.port,
                    store->place.password ? "password" : "connection", text,
                    store->place.password
                        ? "correct the user name in the URL, or the password "
                          "of "
                        : "write its password to a secret file, and set "
                          "BAUSER_BUDGET_PASSWORD_FILE to its name",
                    store->place.password ? store->place.password_source.label
                                          : "");
    return BUDGET_REJECTED;
}

static enum budget_event reject_rights(const char *text, struct error *error)
{
    (void)error_set(error, ERROR_USAGE,
                    "--budget: the user of Redis lacks a right (%s); give it "
                    "those in bauser-batch(7), SHARED BUDGET",
                    text);
    return BUDGET_REJECTED;
}

/* An error of Redis. */
static enum budget_event take_failure(const struct redis_store *store,
                                      enum command command, const char *text,
                                      struct error *error)
{
    text = without_password(command, text);
    if (concerns_password(command, text))
        return reject_password(store, text, error);
    if (strstr(text, "NOPERM") || strstr(text, "can't run this command"))
        return reject_rights(text, error);
    if (begins(text, "BUDGETRATE "))
        return reject_rate(store, text + strlen("BUDGETRATE "), error);
    if (strstr(text, "WRONGTYPE")) {
        (void)error_set(error, ERROR_USAGE,
                        "--budget: the key %s in Redis is not a budget; use "
                        "another key",
                        store->place.key);
        return BUDGET_REJECTED;
    }
    (void)error_set(error, ERROR_STOPPED, "%s", text);
    return BUDGET_LOST;
}

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
        if (command == COMMAND_SCRIPT && begins(reply->str, "NOSCRIPT")) {
            put_script(store, true);
            return BUDGET_NOTHING;
        }
        return take_failure(store, command, reply->str, error);
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
                    "--budget: there is no Redis at %s:%u (%s); correct the "
                    "URL",
                    store->place.host, store->place.port,
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

    if (flush(store) || redisBufferRead(store->redis) != REDIS_OK) {
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
    return event == BUDGET_NOTHING && flush(store)
               ? BUDGET_NOTHING /* the next read reports it */
               : event;
}

static enum budget_event take(struct budget_store *base,
                              struct budget_reply *reply, struct error *error)
{
    struct redis_store *store = of(base);
    enum budget_event event;

    if (!store->redis) {
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
