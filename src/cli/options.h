/*
 * The options of the command line, as command_line.h fills them in.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/log_level.h"
#include "base/mode.h"
#include "base/name_pair.h"

struct budget_url;
struct redirections;
struct service;
struct settings;

#define OPTIONS_MAX        128     /* options of the table */
#define OPTIONS_SHARDS_MAX 1000000 /* of --shard */

enum options_action {
    OPTIONS_RUN,
    OPTIONS_HELP,
    OPTIONS_HELP_ALL,
    OPTIONS_SHOW_CONFIG,
    OPTIONS_VERSION,
    OPTIONS_TEMPLATE,
    OPTIONS_COMPLETION
};

/* Strings without a comment on their owner belong to argv, the environment or
 * the settings. */
struct options {
    enum options_action action;
    unsigned shell; /* of OPTIONS_COMPLETION: enum completion_shell */
    int argc;       /* the command line, for commands that are printed */
    char **argv;
    char **words; /* owned, with its strings, ended by NULL: argv, if it is not
                     that of the process */
    const struct redirections *redirections; /* borrowed; NULL: unknown */
    struct settings *settings; /* the values from the environment and the
                                  configuration file; borrowed; NULL: only
                                  credentials in the environment */
    bool decided[OPTIONS_MAX]; /* by the command line or --unset, not by the
                                  settings; by the index in the table */
    const char *config;        /* NULL: the default */
    const char *profile;       /* NULL: none */
    enum mode mode;
    bool quiet;
    bool no_progress;
    bool detailed_exit_code;
    bool yes; /* no confirmation is asked for */

    /* The files, and an earlier run with the same OUTPUT. */
    const char *input;  /* NULL if the mode has no files, and with MODE_LIST and
                           MODE_MERGE */
    const char *output; /* NULL if the mode has no files, and perhaps with
                           MODE_CHECK */
    const char *diff;   /* NULL: none */
    const char *failed; /* NULL: none */
    const char *undo;   /* NULL: none */
    const char *plan;   /* NULL: none */
    const char *approve; /* the SHA-256 that INPUT must have, as hexadecimal
                            digits; NULL: any */
    const char *users;   /* the list for MODE_RESOLVE; NULL in other modes */
    bool no_clobber;
    bool temporary; /* OUTPUT is removed by the caller, even if the run stops */
    bool force;     /* --export replaces an OUTPUT that somebody has edited */
    bool restart;
    bool resume;
    bool retry_failed;
    bool no_lock;        /* for file systems without locks */
    const char *metrics; /* NULL: none */
    const char *summary; /* --summary; NULL: beside OUTPUT */
    bool no_summary;
    const char *report; /* NULL: none */
    bool report_values; /* it shows values of users */
    bool raw_messages;  /* values in the service's messages stay */
    bool sync_second;   /* --sync second: the journal, once a second */

    /* How INPUT is read. */
    bool loose;           /* --reconcile ignores letter case and blanks */
    const char *encoding; /* NULL: UTF-8, or UTF-16 with a byte-order mark */
    char delimiter;       /* NUL: it is found in the header */
    unsigned skip_lines;  /* before the header */
    bool ignore_unknown;  /* columns */
    const char *clear_token;
    bool ignore_guards;
    bool all_guards;     /* --reconcile also compares guards that change with
                            every update */
    bool empty_as_clear; /* --export writes the clear token for no value */
    struct name_pair *allows; /* --allow-suspicious: a column, and a value or
                                 NULL; owned */
    size_t allow_count;
    struct name_pair *maps; /* --map: the name in INPUT, the column; owned */
    size_t map_count;
    const char **ignores; /* the array is owned */
    size_t ignore_count;
    uint64_t skip;            /* rows from the start that are not processed */
    struct name_pair *wheres; /* --where: a column, and the text of its cell in
                                 rows that are processed; owned */
    size_t where_count;
    unsigned window; /* rows */
    unsigned shard;
    unsigned shards; /* 1: all rows; with --shard auto, until it is applied,
                        0: unknown */
    bool has_shard;  /* --shard was given, maybe for all rows: 0/1 */
    bool shard_auto; /* --shard auto */
    const char *shard_variable; /* that decided the shard; NULL: --shard K/N */
    const char *shard_by;       /* NULL: the tenant, or else the Id */
    const char *unsharded;      /* then: OUTPUT before it was named by the
                                   shard; or NULL */

    bool deleted; /* --list lists deleted users only */

    /* The service, the connection and the sign-in. */
    const struct service *service;
    bool sandbox;
    char *endpoint; /* owned; base address without a '/' at its end */
    const char *cacert;
    const char *customer_id;     /* checked by enum service_customer; or NULL */
    const char *account_id;      /* digits, or NULL */
    const char *proxy;           /* NULL: none; proxy variables are ignored */
    const char *proxy_user_file; /* a secret file, USER:PASSWORD; or NULL */
    bool proxy_negotiate;
    const char *unused_proxy; /* a variable that names a proxy, without --proxy;
                                 NULL: none */
    const char *tenant;       /* of the token endpoint; NULL: the default */
    bool google;              /* --identity-provider google */
    bool follow_links;        /* to secret files */
    const char *trusted; /* the directory of --trust-secret-modes; or NULL */
    bool device;         /* --sign-in on another device */
    const char *redirect_uri; /* of --sign-in; NULL: the default */

    /* A budget that is shared with other runs; owned; NULL: none. */
    struct budget_url *budget;

    /* Rate, retries and stopping. */
    unsigned concurrency;
    unsigned timeout;         /* seconds */
    unsigned connect_timeout; /* seconds */
    unsigned rate;            /* calls in rate_window; 0: an adaptive limit */
    unsigned rate_window;     /* seconds: 1 or 60 */
    unsigned retries;         /* maximum for one user */
    unsigned drain;           /* seconds for users in flight after a stop */
    int64_t give_up;          /* milliseconds without a valid response */
    uint64_t max_errors;      /* rows, or percent; more stop the run;
                                 UINT64_MAX: no limit */
    bool max_errors_percent;
    uint64_t limit;       /* no further user is sent an update after so many */
    uint64_t max_changes; /* users; if more need an update, the run stops.
                             Or percent, for a plan; UINT64_MAX: no limit */
    bool max_changes_percent;
    int64_t max_duration;          /* seconds; 0: no limit */
    const char *max_duration_text; /* as it was given */
    const char *until;             /* a local time, as local_time.h; or NULL */
    unsigned fail_fast; /* users from the start that fail in the same way stop
                           the run; 0: never */
    bool fail_fast_any; /* by any API error */

    /* What others are notified of. */
    char *ping;         /* owned, as endpoint; NULL: nothing */
    const char *on_end; /* a command; NULL: none */

    /* The log. */
    const char *log_file; /* NULL: none */
    bool log_json;
    enum log_level log_level;
};

/* Frees what the options own, and empties them. */
void options_clear(struct options *options);

#endif
