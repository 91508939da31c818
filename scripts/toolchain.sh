# Sourced. toolchain_ready ROOT makes sure that Node 24 and the packages of the lockfile are there; sets INGOT_NODE.

toolchain_say() { printf '%s\n' "ingot: $*" >&2; }

toolchain_ready() {
  _root=$1
  _want=$(cat "$_root/.node-version")
  _major=${_want%%.*}
  _own=$(node --version 2>/dev/null || echo v0)
  _own=${_own#v}
  if [ "${_own%%.*}" -ge "$_major" ] && [ "${INGOT_PINNED_NODE:-}" != 1 ]; then
    INGOT_NODE=$(command -v node)
  else
    INGOT_NODE="$_root/.toolchain/node-$_want/bin/node"
    [ -x "$INGOT_NODE" ] || toolchain_fetch_node "$_root" "$_want"
  fi
  export INGOT_NODE
  PATH="$(dirname -- "$INGOT_NODE"):$PATH"
  export PATH
  toolchain_packages "$_root"
}

toolchain_fetch_node() {
  command -v npm >/dev/null 2>&1 || { toolchain_say "npm is missing: install Node.js 18 or later with npm (Debian: apt-get install nodejs npm)"; exit 1; }
  case "$(uname -m)" in
    x86_64) _arch=x64 ;;
    aarch64) _arch=arm64 ;;
    *) toolchain_say "no pinned Node for $(uname -m): install Node $2 or later by hand"; exit 1 ;;
  esac
  toolchain_say "fetching Node $2 (this machine has ${_own:-none})"
  _tmp="$1/.toolchain/fetch.$$"
  mkdir -p "$_tmp"
  if ! (cd "$_tmp" && printf '{}' > package.json && npm install --ignore-scripts --no-audit --no-fund --no-save --loglevel=error "node-linux-$_arch@$2" >&2); then
    rm -rf "$_tmp"
    toolchain_say "Node $2 could not be fetched from the npm registry (see above); check the network and run the command again"
    exit 1
  fi
  rm -rf "$1/.toolchain/node-$2"
  mv "$_tmp/node_modules/node-linux-$_arch" "$1/.toolchain/node-$2"
  rm -rf "$_tmp"
}

# The packages are there when the stamp holds the lockfile's checksum and the Node that they were installed with.
toolchain_packages() {
  _sum="$(cksum < "$1/package-lock.json") ${INGOT_NODE##*/node-}"
  [ -f "$1/node_modules/.ingot-stamp" ] && [ "$(cat "$1/node_modules/.ingot-stamp")" = "$_sum" ] && return 0
  # Two commands started at once must not install into the same folder.
  mkdir -p "$1/.toolchain"
  if command -v flock >/dev/null 2>&1 && [ "${INGOT_INSTALLING:-}" != 1 ]; then
    INGOT_INSTALLING=1 flock "$1/.toolchain/lock" sh -c '. "$1/scripts/toolchain.sh"; toolchain_ready "$1"' sh "$1"
    return 0
  fi
  [ -f "$1/node_modules/.ingot-stamp" ] && [ "$(cat "$1/node_modules/.ingot-stamp")" = "$_sum" ] && return 0
  toolchain_say "installing packages"
  if ! (cd "$1" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2); then
    toolchain_say "the packages could not be installed (see above); check the network and the disk, then run the command again"
    exit 1
  fi
  printf '%s' "$_sum" > "$1/node_modules/.ingot-stamp"
}
