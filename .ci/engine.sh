#!/usr/bin/env bash
# Brings up a container engine on a fresh Debian machine, with the images that the tests use. An engine that answers
# is used as it is, and an image that is there is not made again. The engine goes on running until `engine.sh stop`,
# which ends only one that this has started.
set -euo pipefail

log=/tmp/orch-test-dockerd.log
pid=/tmp/orch-test-dockerd.pid

stop_engine() {
  [ -e "$pid" ] || return 0
  read -r daemon <"$pid"
  rm -f "$pid"
  [ "$(cat "/proc/$daemon/comm" 2>/dev/null)" != dockerd ] || kill "$daemon"
}

if [ "${1:-}" = stop ]; then
  stop_engine
  exit 0
fi

packages=git,procps,redis-server
image=orch-test/base:1
small=orch-test/small:1
work=$(mktemp -d)
started=no
ready=no
tidy() {
  rm -rf "$work"
  # What was not finished, or killed midway, leaves no engine behind.
  [ "$started" = no ] || [ "$ready" = yes ] || stop_engine
}
trap tidy EXIT

answers() { docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }
has() { docker image inspect "$1" >/dev/null 2>&1; }
# An older one may lack what a test has come to need.
has_base() { [ "$(docker image inspect --format '{{index .Config.Labels "packages"}}' "$image" 2>/dev/null)" = "$packages" ]; }

install() {
  local missing=()
  for program in "$@"; do command -v "${program%%=*}" >/dev/null || missing+=("${program##*=}"); done
  [ ${#missing[@]} -eq 0 ] && return
  echo "installing ${missing[*]}"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >"$work/apt.log" 2>&1 ||
    { cat "$work/apt.log"; exit 1; }
}

start_engine() {
  install dockerd=docker.io docker=docker.io iptables=iptables mmdebstrap=mmdebstrap \
    docker-registry=docker-registry
  # A session of its own: it is not to end with this script, nor to hold its output open.
  setsid nohup dockerd >"$log" 2>&1 </dev/null &
  echo $! >"$pid"
  started=yes
}

wait_for_engine() {
  for _ in $(seq 150); do
    answers && return
    sleep 0.2
  done
  echo "the engine does not answer:" >&2
  tail -20 "$log" >&2
  exit 1
}

make_base() {
  install mmdebstrap=mmdebstrap
  mmdebstrap --quiet --variant=minbase --dpkgopt=force-unsafe-io --include="$packages" \
    bookworm "$work/base.tar"
}

import_base() {
  docker import -c 'CMD ["bash"]' -c "LABEL packages=$packages" -c 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
    "$work/base.tar" "$image" >/dev/null
}

# Without glibc and everything else: what an image like alpine has in common with this is that Debian's programs do
# not run in it by themselves.
import_small() {
  install busybox=busybox-static
  mkdir -p "$work/small/bin" "$work/small/tmp"
  cp "$(command -v busybox)" "$work/small/bin/busybox"
  for name in $(busybox --list | grep -vx busybox); do ln -s busybox "$work/small/bin/$name"; done
  tar -C "$work/small" -c . | docker import -c 'CMD ["sh"]' -c 'ENV PATH=/bin' - "$small" >/dev/null
}

answers || start_engine
install docker-registry=docker-registry
if ! answers || ! has_base; then make_base; fi
wait_for_engine
[ ! -e "$work/base.tar" ] || import_base
has "$small" || import_small
ready=yes
echo "engine $(docker version --format '{{.Server.Version}}') with $image and $small"
