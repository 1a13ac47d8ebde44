#!/usr/bin/env bash
# against-spiped.sh: the tests of SECURITY.md's table, once on spiped-net and once on Debian's spiped in its place. Prints a
# line for each: its name, "passed" or "failed" on either, and how spiped failed. Ten minutes: what hangs is waited for.
set -euo pipefail
cd "$(dirname "$0")/.."
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
# Some tests run the programs as another user.
chmod 755 "$results"

# As they are published: others take longer to start than a test of restarts allows on a busy machine.
packaging/publish.sh "$results/published" >/dev/null
dotnet build --configuration Release --nologo --verbosity quiet tests/SpipedNet.EndToEnd.Tests >/dev/null
# run LABEL [NAME=VALUE...]: the compared tests, in an environment of their own.
run() {
    local label=$1
    shift
    env --default-signal=INT "$@" dotnet test --no-build --configuration Release --nologo --verbosity quiet \
        tests/SpipedNet.EndToEnd.Tests --filter "Compared=spiped" --logger "trx;LogFileName=$results/$label.trx" >/dev/null || true
}

run ours SPIPED_NET="$results/published/spiped-net" SPIPE_NET="$results/published/spipe-net"
run spiped SPIPED_NET="$(command -v spiped)" SPIPE_NET="$(command -v spipe)"

# One line for each test of a result file: its name, its outcome, the first line of its message.
lines() {
    tr -d '\n' <"$1" | sed 's/<UnitTestResult /\n&/g' | sed -n \
        's/^<UnitTestResult .*testName="SpipedNet.EndToEnd.Tests.\([^"]*\)"[^>]* outcome="\([A-Z][a-z]*\)"[^>]*>\(.*\)/\1\t\2\t\3/p' |
        sed 's/\t[^\t]*<Message>\([^<]*\)<.*/\t\1/; t; s/\t<.*/\t/; s/\t[^\t]*$/\t/' | sed 's/&quot;/"/g; s/&#xD;//g; s/&gt;/>/g; s/&lt;/</g' | sort
}

join -t $'\t' <(lines "$results/ours.trx") <(lines "$results/spiped.trx") |
    awk -F '\t' '{ printf "%s\n    spiped-net %s, spiped %s %s\n", $1, tolower($2), tolower($4), substr($5, 1, 160) }'
