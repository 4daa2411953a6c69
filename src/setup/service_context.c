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
