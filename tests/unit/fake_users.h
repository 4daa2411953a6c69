/*
 * A service with users 1, 2, ... FAKE_USERS, which a fake network reaches. It
 * does what each call asks for unless the test intercepts the call, and counts
 * what it did for each user.
 */
#ifndef FAKE_USERS_H
#define FAKE_USERS_H

#include "fake_network.h"

#define FAKE_USERS 200

#define FAKE_GET    "/CustomerManagement/v13/User/Query"
#define FAKE_UPDATE "/CustomerManagement/v13/User"

struct fake_user {
    char city[32];
    unsigned gets;
    unsigned updates; /* that were applied */
};

struct fake_service {
    struct fake_network network;
    struct fake_user users[FAKE_USERS + 1]; /* by Id; 0 is unused */
    unsigned gets;
    unsigned updates;

    /* Sees each call first. True: it has responded itself. May be NULL. */
    bool (*intercept)(struct fake_service *service,
                      const struct fake_call *call, unsigned id,
                      struct fake_response *response);
    void *context; /* of intercept */
};

static inline bool fake_is_update(const struct fake_call *call)
{
    return call->target == HTTP_SERVICE && call->method == HTTP_PUT;
}

/* Copies the value of the member, a string without escapes. */
static inline void fake_find(const char *body, const char *name, char *value,
                             size_t size)
{
    char member[32];
    const char *text;
    size_t len;

    (void)snprintf(member, sizeof(member), "\"%s\":\"", name);
    text = strstr(body, member);
    if (!text) {
        fail_msg("no %s in %s", name, body);
        return;
    }
    text += strlen(member);
    len = strcspn(text, "\"");
    assert_true(len < size);
    (void)snprintf(value, size, "%.*s", (int)len, text);
}

/* The user of a call to the service; 0: none. */
static inline unsigned fake_id(const struct fake_call *call)
{
    char id[16] = "";

    if (call->target != HTTP_SERVICE)
        return 0;
    fake_find(call->body, fake_is_update(call) ? "Id" : "UserId", id,
              sizeof(id));
    return (unsigned)strtoul(id, NULL, 10);
}

static inline void fake_fail(struct fake_response *response, long status,
                             unsigned code, const char *name)
{
    response->status = status;
    (void)snprintf(response->body, sizeof(response->body),
                   "{\"Errors\":[{\"Code\":%u,\"ErrorCode\":\"%s\","
                   "\"Message\":\"It fails.\"}]}",
                   code, name);
}

static inline void fake_get_user(struct fake_service *service, unsigned id,
                                 struct fake_response *response)
{
    struct fake_user *user = &service->users[id];

    user->gets++;
    service->gets++;
    (void)snprintf(
        response->body, sizeof(response->body),
        "{\"User\":{\"Id\":\"%u\",\"TimeStamp\":\"T%u\",\"CustomerId\":\"5\","
        "\"LastModifiedTime\":\"2026-01-02T03:04:%02u\",\"ContactInfo\":{"
        "\"Address\":{\"TimeStamp\":\"A\",\"City\":\"%.31s\"}}}}",
        id, user->updates, user->updates % 60, user->city);
}

static inline void fake_update_user(struct fake_service *service, unsigned id,
                                    const struct fake_call *call,
                                    struct fake_response *response)
{
    struct fake_user *user = &service->users[id];
    char found[16], expected[16];

    fake_find(call->body, "TimeStamp", found, sizeof(found));
    (void)snprintf(expected, sizeof(expected), "T%u", user->updates);
    if (strcmp(found, expected) != 0) {
        fake_fail(response, 400, 209, "TimestampNotMatch");
        return;
    }
    fake_find(call->body, "City", user->city, sizeof(user->city));
    user->updates++;
    service->updates++;
    (void)snprintf(response->body, sizeof(response->body),
                   "{\"LastModifiedTime\":\"2026-01-02T03:04:%02u\"}",
                   user->updates % 60);
}

static inline void fake_respond(void *context, const struct fake_call *call,
                                struct fake_response *response)
{
    struct fake_service *service = context;
    unsigned id = fake_id(call);

    if (service->intercept && service->intercept(service, call, id, response))
        return;
    assert_int_equal(call->target, HTTP_SERVICE);
    assert_string_equal(call->path,
                        fake_is_update(call) ? FAKE_UPDATE : FAKE_GET);
    if (id == 0 || id > FAKE_USERS)
        fake_fail(response, 400, 210, "EntityNotExistent");
    else if (fake_is_update(call))
        fake_update_user(service, id, call, response);
    else
        fake_get_user(service, id, response);
}

/* For intercept: the service refuses the access token of each call. */
static inline bool fake_refuse_token(struct fake_service *service,
                                     const struct fake_call *call, unsigned id,
                                     struct fake_response *response)
{
    (void)service;
    (void)call;
    (void)id;
    fake_fail(response, 400, 105, "InvalidCredentials");
    return true;
}

/* Each user lives in Bonn. */
static inline struct platform fake_service_init(struct fake_service *service)
{
    struct platform platform = fake_init(&service->network);

    service->network.respond = fake_respond;
    service->network.context = service;
    service->gets = service->updates = 0;
    service->intercept = NULL;
    service->context = NULL;
    for (unsigned id = 0; id <= FAKE_USERS; id++)
        service->users[id] = (struct fake_user){.city = "Bonn"};
    return platform;
}

#endif
