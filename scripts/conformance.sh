#!/usr/bin/env bash
# Writes the list of conformance checks (docs/conformance-checks.md) and the table of scores in docs/conformance.md. Build the solution first (./test does).
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
need dotnet "the .NET 10 SDK"
need node "Node.js 20"
[ -f "$tool" ] || { say "$tool is missing. Build it: dotnet build src/Parley.Cli -c Release"; exit 1; }
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null; rm -rf "$work"' EXIT

{ printf '# Conformance checks\n\nWritten by `scripts/conformance.sh`. [conformance.md](conformance.md) says how they are used.\n\n## Servers\n\n'
  dotnet "$tool" conform --list --format markdown
  printf '\n## Clients\n\n'
  dotnet "$tool" conform --list --client --format markdown; } >docs/conformance-checks.md

# The line of a server that prints its address; gives up after half a minute.
address() {
  for _ in $(seq 150); do
    grep -om1 'http://127.0.0.1:[0-9]*' "$1" 2>/dev/null && return
    sleep 0.2
  done
  say "A server did not start:"; cat "$1" >&2; return 1
}
score() { dotnet "$tool" conform "$@" --format json >"$work/report" || [ $? = 1 ]; node -e '
  const { total } = JSON.parse(require("fs").readFileSync(0, "utf8"));
  console.log(`${total.passed} | ${total.failed} | ${total.skipped} | ${total.percent} %`)' <"$work/report"; }

dotnet "$tool" serve --port 0 >"$work/serve" 2>&1 &
node tests/Parley.EndToEnd/js/aimock.mjs >"$work/aimock" 2>&1 &
serve=$(address "$work/serve")
aimock=$(address "$work/aimock")
version=$(node -p 'require("./tests/Parley.EndToEnd/js/node_modules/@copilotkit/aimock/package.json").version')
today=$(date -u +%F)
{ echo '| server | version | date | passed | failed | skipped | score |'
  echo '|---|---|---|---|---|---|---|'
  echo "| \`parley serve\` | this one | $today | $(score "$serve") |"
  echo "| aimock, with answers for the checks | $version | $today | $(score "$aimock" --timeout 3s --except realtime.too-big) |"; } >"$work/table"
sed -i -e '/^<!-- scores -->$/,/^<!-- \/scores -->$/{//!d}' -e "/^<!-- scores -->$/r $work/table" docs/conformance.md
cat "$work/table"
