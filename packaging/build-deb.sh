#!/bin/bash
# build-deb.sh [amd64|arm64] [OUTDIR] [PUBLISHED]: makes OUTDIR/spiped-net_VERSION_ARCH.deb, for this machine's architecture
# and in the current directory unless given, and prints its name. PUBLISHED is what publish.sh has made for it; without that
# it is run first. The same sources give the same bytes: times are SOURCE_DATE_EPOCH, or the last commit's.
set -euo pipefail
here=$(realpath "$(dirname "$0")")
top=$(dirname "$here")
arch=${1:-$(dpkg --print-architecture)}
out=${2:-.}
published=${3:-}

fail() {
    echo "build-deb.sh: $*" >&2
    exit 1
}

case $arch in
    amd64) runtime=linux-x64 ;;
    arm64) runtime=linux-arm64 ;;
    *) fail "no package for $arch; there are amd64 and arm64" ;;
esac
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$top" log -1 --format=%ct 2>/dev/null)} \
    || fail "$top has no commit to take the date from; set SOURCE_DATE_EPOCH"
export SOURCE_DATE_EPOCH
version=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' "$top/Directory.Build.props")
umask 022
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root

if [ -z "$published" ]; then
    published=$work/published
    "$here/publish.sh" "$published" "$runtime"
fi
DESTDIR=$root "$here/install.sh" --prefix /usr --published "$published"

documents=$root/usr/share/doc/spiped-net
gzip -9n >"$documents/changelog.gz" <<CHANGELOG
spiped-net ($version) stable; urgency=medium

  * See NEWS.md.gz.

 -- $(sed -n 's/^Maintainer: //p' "$here/debian/control")  $(LC_ALL=C date -u -R -d "@$SOURCE_DATE_EPOCH")
CHANGELOG
install -D -m 644 "$here/debian/lintian-overrides" "$root/usr/share/lintian/overrides/spiped-net"

size=$(du -sk --apparent-size "$root" | cut -f 1)
install -d "$root/DEBIAN"
sed "s/@VERSION@/$version/; s/@ARCH@/$arch/; s/@SIZE@/$size/" "$here/debian/control" >"$root/DEBIAN/control"
install -m 755 "$here"/debian/{postinst,prerm,postrm} "$root/DEBIAN"
(cd "$root" && find usr -type f -print0 | sort -z | xargs -0 md5sum) >"$root/DEBIAN/md5sums"

mkdir -p "$out"
# One thread: how many there are would change the bytes.
dpkg-deb --root-owner-group --threads-max=1 -Zxz -z3 --build "$root" "$out/spiped-net_${version}_$arch.deb" >/dev/null
echo "$out/spiped-net_${version}_$arch.deb"
