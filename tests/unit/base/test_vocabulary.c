#include "unit.h"

#include "base/vocabulary.h"

/* Words of messages and codes of the sign-in must be public; names and places
 * must not. */
static void test_words(void **state)
{
    static const char *const public[] = {
        "a",       "zone",    "user",         "invalid", "postal",
        "address", "expired", "aadsts700082", "the",     "validation",
    };
    static const char *const private[] = {
        "",    "schmidt", "anna",   "berlin", "contoso",   "aadstsx",
        "aad", "zones1",  "miller", "User",   "geheimrat",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(public); i++)
        if (!vocabulary_has(public[i]))
            fail_msg("%s is missing", public[i]);
    for (size_t i = 0; i < COUNT(private); i++)
        if (vocabulary_has(private[i]))
            fail_msg("%s is public", private[i]);
}

/* Each word of the services' documented messages must be public, so that they
 * stay as they are, whatever the values are: the words are looked up one by
 * one, so the list must be sorted. */
static void test_messages(void **state)
{
    static const char *const messages[] = {
        ("authentication failed the supplied credentials are invalid or the "
         "account is inactive"),
        "the user does not represent an authorized user",
        "the authentication token has expired",
        "the credentials are not valid for the person who signs in",
        "an element of the input failed validation",
        "the operation cannot be completed",
        "a required parameter is null",
        "the version of the api is no longer supported",
        "the time stamp does not match",
        "too many calls were made within a minute",
        "the refresh token has expired due to inactivity",
        "the city of the address is not valid",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(messages); i++) {
        char text[256];
        char *rest = text;
        const char *word;

        (void)snprintf(text, sizeof(text), "%s", messages[i]);
        while ((word = strtok_r(rest, " ", &rest)))
            if (!vocabulary_has(word))
                fail_msg("%s is missing", word);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_messages),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
