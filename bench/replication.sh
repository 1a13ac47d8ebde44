#!/bin/bash
# replication.sh [--rounds N] [--mib N]: a replica's full sync of 1 GiB, and a partial one after a cut, through spiped-net, spiped and
# stunnel and without a tunnel, on this machine. A whole run writes bench/replication.md, a smaller one artifacts/bench/. Needs 4 GiB
# of memory, takes half an hour.
#   SPIPED_NET=FILE    measure this spiped-net instead of building one
set -eu
export SPIPED_NET="${SPIPED_NET:+$(realpath -- "$SPIPED_NET")}" PYTHONDONTWRITEBYTECODE=1 PATH=$PATH:/usr/sbin
cd "$(dirname "$0")/.."
. bench/program.sh
exec python3 bench/replication.py "$@"
