/*
 * Opens an address in the user's browser.
 */
#ifndef SIGN_IN_BROWSER_H
#define SIGN_IN_BROWSER_H

#include <stdbool.h>

/* Starts $BROWSER with the address, or xdg-open if there is a display. The
 * program gets none of the BAUSER_ variables, which may be secrets, and runs on
 * by itself. False: nothing could be started. Whether a window appears is not
 * known. The address is not changed. */
bool browser_open(char *address);

#endif
