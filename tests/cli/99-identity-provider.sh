#!/bin/bash
# A user who signs in with Google gets access tokens at Google's token endpoint,
# without a scope, and each call names the provider. A rehearsal with a refresh
# token needs the address of its own token endpoint.
# services: rest soap-v13
. "${0%/*}/../lib.sh"
sim_start --access-token '' --client-secret s3cret

printf '%s\n' "Id,$TITLE" "${U}01,Baker" >in.csv
use_refresh_token
export BAUSER_CLIENT_SECRET=s3cret BAUSER_TOKEN_URL=$SERVICE/token
run 0 --identity-provider google in.csv out.csv
expect_counts Token=1 applied=1 refused=0
expect_file token <<<sim-refresh-token

# Microsoft's token is for Microsoft's users only.
BAUSER_TOKEN_URL=$SERVICE/common/oauth2/v2.0/token \
    run 4 --identity-provider google in.csv out.csv
expect_stderr InvalidCredentials
run 4 --restart in.csv out.csv
expect_stderr invalid_scope

BAUSER_TOKEN_URL='' run 2 in.csv out.csv
expect_stderr 'BAUSER_TOKEN_URL is not set' "$SERVICE/common/oauth2/v2.0/token"
run 2 --identity-provider google --tenant contoso.example in.csv out.csv
expect_stderr 'leave out --tenant'
