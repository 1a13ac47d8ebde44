#!/bin/bash
# install.sh [--prefix P] [--published DIR] [--uninstall]: installs programs, man pages, systemd units and completion below
# P, /usr/local unless given (systemd looks for units and programs below /usr/local and /usr only), and makes /etc/spiped.
# DIR is what publish.sh has made; without it that is run first. DESTDIR goes before all paths, as with make.
# --uninstall removes the same files, and /etc/spiped if it is empty.
set -euo pipefail
top=$(realpath "$(dirname "$0")/..")
prefix=/usr/local published= uninstall=
destination=${DESTDIR:-}

fail() {
    echo "install.sh: $*" >&2
    exit 1
}

# Each file: its mode, where it goes below the prefix, where it is. The name's .gz means that it is compressed.
files() {
    local program page unit guide
    for program in spiped-net spipe-net; do
        echo "755 bin/$program $published/$program"
        echo "644 share/bash-completion/completions/$program $top/packaging/completion/spiped-net"
    done
    for page in "$top"/packaging/man/*; do
        echo "644 share/man/man${page##*.}/${page##*/}.gz $page"
    done
    for unit in "$top"/systemd/*; do
        echo "644 lib/systemd/system/${unit##*/} $unit"
    done
    echo "644 lib/sysusers.d/spiped-net.conf $top/packaging/sysusers/spiped-net.conf"
    for guide in "$top"/docs/*; do
        echo "644 share/doc/spiped-net/docs/${guide##*/} $guide"
    done
    for guide in "$top"/packaging/grafana/*; do
        echo "644 share/doc/spiped-net/grafana/${guide##*/} $guide"
    done
    echo "644 share/doc/spiped-net/README.md $top/README.md"
    echo "644 share/doc/spiped-net/NEWS.md.gz $top/CHANGELOG.md"
    echo "644 share/doc/spiped-net/copyright $top/packaging/debian/copyright"
    echo "644 share/doc/spiped-net/dotnet-notices.txt.gz $published/dotnet-notices.txt"
}

install_all() {
    local mode to from target
    while read -r mode to from; do
        [ -f "$from" ] || fail "$from is missing; --published names a directory that publish.sh has made"
        target=$destination$prefix/$to
        if [[ $to == *.gz ]]; then
            install -d "${target%/*}"
            gzip -9n <"$from" >"$target"
            chmod "$mode" "$target"
        else
            install -D -m "$mode" "$from" "$target"
        fi
    done < <(files)
    # Who has a key has the tunnel: a key that was copied here without care is not to be read by all.
    [ -d "$destination/etc/spiped" ] || install -d -m 700 "$destination/etc/spiped"
    # The package's own script does so at its installation.
    if [ -z "$destination" ] && [ -d /run/systemd/system ]; then
        systemd-sysusers "$prefix/lib/sysusers.d/spiped-net.conf"
        install -d -m 750 -g spiped-net /etc/spiped-net
    fi
}

uninstall_all() {
    local mode to from
    # shellcheck disable=SC2034
    while read -r mode to from; do
        rm -f "$destination$prefix/$to"
    done < <(files)
    local directory
    for directory in "$prefix/share/doc/spiped-net/docs" "$prefix/share/doc/spiped-net/grafana" "$prefix/share/doc/spiped-net" /etc/spiped /etc/spiped-net; do
        [ ! -d "$destination$directory" ] || rmdir --ignore-fail-on-non-empty "$destination$directory"
    done
}

while [ $# -gt 0 ]; do
    case $1 in
        --prefix | --published)
            [ $# -gt 1 ] || fail "$1 needs a directory"
            declare "${1#--}=$2"
            shift
            ;;
        --uninstall) uninstall=yes ;;
        *) fail "what is $1? usage: [DESTDIR=D] install.sh [--prefix P] [--published DIR] [--uninstall]" ;;
    esac
    shift
done

if [ -n "$uninstall" ]; then
    uninstall_all
    exit
fi
if [ -z "$published" ]; then
    published=$(mktemp -d)
    trap 'rm -rf "$published"' EXIT
    "$top/packaging/publish.sh" "$published"
fi
install_all
