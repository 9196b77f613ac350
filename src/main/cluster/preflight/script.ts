/**
 * The read-only questions to a host: one POSIX sh script, every line of an answer under the name of its section. Parts
 * that have a parser of their own are sections within a section, so that no line of one can pass for another's.
 */
import { FIREWALL_SCRIPT } from '../../host/firewall/read.js';
import { DNS_SCRIPT } from './dns.js';

/** Section of {@link FIREWALL_SCRIPT}'s answer, and of {@link DNS_SCRIPT}'s. */
export const FIREWALL = 'firewall';
export const NAMES = 'names';

/** A script as a function: its settings, functions and `exit` stay its own. */
const asFunction = (name: string, script: string): string => `${name}() (\n${script}\n)\n`;

/** The host's clock. What follows is sent when its answer is there, and asks once more: the quicker one is the truer. */
export const CLOCK_SCRIPT = 'echo "clock=$(date +%s%N)"\n';

/**
 * Everything that a look asks of a host's shell, in one go and as root where possible.
 *
 * Arguments: working directory, advertise address, `yes` where names are asked about in any case, systemd-resolved's
 * file of ours, number of files, the files, then the other hosts' advertise addresses (nothing but IP addresses: they
 * become commands of `ip -batch`). Files are told by their number: no name is ever printed.
 */
export const LOOK_SCRIPT = `${CLOCK_SCRIPT}LC_ALL=C; export LC_ALL
PATH=$PATH:/usr/sbin:/sbin:/snap/bin; export PATH
section() { sed "s/^/$1=/"; }
have() { command -v "$1" >/dev/null 2>&1; }
${asFunction('look_at_firewall', FIREWALL_SCRIPT)}${asFunction('look_at_names', DNS_SCRIPT)}[ -r /etc/os-release ] && grep -E '^(ID|PRETTY_NAME)=' /etc/os-release | section os
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
  # The engine tells its own; podman's shim is a script or a link to podman.
  case $(readlink -f "$docker")$(head -c 2 "$docker" 2>/dev/null | tr -d '\\000') in
    *podman* | *'#!') docker --version 2>/dev/null </dev/null | head -n 1 | section docker-version ;;
  esac
}
if [ -d /run/systemd/system ]; then
  for unit in docker snap.docker.dockerd; do
    echo "boot-$unit=$(systemctl is-enabled "$unit.service" 2>/dev/null)"
  done
elif have rc-update; then rc-update show default 2>/dev/null | grep -qw docker && echo boot-openrc=enabled || echo boot-openrc=disabled
fi
workdir=$1; advertise=$2; names=$3; resolver=$4; count=$5; shift 5
look_at_firewall "$advertise" </dev/null | section ${FIREWALL}
# A record that was cut short leaves a directory of ours with nothing in it, which counts as none.
if [ -d "$workdir" ] && { [ -f "$workdir/.raftyard/state.json" ] || [ ! -d "$workdir/.raftyard" ] ||
  [ -n "$(find "$workdir" ! -type d ! -name 'state.json.raftyard.*' 2>/dev/null | head -n 1)" ]; }; then
  echo workdir=yes
fi
if [ -e "$workdir" ] && [ ! -d "$workdir" ]; then echo workdir=not-a-directory; fi
state="$workdir/.raftyard/state.json"
if [ -f "$state" ]; then
  echo "state=$(head -c 262144 -- "$state" | base64 | tr -d '\\n')"
  # What we changed for names is written there.
  if grep -q '"dns"' "$state"; then names=yes; fi
fi
if [ "$names" = yes ]; then look_at_names "$resolver" "$workdir/.raftyard" </dev/null | section ${NAMES}; fi
due="$workdir/.raftyard/restart-due.json"
if [ -f "$due" ]; then echo "restart-due=$(head -c 4096 -- "$due" | base64 | tr -d '\\n')"; fi
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
if have ip && [ $# -ge 1 ]; then
  # All at once; busybox' ip knows no batch.
  routes=$(for peer do echo "route get $peer"; done | ip -o -force -batch - 2>/dev/null)
  [ -n "$routes" ] || routes=$(for peer do ip -o route get "$peer" 2>/dev/null </dev/null; done)
  printf '%s\\n' "$routes" | section route
fi
df -Pk /var/lib/docker /var/lib /var / 2>/dev/null | sed -n '2p' | section df
exit 0
`;

/** Free space of the file system of a path, in the form of \`df -Pk\`. */
export const DISK_SCRIPT = 'df -Pk -- "$1" 2>/dev/null | sed -n "2s/^/df=/p"; exit 0\n';
