#!/bin/bash
# bench.sh [--rounds N] [--quick] [--only LIST] [--peers LIST]: spiped-net beside spiped, stunnel and HAProxy, on this machine.
#
# A whole run writes bench/results.md and bench/results.svg; a part of one writes artifacts/bench/. --help lists what there is.
#   SPIPED_NET=FILE    measure this spiped-net instead of building one
set -eu
export SPIPED_NET="${SPIPED_NET:+$(realpath -- "$SPIPED_NET")}" PYTHONDONTWRITEBYTECODE=1
[ -z "$SPIPED_NET" ] || export SPIPED_NET_GIVEN=1
cd "$(dirname "$0")"

# What was asked for, before anything is installed or built for it.
case " $* " in *' -h '* | *' --help '*) command -v python3 >/dev/null && exec python3 bench/bench.py --help ;; esac
! command -v python3 >/dev/null || python3 bench/bench.py --check "$@"

# The others, the load generator's compiler and the interpreter: by apt where that is possible, else said and left out.
declare -A packages=([python3]=python3 [cc]=gcc [spiped]=spiped [stunnel]=stunnel4 [haproxy]=haproxy [openssl]=openssl
    [redis-server]=redis-server [redis-benchmark]=redis-tools)
wanted=()
for program in "${!packages[@]}"; do
    command -v "$program" >/dev/null || PATH=$PATH:/usr/sbin command -v "$program" >/dev/null || wanted+=("${packages[$program]}")
done
if [ ${#wanted[@]} -gt 0 ]; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "installing: ${wanted[*]}" >&2
        export DEBIAN_FRONTEND=noninteractive
        install=(apt-get install -y -q --no-install-recommends "${wanted[@]}")
        "${install[@]}" >/dev/null || { apt-get update -q >/dev/null && "${install[@]}" >/dev/null; } || echo 'apt-get failed' >&2
    else
        echo "not installed (as root: apt-get install ${wanted[*]})" >&2
    fi
fi
export PATH=$PATH:/usr/sbin
command -v python3 >/dev/null || { echo 'python3 is needed' >&2; exit 1; }

. bench/program.sh
exec python3 bench/bench.py "$@"
