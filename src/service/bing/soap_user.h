/*
 * A user that is an XML element, accessed by columns: the User that GetUser
 * returned. Its unknown content does not change, and elements are added in the
 * order of the schema. Source: the service's User data object.
 */
#ifndef SERVICE_BING_SOAP_USER_H
#define SERVICE_BING_SOAP_USER_H

#include "base/buffer.h"
#include "service/service.h"

struct xml;
struct xml_binding;
struct xml_node;

/* Creates a user without an element. It takes ownership of the document, and
 * borrows the namespace of the elements in User. NULL: out of memory; then the
 * document is still the caller's. */
struct user *soap_user_new(struct xml *document, const char *space);

/* Sets the element, which is in the document, and finds its columns. -1 with
 * api_error_refuse_user() if the user can't be sent back. */
int soap_user_set_element(struct user *user, struct xml_node *element,
                          const char *key, struct api_error *api_error);

/* Appends the element to a text that declares these bindings; see xml_print().
 */
int soap_user_print(const struct user *user, const struct xml_binding *around,
                    struct buffer *body);

/* As the functions of a service. */
const char *soap_user_value(const struct user *user, unsigned column);
void soap_user_last_modified(const struct user *user,
                             char last_modified[SERVICE_TIME_SIZE]);
void soap_user_stamps(const struct user *user,
                      char stamps[SERVICE_STAMPS_SIZE]);
int soap_user_set(struct user *user, unsigned column, const char *value);
void soap_user_free(struct user *user);

#endif
