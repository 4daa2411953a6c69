#!/bin/bash
# No schedule breaks a promise of the program, and together they cover every kind
# of fault: COUNT simulations of whole runs, from the seed FIRST on. Nor does any
# that broke one when `make soak` found it.
set -u

for seed in 1994 22206 1796009293008795 1796009370006972 1796009583011746 \
    1796025689114767 1796027739016724 1796041442909744 \
    1796042251107424 1796042414608369 1796047937314745 \
    1796048880709352 1796048953705134 1796050321716394 \
    1796050413700323 1796051124505874 1796051281612736 \
    14261 32471 49162 1796059991100457 1796059991126123 1796059991305607 \
    1796060991071274 1796060991126852 1796079066012097 1796079118003134 \
    1796079132006687 1796079610002436; do
    "$BUILD/simulate" --seed "$seed" >found || { cat found; exit 1; }
done

case $BUILD in
*/release) COUNT=${COUNT:-20000} ;;
*) COUNT=${COUNT:-2000} ;; # under a sanitizer each one takes ten times as long
esac
exec "$BUILD/simulate" --first "${FIRST:-1}" --count "$COUNT"
