#!/bin/bash
# host.sh DIR NAME REDIS PACKAGE INSTALLED: becomes the first process of one of a page's hosts: a systemd over a throw-away overlay of this
# machine's files, with PACKAGE installed if INSTALLED is 1, sshd and, if REDIS is 1, Debian's redis-server. page.sh starts it in
# namespaces of its own, is told its process id by DIR/NAME.pid and, once the network is there, tells it by DIR/NAME.go.
# The host says by DIR/NAME.up that it is up.
set -eu
here=$(dirname "$(realpath "$0")")
# shellcheck source=../Systemd/Guest/boot.sh
. "$here/../Systemd/Guest/boot.sh"
dir=$1 name=$2 redis=$3 package=$4 is_installed=$5

bring_package() {
    cp "$package" "$root/root"
    # Images of Debian for containers start no service; indexing manual pages takes longer than all the rest.
    rm -f "$root/usr/sbin/policy-rc.d" "$root/var/lib/man-db/auto-update"
    [ "$is_installed" = 0 ] && return
    dpkg-deb --extract "$package" "$root"
    # As the package's postinst does.
    chroot "$root" sh -c 'systemd-sysusers spiped-net.conf && install -d -m 750 -g spiped-net /etc/spiped-net'
}

# root of each host may log in at every other, into a shell without this machine's settings. One key is all, since to make
# some for each host takes seconds.
prepare_ssh() {
    rm -rf "$root/root/.ssh" "$root"/root/.bash* "$root/root/.profile" "$root"/etc/ssh/ssh_host_*
    install -d -m 700 "$root/root/.ssh"
    install -m 600 "$dir/id_ed25519" "$root/root/.ssh/"
    cp "$dir/id_ed25519.pub" "$root/root/.ssh/authorized_keys"
    printf 'StrictHostKeyChecking accept-new\nLogLevel ERROR\n' >"$root/root/.ssh/config"
    install -m 600 "$dir/id_ed25519" "$root/etc/ssh/ssh_host_ed25519_key"
    printf 'UsePAM no\n' >"$root/etc/ssh/sshd_config.d/host.conf"
}

write_host_units() {
    local wants=ssh.service
    if [ "$redis" = 1 ]; then
        wants+=" redis-server.service"
        # Otherwise a copy starts only after five seconds.
        echo 'repl-diskless-sync-delay 0' >>"$root/etc/redis/redis.conf"
    fi
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
    mask_the_useless
}

# A virtual host has no devices, disks or modules, and each reload would run all of the generators.
mask_the_useless() {
    local unit generator
    for unit in systemd-{random-seed,journal-flush,machine-id-commit,update-utmp,sysusers,udevd,udev-trigger}.service \
        systemd-{timesyncd,modules-load,remount-fs,binfmt,pcrphase,pcrphase-sysinit}.service kmod-static-nodes.service \
        modprobe@.service dev-{hugepages,mqueue}.mount sys-kernel-{config,debug,tracing}.mount sys-fs-fuse-connections.mount \
        proc-sys-fs-binfmt_misc.automount; do
        ln -sf /dev/null "$root/etc/systemd/system/$unit"
    done
    mkdir -p "$root/etc/systemd/system-generators"
    for generator in "$root"/lib/systemd/system-generators/* "$root"/usr/local/lib/systemd/system-generators/*; do
        ln -sf /dev/null "$root/etc/systemd/system-generators/${generator##*/}"
    done
}

assemble_root "$dir"
bring_package
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
