#!/usr/bin/env bash
# fuzz-guided.sh TARGET [SECONDS]: AFL++ makes inputs of a fuzzing target's corpus for a minute, or as long as said, led by
# what they reach in our assemblies. Needs Debian's afl++, and installs SharpFuzz.CommandLine, which instruments, for itself.
# Prints AFL++'s counts and where its files are; the exit status is 1 when an input failed, and these are named.
set -euo pipefail
target=${1:?usage: fuzz-guided.sh TARGET [SECONDS]} seconds=${2:-60}
project=$(dirname "$(realpath "$0")")/SpipedNet.Fuzz
corpus=$project/corpus/$target
[ -d "$corpus" ] || { echo "fuzz-guided.sh: there is no target $target; there are: $(ls "$project/corpus" | xargs)" >&2; exit 1; }
command -v afl-fuzz >/dev/null || { echo "fuzz-guided.sh: afl-fuzz is missing; install it: apt-get install afl++" >&2; exit 1; }
work=$(mktemp -d)

dotnet build --configuration Release --nologo --verbosity quiet "$project"
cp -r "$project/bin/Release/net10.0" "$work/program"
dotnet tool install --tool-path "$work/tool" SharpFuzz.CommandLine --version 2.3.0 >/dev/null
# The tool is built for an older .NET.
for assembly in SpipedNet.Protocol SpipedNet.Tunnel SpipedNet.CommandLine spiped-net; do
    DOTNET_ROLL_FORWARD=Major "$work/tool/sharpfuzz" "$work/program/$assembly.dll"
done

# AFL++ refuses empty inputs.
mkdir "$work/corpus"
find "$corpus" -type f -size +0 -exec cp {} "$work/corpus" \;
# The runtime is no program that AFL++ has instrumented, and wants more address space than it would allow.
AFL_SKIP_BIN_CHECK=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 AFL_NO_UI=1 \
    afl-fuzz -i "$work/corpus" -o "$work/found" -V "$seconds" -t 10000 -m none \
    dotnet "$work/program/SpipedNet.Fuzz.dll" "$target" --guided >"$work/log" 2>&1 || { tail -n 20 "$work/log" >&2; exit 1; }

found=$work/found/default
grep -E '^(execs_done|corpus_count|corpus_found|edges_found|stability|saved_crashes|saved_hangs) ' "$found/fuzzer_stats"
echo "$found"
! find "$found/crashes" -name 'id:*' | grep . >&2
