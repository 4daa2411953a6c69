#include "service/identity.h"

#include <stdlib.h>

int identity_add(struct identity *identity, struct identity_customer **place)
{
    *place = NULL;
    if (!identity->customers)
        identity->customers =
            calloc(IDENTITY_CUSTOMERS, sizeof(*identity->customers));
    if (!identity->customers)
        return -1;
    identity->total++;
    if (identity->count < IDENTITY_CUSTOMERS)
        *place = &identity->customers[identity->count++];
    return 0;
}

void identity_clear(struct identity *identity)
{
    free(identity->customers);
    *identity = (struct identity){.customers = NULL};
}
