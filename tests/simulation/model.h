/*
 * A small model of the service: users with full replacement, stamps, persons
 * with several users, access tokens and limits. It keeps every version of a
 * user and every write, against which the promises of the program are checked.
 *
 * It speaks the JSON of REST or of Partner Center (partner.h). It shares no
 * code with the program or with bauser-sim.
 */
#ifndef MODEL_H
#define MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "schedule.h"

#define MODEL_VERSIONS  240 /* of a user */
#define MODEL_OTHERS    120 /* of them, until others stop writing */
#define MODEL_WRITES    4096
#define MODEL_VALUE     24
#define MODEL_MARK      "v#lue" /* of all values of rows; nothing else has it */
#define MODEL_BODY      640
#define MODEL_RECENT    64 /* calls that a limit looks back at */
#define MODEL_AGE       INT64_C(150000000) /* see model_had() */
#define MODEL_AGE_MOST  INT64_C(86400000000)
#define MODEL_FIRST_ID  1001
#define MODEL_NOBODY_ID 900000

struct model_fields {
    char city[MODEL_VALUE];
    char title[MODEL_VALUE];
    char name[MODEL_VALUE]; /* UserName, which only others change */
};

struct model_version {
    int64_t at;
    int64_t modified; /* what LastModifiedTime says */
    int64_t stamp;
    struct model_fields fields;
};

/* An update that was applied, by the program or by others. */
struct model_write {
    unsigned user;
    bool ours;
    unsigned part; /* that sent it */
    int64_t left;  /* when the request was sent */
    int64_t at;
    unsigned reads; /* of the user, in this part, until then */
    int64_t stamp_before;
    struct model_fields before;
    struct model_fields sent; /* what the request contained */
    char request_id[40];      /* of Partner Center */
};

struct model_user {
    unsigned reads; /* GetUser responses in the part `read_in` */
    unsigned read_in;
    unsigned count;
    struct model_version versions[MODEL_VERSIONS];
};

struct model {
    const struct schedule *schedule;
    struct model_user users[SCHEDULE_MAX_USERS];
    unsigned write_count;
    struct model_write writes[MODEL_WRITES];
    int64_t last_stamp;
    unsigned tokens; /* granted so far */
    int64_t token_granted;
    unsigned others; /* writes by others */
    int64_t recent[MODEL_RECENT];
    unsigned recent_count;
};

struct model_response {
    long status;
    int64_t retry_after; /* milliseconds; -1: none */
    char body[MODEL_BODY];
};

/* now: microseconds since 1970, everywhere. */
void model_init(struct model *model, const struct schedule *schedule,
                int64_t now);

/* The value that a row puts into a column: 'c' for the city, 't' for the title.
 */
void model_format_value(char value[MODEL_VALUE], char column, unsigned label);

/* The label of the row that a value of this column comes from; 0: of none. */
unsigned model_label(const char *value, char column);

/* What the service stores for a value. */
void model_normalize(const struct model *model, const char *value,
                     char stored[MODEL_VALUE]);

/* The user of a request, by index; -1: nobody. A request is its body, for
 * Partner Center after its path and headers. */
int model_find_user(const struct model *model, const char *request);

const struct model_version *model_current(const struct model *model,
                                          unsigned user);

/* May the call pass the limit? at_once: calls in flight, itself included. */
bool model_admits(struct model *model, int64_t now, unsigned at_once);

/* GetUser, from a replica that lags by so much. */
void model_get(struct model *model, int user, unsigned part, int64_t now,
               int64_t lag, struct model_response *response);

/* UpdateUser, which was sent at the time `left`. */
void model_update(struct model *model, const char *request, unsigned part,
                  int64_t left, int64_t now, struct model_response *response);

/* Did the user have this value when the update was applied? before: its member
 * of write->before. Without etags, nobody can tell then: at most MODEL_AGE
 * before the update was sent. (An update that waits for two minutes fetches the
 * user again; a replica lags.) After the third GetUser, twice as long after
 * each one, at most MODEL_AGE_MOST. */
bool model_had(const struct model *model, const struct model_write *write,
               const char *before, const char *value);

/* Another program writes the user, unless it has MODEL_OTHERS versions: a long
 * run must not fill the model. */
void model_write_as_other(struct model *model, unsigned user, int64_t now,
                          struct draw *draw);

/* The token endpoint. */
void model_grant(struct model *model, int64_t now,
                 struct model_response *response);

/* Is it the value of an Authorization header with a token that is valid? */
bool model_accepts_token(const struct model *model, const char *headers,
                         int64_t now);

/* Fills in an error of the service. */
void model_fail(struct model_response *response, long status, unsigned code,
                const char *name);

#endif
