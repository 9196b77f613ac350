/** The read-only questions to a host: POSIX sh, every line of an answer under the name of its section. */

/** First question, as the login user: who it is, and whether sudo asks for a password. */
export const LOGIN_SCRIPT = `LC_ALL=C; export LC_ALL
echo "uid=$(id -u)"
echo "user=$(id -un)"
echo "groups=$(id -Gn)"
if [ "$(id -u)" = 0 ]; then echo sudo=unneeded
elif ! command -v sudo >/dev/null 2>&1; then echo sudo=missing
elif sudo -n true 2>/dev/null; then echo sudo=free
else echo sudo=asks; fi
exit 0
`;

/**
 * Everything else, as root where possible. Arguments: working directory, number of files, the files, then the other
 * hosts' advertise addresses. Files and peers are told by their number: no name is ever printed.
 */
export const HOST_SCRIPT = `LC_ALL=C; export LC_ALL
PATH=$PATH:/usr/sbin:/sbin:/snap/bin; export PATH
section() { sed "s/^/$1=/"; }
have() { command -v "$1" >/dev/null 2>&1; }
[ -r /etc/os-release ] && grep -E '^(ID|PRETTY_NAME)=' /etc/os-release | section os
echo "kernel=$(uname -r)"
echo "machine=$(uname -m)"
if [ -d /run/systemd/system ]; then echo systemd=yes; else echo systemd=no; fi
if [ -r /sys/fs/selinux/enforce ]; then echo "selinux=$(cat /sys/fs/selinux/enforce)"; fi
if have ip; then ip -o addr show 2>/dev/null | section addr
elif have hostname; then hostname -I 2>/dev/null | tr ' ' '\\n' | sed -n 's/^\\(..*\\)$/plain-addr=\\1/p'; fi
if have ss; then ss -H -lntup 2>/dev/null | section ss
elif have netstat; then netstat -lntup 2>/dev/null | section netstat; fi
docker=$(command -v docker 2>/dev/null) && {
  echo "docker-path=$(readlink -f "$docker" 2>/dev/null || echo "$docker")"
  docker --version 2>/dev/null | head -n 1 | section docker-version
}
if [ -d /run/systemd/system ]; then
  for unit in docker snap.docker.dockerd; do
    echo "boot-$unit=$(systemctl is-enabled "$unit.service" 2>/dev/null)"
  done
elif have rc-update; then rc-update show default 2>/dev/null | grep -qw docker && echo boot-openrc=enabled || echo boot-openrc=disabled
fi
workdir=$1; count=$2; shift 2
[ -d "$workdir" ] && echo workdir=yes
if [ -e "$workdir" ] && [ ! -d "$workdir" ]; then echo workdir=not-a-directory; fi
state="$workdir/.raftyard/state.json"
if [ -f "$state" ]; then echo "state=$(head -c 262144 -- "$state" | base64 | tr -d '\\n')"; fi
if [ -f "$workdir/.raftyard/image" ]; then head -c 300 -- "$workdir/.raftyard/image" | head -n 1 | section proven; fi
i=0
while [ "$i" -lt "$count" ]; do
  if [ -f "$1" ]; then
    mode=$(stat -c %a -- "$1" 2>/dev/null)
    sum=$(sha256sum < "$1" 2>/dev/null)
    echo "file=$i $mode \${sum%% *}"
  fi
  i=$((i + 1)); shift
done
i=0
while [ $# -ge 1 ]; do
  have ip && ip -o route get "$1" 2>/dev/null | head -n 1 | section "route-$i"
  i=$((i + 1)); shift
done
df -Pk /var/lib/docker /var/lib /var / 2>/dev/null | sed -n '2p' | section df
exit 0
`;

/** Free space of the file system of a path, in the form of \`df -Pk\`. */
export const DISK_SCRIPT = 'df -Pk -- "$1" 2>/dev/null | sed -n "2s/^/df=/p"; exit 0\n';
