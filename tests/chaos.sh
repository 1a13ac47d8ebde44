#!/usr/bin/env bash
# chaos.sh [SECONDS]: clients, kills, freezes and a bad wire for so long (600 unless given); the last lines tell what was
# compared. Needs what test.sh needs.
set -euo pipefail
cd "$(dirname "$0")/.."
dotnet build --configuration Release --nologo --verbosity quiet
SPIPED_NET_CHAOS_SECONDS=${1:-600} dotnet test --no-build --configuration Release --nologo tests/SpipedNet.EndToEnd.Tests \
    --filter FullyQualifiedName~ChaosTests --logger 'console;verbosity=detailed'
