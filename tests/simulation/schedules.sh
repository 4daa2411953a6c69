#!/bin/bash
# No schedule breaks a promise of the program, and together they cover every kind
# of fault: COUNT simulations of whole runs, from the seed FIRST on.
set -u

case $BUILD in
*/release) COUNT=${COUNT:-20000} ;;
*) COUNT=${COUNT:-2000} ;; # under a sanitizer each one takes ten times as long
esac
exec "$BUILD/simulate" --first "${FIRST:-1}" --count "$COUNT"
