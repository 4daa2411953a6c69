#include "run/listing.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/guid.h"
#include "base/id_set.h"
#include "journal/field.h"

/* Sequences of recorded rows: what a page means for the listing, which comes
 * after its contents; the customers of a page; and the users of the customer
 * with that index. */
#define ROW_STATE     0
#define ROW_CUSTOMERS 1
#define ROW_USERS     2

#define PIECE ((size_t)64 << 10) /* bytes of a row with contents */

/* So often the pages of a customer begin again because a token is rejected. */
#define MAX_RESTARTS 3

#define NONE SIZE_MAX /* instead of the index of a customer */

/* The pages of one customer, or those with the customers. */
struct progress_of_pages {
    char *token;   /* of the next page; NULL: the first one */
    unsigned part; /* of the next page */
    unsigned restarts;
    bool done;
    struct id_set known; /* passed already; only if there are pages */
};

struct customer {
    char id[GUID_SIZE];
    struct progress_of_pages pages;
    size_t next; /* in the queue */
};

struct page {
    struct group group; /* the first member, for listing_done() */
    struct list_call call;
    size_t customer;
    char key[GUID_SIZE + 16];
};

struct listing {
    struct listing_setup setup;
    struct progress_of_pages all; /* the customers */
    bool all_taken;               /* a page of them is in flight */
    struct customer *customers;
    size_t count, size;
    size_t first, last; /* the queue of customers with a page to fetch */
    unsigned taken;     /* pages in flight */
    uint64_t failures;
};

/* ---- life --------------------------------------------------------------- */

static void put_ready(struct listing *listing, size_t index)
{
    listing->customers[index].next = NONE;
    if (listing->first == NONE)
        listing->first = index;
    else
        listing->customers[listing->last].next = index;
    listing->last = index;
}

static int add_customer(struct listing *listing, const char *id)
{
    struct customer *customers = listing->customers;
    size_t size = listing->size ? 2 * listing->size : 16;
    bool added;

    if (id_set_add(&listing->all.known, id, &added))
        return -1;
    if (!added)
        return 0;
    if (listing->count == listing->size) {
        customers = realloc(customers, size * sizeof(*customers));
        if (!customers)
            return -1;
        listing->customers = customers;
        listing->size = size;
    }
    customers[listing->count] = (struct customer){.next = NONE};
    (void)snprintf(customers[listing->count].id, GUID_SIZE, "%s", id);
    put_ready(listing, listing->count++);
    return 0;
}

struct listing *listing_new(const struct listing_setup *setup)
{
    struct listing *listing = calloc(1, sizeof(*listing));

    if (!listing)
        return NULL;
    listing->setup = *setup;
    listing->first = NONE;
    if (setup->customer_id) {
        listing->all.done = true;
        if (add_customer(listing, setup->customer_id)) {
            listing_free(listing);
            return NULL;
        }
    }
    return listing;
}

static void clear_pages(struct progress_of_pages *pages)
{
    free(pages->token);
    pages->token = NULL;
    id_set_clear(&pages->known);
}

void listing_free(struct listing *listing)
{
    if (!listing)
        return;
    for (size_t i = 0; i < listing->count; i++)
        clear_pages(&listing->customers[i].pages);
    clear_pages(&listing->all);
    free(listing->customers);
    free(listing);
}

static struct progress_of_pages *pages_of(struct listing *listing, size_t index)
{
    return index == NONE ? &listing->all : &listing->customers[index].pages;
}

/* ---- pages out ---------------------------------------------------------- */

static size_t take_customer(struct listing *listing)
{
    size_t index = listing->first;

    if (index != NONE)
        listing->first = listing->customers[index].next;
    return index;
}

int listing_take(struct listing *listing, struct group **group,
                 struct error *error)
{
    bool all = !listing->all.done && !listing->all_taken;
    const struct progress_of_pages *pages;
    struct page *page;

    *group = NULL;
    if (!all && listing->first == NONE)
        return 0;
    page = calloc(1, sizeof(*page));
    if (!page)
        return error_memory(error);
    page->customer = all ? NONE : take_customer(listing);
    pages = pages_of(listing, page->customer);
    page->call = (struct list_call){
        .kind = all ? LIST_CUSTOMERS : LIST_USERS,
        .customer = all ? NULL : listing->customers[page->customer].id,
        .part = pages->part,
        .deleted = listing->setup.deleted,
        .token = pages->token,
    };
    list_call_init(&page->call);
    (void)snprintf(page->key, sizeof(page->key), "%s%s",
                   all ? "list of customers" : "customer ",
                   all ? "" : page->call.customer);
    page->group.key = page->key;
    page->group.list = &page->call;
    listing->all_taken = listing->all_taken || all;
    listing->taken++;
    *group = &page->group;
    return 0;
}

static struct page *page_of(struct group *group)
{
    return (struct page *)group;
}

/* ---- what a page means -------------------------------------------------- */

static int pass_customers(struct listing *listing, const char *text, size_t len)
{
    const char *end = text + len, *id = NULL;

    while ((text = list_next(text, end, &id, 1)))
        if (add_customer(listing, id))
            return -1;
    return 0;
}

static int pass_users(struct listing *listing, size_t index, const char *text,
                      size_t len, struct error *error)
{
    const struct listing_setup *setup = &listing->setup;
    const struct list_service *list = setup->service->list;
    const char *values[LIST_COLUMNS], *end = text + len;

    while ((text = list_next(text, end, values, list->column_count))) {
        bool added = true;

        if (list->paged && id_set_add(&listing->customers[index].pages.known,
                                      values[list->id], &added))
            return error_memory(error);
        if (added && setup->handler->user(setup->context, values, error))
            return -1;
    }
    return 0;
}

/* The page had this token for the next one; "": none. */
static int end_page(struct listing *listing, struct progress_of_pages *pages,
                    const char *token)
{
    unsigned parts = pages == &listing->all || listing->setup.deleted
                         ? 1
                         : listing->setup.service->list->parts;

    free(pages->token);
    pages->token = NULL;
    if (*token) {
        pages->token = strdup(token);
        return pages->token ? 0 : -1;
    }
    pages->done = ++pages->part >= parts;
    if (pages->done && pages != &listing->all)
        id_set_clear(&pages->known);
    return 0;
}

static int fail_customer(struct listing *listing, size_t index,
                         const char *text, struct error *error)
{
    const struct listing_setup *setup = &listing->setup;

    clear_pages(&listing->customers[index].pages);
    listing->customers[index].pages.done = true;
    listing->failures++;
    return setup->handler->failed(setup->context, listing->customers[index].id,
                                  text, error);
}

enum event {
    EVENT_PAGE = 1,   /* a page is complete */
    EVENT_RESTART = 2 /* the pages begin again */
};

struct state {
    enum event event;
    size_t customer;
    const char *token; /* of the next page; "": none */
};

static int apply(struct listing *listing, const struct state *state,
                 struct error *error)
{
    struct progress_of_pages *pages = pages_of(listing, state->customer);

    if (state->event == EVENT_PAGE)
        return end_page(listing, pages, state->token) ? error_memory(error) : 0;
    free(pages->token);
    pages->token = NULL;
    pages->restarts++;
    return 0;
}

/* ---- recording ---------------------------------------------------------- */

/* As many bytes of whole entries as fit into a piece. */
static size_t piece_of(const char *text, const char *end, unsigned columns)
{
    const char *values[LIST_COLUMNS], *at = text, *next;

    while ((next = list_next(at, end, values, columns)) &&
           ((size_t)(next - text) <= PIECE || at == text))
        at = next;
    return (size_t)(at - text);
}

static int put_state(struct buffer *text, const struct state *state)
{
    return buffer_put_number(text, state->event) ||
                   field_put_number(text, state->customer == NONE
                                              ? 0
                                              : state->customer + 1) ||
                   field_put_string(text, state->token)
               ? -1
               : 0;
}

static int record(struct listing *listing, const struct buffer *found,
                  const struct state *state)
{
    const struct listing_setup *setup = &listing->setup;
    const struct result_listener *recorder = setup->recorder;
    bool all = state->customer == NONE;
    unsigned columns = all ? 1 : setup->service->list->column_count;
    uint64_t sequence = all ? ROW_CUSTOMERS : ROW_USERS + state->customer;
    struct buffer text;
    size_t len;
    int result;

    if (recorder->begin(setup->context, STATUS_LISTED))
        return -1;
    for (size_t at = 0; found && at < found->len; at += len) {
        len = piece_of(found->data + at, found->data + found->len, columns);
        if (recorder->row(setup->context, sequence, found->data + at, len))
            return -1;
    }
    buffer_init(&text, 2 * LIST_TOKEN_SIZE);
    result = put_state(&text, state) ||
             recorder->row(setup->context, ROW_STATE, text.data, text.len) ||
             recorder->end(setup->context, false);
    buffer_free(&text);
    return result ? -1 : 0;
}

/* found: the customers or users of the page; NULL: none. */
static int record_and_apply(struct listing *listing, const struct buffer *found,
                            const struct state *state, struct error *error)
{
    if (record(listing, found, state))
        return error_memory(error);
    if (found && state->customer == NONE &&
        pass_customers(listing, found->data, found->len))
        return error_memory(error);
    if (found && state->customer != NONE &&
        pass_users(listing, state->customer, found->data, found->len, error))
        return -1;
    return apply(listing, state, error);
}

/* ---- pages in ----------------------------------------------------------- */

static int refuse_customers(const struct api_error *last, struct error *error)
{
    return error_set(error, last->rights ? ERROR_SIGN_IN : ERROR_STOPPED,
                     "the customers cannot be listed: %s%s%s (HTTP status %ld, "
                     "TrackingId %s)",
                     last->name, *last->name && *last->text ? ": " : "",
                     last->text, last->http_status,
                     *last->tracking_id ? last->tracking_id : "not given");
}

static int take_failure(struct listing *listing, struct page *page,
                        const struct api_error *last, struct error *error)
{
    struct progress_of_pages *pages = pages_of(listing, page->customer);
    const struct state restart = {EVENT_RESTART, page->customer, ""};
    char text[sizeof(last->name) + sizeof(last->text) + 2];

    if (page->call.token && pages->restarts < MAX_RESTARTS)
        return record_and_apply(listing, NULL, &restart, error);
    if (page->customer == NONE)
        return refuse_customers(last, error);
    (void)snprintf(text, sizeof(text), "%s%s%s", last->name,
                   *last->name && *last->text ? ": " : "", last->text);
    return fail_customer(listing, page->customer, text, error);
}

static void free_page(struct listing *listing, struct page *page)
{
    if (page->customer == NONE)
        listing->all_taken = false;
    listing->taken--;
    list_call_clear(&page->call);
    free(page);
}

int listing_done(struct listing *listing, const struct task_result *task,
                 struct error *error)
{
    struct page *page = page_of(task->group);
    size_t index = page->customer;
    struct state state = {EVENT_PAGE, index, ""};
    int result;

    if (task->outcome.status != STATUS_LISTED) {
        result = take_failure(listing, page, &task->outcome.last, error);
    } else {
        if (page->call.next.len > 0)
            state.token = page->call.next.data;
        result = record_and_apply(listing, &page->call.found, &state, error);
    }
    free_page(listing, page);
    if (result == 0 && index != NONE && !listing->customers[index].pages.done)
        put_ready(listing, index);
    return result;
}

void listing_release(struct listing *listing, struct group *group)
{
    struct page *page = page_of(group);

    if (page->customer != NONE)
        put_ready(listing, page->customer);
    free_page(listing, page);
}

/* ---- an earlier part of the run ----------------------------------------- */

static int refuse_row(struct error *error)
{
    return error_set(error, ERROR_USAGE,
                     "the journal has a record that this program did not "
                     "write: use --restart to discard it");
}

static bool has_customer(const struct listing *listing, uint64_t index)
{
    return index < listing->count && !listing->customers[index].pages.done;
}

static int replay_state(struct listing *listing, const char *text, size_t len,
                        struct error *error)
{
    struct field_reader fields = {text, len};
    char token[LIST_TOKEN_SIZE];
    uint64_t event, customer;
    struct state state = {.token = token};

    if (field_take_first(&fields, &event) || event < EVENT_PAGE ||
        event > EVENT_RESTART || field_take_number(&fields, &customer) ||
        field_take_string(&fields, token, sizeof(token)) || fields.left > 0 ||
        (customer > 0 && !has_customer(listing, customer - 1)))
        return refuse_row(error);
    state.event = (enum event)event;
    state.customer = customer > 0 ? customer - 1 : NONE;
    return apply(listing, &state, error);
}

/* Customers whose pages are done leave the queue. */
int listing_end_replay(struct listing *listing, bool complete,
                       struct error *error)
{
    listing->first = NONE;
    for (size_t i = 0; i < listing->count; i++) {
        if (listing->customers[i].pages.done)
            continue;
        if (!complete)
            put_ready(listing, i);
        else if (fail_customer(listing, i, "as the run has reported before",
                               error))
            return -1;
    }
    return 0;
}

int listing_replay(struct listing *listing, uint64_t sequence, const char *text,
                   size_t len, struct error *error)
{
    if (sequence == ROW_STATE)
        return replay_state(listing, text, len, error);
    if (sequence == ROW_CUSTOMERS)
        return pass_customers(listing, text, len) ? error_memory(error) : 0;
    if (!has_customer(listing, sequence - ROW_USERS))
        return refuse_row(error);
    return pass_users(listing, sequence - ROW_USERS, text, len, error);
}

/* ---- facts -------------------------------------------------------------- */

bool listing_knows_all(const struct listing *listing)
{
    return listing->all.done;
}

bool listing_is_done(const struct listing *listing)
{
    return listing->all.done && listing->taken == 0 && listing->first == NONE;
}

uint64_t listing_customers(const struct listing *listing)
{
    return listing->count;
}

uint64_t listing_failures(const struct listing *listing)
{
    return listing->failures;
}
