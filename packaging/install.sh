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

# Each file: where it is, its mode, where it goes below the prefix. The name's .gz means that it is compressed.
files() {
    local program page unit
    for program in spiped-net spipe-net; do
        echo "$published/$program 755 bin/$program"
        echo "$top/packaging/completion/spiped-net 644 share/bash-completion/completions/$program"
    done
    for page in "$top"/packaging/man/*; do
        echo "$page 644 share/man/man${page##*.}/${page##*/}.gz"
    done
    for unit in "$top"/systemd/*; do
        echo "$unit 644 lib/systemd/system/${unit##*/}"
    done
    echo "$top/README.md 644 share/doc/spiped-net/README.md"
    echo "$top/CHANGELOG.md 644 share/doc/spiped-net/NEWS.md.gz"
    echo "$top/packaging/debian/copyright 644 share/doc/spiped-net/copyright"
    echo "$published/dotnet-notices.txt 644 share/doc/spiped-net/dotnet-notices.txt.gz"
}

install_all() {
    local from mode to target
    while read -r from mode to; do
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
}

uninstall_all() {
    local from mode to
    # shellcheck disable=SC2034
    while read -r from mode to; do
        rm -f "$destination$prefix/$to"
    done < <(files)
    [ ! -d "$destination$prefix/share/doc/spiped-net" ] || rmdir --ignore-fail-on-non-empty "$destination$prefix/share/doc/spiped-net"
    [ ! -d "$destination/etc/spiped" ] || rmdir --ignore-fail-on-non-empty "$destination/etc/spiped"
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
