#!/bin/bash
# Runs in a systemd that boot.sh has booted, and prints a line "ok: WHAT" for all that is as it should be.
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
is_restarted() { [ "$(property "$1" NRestarts)" -gt "$2" ] && is "$1" ActiveState active; }
answers() { [ "$(timeout 10 redis-cli -p "$1" ping 2>&1)" = PONG ]; }

# tunnel NAME PORT SOURCE WIRE: instance files of both ends, as the units' comments say.
tunnel() {
    printf 'SOURCE=%s\nTARGET=[127.0.0.1]:6379\n' "$3" >"/etc/spiped/$1.conf"
    printf 'SOURCE=[127.0.0.1]:%s\nTARGET=[127.0.0.1]:%s\nOPTIONS=-n 500\n' "$2" "$4" >"/etc/spiped/client-$1.conf"
    (umask 077 && head -c 32 /dev/urandom | tee "/etc/spiped/$1.key" >"/etc/spiped/client-$1.key")
}

prepare() {
    cp -r $out/program /usr/local/lib/spiped-net
    ln -sf ../lib/spiped-net/spiped-net /usr/local/bin/spiped-net
    mkdir -p $units /etc/spiped /etc/default
    cp $out/units/* $units
    for unit in spiped-receive spiped-send spiped-receive@ spiped-send@; do
        mkdir $units/$unit.service.d
        # No other target is started here. A system call that the filter refuses ends the process.
        printf '[Unit]\nDefaultDependencies=no\n[Service]\nSystemCallErrorNumber=kill\nStandardError=append:%s/%s.log\nEnvironment=DOTNET_ROOT=%s\n' \
            $out "$unit" "$(cat $out/dotnet-root)" >$units/$unit.service.d/test.conf
    done
    mkdir $units/spiped-receive@socket.socket.d $units/spiped-send@client-dog.service.d
    printf '[Unit]\nDefaultDependencies=no\n[Socket]\nListenStream=\nListenStream=127.0.0.1:8026\n' \
        >$units/spiped-receive@socket.socket.d/test.conf
    printf '[Service]\nWatchdogSec=2\n' >$units/spiped-send@client-dog.service.d/test.conf
    tunnel redis 6380 '[127.0.0.1]:8025' 8025
    tunnel socket 6381 systemd: 8026
    tunnel dog 6382 '[127.0.0.1]:8027' 8027
    printf 'SOURCE=[127.0.0.1]:8028\nTARGET=[127.0.0.1]:6379\n' >/etc/default/spiped-receive
    printf 'SOURCE=[127.0.0.1]:6383\nTARGET=[127.0.0.1]:8028\n' >/etc/default/spiped-send
    systemctl daemon-reload
    systemd-run --quiet --unit=guest-redis -p DefaultDependencies=no redis-server --save ''
    until_true answers 6379
}

starts() {
    systemctl start spiped-receive@redis spiped-send@client-redis && answers 6380 && ok templates start
    systemctl start spiped-receive spiped-send && answers 6383 && ok plain units start
    property spiped-send@client-redis After | grep -q network-online.target && ok starts after network-online
    answers 6380
}

tells_status() {
    redis-cli -p 6380 blpop list 0 >/dev/null &
    until_true is spiped-send@client-redis StatusText '1 connection open' \
        && systemctl status spiped-send@client-redis | grep -q 'Status: "1 connection open"' && ok status is shown
}

drains() {
    systemctl stop --no-block spiped-send@client-redis
    until_true is spiped-send@client-redis StatusText 'draining: 1 connection open' || return
    is spiped-send@client-redis ActiveState deactivating || return
    redis-cli lpush list value >/dev/null
    until_true is spiped-send@client-redis ActiveState inactive && is spiped-send@client-redis Result success && ok stop drains
    systemctl start spiped-send@client-redis
}

is_restarted_after_kill() {
    kill -9 "$(property spiped-send@client-redis MainPID)"
    until_true is_restarted spiped-send@client-redis 0 && answers 6380 && ok killed is restarted
}

refuses_nobody_in_a_restart() {
    local pongs=0 restarts
    systemctl start spiped-receive@socket.socket spiped-send@client-socket
    answers 6381 || return
    # Fewer than the five starts in ten seconds that systemd allows.
    for _ in 1 2 3; do systemctl restart spiped-receive@socket || echo restart failed; done &
    restarts=$!
    for _ in {1..200}; do answers 6381 && pongs=$((pongs + 1)); done
    kill -0 $restarts 2>/dev/null && echo "the restarts lasted longer than the connections"
    wait $restarts
    [ $pongs = 200 ] && ok restarts refuse no connection || echo "$pongs of 200 connections"
}

is_killed_by_the_watchdog() {
    systemctl start spiped-receive@dog spiped-send@client-dog
    answers 6382 || return
    kill -STOP "$(property spiped-send@client-dog MainPID)"
    until_true is_restarted spiped-send@client-dog 0 && answers 6382 && ok frozen is killed by the watchdog
}

prepare
starts || exit
tells_status && drains
is_restarted_after_kill
refuses_nobody_in_a_restart
is_killed_by_the_watchdog
[ -z "$(systemctl list-units --failed --no-legend 'spiped*')" ] && ok nothing has failed
systemctl status --no-pager 'spiped*' | grep -E 'Active:|Status:|Memory:|●'
