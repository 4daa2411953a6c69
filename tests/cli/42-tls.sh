#!/bin/bash
# Certificates are always verified. With the right CA the run succeeds. With
# another CA, or a certificate that is expired or for another host, no call is
# made, and the run stops at once with exit status 2. If calls have succeeded
# before, it waits and gives up.
# valgrind: yes
. "${0%/*}/../lib.sh"

make_key() {
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key"
} 2>openssl.log
# make_ca NAME: creates a CA.
make_ca() {
    make_key "$1"
    openssl req -x509 -new -key "$1.key" -subj "/CN=$1" -days 2 -out "$1.pem"
}
# make_cert NAME CA SUBJECT-ALT-NAME DAYS: creates a certificate of that CA.
make_cert() {
    make_key "$1"
    openssl req -new -key "$1.key" -subj "/CN=$1" -out "$1.csr"
    openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" -days "$4" \
        -extfile <(echo "subjectAltName=$3") -out "$1.pem" 2>>openssl.log
}
make_ca ca
make_ca other
make_cert good ca IP:127.0.0.1,DNS:localhost 2
make_cert elsewhere ca DNS:clientcenter.api.bingads.microsoft.com 2
make_cert expired ca IP:127.0.0.1 0 # OpenSSL 3.4 refuses to count back
printf "Id,JobTitle\n${U}01,x\n${U}02,x\n" >in.csv

sim_start --tls good.pem good.key
run 0 --cacert ca.pem in.csv out.csv
expect_counts applied=2 'connections_opened<=2'
SSL_CERT_FILE=ca.pem run 0 in.csv out.csv
SERVICE=${SERVICE/127.0.0.1/localhost} run 0 --cacert ca.pem in.csv out.csv

rejected() {
    forget_calls
    run 2 "$@" in.csv refused.csv
    expect_stderr "the certificate of $SERVICE is not trusted (" --cacert
    [ "$(grep -vc -e ': estimate: ' -e ', endpoint ' -e ': 0 rows; ' err)" -eq 1 ]
    expect_counts calls=0
    expect_no_file refused.csv refused.csv.part
}
rejected
rejected --cacert other.pem
SSL_CERT_FILE=other.pem rejected
sim_start --tls elsewhere.pem elsewhere.key
rejected --cacert ca.pem
sim_start --tls expired.pem expired.key
rejected --cacert ca.pem

# A certificate file is missing, or contains no certificate.
run 2 --cacert no-such.pem in.csv out.csv
expect_stderr no-such.pem
run 2 --cacert good.key in.csv out.csv
expect_stderr good.key 'BEGIN CERTIFICATE'
run 2 --cacert . in.csv out.csv
SSL_CERT_FILE=in.csv run 2 in.csv out.csv
openssl x509 -in ca.pem -trustout -out trusted.pem
sim_start --tls good.pem good.key
run 0 --cacert trusted.pem in.csv out.csv

# A run that is resumed has succeeded before.
for ((i = 1; i <= 50; i++)); do
    user_row "$i" "Title $i"
done >>in.csv
faults '{"kind":"error","code":105,"skip":60,"times":0}'
run 4 --concurrency 1 --cacert ca.pem in.csv resumed.csv
expect_counts 'applied>=25'
run 5 --resume --give-up 0.01 --cacert other.pem in.csv resumed.csv
expect_stderr 'no valid response for 0.01 min' TlsFailed 'to resume: '
faults
run 0 --resume --cacert ca.pem in.csv resumed.csv
columns resumed.csv Status | sort -u | expect_file <(echo Updated)
