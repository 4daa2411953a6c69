#!/bin/bash
# In a real browser, a person accepts or denies on the page of the sign-in, and
# then sees a page of the program that runs no script and requests nothing.
# $BROWSER is started with the address and without secrets.
. "${0%/*}/../lib.sh"
. "$TESTS/sign_in.sh"
sim_start --access-token ''
use_sign_in

# A browser that notes its argument and its environment.
cat >browser <<'END'
#!/bin/bash
printf '%s\n' "$@" >started.new
env | grep BAUSER_ >>started.new
mv started.new started
END
chmod +x browser
export BROWSER=$PWD/browser
begin --sign-in
has_started() {
    [ -e started ]
}
wait_until has_started
address | expect_file started
expect_stderr 'Sign in in the browser'

if ! command -v chromium >which; then
    kill "$PROCESS"
    end 5
    echo "skipped: chromium is not installed (make acceptance installs it)"
    exit 77
fi
# click DECISION TEXT
click() {
    "$PYTHON" -ESB "$TESTS/oracle/click.py" "$(address)" "$@" >clicked ||
        fail "$(cat clicked)"
}
click accept 'The sign-in was received'
end 0
expect_stored

unset BROWSER
begin --sign-in
click deny 'The sign-in did not succeed'
end 4
expect_stderr access_denied
