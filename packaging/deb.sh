#!/usr/bin/env bash
# Makes the Debian package from a built program, with Debian's own tools and no network.
#   packaging/deb.sh PROGRAM FOLDER     writes FOLDER/traad_VERSION_ARCH.deb and prints its path
# DEB_COMPRESS: xz by default, gzip for a quick look.
# The same program gives the same bytes (SOURCE_DATE_EPOCH, else the last commit's time, else the program's).
set -euo pipefail
program=$(realpath "${1:?usage: packaging/deb.sh PROGRAM FOLDER}")
out=$(realpath "${2:?usage: packaging/deb.sh PROGRAM FOLDER}")
here=$(cd "$(dirname "$0")" && pwd)
top=$(dirname "$here")
version=$(sed -n "s/^ *version: '\([0-9.]*\)'.*/\1/p" "$top/meson.build" | head -n 1)
arch=$(dpkg --print-architecture)
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
root=$work/root
umask 022
if [ -z "${SOURCE_DATE_EPOCH:-}" ]; then
    SOURCE_DATE_EPOCH=$(git -C "$top" log -1 --format=%ct 2>/dev/null || stat -c %Y "$program")
fi
export SOURCE_DATE_EPOCH

put() { install -D -m "$1" "$2" "$root/$3"; }
put 755 "$program" usr/bin/traad
strip --strip-unneeded --remove-section=.comment --remove-section=.note "$root/usr/bin/traad"
put 644 "$here/traad.service" lib/systemd/system/traad.service
put 644 "$here/traad-backup.service" lib/systemd/system/traad-backup.service
put 644 "$here/traad-backup.timer" lib/systemd/system/traad-backup.timer
put 644 "$here/sysusers.conf" usr/lib/sysusers.d/traad.conf
put 644 "$here/tmpfiles.conf" usr/lib/tmpfiles.d/traad.conf
put 644 "$here/traad.conf" etc/traad/traad.conf
for page in "$top"/doc/drift/*.md; do put 644 "$page" "usr/share/doc/traad/drift/$(basename "$page")"; done
put 644 "$top/THIRD-PARTY.md" usr/share/doc/traad/THIRD-PARTY.md
{
    printf 'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: *\nLicense: MPL-2.0\n\nLicense: MPL-2.0\n'
    sed 's/^$/./; s/^/ /' "$top/LICENSE"
} >"$work/copyright"
put 644 "$work/copyright" usr/share/doc/traad/copyright

# Which packages its libraries come from; the tool wants a source tree around it.
mkdir -p "$work/tree/debian"
printf 'Source: traad\n\nPackage: traad\nArchitecture: any\n' >"$work/tree/debian/control"
depends=$(cd "$work/tree" && dpkg-shlibdeps -O "$root/usr/bin/traad" 2>/dev/null | sed -n 's/^shlibs:Depends=//p')
[ -n "$depends" ] || { echo "deb.sh: no dependencies found" >&2; exit 1; }

mkdir "$root/DEBIAN"
cat >"$root/DEBIAN/control" <<END
Package: traad
Version: $version
Architecture: $arch
Maintainer: Rød Tråd <roedtraad@users.noreply.example>
Installed-Size: $(du -k -s --apparent-size --exclude=DEBIAN "$root" | cut -f1)
Depends: $depends, systemd | systemd-standalone-sysusers, ca-certificates
Suggests: postgresql, nginx
Section: web
Priority: optional
Description: from goal to effect in municipalities and schools
 The system that a municipality, its schools and a regional programme work in:
 questionnaires whose answers are anonymous, reports that can be trusted, and
 the thread from goal over data and dialogue to initiative and effect.
END
printf '/etc/traad/traad.conf\n' >"$root/DEBIAN/conffiles"
for script in postinst prerm postrm; do install -m 755 "$here/$script" "$root/DEBIAN/$script"; done
(cd "$root" && find . -type f ! -path './DEBIAN/*' -printf '%P\0' | LC_ALL=C sort -z | xargs -0 md5sum) >"$work/md5sums"
install -m 644 "$work/md5sums" "$root/DEBIAN/md5sums"
find "$root" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
level=9
if [ "${DEB_COMPRESS:-xz}" = gzip ]; then level=1; fi
dpkg-deb --root-owner-group -Z"${DEB_COMPRESS:-xz}" -z$level --build "$root" "$out/traad_${version}_$arch.deb" >/dev/null
echo "$out/traad_${version}_$arch.deb"
