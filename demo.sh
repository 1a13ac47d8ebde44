#!/bin/bash
# demo.sh [--keep]: a real Redis through an encrypted tunnel, from a clean clone, then everything stopped again.
#
#   --keep             leave it running to play with, until Ctrl-C
#   SPIPED_NET=FILE    show this spiped-net instead of building one
set -u
binary=${SPIPED_NET:+$(realpath -- "$SPIPED_NET")}
cd "$(dirname "$0")" || exit 1

keep=false
case "${1-}" in
    '') ;;
    --keep) keep=true ;;
    *) sed -n '2,5s/^# \{0,1\}//p' "$0"; [ "$1" = --help ]; exit ;;
esac

# ---- What runs here ends here: also after a failure, and after Ctrl-C at any moment -------------------------------

# The name is known before the directory is there, so that no moment exists in which it could be left behind.
dir=${TMPDIR:-/tmp}/spiped-net-demo.$(od -An -N8 -tx8 /dev/urandom | tr -d ' ')
export TMPDIR=$dir DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1

# Stops what start started: asked for at first, and after two seconds not asked any more.
stop() {
    local pid tenths
    for pid; do kill -TERM -- "-$pid" "$pid" 2>/dev/null; done
    for ((tenths = 0; tenths < 20; tenths++)); do
        any_alive "$@" || break
        sleep 0.1
    done
    for pid; do kill -KILL -- "-$pid" "$pid" 2>/dev/null; done
    wait "$@" 2>/dev/null
}
any_alive() { local pid; for pid; do kill -0 -- "-$pid" 2>/dev/null && return 0; done; return 1; }
stop_all() {
    trap '' INT TERM HUP PIPE
    local pids; pids=$(jobs -p)
    if [ -n "$pids" ]; then stop $pids; fi
    rm -rf "$dir"
}
trap stop_all EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP
trap 'exit 141' PIPE

# Each process gets a group of its own, so that what it starts in turn is stopped with it. What is to be waited for is
# started so, too: a wait ends at once at Ctrl-C, and a command substitution would swallow it.
start() { local output=$1; shift; setsid "$@" >>"$output" 2>&1 </dev/null & }

# ---- How it looks -------------------------------------------------------------------------------------------------

bold='' dim='' green='' red='' plain=''
if [ -t 1 ]; then bold=$'\e[1m' dim=$'\e[2m' green=$'\e[32m' red=$'\e[31m' plain=$'\e[0m'; fi
step() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }
say() { printf '  %s\n' "$@"; }
show() { printf '  %s$ %s%s\n' "$bold" "$*" "$plain"; }
good() { printf '  %sok: %s%s\n' "$green" "$*" "$plain"; }
fail() {
    printf '\n  %snot as it should be: %s%s\n' "$red" "$1" "$plain" >&2
    local log; for log in "${@:2}"; do [ -s "$log" ] && tail -n 15 "$log" | sed 's/^/    | /' >&2; done
    exit 1
}
# Shows a command, runs it, and leaves what it printed in $answer and its exit status in $status.
run() {
    local word line=''
    for word; do case $word in *' '*) line+=" '$word'" ;; *) line+=" $word" ;; esac; done
    show "${line# }"
    : >"$dir/answer"
    start "$dir/answer" timeout 10 "$@"
    wait $!; status=$?
    answer=$(<"$dir/answer")
    printf '    %s\n' "$answer" | LC_ALL=C tr -c '[:print:]\n' '?'
}

# ---- What it needs ------------------------------------------------------------------------------------------------

install_redis() {
    command -v redis-server >/dev/null && command -v redis-cli >/dev/null && return
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        say 'Redis is not installed. As root: apt-get install redis-server redis-tools' >&2
        exit 1
    fi
    step 'Redis is not installed yet'
    show 'apt-get install -y --no-install-recommends redis-server redis-tools'
    export DEBIAN_FRONTEND=noninteractive
    local packages='install -y --no-install-recommends redis-server redis-tools'
    { apt-get $packages || { apt-get update && apt-get $packages; }; } >"$dir/apt.log" 2>&1 \
        || fail 'apt-get could not install redis-server and redis-tools' "$dir/apt.log"
}

build() {
    if [ -n "$binary" ]; then return; fi
    if ! dotnet --version >/dev/null 2>&1; then
        say 'The .NET 10 SDK is not installed: https://dotnet.microsoft.com/download or, with Microsoft'\''s' \
            'packages for Debian set up, as root: apt-get install dotnet-sdk-10.0' >&2
        exit 1
    fi
    step 'Building spiped-net'
    show dotnet build --configuration Release src/SpipedNet
    # In one process: compilers and build nodes that stay for the next build would be left behind.
    start "$dir/build.log" dotnet build --configuration Release --verbosity quiet -maxcpucount:1 -p:UseSharedCompilation=false src/SpipedNet
    wait $! || fail 'the build failed' "$dir/build.log"
    binary=$PWD/src/SpipedNet/bin/Release/net10.0/spiped-net
}

# Sets the variable $1 to a port that nothing uses: $2, or one below the range that the kernel hands out by itself.
given_ports=' '
free_port() {
    local port=${2-} local_port
    printf -v local_port '^ *[0-9]*: [0-9A-F]*:%04X ' "$port"
    while [ -z "$port" ] || grep -qs "$local_port" /proc/net/tcp /proc/net/tcp6; do
        port=$((20000 + RANDOM % 10000))
        printf -v local_port '^ *[0-9]*: [0-9A-F]*:%04X ' "$port"
        case $given_ports in *" $port "*) port='' ;; esac
    done
    given_ports+="$port "
    printf -v "$1" %d "$port"
}

# Waits until the process started last listens on the port; asks the kernel, since a probe would be a connection.
await_port() {
    local name=$1 port=$2 log=$3 hex tenths
    hex=$(printf ':%04X 00000000:0000 0A' "$port")
    for ((tenths = 0; tenths < 200; tenths++)); do
        grep -q "$hex" /proc/net/tcp && return
        kill -0 $! 2>/dev/null || fail "$name ended at once" "$log"
        sleep 0.1
    done
    fail "$name does not listen on port $port after 20 seconds" "$log"
}

start_tunnel_end() {
    local mode=$1 source=$2 target=$3 log=$4
    start "$log" "$binary" -F "$mode" -s "[127.0.0.1]:$source" -t "[127.0.0.1]:$target" -k "$dir/key"
    await_port "spiped-net $mode" "$source" "$log"
}

start_everything() {
    step 'A key, a Redis, and the two ends of a tunnel'
    show 'head -c 32 /dev/urandom > key; chmod 600 key'
    (umask 077; head -c 32 /dev/urandom >"$dir/key") && chmod 600 "$dir/key"
    free_port redis_port; free_port wire_port; free_port client_port 8000

    show "redis-server --bind 127.0.0.1 --port $redis_port"
    start "$dir/redis.log" redis-server --bind 127.0.0.1 --port "$redis_port" --save '' --appendonly no --dir "$dir"
    await_port redis-server "$redis_port" "$dir/redis.log"

    show "spiped-net -F -d -s '[127.0.0.1]:$wire_port' -t '[127.0.0.1]:$redis_port' -k key    # beside Redis"
    start_tunnel_end -d "$wire_port" "$redis_port" "$dir/server.log"

    show "spiped-net -F -e -s '[127.0.0.1]:$client_port' -t '[127.0.0.1]:$wire_port' -k key     # beside the client"
    start_tunnel_end -e "$client_port" "$wire_port" "$dir/client.log"
    [ "$client_port" = 8000 ] || say "(port 8000 is taken, so the client's side is $client_port)"
    echo
    say "redis-cli -> $client_port [spiped-net -e] == encrypted ==> $wire_port [spiped-net -d] -> $redis_port Redis"
}

# ---- What it shows ------------------------------------------------------------------------------------------------

show_ping() {
    step '1. Redis answers through the tunnel'
    run redis-cli -p "$client_port" ping
    [ "$answer" = PONG ] || fail 'the answer should be PONG' "$dir/client.log" "$dir/server.log"
    good 'PONG, through both ends'
}

show_value() {
    local value='hello from behind the tunnel'
    step '2. A value set at Redis itself, read through the tunnel, and the other way round'
    run redis-cli -p "$redis_port" set greeting "$value"
    run redis-cli -p "$client_port" get greeting
    [ "$answer" = "$value" ] || fail 'the value read through the tunnel differs' "$dir/client.log" "$dir/server.log"
    run redis-cli -p "$client_port" incrby visits 41
    run redis-cli -p "$redis_port" incr visits
    [ "$answer" = 42 ] || fail 'the count at Redis should be 42' "$dir/client.log" "$dir/server.log"
    good 'one Redis, seen from both sides'
}

show_refusal() {
    step '3. Without the key, the encrypted port is of no use'
    local before tenths; before=$(wc -l <"$dir/server.log")
    run redis-cli -p "$wire_port" set intruder 'was here'
    [ "$status" != 0 ] && [ "$answer" != OK ] || fail 'a plain redis-cli should get nowhere on the encrypted port'
    say 'It wants an answer of Redis and gets the random bytes that open the handshake, which it cannot go on with.'
    for ((tenths = 0; tenths < 10 && $(wc -l <"$dir/server.log") == before; tenths++)); do sleep 0.1; done
    tail -n "+$((before + 1))" "$dir/server.log" | cut -c 1-200 | sed 's/^/    spiped-net -d logs: /'
    run redis-cli -p "$redis_port" exists intruder
    [ "$answer" = 0 ] || fail 'the command reached Redis past the tunnel' "$dir/server.log"
    good 'nothing of it reached Redis'
}

show_wire() {
    step '4. What a listener on the network sees'
    local tap_port plain_port end_port tap=() secret='the eagle lands at midnight'
    free_port tap_port; free_port plain_port; free_port end_port
    say 'A second client end, with a recorder before it and another one on its way to the server:'
    start "$dir/wire.log" perl demo/recorder.pl "$tap_port" "$wire_port" "$dir/wire"
    await_port 'the recorder' "$tap_port" "$dir/wire.log"
    tap+=($!)
    start_tunnel_end -e "$end_port" "$tap_port" "$dir/tapped.log"
    tap+=($!)
    start "$dir/plain.log" perl demo/recorder.pl "$plain_port" "$end_port" "$dir/plain"
    await_port 'the recorder' "$plain_port" "$dir/plain.log"
    tap+=($!)

    run redis-cli -p "$plain_port" set order "$secret"
    [ "$answer" = OK ] || fail 'the answer should be OK' "$dir/tapped.log" "$dir/wire.log" "$dir/plain.log"
    compare_recordings "$secret"
    stop "${tap[@]}"
}

# A nonce (32 bytes) and a Diffie-Hellman value with its MAC (256 + 32) precede the first packet.
handshake_bytes=320
packet_bytes=1060
compare_recordings() {
    local secret=$1 said wire
    said=$(stat -c %s "$dir/plain.up") wire=$(stat -c %s "$dir/wire.up")
    hexdump_lines <"$dir/plain.up" >"$dir/left"
    tail -c "+$((handshake_bytes + 1))" "$dir/wire.up" | head -c "$said" | hexdump_lines >"$dir/right"
    printf '\n    %s%-36s   %s%s\n' "$dim" "what redis-cli said ($said bytes)" 'what crossed the network' "$plain"
    paste "$dir/left" "$dir/right" |
        while IFS=$'\t' read -r left right; do printf '    %-36s   %s\n' "$left" "$right"; done
    printf '    %36s   ... %d bytes: handshake %d, packets %d\n\n' '' "$wire" "$handshake_bytes" "$((wire - handshake_bytes))"

    grep -qaF "$secret" "$dir/plain.up" || fail 'the recorder before the tunnel should have seen the value'
    ! grep -qaF "$secret" "$dir/wire.up" || fail 'the value crossed the network readable'
    [ "$wire" -gt $handshake_bytes ] && [ $(((wire - handshake_bytes) % packet_bytes)) = 0 ] \
        || fail "after $handshake_bytes bytes of handshake there should be whole packets of $packet_bytes bytes, not $wire in all"
    good "the value is nowhere in it; whatever is said, packets have $packet_bytes bytes"
}
hexdump_lines() { od -An -v -w8 -tx1z | sed 's/^ //; s/  >/  /; s/<$//'; }

keep_running() {
    step 'Left running. Play with it from another terminal; Ctrl-C here stops everything.'
    say "redis-cli -p $client_port                    # Redis through the tunnel" \
        "redis-cli -p $redis_port                   # the same Redis, direct" \
        "tail -f $dir/*.log"
    wait -n
    fail 'something ended by itself' "$dir"/*.log
}

mkdir -m 700 "$dir" || exit 1
install_redis
build
start_everything
show_ping
show_value
show_refusal
show_wire
if $keep; then keep_running; fi
stop_all
trap - EXIT
step 'Everything shown is as it should be; everything started is stopped, and nothing is left behind.'
