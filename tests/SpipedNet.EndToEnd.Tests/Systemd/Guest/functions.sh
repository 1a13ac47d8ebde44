# What the scripts that run in a booted systemd share; they print a line "ok: WHAT" for all that is as it should be.
set -u
out=/run/out
units=/run/systemd/system

ok() { echo "ok: $*"; }
property() { systemctl show -P "$2" "$1"; }

# until_true COMMAND...: waits until it succeeds, 20 seconds at most.
until_true() {
    local end=$((SECONDS + 20))
    until "$@"; do
        [ $SECONDS -lt $end ] || { echo "in vain: $*"; return 1; }
        sleep .05
    done
}

is() { [ "$(property "$1" "$2")" = "$3" ]; }
answers() { [ "$(timeout 10 redis-cli -p "$1" ping 2>&1)" = PONG ]; }

# tunnel NAME PORT SOURCE WIRE: instance files of both ends, as the units' comments say.
tunnel() {
    printf 'SOURCE=%s\nTARGET=[127.0.0.1]:6379\n' "$3" >"/etc/spiped/$1.conf"
    printf 'SOURCE=[127.0.0.1]:%s\nTARGET=[127.0.0.1]:%s\nOPTIONS=-n 500\n' "$2" "$4" >"/etc/spiped/client-$1.conf"
    (umask 077 && head -c 32 /dev/urandom | tee "/etc/spiped/$1.key" >"/etc/spiped/client-$1.key")
}

start_redis() {
    systemd-run --quiet --unit=guest-redis -p DefaultDependencies=no redis-server --save ''
    until_true answers 6379
}
