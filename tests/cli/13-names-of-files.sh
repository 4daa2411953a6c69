#!/bin/bash
# A file that a run replaces (--failed, --undo, --summary, --metrics, --report),
# or one beside it, must not be another file of the run: exit status 2, no call,
# no file is created or changed, and no hook is run.
. "${0%/*}/../lib.sh"
sim_start

options=(failed undo summary metrics report log-file)

# refuse NAME PATH: a run is refused in which the file NAME has this path.
refuse() {
    local -A paths=([INPUT]=in.csv [OUTPUT]=out.csv [failed]=f.csv [undo]=u.csv
        [summary]=s.json [metrics]=m.prom [report]=r.html [log-file]=l.log)
    local arguments=() option before

    paths[$1]=$2
    printf "Id,$TITLE\n${U}01,New\n" >"${paths[INPUT]}"
    for option in "${options[@]}"; do
        arguments+=("--$option" "${paths[$option]}")
    done
    touch out err
    before=$(ls && md5sum "${paths[INPUT]}")
    run 2 "${arguments[@]}" --on-end 'touch hook' "${paths[INPUT]}" \
        "${paths[OUTPUT]}"
    expect_stderr 'choose another name'
    diff <(echo "$before") <(ls && md5sum "${paths[INPUT]}") ||
        fail "$1 is $2: see above"
    rm "${paths[INPUT]}"
}

for path in f.csv f.csv.part u.csv u.csv.part u.csv.journal s.json.part \
    m.prom.part r.html r.html.part; do
    refuse INPUT "./$path"
    refuse OUTPUT "./$path"
done
for path in in.csv out.csv out.csv.part out.csv.journal l.log; do
    refuse failed "./$path"
    refuse undo "./$path"
    refuse report "./$path"
    refuse metrics "./$path"
    refuse summary "./$path"
done
for path in f.csv f.csv.part u.csv u.csv.part u.csv.journal s.json m.prom; do
    refuse report "./$path"
done
for path in u.csv u.csv.part u.csv.journal s.json.part m.prom r.html.part; do
    refuse failed "./$path"
done
refuse undo r.html.part
refuse metrics ./s.json
expect_counts calls=0

# Without --summary, the summary has a name of its own.
printf "Id,$TITLE\n${U}01,New\n" >in.csv
run 2 --failed ./out.csv.summary.json in.csv out.csv
run 2 --report out.csv.part.summary.json in.csv out.csv

# A link is followed.
ln -s in.csv link.csv
run 2 --metrics link.csv in.csv out.csv
