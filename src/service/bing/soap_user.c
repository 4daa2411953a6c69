#include "service/bing/soap_user.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/xml.h"
#include "service/bing/columns.h"
#include "service/bing/user.h"

/* The index of an element in the nodes of struct user. The element of a column
 * has the index of the column. */
enum node {
    NODE_CONTACT_INFO = BING_COLUMN_COUNT_V11,
    NODE_ADDRESS,
    NODE_NAME,
    NODE_FORWARD_COMPATIBILITY_MAP,
    NODE_AUTHENTICATION_TOKEN,
    NODES
};

/* The elements of User in the order of the schema, children after their parent.
 * No version has all of them, but the order is the same in all versions. */
static const struct {
    const char *name;
    unsigned char depth;
    unsigned char node; /* enum node */
} elements[] = {
    {"ContactInfo", 0, NODE_CONTACT_INFO},
    {"Address", 1, NODE_ADDRESS},
    {"City", 2, BING_COLUMN_CITY},
    {"CountryCode", 2, BING_COLUMN_COUNTRY_CODE},
    {"Id", 2, BING_COLUMN_ADDRESS_ID},
    {"Line1", 2, BING_COLUMN_LINE1},
    {"Line2", 2, BING_COLUMN_LINE2},
    {"Line3", 2, BING_COLUMN_LINE3},
    {"Line4", 2, BING_COLUMN_LINE4},
    {"PostalCode", 2, BING_COLUMN_POSTAL_CODE},
    {"StateOrProvince", 2, BING_COLUMN_STATE_OR_PROVINCE},
    {"TimeStamp", 2, BING_COLUMN_ADDRESS_TIME_STAMP},
    {"BusinessName", 2, BING_COLUMN_BUSINESS_NAME},
    {"ContactByPhone", 1, BING_COLUMN_CONTACT_BY_PHONE},
    {"ContactByPostalMail", 1, BING_COLUMN_CONTACT_BY_POSTAL_MAIL},
    {"Email", 1, BING_COLUMN_EMAIL},
    {"EmailFormat", 1, BING_COLUMN_EMAIL_FORMAT},
    {"Fax", 1, BING_COLUMN_FAX},
    {"HomePhone", 1, BING_COLUMN_HOME_PHONE},
    {"Id", 1, BING_COLUMN_CONTACT_INFO_ID},
    {"Mobile", 1, BING_COLUMN_MOBILE},
    {"Phone1", 1, BING_COLUMN_PHONE1},
    {"Phone2", 1, BING_COLUMN_PHONE2},
    {"CustomerAppScope", 0, BING_COLUMN_CUSTOMER_APP_SCOPE},
    {"CustomerId", 0, BING_COLUMN_CUSTOMER_ID},
    {"Id", 0, BING_COLUMN_ID},
    {"JobTitle", 0, BING_COLUMN_JOB_TITLE},
    {"LastModifiedByUserId", 0, BING_COLUMN_LAST_MODIFIED_BY_USER_ID},
    {"LastModifiedTime", 0, BING_COLUMN_LAST_MODIFIED_TIME},
    {"Lcid", 0, BING_COLUMN_LCID},
    {"Name", 0, NODE_NAME},
    {"FirstName", 1, BING_COLUMN_FIRST_NAME},
    {"LastName", 1, BING_COLUMN_LAST_NAME},
    {"MiddleInitial", 1, BING_COLUMN_MIDDLE_INITIAL},
    {"Password", 0, BING_COLUMN_PASSWORD},
    {"SecretAnswer", 0, BING_COLUMN_SECRET_ANSWER},
    {"SecretQuestion", 0, BING_COLUMN_SECRET_QUESTION},
    {"UserLifeCycleStatus", 0, BING_COLUMN_USER_LIFE_CYCLE_STATUS},
    {"TimeStamp", 0, BING_COLUMN_TIME_STAMP},
    {"UserName", 0, BING_COLUMN_USER_NAME},
    {"IsMigratedToMicrosoftAccount", 0,
     BING_COLUMN_IS_MIGRATED_TO_MICROSOFT_ACCOUNT},
    {"ForwardCompatibilityMap", 0, NODE_FORWARD_COMPATIBILITY_MAP},
    {"AuthenticationToken", 0, NODE_AUTHENTICATION_TOKEN},
};

#define ELEMENTS (sizeof(elements) / sizeof(elements[0]))

struct user {
    struct xml *document; /* the response to GetUser */
    const char *space;    /* of the elements */
    struct xml_node *element;
    struct xml_node *nodes[NODES];             /* NULL: absent */
    const char *values[BING_COLUMN_COUNT_V11]; /* NULL: absent or nil */
};

static bool is_parent(size_t element)
{
    return element + 1 < ELEMENTS &&
           elements[element + 1].depth > elements[element].depth;
}

/* The end of the siblings in the schema that begin with `first`. */
static size_t children_end(size_t first)
{
    size_t end = first;

    while (end < ELEMENTS && elements[end].depth >= elements[first].depth)
        end++;
    return end;
}

/* Finds the element of that name from first to end; ELEMENTS: there is none.
 * The search starts at near, as elements usually come in the order of the
 * schema. */
static size_t find_element(const char *name, size_t first, size_t end,
                           size_t near)
{
    for (size_t i = near, tried = first; tried < end; tried++, i++) {
        if (i == end)
            i = first;
        if (elements[i].depth == elements[first].depth &&
            strcmp(elements[i].name, name) == 0)
            return i;
    }
    return ELEMENTS;
}

static int find_elements(struct user *user, const struct xml_node *parent,
                         size_t first);

/* Stores the value of a column. A string keeps its white space. */
static int keep_value(struct user *user, const struct xml_node *node,
                      unsigned column)
{
    if (!xml_text(node))
        return -1;
    user->values[column] = bing_columns[column].type == COLUMN_STRING
                               ? xml_text(node)
                               : xml_value(user->document, node);
    return user->values[column] ? 0 : -1;
}

/* Stores a known element. */
static int keep_element(struct user *user, struct xml_node *node,
                        size_t element)
{
    struct xml_node **found = &user->nodes[elements[element].node];

    if (*found)
        return -1;
    *found = node;
    if (xml_is_nil(node))
        return xml_text(node) && xml_is_blank(xml_text(node)) ? 0 : -1;
    if (is_parent(element))
        return find_elements(user, node, element + 1);
    if (elements[element].node == NODE_FORWARD_COMPATIBILITY_MAP)
        return 0;
    if (elements[element].node >= BING_COLUMN_COUNT_V11)
        return xml_text(node) ? 0 : -1;
    return keep_value(user, node, elements[element].node);
}

/* Finds the known children of a parent; `first` is its first one in the schema.
 * -1: there is a duplicate, a text instead of elements, or an element instead
 * of a text. */
static int find_elements(struct user *user, const struct xml_node *parent,
                         size_t first)
{
    const size_t end = children_end(first);
    size_t near = first;

    if (xml_has_loose_text(parent))
        return -1;
    for (struct xml_node *node = xml_first(parent); node;
         node = xml_next(node)) {
        size_t element = find_element(xml_name(node), first, end, near);

        if (element == ELEMENTS || strcmp(xml_space(node), user->space) != 0)
            continue;
        if (keep_element(user, node, element))
            return -1;
        near = element + 1;
    }
    return 0;
}

struct user *soap_user_new(struct xml *document, const char *space)
{
    struct user *user = calloc(1, sizeof(*user));

    if (!user)
        return NULL;
    user->document = document;
    user->space = space;
    return user;
}

int soap_user_set_element(struct user *user, struct xml_node *element,
                          const char *key, struct api_error *api_error)
{
    const struct xml_node *address;
    struct bing_user_facts facts;

    user->element = element;
    errno = 0;
    if (find_elements(user, element, 0)) {
        if (errno == ENOMEM) {
            api_error_set_memory(api_error);
            return -1;
        }
        return api_error_refuse_user(api_error, API_ERROR_USER_TYPE);
    }
    address = user->nodes[NODE_ADDRESS];
    facts = (struct bing_user_facts){
        .id = soap_user_value(user, BING_COLUMN_ID),
        .time_stamp = soap_user_value(user, BING_COLUMN_TIME_STAMP),
        .address_time_stamp =
            soap_user_value(user, BING_COLUMN_ADDRESS_TIME_STAMP),
        .has_address = address && !xml_is_nil(address),
        .has_masked_text = xml_has_masked_text(element),
    };
    return bing_user_check(&facts, key, api_error);
}

int soap_user_print(const struct user *user, const struct xml_binding *around,
                    struct buffer *body)
{
    return xml_print(user->element, around, body);
}

const char *soap_user_value(const struct user *user, unsigned column)
{
    const char *text = user->values[column];

    return text && *text ? text : NULL;
}

void soap_user_last_modified(const struct user *user,
                             char last_modified[SERVICE_TIME_SIZE])
{
    (void)bing_user_put_time(
        soap_user_value(user, BING_COLUMN_LAST_MODIFIED_TIME), last_modified);
}

void soap_user_stamps(const struct user *user, char stamps[SERVICE_STAMPS_SIZE])
{
    bing_user_put_stamps(soap_user_value(user, BING_COLUMN_TIME_STAMP),
                         soap_user_value(user, BING_COLUMN_ADDRESS_TIME_STAMP),
                         stamps);
}

/* The first child of the same parent in the schema. */
static size_t first_sibling(size_t element)
{
    size_t first = element;

    while (first > 0 && elements[first - 1].depth >= elements[element].depth)
        first--;
    return first;
}

/* The last child of a parent that precedes the element in the schema; NULL:
 * there is none. `first` is the parent's first child in the schema. Unknown
 * children after it are from a newer schema, and stay after the new element. */
static struct xml_node *find_predecessor(const struct user *user,
                                         const struct xml_node *parent,
                                         size_t first, size_t element)
{
    struct xml_node *found = NULL;

    for (struct xml_node *node = xml_first(parent); node; node = xml_next(node))
        for (size_t i = first; i < element; i++)
            if (user->nodes[elements[i].node] == node)
                found = node;
    return found;
}

/* Finds or adds an element and its parents; a parent that is nil becomes empty.
 * NULL: out of memory. */
static struct xml_node *provide_element(struct user *user, size_t element)
{
    struct xml_node **found = &user->nodes[elements[element].node];
    size_t first = first_sibling(element);
    struct xml_node *parent =
        first == 0 ? user->element : provide_element(user, first - 1);

    if (!parent)
        return NULL;
    if (xml_is_nil(parent))
        xml_make_empty(parent);
    if (!*found)
        *found = xml_add(user->document, parent,
                         find_predecessor(user, parent, first, element),
                         user->space, elements[element].name);
    return *found;
}

int soap_user_set(struct user *user, unsigned column, const char *value)
{
    struct xml_node *node = user->nodes[column];
    size_t element = 0;

    user->values[column] = NULL;
    if (!value)
        value = bing_columns[column].empty;
    if (!value)
        return node ? xml_make_nil(user->document, node) : 0;
    if (!node) {
        while (elements[element].node != column)
            element++;
        node = provide_element(user, element);
    }
    if (!node || xml_make_text(user->document, node, value))
        return -1;
    user->values[column] = xml_text(node);
    return 0;
}

void soap_user_free(struct user *user)
{
    if (!user)
        return;
    xml_free(user->document);
    free(user);
}
