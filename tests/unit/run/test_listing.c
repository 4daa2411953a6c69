#include "unit.h"

#include "run/listing.h"

#define A          "00000000-0000-4000-8000-00000000000a"
#define B          "00000000-0000-4000-8000-00000000000b"
#define ID(number) "4b10bf41-ab11-40e3-8c53-0000000000" number

/* A recorded row. */
struct recorded {
    uint64_t sequence;
    char *text;
    size_t len;
};

struct trial {
    struct listing *listing;
    struct group *group;
    char seen[4096]; /* what the handler was passed */
    struct recorded rows[64];
    unsigned count;
};

static void see(struct trial *trial, const char *text)
{
    size_t len = strlen(trial->seen);

    (void)snprintf(trial->seen + len, sizeof(trial->seen) - len, "%s ", text);
}

static int take_user(void *context, const char *const *values,
                     struct error *error)
{
    (void)error;
    see(context, values[1] + 34); /* the last digits of the id */
    return 0;
}

static int take_failed(void *context, const char *customer, const char *text,
                       struct error *error)
{
    (void)error;
    see(context, customer);
    see(context, text);
    return 0;
}

static int begin(void *context, enum status status)
{
    (void)context;
    assert_int_equal(status, STATUS_LISTED);
    return 0;
}

static int put_row(void *context, uint64_t sequence, const char *text,
                   size_t len)
{
    struct trial *trial = context;
    struct recorded *row = &trial->rows[trial->count++];

    assert_true(trial->count < COUNT(trial->rows));
    *row = (struct recorded){sequence, malloc(len + 1), len};
    assert_non_null(row->text);
    memcpy(row->text, text, len);
    row->text[len] = '\0';
    return 0;
}

static int end(void *context, bool part)
{
    assert_false(part);
    (void)context;
    return 0;
}

static void start(struct trial *trial, const char *customer)
{
    static const struct listing_handler handler = {take_user, take_failed};
    static const struct result_listener recorder = {begin, put_row, end};
    const struct listing_setup setup = {
        .service = &service_partner,
        .customer_id = customer,
        .handler = &handler,
        .recorder = &recorder,
        .context = trial,
    };

    trial->seen[0] = '\0';
    trial->listing = listing_new(&setup);
    assert_non_null(trial->listing);
}

static void stop(struct trial *trial)
{
    listing_free(trial->listing);
    for (unsigned i = 0; i < trial->count; i++)
        free(trial->rows[i].text);
}

/* A new listing replays what the trial has recorded. */
static void replay(struct trial *trial, const char *customer, bool complete)
{
    struct error error;

    listing_free(trial->listing);
    start(trial, customer);
    for (unsigned i = 0; i < trial->count; i++)
        assert_int_equal(listing_replay(trial->listing, trial->rows[i].sequence,
                                        trial->rows[i].text, trial->rows[i].len,
                                        &error),
                         0);
    assert_int_equal(listing_end_replay(trial->listing, complete, &error), 0);
}

static struct list_call *take(struct trial *trial)
{
    struct error error;

    assert_int_equal(listing_take(trial->listing, &trial->group, &error), 0);
    return trial->group ? trial->group->list : NULL;
}

/* The page that is taken must have this customer and token; NULL: none. */
static struct list_call *expect_page(struct trial *trial, const char *customer,
                                     const char *token)
{
    struct list_call *call = take(trial);

    assert_non_null(call);
    if (customer)
        assert_string_equal(call->customer, customer);
    else
        assert_int_equal(call->kind, LIST_CUSTOMERS);
    if (token)
        assert_string_equal(call->token, token);
    else
        assert_null(call->token);
    return call;
}

static void add(struct list_call *call, const char *id)
{
    const char *values[LIST_COLUMNS] = {call->customer, id};

    assert_int_equal(
        list_call_add(
            call, call->kind == LIST_USERS ? values : &id,
            call->kind == LIST_USERS ? service_partner.list->column_count : 1),
        0);
}

static int finish(struct trial *trial, enum status status, const char *token,
                  struct error *error)
{
    struct task_result result = {.group = trial->group};

    result.outcome.status = status;
    (void)snprintf(result.outcome.last.name, sizeof(result.outcome.last.name),
                   "%s", status == STATUS_LISTED ? "" : "Refused");
    if (token)
        assert_int_equal(buffer_puts(&trial->group->list->next, token), 0);
    return listing_done(trial->listing, &result, error);
}

static void done(struct trial *trial, enum status status, const char *token)
{
    struct error error;

    assert_int_equal(finish(trial, status, token, &error), 0);
}

/* The customers come first; then each has its pages, one after the other. */
static void test_pages(void **state)
{
    struct trial trial = {.count = 0};
    struct list_call *call;

    (void)state;
    start(&trial, NULL);
    call = expect_page(&trial, NULL, NULL);
    assert_false(listing_is_done(trial.listing));
    add(call, A);
    add(call, B);
    add(call, A);
    assert_null(take(&(struct trial){.listing = trial.listing}));
    done(&trial, STATUS_LISTED, NULL);
    assert_int_equal(listing_customers(trial.listing), 2);
    call = expect_page(&trial, A, NULL);
    add(call, ID("01"));
    add(call, ID("02"));
    done(&trial, STATUS_LISTED, "next");
    expect_page(&trial, B, NULL);
    done(&trial, STATUS_LISTED, NULL);
    call = expect_page(&trial, A, "next");
    add(call, ID("02"));
    add(call, ID("03"));
    done(&trial, STATUS_LISTED, NULL);
    assert_null(take(&trial));
    assert_true(listing_is_done(trial.listing));
    assert_string_equal(trial.seen, "01 02 03 ");
    stop(&trial);
}

/* A page that was released is taken again. */
static void test_release(void **state)
{
    struct trial trial = {.count = 0};

    (void)state;
    start(&trial, A);
    expect_page(&trial, A, NULL);
    assert_false(listing_is_done(trial.listing));
    listing_release(trial.listing, trial.group);
    expect_page(&trial, A, NULL);
    done(&trial, STATUS_LISTED, NULL);
    assert_true(listing_is_done(trial.listing));
    stop(&trial);
}

/* If the token of a page is rejected, the pages begin again, and no user is
 * passed twice. If that happens too often, the customer has failed. */
static void test_rejected_token(void **state)
{
    struct trial trial = {.count = 0};
    struct list_call *call;

    (void)state;
    start(&trial, A);
    for (int i = 0; i <= 3; i++) {
        call = expect_page(&trial, A, NULL);
        add(call, ID("01"));
        add(call, i == 2 ? ID("03") : ID("02"));
        done(&trial, STATUS_LISTED, "old");
        expect_page(&trial, A, "old");
        done(&trial, STATUS_FAILED, NULL);
        if (i == 1)
            replay(&trial, A, false);
    }
    assert_true(listing_is_done(trial.listing));
    assert_int_equal(listing_failures(trial.listing), 1);
    assert_string_equal(trial.seen, "01 02 03 " A " Refused ");
    stop(&trial);
}

/* A customer who fails does not hinder the others, and is tried again when the
 * run is resumed, unless that was complete. The customers themselves must be
 * known. */
static void test_failures(void **state)
{
    struct trial trial = {.count = 0};
    struct list_call *call;
    struct error error;

    (void)state;
    start(&trial, NULL);
    expect_page(&trial, NULL, NULL);
    assert_int_equal(finish(&trial, STATUS_FAILED, NULL, &error), -1);
    assert_int_equal(error.kind, ERROR_STOPPED);
    call = expect_page(&trial, NULL, NULL);
    add(call, A);
    add(call, B);
    done(&trial, STATUS_LISTED, NULL);
    expect_page(&trial, A, NULL);
    done(&trial, STATUS_FAILED, NULL);
    call = expect_page(&trial, B, NULL);
    add(call, ID("07"));
    done(&trial, STATUS_LISTED, NULL);
    assert_true(listing_is_done(trial.listing));
    assert_string_equal(trial.seen, A " Refused 07 ");
    replay(&trial, NULL, true);
    assert_true(listing_is_done(trial.listing));
    assert_string_equal(trial.seen, "07 " A " as the run has reported before ");
    replay(&trial, NULL, false);
    assert_string_equal(trial.seen, "07 ");
    expect_page(&trial, A, NULL);
    done(&trial, STATUS_LISTED, NULL);
    assert_true(listing_is_done(trial.listing));
    stop(&trial);
}

/* A listing that was interrupted continues with the pages that are missing. */
static void test_replay(void **state)
{
    struct trial trial = {.count = 0};
    struct list_call *call;

    (void)state;
    start(&trial, NULL);
    call = expect_page(&trial, NULL, NULL);
    add(call, A);
    done(&trial, STATUS_LISTED, "more");
    expect_page(&trial, NULL, "more");
    listing_release(trial.listing, trial.group);
    replay(&trial, NULL, false);
    assert_false(listing_knows_all(trial.listing));
    call = expect_page(&trial, NULL, "more");
    add(call, B);
    done(&trial, STATUS_LISTED, NULL);
    call = expect_page(&trial, A, NULL);
    for (unsigned i = 10; i < 60; i++) {
        char id[40];

        (void)snprintf(id, sizeof(id), ID("%02u"), i);
        add(call, id);
    }
    done(&trial, STATUS_LISTED, "next");
    replay(&trial, NULL, false);
    assert_int_equal(strlen(trial.seen), 150);
    expect_page(&trial, A, "next");
    done(&trial, STATUS_LISTED, NULL);
    expect_page(&trial, B, NULL);
    done(&trial, STATUS_LISTED, NULL);
    assert_true(listing_is_done(trial.listing));
    replay(&trial, NULL, false);
    assert_true(listing_is_done(trial.listing));
    stop(&trial);
}

/* Rows of a journal that somebody has edited are refused. */
static void test_foreign_rows(void **state)
{
    static const struct {
        uint64_t sequence;
        const char *text;
    } rows[] = {
        {0, ""},       {0, "1"},        {0, "1 1 0:"}, {0, "3 0 0:"},
        {0, "0 0 0:"}, {0, "1 0 0: x"}, {0, "1 0 9:"}, {2, "x"},
    };
    struct trial trial = {.count = 0};
    struct error error;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        start(&trial, NULL);
        assert_int_equal(listing_replay(trial.listing, rows[i].sequence,
                                        rows[i].text, strlen(rows[i].text),
                                        &error),
                         -1);
        assert_int_equal(error.kind, ERROR_USAGE);
        listing_free(trial.listing);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pages),
        cmocka_unit_test(test_release),
        cmocka_unit_test(test_rejected_token),
        cmocka_unit_test(test_failures),
        cmocka_unit_test(test_replay),
        cmocka_unit_test(test_foreign_rows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
