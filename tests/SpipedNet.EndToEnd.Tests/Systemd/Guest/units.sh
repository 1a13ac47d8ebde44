#!/bin/bash
# The units from start to end.
. /run/out/functions.sh

is_restarted() { [ "$(property "$1" NRestarts)" -gt "$2" ] && is "$1" ActiveState active; }

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
    start_redis
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
