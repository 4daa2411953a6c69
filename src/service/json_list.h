/*
 * Lists that are JSON: an array in the outermost object. It is parsed in pieces
 * while the response arrives, so that memory is bounded.
 */
#ifndef SERVICE_JSON_LIST_H
#define SERVICE_JSON_LIST_H

#include "service/json_user.h"
#include "service/list.h"

/* Adds what a document contains to the call. Returns NULL, or what is wrong
 * with the document, a constant. It is called for each piece; only the last one
 * has the members after the array. */
typedef const char *json_list_take_fn(struct list_call *call,
                                      const struct cJSON *document);

/* To be called by build(). array: the name of the array that may be long. */
void json_list_begin(struct list_call *call, const char *array,
                     json_list_take_fn *take, struct http_request *request);

/* The parse() of a service. */
int json_list_parse(const struct http_response *response,
                    json_parse_error_fn *parse_error, struct list_call *call,
                    struct api_error *api_error);

#endif
