#!/bin/bash
# The units from start to end.
. /run/out/functions.sh

is_restarted() { [ "$(property "$1" NRestarts)" -gt "$2" ] && is "$1" ActiveState active; }

# The network is up late: who starts after it must have waited.
slow_network() {
    mkdir $units/network-online.target.wants
    printf '[Unit]\nDefaultDependencies=no\nBefore=network-online.target\n[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/sleep 1\n' \
        >$units/slow-network.service
    ln -s ../slow-network.service $units/network-online.target.wants
}

prepare() {
    cp -r $out/program /usr/local/lib/spiped-net
    ln -sf ../lib/spiped-net/spiped-net /usr/local/bin/spiped-net
    mkdir -p $units /etc/spiped /etc/default
    cp $out/units/* $units
    for unit in spiped-receive spiped-send spiped-receive@ spiped-send@ spiped-net; do
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
    slow_network
    systemctl daemon-reload
    start_redis
}

# What each service has been told, as systemd has understood it.
has_settings() {
    local unit setting
    for unit in spiped-receive spiped-send spiped-receive@redis spiped-send@client-redis; do
        for setting in Type=notify NotifyAccess=main Restart=on-failure RestartUSec=1s StartLimitIntervalUSec=0 WatchdogUSec=30s \
            TimeoutStopUSec='1min 30s' WatchdogSignal=9 DynamicUser=yes UMask=0077 CapabilityBoundingSet= NoNewPrivileges=yes \
            ProtectSystem=strict ProtectHome=yes PrivateUsers=yes 'Environment=DRAIN_TIMEOUT=3 DOTNET_EnableDiagnostics=0*' \
            'After=*network-online.target*' 'Wants=*network-online.target*'; do
            # shellcheck disable=SC2053
            [[ ${setting%%=*}=$(property $unit "${setting%%=*}") == $setting ]] \
                || { echo "$unit has $(systemctl show -p "${setting%%=*}" $unit), not $setting"; return; }
        done
    done
    ok settings are understood
}

starts() {
    systemctl start spiped-receive@redis spiped-send@client-redis && answers 6380 && ok templates start
    systemctl start spiped-receive spiped-send && answers 6383 && ok plain units start
    [ "$(property slow-network ActiveEnterTimestampMonotonic)" -lt "$(property spiped-send@client-redis ExecMainStartTimestampMonotonic)" ] \
        && ok starts after network-online
    answers 6380
}

# Its name is looked up in vain more often than the five times after which systemd would give up.
outlasts_a_name_that_is_unknown_for_long() {
    printf 'SOURCE=[127.0.0.1]:6384\nTARGET=not-yet.example:8025\n' >/etc/spiped/client-late.conf
    cp /etc/spiped/redis.key /etc/spiped/client-late.key
    mkdir $units/spiped-send@client-late.service.d
    printf '[Service]\nRestartSec=100ms\n' >$units/spiped-send@client-late.service.d/test.conf
    systemctl daemon-reload
    systemctl start --no-block spiped-send@client-late
    until_true has_restarted_often spiped-send@client-late || return
    echo '127.0.0.1 not-yet.example' >>/etc/hosts
    until_true answers 6384 && ok an unknown name is waited for
}
has_restarted_often() { [ "$(property "$1" NRestarts)" -gt 7 ]; }

tells_status() {
    redis-cli -p 6380 blpop list 0 >/dev/null &
    until_true is spiped-send@client-redis StatusText '1 connection open' \
        && systemctl status spiped-send@client-redis | grep -q 'Status: "1 connection open"' && ok status is shown
}

# As root asks, and as another user may not.
shows_the_tunnels() {
    spiped-net status spiped-send@client-redis | grep -q '^  connections: 1 of 500 open, ' && ok a unit is asked by its name
    [ "$(spiped-net status | grep '^tunnel: ' | sort | tr '\n' ' ')" = \
        'tunnel: spiped-receive tunnel: spiped-receive@redis tunnel: spiped-send tunnel: spiped-send@client-redis ' ] \
        && ok all units are shown || spiped-net status
    [ "$(stat -c %a /run/spiped-net/spiped-receive@redis/control.sock)" = 600 ] \
        && setpriv --reuid=nobody --clear-groups spiped-net status 2>&1 | grep -q 'permission denied' && ok nobody else may ask
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

# A client that never ends, as a pool's, makes each restart as long as DRAIN_TIMEOUT.
refuses_nobody_in_a_restart() {
    local pongs=0 restarts
    systemctl start spiped-receive@socket.socket spiped-send@client-socket
    answers 6381 || return
    redis-cli -p 6381 blpop forever 0 >/dev/null 2>&1 &
    until_true is spiped-receive@socket StatusText '1 connection open' || return
    for _ in 1 2 3; do systemctl restart spiped-receive@socket || echo restart failed; done &
    restarts=$!
    for _ in {1..200}; do answers 6381 && pongs=$((pongs + 1)); done
    kill -0 $restarts 2>/dev/null && echo "the restarts lasted longer than the connections"
    wait $restarts
    [ $pongs = 200 ] && ok restarts refuse no connection || echo "$pongs of 200 connections"
}

# As the page has it, for a receiver that runs.
moves_to_a_socket_unit() {
    mkdir $units/spiped-receive@redis.socket.d
    printf '[Unit]\nDefaultDependencies=no\n[Socket]\nListenStream=\nListenStream=127.0.0.1:8025\n' \
        >$units/spiped-receive@redis.socket.d/test.conf
    sed -i 's/^SOURCE=.*/SOURCE=systemd:/' /etc/spiped/redis.conf
    systemctl daemon-reload
    systemctl stop spiped-receive@redis && systemctl enable --quiet --now spiped-receive@redis.socket \
        && systemctl start spiped-receive@redis && answers 6380 && ok a receiver moves to a socket unit
}

is_killed_by_the_watchdog() {
    systemctl start spiped-receive@dog spiped-send@client-dog
    answers 6382 || return
    kill -STOP "$(property spiped-send@client-dog MainPID)"
    until_true is_restarted spiped-send@client-dog 0 && answers 6382 && ok frozen is killed by the watchdog
}

# Its other end is stock spiped.
runs_all_tunnels_of_a_file() {
    systemd-sysusers $out/sysusers/spiped-net.conf
    install -d -m 750 -g spiped-net /etc/spiped-net
    head -c 32 /dev/urandom | install -o spiped-net -m 400 /dev/stdin /etc/spiped-net/many.key
    echo 'in: -d -s [127.0.0.1]:8029 -t [127.0.0.1]:6379 -k spiped-net/many.key' >/etc/spiped-net.conf
    systemctl start spiped-net
    spiped -e -s '[127.0.0.1]:6385' -t '[127.0.0.1]:8029' -k /etc/spiped-net/many.key -p /run/stock.pid
    answers 6385 && ok a file of tunnels runs
    redis-cli -p 6385 blpop many 0 >$out/many &
    until_true is spiped-net StatusText '1 tunnel, 1 connection open' || return
    echo 'out: -e -s [127.0.0.1]:6386 -t [127.0.0.1]:8029 -k spiped-net/many.key' >>/etc/spiped-net.conf
    systemctl reload spiped-net || return
    until_true answers 6386 || return
    redis-cli lpush many kept >/dev/null
    until_true grep -q kept $out/many && ok a reload adds a tunnel and keeps a connection
    echo 'bad: -e' >>/etc/spiped-net.conf
    systemctl reload spiped-net 2>$out/reload && { echo 'the reload of a mistake succeeded'; return; }
    until_true has_status spiped-net '*; reload failed: /etc/spiped-net.conf:3: *' && answers 6386 && ok a mistake is told and changes nothing
    sed -i '$d' /etc/spiped-net.conf
    echo 'taken: -e -s [127.0.0.1]:6379 -t [127.0.0.1]:8029 -k spiped-net/many.key' >>/etc/spiped-net.conf
    systemctl reload spiped-net 2>$out/reload || { sed -i '$d' /etc/spiped-net.conf; systemctl reload spiped-net && ok a reload fails with its reason; }
    kill "$(cat /run/stock.pid)"
}
# As the unit's comment has it.
listens_at_a_unix_socket() {
    mkdir $units/spiped-net.service.d
    printf '[Service]\n' >$units/spiped-net.service.d/test.conf
    sed -n '/^# sources that are/,/^$/s/^#   //p' $units/spiped-net.service >>$units/spiped-net.service.d/test.conf
    echo 'unix: -e -s /run/spiped-net-sockets/redis.sock -t [127.0.0.1]:8029 -k spiped-net/many.key' >>/etc/spiped-net.conf
    echo 'OPTIONS=--metrics [127.0.0.1]:9464' >/etc/default/spiped-net
    systemctl daemon-reload
    systemctl restart spiped-net
    redis-cli -s /run/spiped-net-sockets/redis.sock ping | grep -q PONG \
        && [ "$(stat -c '%a %G' /run/spiped-net-sockets/redis.sock)" = '770 redis' ] \
        && curl -s http://127.0.0.1:9464/healthz | grep -q ok && ok sources that are UNIX sockets
}
has_status() { [[ $(property "$1" StatusText) == $2 ]]; }

# A call that the filter refuses would have ended one of these, or one of the others for good.
nothing_has_failed() {
    local unit
    for unit in spiped-receive spiped-send spiped-receive@redis spiped-receive@dog spiped-send@client-socket spiped-receive@socket spiped-net; do
        is $unit NRestarts 0 || { echo "$unit has failed: $(property $unit Result)"; return; }
    done
    [ -z "$(systemctl list-units --failed --no-legend 'spiped*')" ] && ok nothing has failed
}

prepare
starts || exit
has_settings
tells_status && shows_the_tunnels && drains
is_restarted_after_kill
refuses_nobody_in_a_restart
is_killed_by_the_watchdog
moves_to_a_socket_unit
outlasts_a_name_that_is_unknown_for_long
runs_all_tunnels_of_a_file && listens_at_a_unix_socket
nothing_has_failed
systemctl status --no-pager 'spiped*' | grep -E 'Active:|Status:|Memory:|●'
