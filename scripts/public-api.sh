#!/usr/bin/env bash
# Writes PublicAPI.Unshipped.txt of the libraries anew from their code: run it after a change of the public API, and look at the diff.
# scripts/public-api.sh            every library that has the file
# scripts/public-api.sh NAME...    these; a library that has none yet gets one
# scripts/public-api.sh --ship [NAME...]    at a release: records the unshipped API as shipped, in PublicAPI.Shipped.txt. Nothing is built
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
need dotnet "the .NET 10 SDK"
ship=no
[ "${1:-}" != --ship ] || { ship=yes; shift; }
[ $# -gt 0 ] || set -- $(cd src && ls -d */ | tr -d / | while read -r name; do [ -f "$name/PublicAPI.Unshipped.txt" ] && echo "$name"; done)
for name in "$@"; do
  folder=src/$name
  if [ $ship = yes ]; then
    shipped=$folder/PublicAPI.Shipped.txt unshipped=$folder/PublicAPI.Unshipped.txt all=$(mktemp)
    # What was removed is a line of its own, *REMOVED* and the old member.
    { cat "$shipped" "$unshipped" | grep -vxF -e '#nullable enable' -f <(sed -n 's/^\*REMOVED\*//p' "$unshipped") | grep -v '^\*REMOVED\*' || true; } | LC_ALL=C sort -u >"$all"
    { echo '#nullable enable'; cat "$all"; } >"$shipped"
    echo '#nullable enable' >"$unshipped"
    say "$name: $(wc -l <"$all") members shipped"
    rm -f "$all"
    continue
  fi
  [ -f "$folder/PublicAPI.Shipped.txt" ] || echo '#nullable enable' >"$folder/PublicAPI.Shipped.txt"
  echo '#nullable enable' >"$folder/PublicAPI.Unshipped.txt"
  log=$(mktemp)
  dotnet build "$folder" -c Release --nologo -v minimal --no-incremental -p:TreatWarningsAsErrors=false -p:BuildProjectReferences=true >"$log" 2>&1 \
    || { cat "$log" >&2; exit 1; }
  { echo '#nullable enable'
    { sed -n "s/.*RS0016: Symbol '\(.*\)' is not part of the declared public API.*/\1/p" "$log"
      sed -n "s/.*RS0017: Symbol '\(.*\)' is part of the declared API, but .*/*REMOVED*\1/p" "$log"
    } | LC_ALL=C sort -u
  } >"$folder/PublicAPI.Unshipped.txt"
  rm -f "$log"
  say "$name: $(($(wc -l <"$folder/PublicAPI.Unshipped.txt") - 1)) members"
done
