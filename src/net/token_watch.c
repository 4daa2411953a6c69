#include "net/token_watch.h"

#include <string.h>

#include "base/secret_file.h"

/* In milliseconds. */
#define LOOK_DELAY     2000
#define READ_DELAY     1000 /* from one reading to the next, if calls wait */
#define MAX_READ_DELAY 8000 /* of a command */

void token_watch_init(struct token_watch *watch,
                      const struct token_source *source)
{
    *watch = (struct token_watch){
        .source = *source,
        .due = source->has_changed ? INT64_MIN : INT64_MAX,
    };
}

void token_watch_refused(struct token_watch *watch, bool wait, int64_t now)
{
    watch->due = now;
    if (wait && watch->deadline == 0) {
        watch->deadline = now + TOKEN_WATCH_WAIT;
        watch->delay = READ_DELAY;
    }
}

static void look_later(struct token_watch *watch, int64_t now)
{
    watch->due = watch->source.has_changed ? now + LOOK_DELAY : INT64_MAX;
}

void token_watch_end_wait(struct token_watch *watch, int64_t now)
{
    watch->deadline = 0;
    look_later(watch, now);
}

static enum token_watch_result lose(const struct token_watch *watch,
                                    const struct error *reason,
                                    struct error *error)
{
    error_set(error, ERROR_SIGN_IN,
              "the service rejects the access token, and %s had no other one "
              "for %d s%s%s; store a new access token there",
              watch->source.label, TOKEN_WATCH_WAIT / 1000, reason ? ": " : "",
              reason ? reason->text : "");
    return TOKEN_WATCH_LOST;
}

/* The source has no other token. reason: why it cannot be read; or NULL. */
static enum token_watch_result keep(struct token_watch *watch, bool *refused,
                                    int64_t now, const struct error *reason,
                                    struct error *error)
{
    if (watch->deadline == 0) {
        *refused = false;
        look_later(watch, now);
        return TOKEN_WATCH_SAME;
    }
    if (now >= watch->deadline)
        return lose(watch, reason, error);
    watch->due = now + watch->delay;
    if (!watch->source.has_changed && watch->delay < MAX_READ_DELAY)
        watch->delay *= 2;
    return TOKEN_WATCH_SAME;
}

enum token_watch_result token_watch_look(struct token_watch *watch,
                                         const char *present, bool *refused,
                                         bool passed, int64_t now, char **token,
                                         struct error *error)
{
    struct error reason;

    if (!*refused && !watch->source.has_changed(watch->source.context)) {
        look_later(watch, now);
        return TOKEN_WATCH_SAME;
    }
    *token = watch->source.read(watch->source.context, &reason);
    if (*token && strcmp(*token, present) != 0) {
        token_watch_end_wait(watch, now);
        return TOKEN_WATCH_NEW;
    }
    /* A file that cannot be read is probably being replaced. */
    if (*refused && !*token && passed)
        token_watch_refused(watch, true, now);
    secret_file_free(*token);
    return keep(watch, refused, now, *token ? NULL : &reason, error);
}
