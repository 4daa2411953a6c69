#!/bin/bash
# The bill of materials has each package that the program is linked with, in the
# version that is installed, and the members that SPDX requires. The same packages
# give the same bytes.
source=$(cd "${0%/*}/../.." && pwd)
. "${0%/*}/../lib.sh"

for tool in dpkg-shlibdeps objdump; do
    [ "$(type -t "$tool")" ] || {
        echo "skipped: $tool is not installed"
        exit 77
    }
done
sbom() {
    "$PYTHON" -EsB "$source/tools/sbom" "$BAUSER_BATCH" gcc zlib1g-dev
}
sbom >one.json
TZ=Asia/Tokyo LC_ALL=C sbom | cmp - one.json || fail "two documents differ"
SOURCE_DATE_EPOCH=86400 sbom | jq -e '.creationInfo.created == "1970-01-02T00:00:00Z"' >out

jq -e '
    .spdxVersion == "SPDX-2.3" and .dataLicense == "CC0-1.0" and
    .SPDXID == "SPDXRef-DOCUMENT" and (.name | length > 0) and
    (.documentNamespace | test("^https://[^#]+$")) and
    (.creationInfo.created | fromdate > 0) and
    (.creationInfo.creators | all(test("^(Tool|Person|Organization): .")))
    and (.packages | all(
        (.SPDXID | test("^SPDXRef-[a-zA-Z0-9.-]+$")) and (.name | length > 0)
        and (.downloadLocation | length > 0) and .filesAnalyzed == false))
    and ([.packages[].SPDXID] | length == (unique | length))
    and ([.SPDXID, .packages[].SPDXID] as $ids | .relationships | all(
        (.spdxElementId | IN($ids[])) and (.relatedSpdxElement | IN($ids[]))))
' one.json >out || fail "the document is no SPDX 2.3"

related() {
    jq -r --arg kind "$1" '
        (.packages | map({(.SPDXID): .}) | add) as $packages | .relationships[] |
        select(.relationshipType == $kind) |
        [.spdxElementId, .relatedSpdxElement][] | $packages[.] // empty |
        "\(.name) \(.versionInfo)"' one.json | grep -v '^bauser-batch '
}
# Debian's own tool finds the libraries that the program names.
(cd "$source" && dpkg-shlibdeps -O "$BAUSER_BATCH" 2>/dev/null) |
    sed 's/^shlibs:Depends=//; s/ *([^)]*)//g; s/, /\n/g' | sort -u >names
[ -s names ]
while read -r name; do
    dpkg-query -W -f '${Package} ${Version}\n' "$name"
done <names | sort -u >linked
related DYNAMIC_LINK | sort -u | diff linked - >out || fail "$(<out)"
related BUILD_DEPENDENCY_OF | sort |
    diff <(dpkg-query -W -f '${Package} ${Version}\n' gcc zlib1g-dev) - >out ||
    fail "$(<out)"
# Libraries of libraries, such as HTTP/2 for libcurl.
related DEPENDS_ON | grep -q '^libnghttp2-14 '
