#include "setup/service_context.h"

struct call_context service_context(const struct options *options,
                                    const struct credentials *credentials,
                                    const struct random *random)
{
    return (struct call_context){
        .service = options->service,
        .random = random,
        .developer_token = credentials->developer_token,
        .customer_id = options->customer_id,
        .account_id = options->account_id,
        .google = options->google,
        .application_token = credentials->application_token,
        .user_name = credentials->user_name,
        .password = credentials->password,
    };
}

struct auth_labels service_context_labels(const struct credentials *credentials)
{
    return (struct auth_labels){
        .client_id = credentials_label(credentials, CREDENTIALS_PART_ID),
        .client_secret =
            credentials_label(credentials, CREDENTIALS_PART_SECRET),
        .refresh_token =
            credentials_label(credentials, CREDENTIALS_PART_REFRESH),
        .token_url = credentials_label(credentials, CREDENTIALS_PART_URL),
    };
}
