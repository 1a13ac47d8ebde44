#!/usr/bin/env bash
# fuzz-guided.sh TARGET [SECONDS]: AFL++ makes inputs of a fuzzing target's corpus, led by what they reach in our assemblies,
# for a minute unless given. Needs afl++ (Debian's) and installs SharpFuzz.CommandLine, which instruments. What it found is
# in the directory that the last lines name; the exit status is 1 when that is a failure.
set -euo pipefail
target=${1:?usage: fuzz-guided.sh TARGET [SECONDS]} seconds=${2:-60}
project=$(dirname "$(realpath "$0")")/SpipedNet.Fuzz
work=$(mktemp -d)
command -v afl-fuzz >/dev/null || { echo "afl-fuzz is missing: apt-get install afl++" >&2; exit 1; }

dotnet build --configuration Release --nologo --verbosity quiet --output "$work/program" "$project"
dotnet tool install --tool-path "$work/tool" SharpFuzz.CommandLine --version 2.3.0 >/dev/null
for assembly in Protocol Tunnel CommandLine; do
    DOTNET_ROLL_FORWARD=Major "$work/tool/sharpfuzz" "$work/program/SpipedNet.$assembly.dll"
done
DOTNET_ROLL_FORWARD=Major "$work/tool/sharpfuzz" "$work/program/spiped-net.dll"

# The runtime is no program that AFL++ has instrumented, and needs more address space than it would allow.
AFL_SKIP_BIN_CHECK=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 AFL_NO_UI=1 \
    afl-fuzz -i "$project/corpus/$target" -o "$work/found" -V "$seconds" -t 10000 -m none \
    dotnet "$work/program/SpipedNet.Fuzz.dll" "$target" --guided >"$work/log" || { tail -n 20 "$work/log" >&2; exit 1; }
grep -E '^(execs_done|corpus_count|corpus_found|edges_found|saved_crashes|saved_hangs) ' "$work/found/default/fuzzer_stats"
echo "$work/found"
grep -q '^saved_crashes *: 0$' "$work/found/default/fuzzer_stats"
