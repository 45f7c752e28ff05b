#!/usr/bin/env bash
# Prints the table of docs/packaging.md: what is published and packed, its size, and the limit. Fails if a limit is exceeded.
# scripts/sizes.sh             packs as well
# scripts/sizes.sh DIR         with the packages in this folder
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
need dotnet "the .NET 10 SDK"
packages=${1:-}
[ -n "$packages" ] || { packages=artifacts/packages; scripts/pack.sh >&2; }
failed=0

publish() { # sample; its folder on standard output
  local folder=$PWD/artifacts/sizes/$1
  rm -rf "$folder"
  dotnet publish "samples/$1" -c Release -r linux-x64 --nologo -v quiet -o "$folder" -p:ArtifactsPath="$PWD/artifacts/pack" -p:RunAnalyzers=false >&2
  echo "$folder"
}

row() { # what, bytes, limit in MB or nothing
  local limit="${3:+$3 MB}"
  awk -v what="$1" -v bytes="$2" -v limit="$limit" 'BEGIN { printf "| %s | %.1f MB | %s |\n", what, bytes / 1e6, limit }'
  [ -z "${3:-}" ] || [ "$2" -le $(($3 * 1000000)) ] || { say "$1 exceeds $3 MB."; failed=1; }
}

bytes() { find "$@" -type f -printf '%s\n' | awk '{ sum += $1 } END { print sum + 0 }'; }

gateway=$(publish Gateway)
server=$(publish HelloServer)
echo '| what | size | limit |'
echo '|---|--:|--:|'
row 'gateway application (`samples/Gateway`), `-r linux-x64`' "$(bytes "$gateway")" 8
row 'server with the local model (`samples/HelloServer`), `-r linux-x64`' "$(bytes "$server")" 80
for package in "$packages"/parley.{linux-x64,linux-arm64,win-x64,osx-arm64}.[0-9]*.nupkg; do
  name=$(basename "$package")
  row "tool package, \`$(sed -E 's/^parley\.([a-z]+-[a-z0-9]+)\..*/\1/' <<<"$name")\`" "$(bytes "$package")" 45
done
row 'all libraries and the templates, packed' "$(bytes "$packages"/Parley.[A-Z]*.nupkg)"
natives=$(cd "$gateway" && ls | grep -E '\.(so|dylib)$' | tr '\n' ' ')
[ "$natives" = 'libe_sqlite3.so ' ] || { say "The gateway has other native files than SQLite's: $natives"; failed=1; }
exit $failed
