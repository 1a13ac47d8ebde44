#!/usr/bin/env bash
# test.sh [FILTER]: installs what the tests need, builds once, runs all tests, or those whose full name contains FILTER. All
# are run on the programs as they are published; with a FILTER, on those that were built, which takes less time to begin.
# The last line is "N passed, N failed, N skipped". Exits 1 when a test failed or none ran.
set -euo pipefail
cd "$(dirname "$0")"
filter=${1:-}
policy=
results=$(mktemp -d)
published=$results/published
# Some tests run the programs as another user.
chmod 755 "$results"
trap 'rm -rf "$results" $policy' EXIT

# A program and the Debian package that has it.
needs=(spiped:spiped redis-server:redis-server redis-cli:redis-tools redis-sentinel:redis-sentinel ip:iproute2
       unshare:util-linux setpriv:util-linux ps:procps sysctl:procps systemd-socket-activate:systemd man:man-db
       sshd:openssh-server nft:nftables iptables:iptables strace:strace lintian:lintian dnsmasq:dnsmasq-base curl:curl
       haproxy:haproxy nginx:nginx-light promtool:prometheus)

install_missing() {
    local packages=() need
    for need in "${needs[@]}"; do
        PATH=$PATH:/usr/sbin:/sbin command -v "${need%%:*}" >/dev/null || packages+=("${need#*:}")
    done
    [ ${#packages[@]} -gt 0 ] || return 0
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        echo "The tests need more programs. Install them with: sudo apt-get install ${packages[*]}" >&2
        exit 1
    fi
    echo "Installing ${packages[*]}"
    # The tests start what they need themselves: no service is to start for having been installed.
    if [ ! -e /usr/sbin/policy-rc.d ]; then
        policy=/usr/sbin/policy-rc.d
        printf '#!/bin/sh\nexit 101\n' >$policy
        chmod +x $policy
    fi
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${packages[@]}"; } >/dev/null
}

command -v dotnet >/dev/null || { echo "The .NET 10 SDK is needed: https://dotnet.microsoft.com/download" >&2; exit 1; }
install_missing

echo "Building"
dotnet build --configuration Release --nologo --verbosity quiet

status=0
# run PROJECT LABEL [NAME=VALUE]: one test project, in an environment of its own.
run() {
    local project=$1 label=$2 arguments=()
    shift 2
    [ -z "$filter" ] || arguments=(--filter "FullyQualifiedName~$filter")
    echo "== $label"
    # A shell's background job has SIGINT ignored, what nohup starts SIGHUP, and so would have all that the tests start.
    env --default-signal=INT,HUP "$@" dotnet test --no-build --configuration Release --nologo --verbosity quiet "tests/$project" \
        --logger "trx;LogFileName=$results/$label.trx" --logger "console;verbosity=minimal" "${arguments[@]}" || status=1
}

run SpipedNet.Protocol.Tests protocol
if [ -z "$filter" ]; then
    # Each path of the cryptography, whatever this processor has.
    run SpipedNet.Protocol.Tests protocol-without-avx512 DOTNET_EnableAVX512=0
    run SpipedNet.Protocol.Tests protocol-without-avx2 DOTNET_EnableAVX2=0
    run SpipedNet.Protocol.Tests protocol-without-intrinsics DOTNET_EnableHWIntrinsic=0
fi
run SpipedNet.Tunnel.Tests tunnel
run SpipedNet.CommandLine.Tests command-line
if [ -z "$filter" ]; then
    # What the users get, and it starts in a third of the time: a thousand starts take minutes otherwise.
    echo "== publishing"
    packaging/publish.sh "$published"
    run SpipedNet.EndToEnd.Tests end-to-end SPIPED_NET="$published/spiped-net" SPIPE_NET="$published/spipe-net"
else
    run SpipedNet.EndToEnd.Tests end-to-end
fi

# The counts are those of the result files, not of what was printed.
count() {
    cat "$results"/*.trx /dev/null 2>/dev/null | sed -n "s/.*<Counters .*\b$1=\"\([0-9]*\)\".*/\1/p" | awk '{ sum += $1 } END { print sum + 0 }'
}
passed=$(count passed) failed=$(count failed) skipped=$(($(count total) - $(count executed)))
if [ $((passed + failed)) = 0 ]; then
    echo "No test ran${filter:+ whose name contains \"$filter\"}." >&2
    status=1
fi
[ "$failed" = 0 ] || status=1
echo "$passed passed, $failed failed, $skipped skipped"
exit $status
