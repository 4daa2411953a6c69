/*
 * How important an entry of the log is; --log-level selects the least important
 * level that is written.
 */
#ifndef BASE_LOG_LEVEL_H
#define BASE_LOG_LEVEL_H

/* Each level includes those before it. */
enum log_level {
    LOG_LEVEL_ERROR,
    LOG_LEVEL_WARN,
    LOG_LEVEL_INFO,
    LOG_LEVEL_DEBUG
};

/* Its name in the log and on the command line: "error", "warn", ... */
const char *log_level_name(enum log_level level);

#endif
