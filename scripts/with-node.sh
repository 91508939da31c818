#!/bin/sh
# Runs Node 24 with the arguments given: the machine's own when it is new enough, else the pinned one in .toolchain/.
# Fetches the pinned Node and the packages when they are missing. Needs a Node >= 18 with npm, nothing else.
set -eu
root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
. "$root/scripts/toolchain.sh"
toolchain_ready "$root"
exec "$INGOT_NODE" --disable-warning=ExperimentalWarning "$@"
