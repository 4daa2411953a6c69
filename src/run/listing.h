/*
 * A listing: the users of all customers that the sign-in may see, or of one
 * customer. It decides which page is fetched next, and passes the users of each
 * complete page on. It sends nothing: pages are groups for the dispatch.
 *
 * Pages of several customers are fetched at once, so the users of different
 * customers may be mixed. A user is passed once for a customer, even if the
 * service rejects the token of a page, and the pages begin again.
 *
 * What was fetched is recorded, and replayed by a run that is resumed: no page
 * is fetched or passed twice, unless its token has expired.
 *
 * Memory: 80 bytes a customer; the users of the pages in flight; and 43 bytes a
 * user of a customer who has several pages, until the last one.
 */
#ifndef RUN_LISTING_H
#define RUN_LISTING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "output/result_writer.h"
#include "service/service.h"
#include "user/task_result.h"

struct listing;

/* Each returns 0, or -1 with an error of any kind. */
struct listing_handler {
    /* A user: a value for each of list_service.columns, "" if there is none.
     * Valid during the call. */
    int (*user)(void *context, const char *const *values, struct error *error);
    /* The users of a customer cannot be listed, or not all of them. text: why,
     * without values of users. It is not recorded: a run that is resumed tries
     * again. */
    int (*failed)(void *context, const char *customer, const char *text,
                  struct error *error);
};

/* All pointers are borrowed, and must outlive the listing. */
struct listing_setup {
    const struct service *service;
    const char *customer_id; /* NULL: all customers */
    bool deleted;            /* only deleted users */
    const struct listing_handler *handler;
    /* Receives the pages as rows, to be passed to listing_replay() by a run
     * that is resumed. Its functions accept that nothing is recorded. */
    const struct result_listener *recorder;
    void *context; /* of both */
};

/* NULL without memory. */
struct listing *listing_new(const struct listing_setup *setup);

/* NULL does nothing. Pages that were taken must have been returned. */
void listing_free(struct listing *listing);

/* Replays a row that an earlier part of the run has recorded; then, when all
 * are replayed, listing_end_replay(). complete: that part was complete, so no
 * page is fetched any more, and the customers without their last page have
 * failed. -1: the handler's error, ERROR_USAGE if the recorder has not written
 * it, or ERROR_LOCAL. */
int listing_replay(struct listing *listing, uint64_t sequence, const char *text,
                   size_t len, struct error *error);
int listing_end_replay(struct listing *listing, bool complete,
                       struct error *error);

/* Takes a page to be fetched: a group for dispatch_begin(). *group stays NULL
 * if there is none now. ERROR_LOCAL. */
int listing_take(struct listing *listing, struct group **group,
                 struct error *error);

/* The task of a page is done: records and passes its users. Frees the group,
 * not the task. ERROR_STOPPED or ERROR_SIGN_IN if the customers cannot be
 * listed; the handler's error; or ERROR_LOCAL. */
int listing_done(struct listing *listing, const struct task_result *task,
                 struct error *error);

/* The run stops before the page is fetched: frees the group. */
void listing_release(struct listing *listing, struct group *group);

/* Are all pages done? */
bool listing_is_done(const struct listing *listing);

/* Are all customers known whose pages are not done? */
bool listing_knows_all(const struct listing *listing);

/* The number of customers, and of those with a failure. */
uint64_t listing_customers(const struct listing *listing);
uint64_t listing_failures(const struct listing *listing);

#endif
