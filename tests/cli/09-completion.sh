#!/bin/bash
# In bash, zsh and fish, TAB completes options, the values of options, columns of
# the service, and names of files. The scripts have every option of --help-all.
. "${0%/*}/../lib.sh"

# completes SHELL LINE WORD...: the last word of the line has these completions.
completes() {
    local shell=$1 line=$2

    shift 2
    if [ "$shell" = fish ]; then
        fish --no-config -c "source fish; complete -C '$line'" | cut -f 1
    elif [ "$shell" = bash ]; then
        # As readline does, with = as a word of its own.
        # shellcheck disable=SC2016 # of the inner shell
        bash -c '. ./bash
            COMP_LINE=$1 COMP_POINT=${#1}
            read -ra COMP_WORDS <<<"${1//=/ = }"
            [[ $1 != *" " ]] || COMP_WORDS+=("")
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            function=$(complete -p bauser-batch)
            function=${function#*-F }
            "${function%% *}" bauser-batch "${COMP_WORDS[COMP_CWORD]}"
            printf "%s\n" "${COMPREPLY[@]}"' bash "$line"
    else
        "$PYTHON" -ESB "$TESTS/oracle/complete.py" "$shell" "$PWD/$shell" "$line" |
            tail -n "$#"
    fi | sed 's/^--api=//' | sort >found
    printf '%s\n' "$@" | sort | expect_file found
}
run 0 --help-all
sed -n 's/^  \(-., \|    \)--\([a-z-]*\).*/\2/p' out >options
touch users.csv
for shell in bash zsh fish; do
    run 0 --completion "$shell"
    mv out "$shell"
    while read -r option; do
        grep -qE -- "(--|-l )$option\b" "$shell" || fail "$shell lacks --$option"
    done <options
    command -v "$shell" >which || continue
    # zsh is interactive, and slow to start.
    [ "$shell" != zsh ] || [ "${ALL:-}" ] || continue
    completes "$shell" 'bauser-batch --ret' --retries --retry-failed
    completes "$shell" 'bauser-batch --api so' soap-v11 soap-v12 soap-v13
    completes "$shell" 'bauser-batch --api=so' soap-v11 soap-v12 soap-v13
    completes "$shell" 'bauser-batch --log-level ' debug error info warn
    completes "$shell" 'bauser-batch --ignore Ema' Email EmailFormat
    completes "$shell" 'bauser-batch --api partner-center --ignore first' firstName
    [ "$shell" != bash ] || continue # readline itself completes names of files
    completes "$shell" 'bauser-batch --failed use' users.csv
    completes "$shell" 'bauser-batch use' users.csv
done
completes bash 'bauser-batch --map Mail=Ci' City
completes bash 'bauser-batch --map Mail=Em' Email EmailFormat
run 2 --completion csh
expect_stderr 'takes bash, zsh or fish'
