#!/bin/sh
# `npm start`: sets up what is missing, builds when sources are newer than the bundle, then shows Ingot at work.
set -eu
root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
. "$root/scripts/toolchain.sh"
toolchain_ready "$root"
cd "$root"
if [ ! -f dist/stamp ] || [ -n "$(find src package.json package-lock.json scripts/build.ts -newer dist/stamp -print -quit)" ]; then
  toolchain_say "building"
  "$INGOT_NODE" --disable-warning=ExperimentalWarning scripts/build.ts || toolchain_say "the bundle could not be built (see above); running the sources"
fi
export INGOT_PROGRAM=./ingot
exec ./ingot up "$@"
