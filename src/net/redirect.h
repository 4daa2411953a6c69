/*
 * The redirect at the end of a sign-in in a browser: an address whose query
 * contains a code or an error. It comes from a browser, or is pasted by a
 * person, so anything can be in it. Pure.
 *
 * Source: RFC 6749, sections 4.1.2 and 10.12.
 */
#ifndef NET_REDIRECT_H
#define NET_REDIRECT_H

#include <stddef.h>

#include "net/oauth.h"

#define REDIRECT_MAX 16384 /* bytes of an address */

enum redirect_verdict {
    REDIRECT_CODE,    /* the sign-in succeeded */
    REDIRECT_ERROR,   /* it failed, or consent was denied */
    REDIRECT_FOREIGN, /* its state is that of another sign-in, or absent */
    REDIRECT_INVALID, /* it is no such address */
    REDIRECT_NO_MEMORY
};

struct redirect {
    char *code;               /* a secret; NULL: none */
    struct oauth_error error; /* with REDIRECT_ERROR */
};

/* Parses an address, or its part from the path on; white space around it is
 * ignored. The redirect is empty unless the verdict is REDIRECT_CODE or
 * REDIRECT_ERROR. */
enum redirect_verdict redirect_parse(const char *address, const char *state,
                                     struct redirect *redirect);

/* Wipes and frees. */
void redirect_clear(struct redirect *redirect);

#endif
