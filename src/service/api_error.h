/*
 * What went wrong with a call, in the service's own terms, and what that means
 * for a batch.
 */
#ifndef SERVICE_API_ERROR_H
#define SERVICE_API_ERROR_H

#include <stdbool.h>

#include "base/http.h"

enum api_error_action {
    API_ERROR_NONE,     /* the call went well */
    API_ERROR_FAIL,     /* the rows are refused; the same call fails again */
    API_ERROR_RETRY,    /* the service is in trouble; the call may work later */
    API_ERROR_STALE,    /* the user was written since it was fetched */
    API_ERROR_THROTTLE, /* too many calls */
    API_ERROR_SIGN_IN,  /* the tokens are refused: another one may be taken */
    API_ERROR_ACCOUNT,  /* the account may not sign in: nothing can go on */
    API_ERROR_STOP,  /* the service can't be used this way: nothing can go on */
    API_ERROR_MEMORY /* this machine has none left: nothing can go on */
};

struct api_error {
    enum api_error_action action;
    bool certain; /* the call changed nothing, for sure */
    const char
        *column; /* the number alone may also mean that the value of this
                    column is refused, see api_error_is_value(); or NULL */
    bool numbered;
    long code;        /* the service's number, where numbered */
    char name[64];    /* its symbolic name, or one of ours */
    char text[512];   /* its message, or one of ours; fit to be shown */
    bool cut;         /* the message was longer */
    long http_status; /* 0: no answer */
    char tracking_id[80];
};

/* Starts a fault of an answer: status and tracking id; the rest is empty. */
void api_error_init(struct api_error *api_error,
                    const struct http_response *response);

/* A failure below HTTP, named and explained: ConnectionFailed, TlsFailed,
 * Timeout, ConnectionLost, ResponseTooLarge. lasting: what is too large is so
 * the next time as well, and not asked for again. */
void api_error_of_transport(struct api_error *api_error,
                            const struct http_response *response, bool lasting);

/* An answer that is not the service's: a proxy's page, an empty body, a
 * redirect. Named by its status: HttpError, or UnexpectedResponse where the
 * status says success; why says what was wrong with it. Certain only for 401
 * and 429. */
void api_error_of_foreign_answer(struct api_error *api_error,
                                 const struct http_response *response,
                                 const char *why);

/* Where the number alone may mean either: it stood for a value that the service
 * refuses, for which the rows fail; or for the error of that name. */
void api_error_is_value(struct api_error *api_error);
void api_error_is_no_value(struct api_error *api_error);

/* Adds one error of a list of Customer Management's. The first one decides
 * name, code and action (by the symbolic name where there is one, else by the
 * number); the messages of all are joined by "; ". */
void api_error_add(struct api_error *api_error, bool numbered, long code,
                   const char *name, const char *message);

/* The one error of a service whose numbers mean other things: its status
 * decides the action. */
void api_error_set_error(struct api_error *api_error, bool numbered, long code,
                         const char *name, const char *message);

/* Names and explains a fault of our own finding: certain, and final. */
void api_error_set_local(struct api_error *api_error, const char *name,
                         const char *text);

/* Why a user that GetUser has answered with can't be acted upon. */
enum api_error_user {
    API_ERROR_USER_OTHER,  /* it is not the one that was asked for: WrongUser */
    API_ERROR_USER_BARE,   /* it has no TimeStamp: MaskedUser */
    API_ERROR_USER_MASKED, /* it has asterisks for values: MaskedUser */
    API_ERROR_USER_ODD     /* a member is of another kind than described:
                          UnexpectedType */
};

/* Refuses it, as a fault of our own finding. Answers -1. */
int api_error_refuse_user(struct api_error *api_error, enum api_error_user why);

/* No memory: certain, and the end of the run. */
void api_error_set_memory(struct api_error *api_error);

/* The tracking id of the answer's body, which goes before the header's. */
void api_error_set_tracking_id(struct api_error *api_error,
                               const char *tracking_id);

/* Replaces each occurrence of value in the message by "***", also one that the
 * cut at its end has split; values shorter than three bytes are left. Of values
 * that have each other in them, the longest goes first. */
void api_error_redact(struct api_error *api_error, const char *value);

#endif
