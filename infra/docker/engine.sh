#!/usr/bin/env bash
# engine.sh start|stop: a Docker engine for the containers tests where none runs.
# An engine that runs already is used and left alone. Ours keeps its images under .cache/docker and
# its pid and log under .strata/docker; where dockerd is missing, Debian's package is installed.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
data=$root/.cache/docker/data
run=$root/.strata/docker
pidfile=$run/docker.pid

# The file goes with the process, at any moment.
ours_runs() {
  local pid
  pid=$(cat "$pidfile" 2>/dev/null) && [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = dockerd ]
}

start() {
  if docker version >/dev/null 2>&1; then
    echo "A Docker engine runs already; it is used."
    return
  fi
  if ! command -v dockerd >/dev/null || ! command -v mmdebstrap >/dev/null; then
    [ "$(id -u)" = 0 ] && [ -e /etc/debian_version ] || {
      echo "No Docker engine runs. Start Docker and run this again." >&2
      exit 1
    }
    echo "Installing Debian's packages docker.io, iptables and mmdebstrap"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
      docker.io iptables ca-certificates mmdebstrap >/dev/null
  fi
  mkdir -p "$data" "$run"
  # --ip: published ports without an address of their own are bound to loopback only.
  nohup setsid dockerd --data-root "$data" --pidfile "$pidfile" --ip 127.0.0.1 \
    </dev/null >"$run/dockerd.log" 2>&1 &
  for _ in $(seq 120); do
    if docker version >/dev/null 2>&1; then
      echo "The engine is up (pid $(cat "$pidfile"))."
      return
    fi
    sleep 0.25
  done
  tail -20 "$run/dockerd.log" >&2
  echo "The engine did not start. The whole log: $run/dockerd.log" >&2
  exit 1
}

stop() {
  ours_runs || return 0
  local pid ids
  pid=$(cat "$pidfile")
  ids=$(docker ps -aq --filter label=org.testcontainers=true)
  ids="$ids $(docker ps -aq --filter label=com.docker.compose.project)"
  # shellcheck disable=SC2086
  [ -z "${ids// /}" ] || docker rm -f $ids >/dev/null
  kill -TERM "$pid"
  for _ in $(seq 100); do ours_runs || break; sleep 0.1; done
  if ours_runs; then
    echo "The engine (pid $pid) still runs." >&2
    exit 1
  fi
  forget_network
  echo "The engine has stopped (pid $pid)."
}

# dockerd leaves its bridge, its chains and a FORWARD policy of DROP behind.
forget_network() {
  local rule chains chain
  for rule in 'PREROUTING -m addrtype --dst-type LOCAL -j DOCKER' \
    'OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER' \
    'POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE'; do
    # shellcheck disable=SC2086
    iptables -t nat -D $rule 2>/dev/null || true
  done
  iptables -P FORWARD ACCEPT
  iptables -S FORWARD | { grep -E 'docker0|DOCKER' || true; } | sed 's/^-A/-D/' |
    while read -r rule; do
      # shellcheck disable=SC2086
      iptables $rule
    done
  chains=$(iptables -S | awk '$1 == "-N" && $2 ~ /^DOCKER/ { print $2 }')
  for chain in $chains; do iptables -F "$chain"; done
  for chain in $chains; do iptables -X "$chain"; done
  iptables -t nat -F DOCKER 2>/dev/null && iptables -t nat -X DOCKER || true
  ip link del docker0 2>/dev/null || true
}

case ${1:-} in
  start) start ;;
  stop) stop ;;
  *)
    echo "Use: $0 start|stop" >&2
    exit 2
    ;;
esac
