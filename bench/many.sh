#!/bin/bash
# many.sh [--rounds N]: 200 tunnels in one process beside 200 processes of stock spiped, what each key of a receiver costs, and
# 10,000 connections through 200 tunnels, on this machine. Prints bench/many.md. Needs 10,200 descriptors a process, takes some minutes.
#   SPIPED_NET=FILE    measure this spiped-net instead of building one
set -eu
export SPIPED_NET="${SPIPED_NET:+$(realpath -- "$SPIPED_NET")}" PYTHONDONTWRITEBYTECODE=1 PATH=$PATH:/usr/sbin
cd "$(dirname "$0")/.."
. bench/program.sh
exec python3 bench/many.py "$@"
