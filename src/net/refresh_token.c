#include "net/refresh_token.h"

#include <string.h>

void refresh_token_init(struct refresh_token *token,
                        const struct secret_file *file)
{
    *token = (struct refresh_token){.file = *file, .lock = -1};
}

/* The file is read under the lock: another process may have replaced the token
 * a moment ago. */
int refresh_token_take(struct refresh_token *token, struct error *error)
{
    if (secret_file_lock(&token->file, &token->lock, error))
        return -1;
    if (token->lock < 0)
        return 0;
    token->text = secret_file_read(&token->file, error);
    return token->text ? 1 : -1;
}

void refresh_token_release(struct refresh_token *token)
{
    secret_file_free(token->text);
    token->text = NULL;
    secret_file_unlock(&token->file, token->lock);
    token->lock = -1;
}

bool refresh_token_is_replaced(const struct refresh_token *token)
{
    struct error ignored;
    char *current = secret_file_read(&token->file, &ignored);
    bool replaced = current && strcmp(current, token->text) != 0;

    secret_file_free(current);
    return replaced;
}

int refresh_token_save(const struct refresh_token *token, const char *granted,
                       struct error *error)
{
    struct error reason;

    if (!granted || strcmp(granted, token->text) == 0 ||
        refresh_token_is_replaced(token))
        return 0;
    if (secret_file_replace(&token->file, granted, &reason) == 0)
        return 0;
    return error_set(error, ERROR_LOCAL,
                     "%s; the new refresh token was not saved. Correct this "
                     "and resume the run. If the old refresh token is then "
                     "rejected, sign in again",
                     reason.text);
}
