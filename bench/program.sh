# program.sh, sourced in the repository's directory: builds the spiped-net to measure, unless SPIPED_NET names one.
if [ -z "$SPIPED_NET" ]; then
    echo 'building spiped-net, Release' >&2
    MSBUILDDISABLENODEREUSE=1 dotnet publish --configuration Release --verbosity quiet --nologo -p:UseSharedCompilation=false \
        --output artifacts/spiped-net src/SpipedNet >&2
    SPIPED_NET=$PWD/artifacts/spiped-net/spiped-net
fi
