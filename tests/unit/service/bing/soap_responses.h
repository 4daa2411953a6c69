/*
 * What the tests of SOAP share: responses of version 13, and their users.
 */
#ifndef SOAP_RESPONSES_H
#define SOAP_RESPONSES_H

#include "responses.h"
#include "service/service.h"

#define KEY "1234567890123456789"

#define ENVELOPE "http://schemas.xmlsoap.org/soap/envelope/"
#define INSTANCE "http://www.w3.org/2001/XMLSchema-instance"
#define V13      "https://bingads.microsoft.com/Customer/v13"

/* A response of version 13 with a body, and the usual prefixes; e is that of
 * the elements of User. */
#define AROUND(body)                                                           \
    "<s:Envelope xmlns:s=\"" ENVELOPE "\" xmlns:i=\"" INSTANCE "\">"           \
    "<s:Header xmlns=\"" V13 "\"><TrackingId>" FROM_ENVELOPE "</TrackingId>"   \
    "</s:Header><s:Body>" body "</s:Body></s:Envelope>"
#define GOT(content)                                                           \
    AROUND("<GetUserResponse xmlns=\"" V13 "\">" content                       \
           "<CustomerRoles/></GetUserResponse>")
#define USER_TAG      "<User xmlns:e=\"" V13 "/Entities\">"
#define USER(content) GOT(USER_TAG content "</User>")

#define ID   "<e:Id>" KEY "</e:Id>"
#define GOOD ID "<e:TimeStamp>A</e:TimeStamp>"

#define UPDATED(content)                                                       \
    AROUND("<UpdateUserResponse xmlns=\"" V13 "\">" content                    \
           "</UpdateUserResponse>")

/* What an update of version 13 sends before and after User. */
#define BEFORE                                                                 \
    "<s:Envelope xmlns:i=\"" INSTANCE "\" xmlns:s=\"" ENVELOPE "\">"           \
    "<s:Header xmlns=\"" V13 "\"><Action mustUnderstand=\"1\">UpdateUser"      \
    "</Action><AuthenticationToken i:nil=\"false\">ACCESS"                     \
    "</AuthenticationToken><DeveloperToken i:nil=\"false\">DEVELOPER"          \
    "</DeveloperToken></s:Header><s:Body><UpdateUserRequest xmlns=\"" V13      \
    "\">"
#define AFTER "</UpdateUserRequest></s:Body></s:Envelope>"

static const struct call_context context = {
    .service = &service_soap_v13,
    .access_token = "ACCESS",
    .developer_token = "DEVELOPER",
};

static inline void init_request(struct http_request *request, size_t max_body)
{
    *request = (struct http_request){.method = HTTP_PATCH};
    buffer_init(&request->path, 1000);
    buffer_init(&request->headers, 1000);
    buffer_init(&request->body, max_body);
}

static inline void free_request(struct http_request *request)
{
    buffer_free(&request->path);
    buffer_free(&request->headers);
    buffer_free(&request->body);
}

/* The user of a response that must be accepted. */
static inline struct user *parse_user_of(const struct call_context *of,
                                         const char *body)
{
    struct http_response response = make_response(200, body);
    struct user *user = NULL;
    struct api_error api_error;

    if (of->service->parse_get(of, &response, KEY, &user, &api_error))
        fail_msg("%s: %s: %s", body, api_error.name, api_error.text);
    assert_non_null(user);
    assert_int_equal(api_error.action, API_ERROR_NONE);
    assert_int_equal(api_error.http_status, 200);
    return user;
}

static inline struct user *parse_user(const char *body)
{
    return parse_user_of(&context, body);
}

static inline void assert_sends_back(const struct user *user, const char *xml)
{
    struct http_request request;

    init_request(&request, HTTP_MAX_REQUEST);
    assert_int_equal(
        service_soap_v13.build_update(&context, user, NULL, &request), 0);
    if (strncmp(request.body.data, BEFORE, strlen(BEFORE)) != 0)
        fail_msg("%s", request.body.data);
    assert_string_equal(request.body.data + request.body.len - strlen(AFTER),
                        AFTER);
    request.body.data[request.body.len - strlen(AFTER)] = '\0';
    assert_string_equal(request.body.data + strlen(BEFORE), xml);
    free_request(&request);
}

#endif
