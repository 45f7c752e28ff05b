#!/usr/bin/env bash
# Builds all packages: libraries, the tool, the templates. docs/packaging.md describes them.
# scripts/pack.sh [--version V] [--output DIR]     the version of Directory.Build.props, into artifacts/packages
# The same commit gives the same bytes. It builds in artifacts/pack, apart from other builds, and without analyzers: ./test has run them.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
version='' output=artifacts/packages
while [ $# -gt 0 ]; do
  case "$1" in
    --version) version=${2:?--version needs a value such as 0.1.0}; shift 2 ;;
    --output) output=${2:?--output needs a folder}; shift 2 ;;
    *) say "Unknown argument: $1. Usage: scripts/pack.sh [--version V] [--output DIR]"; exit 2 ;;
  esac
done
need dotnet "the .NET 10 SDK"
[ -f console/dist/index.html ] || {
  say "console/dist is missing, so the tool would lack its page. Build it first: npm ci --prefix console && npm run build --prefix console"
  exit 1
}
mkdir -p "$output"
output=$(cd "$output" && pwd)
rm -f "$output"/*.nupkg "$output"/*.snupkg
# The time in the packages: that of the commit.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 946684800)}
export SOURCE_DATE_EPOCH
log=$(mktemp)
if ! dotnet pack Parley.Packages.slnf -c Release --nologo -v quiet -o "$output" -p:ArtifactsPath="$PWD/artifacts/pack" -p:RunAnalyzers=false \
  -p:DeterministicTimestamp="$SOURCE_DATE_EPOCH" ${version:+-p:Version="$version"} >"$log" 2>&1; then
  cat "$log" >&2; rm -f "$log"; say "Packing failed."; exit 1
fi
rm -f "$log"
ls "$output"/*.nupkg
