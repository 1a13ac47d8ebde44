#!/bin/bash
# publish.sh DIR [RUNTIME [ARGUMENT...]]: both programs as single files, and the notices of the .NET runtime that is in
# them, in DIR. RUNTIME is linux-x64 or linux-arm64, this machine's unless given; ARGUMENTs are those of dotnet publish.
set -euo pipefail
top=$(realpath "$(dirname "$0")/..")
command -v dotnet >/dev/null || {
    echo "publish.sh: the .NET 10 SDK is missing; see https://dotnet.microsoft.com/download" >&2
    exit 1
}
for project in SpipedNet SpipedNet.Pipe; do
    dotnet publish "$top/src/$project" --configuration Release --nologo --verbosity quiet --output "$1" \
        ${2:+--runtime "$2"} "${@:3}" >&2
done
