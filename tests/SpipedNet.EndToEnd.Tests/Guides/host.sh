#!/bin/bash
# host.sh DIR NAME REDIS: becomes the first process of one of a page's hosts: a systemd over a throw-away overlay of this
# machine's files, with the program installed, sshd and, if REDIS is 1, Debian's redis-server. page.sh starts it in
# namespaces of its own, is told its process id by DIR/NAME.pid and, once the network is there, tells it by DIR/NAME.go.
# The host says by DIR/NAME.up that it is up.
set -eu
here=$(dirname "$(realpath "$0")")
# shellcheck source=../Systemd/Guest/boot.sh
. "$here/../Systemd/Guest/boot.sh"
dir=$1 name=$2 redis=$3

# As README's section on installing says; the program here is one that needs .NET's own directory.
install_program() {
    cp -r "$dir/program" "$root/usr/local/lib/spiped-net"
    ln -sf ../lib/spiped-net/spiped-net "$root/usr/local/bin/spiped-net"
    install -m 644 -t "$root/etc/systemd/system" "$dir"/units/*
    install -d -m 700 "$root/etc/spiped"
    mkdir -p "$root/etc/dotnet"
    cp "$dir/dotnet-root" "$root/etc/dotnet/install_location"
}

# root of each host may log in at every other.
prepare_ssh() {
    rm -rf "$root/root/.ssh"
    install -d -m 700 "$root/root/.ssh"
    install -m 600 "$dir/id_ed25519" "$root/root/.ssh/"
    cp "$dir/id_ed25519.pub" "$root/root/.ssh/authorized_keys"
    printf 'StrictHostKeyChecking accept-new\nLogLevel ERROR\n' >"$root/root/.ssh/config"
    ssh-keygen -A -f "$root" >/dev/null
    printf 'UsePAM no\n' >"$root/etc/ssh/sshd_config.d/host.conf"
}

write_host_units() {
    local wants="ssh.service" service
    [ "$redis" = 0 ] || wants+=" redis-server.service"
    # What this machine's own systemd would start is not a host's.
    rm -rf "$root"/etc/systemd/system/*.wants
    cat >"$root/etc/systemd/system/host.target" <<UNIT
[Unit]
Wants=$wants host-up.service
After=$wants
UNIT
    cat >"$root/etc/systemd/system/host-up.service" <<UNIT
[Unit]
After=$wants
[Service]
Type=oneshot
ExecStart=/bin/sh -c 'echo >/run/out/$name.up'
UNIT
    for service in systemd-random-seed systemd-journal-flush systemd-machine-id-commit systemd-update-utmp \
        systemd-sysusers systemd-udevd systemd-udev-trigger systemd-timesyncd; do
        ln -sf /dev/null "$root/etc/systemd/system/$service.service"
    done
}

assemble_root "$dir"
install_program
prepare_ssh
write_host_units
rm -f "$root/etc/hostname" "$root/etc/hosts"
cp "$dir/hosts" "$root/etc/hosts"
echo "$name" >"$root/etc/hostname"
hostname "$name"
read -r pid _ </proc/self/stat
echo "$pid" >"$dir/$name.pid"
read -r _ <"$dir/$name.go"
start_systemd host.target
