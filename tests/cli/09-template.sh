#!/bin/bash
# --template prints a file with all columns of the service that can be set. Its
# row fails as it is, and with an Id it is valid and can be applied.
# services: all
. "${0%/*}/../lib.sh"
sim_start

SERVICE='' run 0 --template
mv out in.csv
expect_file err </dev/null
"$PYTHON" -ESB - "$TESTS/oracle" in.csv <<'END'
import csv, sys
sys.path.insert(0, sys.argv[1])
import columns_of_user as oracle
header, *rows = csv.reader(open(sys.argv[2], encoding="utf-8"))
assert len(rows) == 1 and len(rows[0]) == len(header), rows
assert header[-1] == "_comment", header
# The oracle knows no passwords, and never restores a user.
others = {"Password", "ForceChangePassword", "state"}
settable = {name for name, column in oracle.COLUMNS.items() if not column.guard}
assert set(header[1:-1]) - others == settable - {"Id", "CustomerTenantId"}, \
    set(header[1:-1]) ^ settable
END
run 1 --check in.csv out.csv
expect_columns out.csv Status ErrorName <<<'Failed|InvalidId'
sed -i "2s/^,/${U}01,/" in.csv
run 0 --check in.csv out.csv
run 0 in.csv out.csv
expect_columns out.csv Status <<<Updated
expect_counts applied=1

# The service may follow, and no INPUT is expected.
case $API in
partner-center)
    "$BAUSER_BATCH" --template --api "$API" >tenants.csv
    grep -q '^Id,CustomerTenantId,displayName,' tenants.csv
    ! grep -q CustomerTenantId in.csv
    ! grep -q 'the tenant' in.csv
    grep -q 'fill in the Id and the tenant or' tenants.csv
    sed -i "2s/^,,/${U}01,${API_OPTIONS[-1]},/" tenants.csv
    "$BAUSER_BATCH" --check --api "$API" tenants.csv out.csv
    ;;
esac
run 2 --template in.csv
expect_stderr '--template takes no INPUT'
