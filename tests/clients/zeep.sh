#!/bin/bash
# A client that the library zeep makes from a description of the service works
# with each version over SOAP, without a doubt: 20 users each.
. "${0%/*}/../sim/lib.inc"
. "${0%/*}/soap.inc"

test_library zeep
