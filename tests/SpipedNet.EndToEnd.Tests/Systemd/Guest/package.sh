#!/bin/bash
# The life of the package: installed, used, upgraded, removed, purged.
. /run/out/functions.sh

# Images of Debian for containers start no service and leave documents out.
rm -f /usr/sbin/policy-rc.d /etc/dpkg/dpkg.cfg.d/*
# Index no manual pages, which takes longer than all the rest.
rm -f /var/lib/man-db/auto-update
package=$(echo $out/*.deb)
ends='spiped-receive@redis spiped-send@client-redis'

files() { find /etc /usr /var/lib -xdev -path /var/lib/dpkg -prune -o -print | sort; }
stock_is_whole() { [ -z "$(dpkg --verify spiped)" ] && spiped -v 2>/dev/null; }
process() { property "$1" MainPID; }

is_installed() {
    dpkg -i "$package" || return
    [ "$(spiped-net --version 2>&1)" = "spiped-net $(dpkg-query -W -f '${Version}' spiped-net)" ] || return
    [ -x /usr/bin/spipe-net ] && [ -z "$(dpkg --verify spiped-net)" ] \
        && [ "$(stat -c '%a %U' /etc/spiped)" = '700 root' ] && ok the files are installed
    stock_is_whole && ok stock spiped stays
    systemctl list-unit-files --no-legend 'spiped-*' >$out/unit-files
    [ "$(wc -l <$out/unit-files)" = 6 ] && ! grep -q ' enabled ' $out/unit-files \
        && [ -z "$(systemctl list-units --no-legend 'spiped-*')" ] && ok nothing is enabled or started
    id spiped-net >/dev/null && [ "$(stat -c '%a %U %G' /etc/spiped-net)" = '750 root spiped-net' ] && ok its user is made
    man -w 1 spiped-net && man -w 1 spipe-net && man -w 5 spiped-net.conf && ok the man pages are found
    local verdict
    verdict=$(systemd-analyze verify /usr/lib/systemd/system/spiped-*.service 2>&1)
    [ -z "$verdict" ] && ok nothing is to be said against the units || echo "$verdict"
}

is_used() {
    local unit
    for unit in spiped-receive@ spiped-send@; do
        mkdir -p $units/$unit.service.d
        # No other target is started here.
        printf '[Unit]\nDefaultDependencies=no\n' >$units/$unit.service.d/test.conf
    done
    tunnel redis 6380 '[127.0.0.1]:8025' 8025
    start_redis
    # shellcheck disable=SC2086
    systemctl enable --now $ends && answers 6380 && ok a Redis answers
}

is_upgraded() {
    local before
    before=$(process spiped-send@client-redis)
    dpkg -i "$package" && answers 6380 && [ "$(process spiped-send@client-redis)" != "$before" ] \
        && ok an upgrade restarts what runs
}

is_removed() {
    dpkg -r spiped-net || return
    is spiped-receive@redis ActiveState inactive && is spiped-send@client-redis ActiveState inactive \
        && ! pgrep -x spiped-net && ok a removal stops what runs
    [ -s /etc/spiped/redis.key ] && [ -s /etc/spiped/redis.conf ] && ok keys and settings stay
}

is_purged() {
    local left
    dpkg -P spiped-net || return
    left=$(files | comm -13 $out/before - | grep -v '^/etc/spiped\(/.*\.\(conf\|key\)\)\?$' \
        | grep -v '^/etc/\(\(passwd\|group\|shadow\|gshadow\)-\|.pwd.lock\)$')
    [ -z "$left" ] && [ -s /etc/spiped/redis.key ] && ok a purge leaves the keys alone || echo "left: $left"
    stock_is_whole && ok stock spiped is whole at the end
}

files >$out/before
is_installed
is_used
is_upgraded
is_removed
is_purged
