# What run, test and parley share. Sourced, not run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
tool=artifacts/bin/Parley.Cli/release/parley.dll

say() { printf '%s\n' "$*" >&2; }

need() { # command, what to install
  command -v "$1" >/dev/null || { say "$1 is missing. Install $2, then try again."; exit 1; }
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then
    if [ -t 0 ]; then sudo "$@"; else sudo -n "$@"; fi
  else return 1; fi
}

# Installs Debian packages that are missing; returns 1 where that cannot be done.
packages() {
  local missing=()
  for name in "$@"; do
    [ "$(dpkg-query -W -f='${Status}' "$name" 2>/dev/null)" = "install ok installed" ] || missing+=("$name")
  done
  [ ${#missing[@]} = 0 ] && return 0
  command -v apt-get >/dev/null || return 1
  say "Installing from Debian: ${missing[*]}"
  local log; log=$(mktemp)
  if { as_root apt-get update -q && DEBIAN_FRONTEND=noninteractive as_root apt-get install -y -q --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
    rm -f "$log"
  else
    tail -n 5 "$log" >&2; rm -f "$log"; return 1
  fi
}

# Unpacks Debian packages into artifacts/debian: programs that would run as a service if they were installed.
unpack() {
  local name folder
  for name in "$@"; do
    [ -x "/usr/sbin/$name" ] || [ -x "/usr/bin/$name" ] || [ -f "artifacts/debian/$name.unpacked" ] && continue
    command -v apt-get >/dev/null || return 1
    say "Unpacking from Debian: $name"
    folder=$(mktemp -d)
    mkdir -p artifacts/debian
    if (cd "$folder" && { apt-get download -q "$name" || { as_root apt-get update -q && apt-get download -q "$name"; }; }) >/dev/null 2>&1 \
      && dpkg -x "$folder"/*.deb artifacts/debian; then
      touch "artifacts/debian/$name.unpacked"; rm -rf "$folder"
    else
      rm -rf "$folder"; return 1
    fi
  done
}

sources() { # a fingerprint of everything the given folders are built from
  find "$@" Directory.Build.props $([ -d console/dist ] && echo console/dist) Directory.Packages.props BannedSymbols.txt .editorconfig global.json \
    \( -name node_modules -o -name TestResults \) -prune -o -type f -printf '%p %s %T@\n' | sort | sha256sum
}

# Builds what is named unless nothing changed since the last time.
build() { # stamp name, what to build, folders...
  local stamp="artifacts/$1.stamp" target=$2; shift 2
  local now; now=$(sources "$@")
  [ -f "$stamp" ] && [ -f "$tool" ] && [ "$(cat "$stamp")" = "$now" ] && return 0
  say "Building $target"
  local log; log=$(mktemp)
  if ! dotnet build "$target" -c Release --nologo -v quiet >"$log" 2>&1; then
    cat "$log" >&2; rm -f "$log"; say "The build failed."; exit 1
  fi
  rm -f "$log"; mkdir -p artifacts; sources "$@" >"$stamp"
}

# Builds the page of parley serve, unless nothing changed since the last time.
build_console() {
  local stamp=artifacts/console.stamp now
  now=$(find console \( -name node_modules -o -name dist \) -prune -o -type f -printf '%p %s %T@\n' | sort | sha256sum)
  [ -f "$stamp" ] && [ -f console/dist/index.html ] && [ "$(cat "$stamp")" = "$now" ] && return 0
  say "Building the console"
  npm_packages console
  local log; log=$(mktemp)
  if ! npm run build --prefix console >"$log" 2>&1; then
    cat "$log" >&2; rm -f "$log"; say "The console could not be built."; exit 1
  fi
  rm -f "$log"; mkdir -p artifacts; printf '%s\n' "$now" >"$stamp"
}

# Installs the npm packages of a folder, unless they are there as its lock file says.
npm_packages() {
  cmp -s "$1/package-lock.json" "$1/node_modules/.installed-from" && return 0
  say "Installing npm packages of $1"
  npm ci --prefix "$1" --no-progress --loglevel=error >&2
  cp "$1/package-lock.json" "$1/node_modules/.installed-from"
}

build_tool() {
  need dotnet "the .NET 10 SDK"
  build tool src/Parley.Cli src
}
