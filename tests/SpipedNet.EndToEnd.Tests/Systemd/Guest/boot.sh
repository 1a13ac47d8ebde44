#!/bin/bash
# boot.sh DIR: boots systemd as the first process of namespaces of its own, over a throw-away overlay of this machine's
# files, where it runs DIR/guest.sh (DIR is /run/out there) and ends. What that prints is DIR/result. Nothing outside of
# DIR changes. Exits 77, with one line of why, where that is impossible.
set -u

unable() {
    echo "cannot boot a systemd: $*" >&2
    exit 77
}

outside() {
    local dir=$1
    [ "$(id -u)" = 0 ] || unable "only root can"
    [ -x /lib/systemd/systemd ] || unable "/lib/systemd/systemd is missing"
    for cgroup in /sys/fs/cgroup/unified /sys/fs/cgroup; do
        [ -w $cgroup/cgroup.procs ] && break
    done
    cgroup=$cgroup/spiped-net-$$
    mkdir "$cgroup" 2>/dev/null || unable "there is no cgroup2 hierarchy to write to"
    trap 'find "$cgroup" -depth -type d -exec rmdir {} + 2>/dev/null' EXIT
    unshare --mount bash -c 'mount -t tmpfs none /mnt && cd /mnt && mkdir a b c && mount -t overlay none c -o lowerdir=/,upperdir=a,workdir=b' \
        2>/dev/null || unable "namespaces or overlay file systems are not allowed"
    [ "$dir" != --probe ] || exit 0
    timeout --kill-after 5 150 bash -c '
        echo $$ >"$1/cgroup.procs" && exec unshare -C -m -p -u -i -n -f --kill-child bash "$2" --inside "$3"' \
        boot "$cgroup" "$(realpath "$0")" "$dir" >"$dir/boot.log" 2>&1
}

inside() {
    set -e
    assemble_root "$1"
    write_units "$root/etc/systemd/system"
    start_systemd guest.target
}

# assemble_root DIR: makes $root, the files of the systemd to boot.
assemble_root() {
    local dir=$1 top node
    mount --make-rprivate /
    top=$(mktemp -d)
    mount -t tmpfs none "$top"
    root=$top/root
    mkdir "$top/upper" "$top/work" "$root"
    mount -t overlay overlay -o "lowerdir=/,upperdir=$top/upper,workdir=$top/work" "$root"
    mount -t proc proc "$root/proc"
    mount --bind "$root/proc/sys" "$root/proc/sys"
    mount -o remount,bind,ro "$root/proc/sys"
    mount -t sysfs -o ro sysfs "$root/sys"
    mount -t cgroup2 none "$root/sys/fs/cgroup"
    mount -t tmpfs -o mode=755 none "$root/dev"
    for node in 'null 1 3' 'zero 1 5' 'full 1 7' 'random 1 8' 'urandom 1 9' 'tty 5 0'; do
        # shellcheck disable=SC2086
        set -- $node
        mknod -m 666 "$root/dev/$1" c "$2" "$3"
    done
    mkdir "$root/dev/pts" "$root/dev/shm"
    mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
    ln -s pts/ptmx "$root/dev/ptmx"
    ln -s /proc/self/fd "$root/dev/fd"
    mount -t tmpfs none "$root/dev/shm"
    mount -t tmpfs -o mode=755 none "$root/run"
    # Before the guest's own /tmp hides it.
    mkdir "$root/run/out"
    mount --bind "$dir" "$root/run/out"
    mount -t tmpfs -o mode=1777 none "$root/tmp"
    ip link set lo up
}

start_systemd() {
    cd "$root"
    mkdir -p .old
    pivot_root . .old
    umount -l /.old
    mount --make-rshared /
    exec env -i container=boot PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
        /lib/systemd/systemd --system --unit="$1" --log-target=console --log-level=notice --show-status=no
}

write_units() {
    printf '[Unit]\nDefaultDependencies=no\nWants=guest.service\n' >"$1/guest.target"
    cat >"$1/guest.service" <<UNIT
[Unit]
DefaultDependencies=no
SuccessAction=exit
FailureAction=exit
[Service]
Type=oneshot
ExecStart=/bin/bash /run/out/guest.sh
StandardOutput=file:/run/out/result
StandardError=file:/run/out/result
TimeoutStartSec=140
UNIT
}

[ "${BASH_SOURCE[0]}" = "$0" ] || return 0
if [ "$1" = --inside ]; then inside "$2"; else outside "$1"; fi
