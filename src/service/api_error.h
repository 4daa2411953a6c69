/*
 * The error of an API call: what the service, or something between it and this
 * program, has reported, and what that means for the run.
 *
 * Every text in it is printable: valid UTF-8 without control characters. Only
 * the message of a reported error can contain values of users or secrets; see
 * user/redact.h.
 */
#ifndef SERVICE_API_ERROR_H
#define SERVICE_API_ERROR_H

#include <stdbool.h>

#include "base/http.h"

enum api_error_action {
    API_ERROR_NONE,       /* the call succeeded */
    API_ERROR_FAIL,       /* the rows are refused: the same call fails again */
    API_ERROR_RETRY,      /* a temporary failure: a later call may succeed */
    API_ERROR_UNEXPECTED, /* not a response of the service: whether the call
                             can succeed is unknown */
    API_ERROR_STALE,      /* the user was modified after it was fetched */
    API_ERROR_THROTTLE,   /* too many calls */
    API_ERROR_SIGN_IN, /* the token is refused, for all calls or for this one:
                          another token may be accepted */
    API_ERROR_ACCOUNT, /* the account may not sign in: the run stops */
    API_ERROR_STOP,    /* all calls fail in this way: the run stops */
    API_ERROR_MEMORY   /* this machine is out of memory: the run stops */
};

struct api_error {
    enum api_error_action action;
    bool not_applied; /* the call certainly changed nothing; false: its outcome
                         is unknown */
    bool one_user;    /* API_ERROR_RETRY: only this user can't be updated now;
                         the service itself works */
    bool concurrency; /* API_ERROR_THROTTLE: too many calls at once, instead of
                         too many in a time */
    const char *column; /* if not NULL, the error is ambiguous: it may also mean
                           that the value of this column is refused */
    bool reported;      /* by the service itself, in its own format */
    bool rights;        /* the signed-in user lacks a right */
    bool access_token;  /* API_ERROR_SIGN_IN: because of the access token, not
                           of another secret */
    bool numbered;
    long code;        /* the service's number, if numbered */
    char name[65];    /* its symbolic name, or one of this program's */
    char text[512];   /* its message, or one of this program's */
    bool truncated;   /* the message was longer than text */
    long http_status; /* 0: there was no response */
    char tracking_id[80];
};

/* Starts an error with the status and tracking id of a response; the rest is
 * empty. */
void api_error_init(struct api_error *api_error,
                    const struct http_response *response);

/* The error of a call that failed below HTTP: ConnectionFailed, TlsFailed,
 * Timeout, ConnectionLost, ResponseTooLarge, or OutOfMemory, which stops the
 * run. permanent: the response would be as large the next time, so a call whose
 * response is too large is not repeated. */
void api_error_init_transport(struct api_error *api_error,
                              const struct http_response *response,
                              bool permanent);

/* The error of an unexpected response: a proxy's page, an empty body, a
 * redirect. Its name is UnexpectedResponse if the status means success, else
 * HttpError. why: what is wrong with it, for example "not JSON". */
void api_error_init_unexpected(struct api_error *api_error,
                               const struct http_response *response,
                               const char *why);

/* The error of a response with a user that this program can't keep as it is,
 * and that the service would return again: UnexpectedResponse, without a retry.
 * member: the member at fault, or "". */
void api_error_init_unusable(struct api_error *api_error,
                             const struct http_response *response,
                             const char *why, const char *member);

/* Fills in the error that a service reported in its own format, after
 * api_error_init(); name and message may be NULL. A name that is not 1 to 64
 * ASCII letters and digits becomes the beginning of the message. The HTTP
 * status decides action and not_applied. */
void api_error_set(struct api_error *api_error, bool numbered, long code,
                   const char *name, const char *message);

/* Appends another message, after "; ". It may be NULL. */
void api_error_add_message(struct api_error *api_error, const char *message);

/* Fills in an error that this program found: nothing was changed, and a retry
 * does not help. Status and tracking id stay. */
void api_error_set_local(struct api_error *api_error, const char *name,
                         const char *text);

/* Why the user in a response to GetUser can't be used. */
enum api_error_user {
    API_ERROR_USER_WRONG,    /* not the requested one: WrongUser */
    API_ERROR_USER_SEVERAL,  /* not one, but several: WrongUser */
    API_ERROR_USER_NO_STAMP, /* without its TimeStamp: MaskedUser */
    API_ERROR_USER_MASKED,   /* asterisks instead of values: MaskedUser */
    API_ERROR_USER_TYPE      /* a member has another type than the service
                                describes: UnexpectedType */
};

/* Fills in the error for that reason, as api_error_set_local(). Returns -1. */
int api_error_refuse_user(struct api_error *api_error, enum api_error_user why);

/* Decides an ambiguous error: the value of api_error->column was refused. */
void api_error_blame_value(struct api_error *api_error);

/* This program is out of memory: the run stops. If it was an update whose
 * response could not be read, the update may have been applied. */
void api_error_set_memory(struct api_error *api_error);

/* The same for a response that there is no memory for. */
void api_error_init_memory(struct api_error *api_error,
                           const struct http_response *response);

/* Replaces the tracking id of the response's header by that of its body. Only a
 * GUID or 32 hexadecimal digits are a tracking id; any other text is ignored.
 */
void api_error_set_tracking_id(struct api_error *api_error,
                               const char *tracking_id);

#endif
