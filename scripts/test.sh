#!/bin/sh
# npm test: sets everything up, then types, lint, dead code, unit tests, tests against other programs, journeys.
# Arguments name the parts to run (types lint dead unit peers journeys); none means all.
set -u
root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root" || exit 1
. "$root/scripts/toolchain.sh"
toolchain_ready "$root"
parts=${*:-types lint dead unit peers journeys}
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
failed=''

say() { printf '\n== %s\n' "$*"; }
run_node() { "$INGOT_NODE" --disable-warning=ExperimentalWarning "$@"; }

if [ "$(id -u)" != 0 ]; then
  case " $parts " in
    *' peers '* | *' journeys '*)
      if [ "${CI:-}" = true ]; then
        echo "ingot: peers and journeys need root (apt-get, network namespaces, QEMU), and CI runs as another user" >&2
        exit 1
      fi
      say "skipped, because they need root (apt-get, network namespaces, QEMU taps): peers, journeys but first-minutes"
      parts=$(printf '%s' "$parts" | sed 's/peers//; s/journeys/first/')
      ;;
  esac
fi

part() {
  name=$1
  shift
  begun=$(date +%s)
  say "$name"
  if "$@"; then verdict=ok; else verdict=FAILED; failed="$failed $name"; fi
  printf '== %s: %s, %s s\n' "$name" "$verdict" "$(($(date +%s) - begun))"
}

tests() {
  run_node node_modules/vitest/vitest.mjs run "$@" --reporter=default --reporter=json "--outputFile.json=$results/$name.json"
}

for name in $parts; do
  case $name in
    types) part types run_node node_modules/typescript/bin/tsc --noEmit ;;
    lint) part lint run_node node_modules/@biomejs/biome/bin/biome check . ;;
    dead) part dead run_node node_modules/knip/bin/knip.js ;;
    unit) part unit tests --project unit ;;
    peers) part peers tests --project peers ;;
    journeys) part journeys tests --project journeys ;;
    first) part first tests --project journeys test/journeys/first-minutes.test.ts ;;
    *) echo "ingot: there is no part \"$name\"; there are types lint dead unit peers journeys" >&2; exit 2 ;;
  esac
done

# The sum of what ran; a part that broke down before it could count counts as one failure.
run_node "$root/scripts/count-tests.ts" "$results" "$failed"
