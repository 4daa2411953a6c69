/*
 * Makes a struct http_response of what a slot of the transport has received.
 */
#ifndef NET_CURL_RESPONSE_H
#define NET_CURL_RESPONSE_H

#include "net/curl_slot.h"

/* Fills in the slot's response; code is libcurl's result of the call. */
void curl_response_take(struct curl_slot *slot, CURLcode code);

/* The same for a call that was ended before its response was complete. */
void curl_response_abandon(struct curl_slot *slot);

#endif
