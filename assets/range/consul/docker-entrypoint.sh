#!/bin/sh
# What a start command meets in the hashicorp/consul image, written anew for practice hosts:
# `agent` gets the data and configuration directories and the bind and client addresses, everything that
# Consul knows as a command gets `consul` in front, and Consul never runs as root.
set -eu

address_of() {
  ip -o -4 addr show dev "$1" 2>/dev/null | awk '{ sub(/\/.*/, "", $4); print $4; exit }'
}

bind=
if [ -n "${CONSUL_BIND_INTERFACE:-}" ]; then
  bind=$(address_of "$CONSUL_BIND_INTERFACE")
  if [ -z "$bind" ]; then
    echo "Could not find IP for interface '$CONSUL_BIND_INTERFACE', exiting" >&2
    exit 1
  fi
  echo "==> Found address '$bind' for interface '$CONSUL_BIND_INTERFACE', setting bind option..."
fi

client=
if [ -n "${CONSUL_CLIENT_INTERFACE:-}" ]; then
  client=$(address_of "$CONSUL_CLIENT_INTERFACE")
  if [ -z "$client" ]; then
    echo "Could not find IP for interface '$CONSUL_CLIENT_INTERFACE', exiting" >&2
    exit 1
  fi
  echo "==> Found address '$client' for interface '$CONSUL_CLIENT_INTERFACE', setting client option..."
fi

data=/consul/data
config=/consul/config
if [ -n "${CONSUL_LOCAL_CONFIG:-}" ]; then
  printf '%s\n' "$CONSUL_LOCAL_CONFIG" >"$config/local.json"
fi

case "${1:-}" in
-*) set -- consul "$@" ;;
agent)
  shift
  set -- "-config-dir=$config" "$@"
  if [ -n "$client" ]; then set -- "-client=$client" "$@"; fi
  if [ -n "$bind" ]; then set -- "-bind=$bind" "$@"; fi
  set -- consul agent "-data-dir=$data" "$@"
  ;;
'' | consul | */*) ;;
*)
  # A command of Consul's own (members, kv, operator …) answers to --help with its usage.
  if consul --help "$1" 2>&1 | grep -q "consul $1"; then set -- consul "$@"; fi
  ;;
esac

if [ "${1:-}" = consul ] && [ "$(id -u)" = 0 ]; then
  if [ -z "${CONSUL_DISABLE_PERM_MGMT:-}" ]; then
    for directory in "$data" "$config"; do
      if [ "$(stat -c %u "$directory")" != "$(id -u consul)" ]; then chown consul:consul "$directory"; fi
    done
  fi
  # shellcheck disable=SC2016 # the inner shell expands its own arguments
  exec su -m -s /bin/sh -c 'exec "$0" "$@"' -- consul "$@"
fi
exec "$@"
