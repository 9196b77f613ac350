#!/bin/sh
# Makes the layers of the practice hosts' Consul images: build.sh ROOT ASSETS OUT
#   ROOT    a directory with Debian's consul, haproxy and busybox-static unpacked
#   ASSETS  the directory of this script
#   OUT     gets base.tar (shell, libraries, consul), hashicorp.tar and progrium.tar
# Needs no root: owners are given to tar, times are fixed, so that the same input gives the same digest.
set -eu
root=$1 assets=$2 out=$3
work=$(mktemp -d "$out/work.XXXXXX")
trap 'rm -rf "$work"' EXIT
umask 022

loader=$(find "$root/lib" "$root/usr/lib" -name 'ld-[0-9]*.so' -o -name 'ld-linux*.so.*' | sort | head -n 1)
dirs=$(find "$root/lib" "$root/usr/lib" -maxdepth 1 -type d -name '*-linux-gnu*' | tr '\n' ':')

# Copies a program and every library that it needs, each to the path where the loader finds it.
take() { # take DESTINATION SOURCE PATH-INSIDE
  mkdir -p "$1/$(dirname "$3")"
  cp "$2" "$1/$3"
  "$loader" --library-path "$dirs" --list "$2" | sed -n 's/.*=> \(\/[^ ]*\) (.*/\1/p' | while read -r library; do
    case "$library" in */ld-*) continue ;; esac
    target="$1/lib/$(basename "$library")"
    if [ ! -e "$work/base/lib/$(basename "$library")" ] && [ ! -e "$target" ]; then
      mkdir -p "$1/lib"
      cp -L "$library" "$target"
    fi
  done
}
# Packs a tree as root's; a directory given after it, with what it holds, as the consul user's (100:1000).
pack() { # pack TREE TAR [DIRECTORY]
  tar -C "$1" --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner ${3:+--exclude="./$3"} -cf "$2" .
  if [ -n "${3:-}" ]; then
    tar -C "$1" --sort=name --mtime=@0 --owner=100 --group=1000 --numeric-owner -rf "$2" "./$3"
  fi
}

base=$work/base
mkdir -p "$base/bin" "$base/etc" "$base/tmp" "$base/root"
chmod 1777 "$base/tmp"
take "$base" "$root/usr/bin/consul" bin/consul
# The loader is asked for by the name that is compiled into the programs.
(cd "$root" && find lib lib64 -maxdepth 1 -name 'ld-linux*' 2>/dev/null) | while read -r name; do
  mkdir -p "$base/$(dirname "$name")"
  cp -L "$loader" "$base/$name"
done
cp "$root/bin/busybox" "$base/bin/busybox"
"$root/bin/busybox" --list | while read -r applet; do
  [ "$applet" = busybox ] || ln -sf busybox "$base/bin/$applet"
done
cat >"$base/etc/passwd" <<'PASSWD'
root:x:0:0:root:/root:/bin/sh
nobody:x:65534:65534:nobody:/:/bin/false
consul:x:100:1000:consul:/home/consul:/bin/sh
PASSWD
printf 'root:x:0:\nnogroup:x:65534:\nconsul:x:1000:\n' >"$base/etc/group"
printf 'hosts: files dns\n' >"$base/etc/nsswitch.conf"
for name in $(cd "$root" && find lib/*-linux-gnu* usr/lib/*-linux-gnu* -name 'libnss_files.so.2' -o -name 'libnss_dns.so.2' -o -name 'libresolv.so.2' 2>/dev/null); do
  mkdir -p "$base/lib"
  cp -L "$root/$name" "$base/lib/$(basename "$name")"
done
pack "$base" "$out/base.tar"

hashicorp=$work/hashicorp
mkdir -p "$hashicorp/usr/local/bin" "$hashicorp/consul/data" "$hashicorp/consul/config"
install -m 0755 "$assets/docker-entrypoint.sh" "$hashicorp/usr/local/bin/docker-entrypoint.sh"
pack "$hashicorp" "$out/hashicorp.tar" consul

progrium=$work/progrium
mkdir -p "$progrium/bin" "$progrium/etc" "$progrium/config" "$progrium/data"
install -m 0755 "$assets/progrium-start.sh" "$progrium/bin/start"
install -m 0644 "$assets/progrium-config.json" "$progrium/config/consul.json"
install -m 0644 "$assets/progrium-haproxy.cfg" "$progrium/etc/haproxy.cfg"
install -m 0644 "$assets/haproxy-503.http" "$progrium/etc/haproxy-503.http"
take "$progrium" "$root/usr/sbin/haproxy" bin/haproxy
pack "$progrium" "$out/progrium.tar"
