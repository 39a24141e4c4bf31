#!/bin/sh
# Tests/Fuzz/run.sh [SECONDS [TARGET…]]
#
# Builds the fuzzers and runs each of them, or each TARGET, for SECONDS (60 unless given), one after another. It starts from
# Tests/Fuzz/Corpus and from what earlier runs came across, which is kept in .build-fuzz/corpus. What breaks a rule is left, as small as it
# gets, in .build-fuzz/found: mend the reason, and put the file into Tests/Fuzz/Corpus/TARGET, where every `swift test` tries it again.
set -eu
cd "$(dirname "$0")/../.."
seconds=${1:-60}
test $# -eq 0 || shift
export POSTHORN_FUZZ=1 SWIFT_BACKTRACE=enable=no  # libFuzzer wants the signals for itself
swift build --scratch-path .build-fuzz --sanitize fuzzer --product posthorn-fuzz
fuzz=.build-fuzz/debug/posthorn-fuzz
found=0
for target in ${*:-$($fuzz)}; do
  mkdir -p ".build-fuzz/corpus/$target" ".build-fuzz/found/$target"
  printf '%s: ' "$target"
  log=.build-fuzz/found/$target.log
  if nice -n 10 $fuzz "$target" ".build-fuzz/corpus/$target" "Tests/Fuzz/Corpus/$target" -max_total_time="$seconds" -max_len=65536 \
    -timeout=5 -rss_limit_mb=2048 -use_value_profile=1 -print_final_stats=1 -artifact_prefix=".build-fuzz/found/$target/" >"$log" 2>&1
  then
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    edges=$(sed -n 's/.* cov: \([0-9]*\).*/\1/p' "$log" | tail -1)
    echo "$runs runs, $edges edges, nothing found"
  else
    found=1
    grep -E '^finding|ERROR|Fatal|Test unit written' "$log" || tail -3 "$log"
    input=$(ls -t ".build-fuzz/found/$target" | grep -E '^(crash|timeout|oom|leak)-' | head -1)
    nice -n 10 $fuzz "$target" -minimize_crash=1 -max_total_time=20 -exact_artifact_path=".build-fuzz/found/$target/smallest-$input" \
      ".build-fuzz/found/$target/$input" >/dev/null 2>&1 || true
  fi
done
exit $found
