#!/usr/bin/env bash
# bench/run.sh                  measures all groups, one after the other: about 70 minutes on an idle machine
# bench/run.sh codec load       measures these; groups: codec client load phone speech relay scale cluster
# bench/run.sh --short          runs everything once with little load: it shows that the commands work, and its figures mean nothing
# It writes artifacts/bench/results.md with machine, load and tables, and compares the ratios with bench/results.md, the last ones that were committed.
# cluster needs a PostgreSQL server: PARLEY_BENCH_POSTGRES="Host=…;Username=…;Password=…;Database=…"
case "${1:-}" in -h | --help) sed -n '2,6s/^# //p' "$0"; exit ;; esac
source "$(dirname "${BASH_SOURCE[0]}")/../scripts/common.sh"
need dotnet "the .NET 10 SDK"
need node "Node.js 20"
short=""
[ "${1:-}" = --short ] && { short=1; shift; }
# Short ones first; the last ones leave the machine busy for longest.
groups=("$@")
[ ${#groups[@]} != 0 ] || groups=(codec client load phone speech relay scale cluster)
bin() { local name=$1; shift; "artifacts/bin/Parley.Bench.$name/release/Parley.Bench.$name" "$@"; }

measure() {
  case "$1${short:+-short}" in
    codec) bin Codec --artifacts artifacts/bench/codec --filter '*' ;;
    codec-short) bin Codec --artifacts artifacts/bench/codec --filter '*EncodeBenchmarks*' --warmupCount 1 --iterationCount 1 --iterationTime 10 ;;
    client) bin Client compare --messages 30000 --rounds 5 ;;
    client-short) bin Client compare --messages 100 --rounds 1 --node-modules no-such-folder ;;
    load) bin Load load --rounds 5 --seconds 4 ;;
    load-short) bin Load load --short ;;
    phone) bin Phone measure --calls 50 100 ;;
    phone-short) bin Phone measure --calls 2 --seconds 1 ;;
    speech) bin Speech vad && bin Speech pipe && bin Speech engines ;;
    speech-short) bin Speech vad ;;
    relay) bin Relay relay --rounds 5 --seconds 8 --ways direct plain bare parley && bin Relay relay --rounds 4 --seconds 10 --idle 0 --ways parley --attacks ;;
    relay-short) bin Relay relay --short --ways direct bare plain parley ;;
    scale)
      # The same number of messages a second from 100 sessions on.
      for sessions in 10 100 1000 5000; do
        echo "### $sessions sessions"
        bin Relay relay --rounds 3 --seconds 10 --idle 0 --ways bare parley --sessions "$sessions" --every $((sessions > 100 ? sessions / 5 : 20))
      done ;;
    scale-short) bin Relay relay --short --idle 0 --ways bare parley --every 100 ;;
    cluster | cluster-short)
      [ -n "${PARLEY_BENCH_POSTGRES:-}" ] || { say "cluster: PARLEY_BENCH_POSTGRES is not set; left out"; return 0; }
      bin Cluster latency --postgres "$PARLEY_BENCH_POSTGRES" ;;
    *) say "There is no group '$1'. Groups: codec client load phone speech relay scale cluster"; return 1 ;;
  esac
}

load() { cut -d ' ' -f 1 /proc/loadavg; }

# The short form takes what is built: tests that run beside it use the same files.
[ -n "$short" ] && [ -x artifacts/bin/Parley.Bench.Codec/release/Parley.Bench.Codec ] || build all Parley.slnx src tests bench samples
mkdir -p artifacts/bench
results=artifacts/bench/results.md
{
  echo "# Results of bench/run.sh"
  echo
  echo "$(date -u +%Y-%m-%d), commit $(git rev-parse --short HEAD)$([ -z "$(git status --porcelain -- src bench)" ] || echo " with changes"), .NET $(dotnet --version) SDK, Node.js $(node --version)."
  echo "$(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo | head -n 1), $(nproc) processors, $(awk '/MemTotal/ { printf "%.0f", $2 / 1048576 }' /proc/meminfo) GiB. $(uname -s) $(uname -r | cut -d - -f 1)."
  [ -z "$short" ] || echo "Short form: the figures mean nothing."
} >"$results"
status=0
for group in "${groups[@]}"; do
  say "== $group (load $(load))"
  before=$(load) started=$SECONDS
  log=artifacts/bench/$group.log
  measure "$group" | tee "$log" || { say "$group failed"; status=1; continue; }
  # A blank line between tables: those that are separate in the log.
  {
    echo; echo "## $group"; echo
    echo "Load $before before, $(load) after, $(((SECONDS - started + 59) / 60)) min."; echo
    awk '/^\|/ { print; table = 1; next } table { print ""; table = 0 } /^### / { print; print "" }' "$log"
  } >>"$results"
done
say "Wrote $results"
node bench/compare.mjs bench/results.md "$results"
exit $status
