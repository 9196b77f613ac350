#!/bin/sh
# What a start command meets in the progrium/consul image (Consul 0.5.2), written anew for practice hosts on
# top of a later Consul: a flag that 0.5.2 does not know stops the agent in Consul's own words, and haproxy
# in front of the HTTP API answers 404 for what came later (see progrium-haproxy.cfg).
set -eu

# Flags of `consul agent` in 0.5.2 that take a value, and those that do not.
valued=' advertise advertise-wan atlas atlas-token bind bootstrap-expect client config-dir config-file data-dir
 dc encrypt http-port join join-wan log-level node pid-file protocol recursor retry-interval
 retry-interval-wan retry-join retry-join-wan retry-max retry-max-wan ui-dir '
switches=' atlas-join bootstrap rejoin server syslog '
valued=$(echo "$valued" | tr '\n' ' ')

client=0.0.0.0
port=8500
expects=
for argument in "$@"; do
  if [ -n "$expects" ]; then
    case "$expects" in
    client) client=$argument ;;
    http-port) port=$argument ;;
    esac
    expects=
    continue
  fi
  case "$argument" in
  -*) ;;
  *) break ;; # Go's flag package stops at the first word that is not a flag
  esac
  flag=${argument#-}
  flag=${flag#-}
  name=${flag%%=*}
  case "$name" in
  *[!a-z-]* | '') known= ;;
  *)
    case "$valued" in
    *" $name "*) known=valued ;;
    *) case "$switches" in *" $name "*) known=switch ;; *) known= ;; esac ;;
    esac
    ;;
  esac
  if [ -z "$known" ]; then
    echo "flag provided but not defined: -$name" >&2
    exit 1
  fi
  case "$known:$flag" in
  valued:client=*) client=${flag#*=} ;;
  valued:http-port=*) port=${flag#*=} ;;
  valued:*=*) ;;
  valued:*) expects=$name ;;
  esac
done

export RAFTYARD_HTTP_ADDRESS="$client:$port"
rm -f /tmp/consul-http.sock
haproxy -D -f /etc/haproxy.cfg >/dev/null 2>&1 || {
  echo "==> Error starting agent: Failed to start HTTP servers: cannot listen on $client:$port" >&2
  exit 1
}
exec consul agent -config-dir=/config "$@"
