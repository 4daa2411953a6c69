#!/bin/bash
# Proxies, .netrc and SSLKEYLOGFILE in the environment have no effect. Tokens
# and passwords are read from variables, or from files that only their owner can
# read.
. "${0%/*}/../lib.sh"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
    -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 \
    -keyout key.pem -out cert.pem 2>openssl.log
sim_start --tls cert.pem key.pem
printf "Id,JobTitle\n${U}01,x\n" >in.csv
printf 'machine 127.0.0.1 login me password secret\n' >.netrc

(
    for name in http https all HTTP HTTPS ALL; do
        export "${name}_proxy=http://127.0.0.1:9/" \
            "${name}_PROXY=http://127.0.0.1:9/"
    done
    export SSLKEYLOGFILE=$PWD/keys HOME=$PWD CURL_HOME=$PWD
    run 0 --cacert cert.pem in.csv out.csv
)
expect_counts applied=1 refused=0
expect_no_file keys

sim_start
umask 077
echo sim-access-token >access
printf sim-developer-token >developer
export BAUSER_ACCESS_TOKEN='' BAUSER_ACCESS_TOKEN_FILE=$PWD/access
export BAUSER_DEVELOPER_TOKEN='' BAUSER_DEVELOPER_TOKEN_FILE=$PWD/developer
run 0 in.csv out.csv
expect_counts applied=1
chmod 400 access
run 0 in.csv out.csv
expect_columns out.csv Status <<<Unchanged

rejected() {
    run 2 in.csv out.csv
    expect_stderr BAUSER_ACCESS_TOKEN "$1"
    expect_none sim-access-token err
}
chmod 640 access
rejected 'chmod 600'
chmod 600 access
ln -s access link
BAUSER_ACCESS_TOKEN_FILE=$PWD/link rejected 'is a symbolic link'
CREDENTIALS_DIRECTORY=$PWD BAUSER_ACCESS_TOKEN_FILE=$PWD/link \
    run 0 in.csv out.csv
BAUSER_ACCESS_TOKEN_FILE=$PWD/none rejected 'cannot open'
BAUSER_ACCESS_TOKEN_FILE=$PWD rejected 'not a regular file'
BAUSER_ACCESS_TOKEN=x rejected 'both set'
mkfifo -m 600 fifo
BAUSER_ACCESS_TOKEN_FILE=$PWD/fifo rejected 'not a regular file'
: >access
rejected 'is empty'

# A legacy sign-in is read in the same ways. Characters that are special in XML
# arrive unchanged.
sim_start --application-token sim-application-token \
    --username ' Jörg & <Müller>' --password "pass ]]> 'wörd' "
printf '%s\n' sim-access-token >access
echo sim-application-token >application
printf '%s\n' "pass ]]> 'wörd' " >password
export BAUSER_APPLICATION_TOKEN_FILE=$PWD/application
export BAUSER_USERNAME=' Jörg & <Müller>' BAUSER_PASSWORD_FILE=$PWD/password
run 0 --api soap-v11 in.csv out.csv
expect_counts applied=1 refused=0
printf 'pass  ' >password
run 4 --api soap-v11 in.csv out.csv
expect_stderr InvalidCredentials
run 0 --restart --check --api soap-v11 in.csv
chmod 640 password
run 2 --api soap-v11 --restart in.csv out.csv
expect_stderr BAUSER_PASSWORD_FILE 'chmod 600'
unset BAUSER_APPLICATION_TOKEN_FILE BAUSER_USERNAME BAUSER_PASSWORD_FILE

# A developer token that the service does not need is not read.
sim_start
user=4b10bf41-ab11-40e3-8c53-000000000001
printf 'Id,displayName\n%s,x\n' "$user" >in.csv
for developer in '' 'no token' /nowhere; do
    control users -X DELETE >reset
    rm -f out.csv*
    BAUSER_DEVELOPER_TOKEN=$developer BAUSER_DEVELOPER_TOKEN_FILE=$developer \
        run 0 --api partner-center \
        --customer-id eebd1b55-5360-4438-a11d-5c06918c3014 in.csv out.csv
    expect_columns out.csv Status <<<Updated
done
