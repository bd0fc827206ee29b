#!/bin/bash
# Ends what up.sh started from LAB_DIR, services before what they stand on, and unmounts. The chroot and its databases
# stay: up.sh finds them again. `rm -r $LAB_DIR/trixie` afterwards makes the next lab a fresh one.
set -euo pipefail
HERE=$(dirname "$(readlink -f "$0")")
: "${LAB_DIR:?names the folder that the lab lives in}"
[ "$(id -u)" = 0 ] || { echo "The lab belongs to root." >&2; exit 1; }
[ -d "$LAB_DIR/run" ] || { echo "There is no lab in $LAB_DIR."; exit 0; }
cd "$LAB_DIR"
LAB=$(pwd -P)
R=$LAB/trixie
. "$HERE/processes.sh"

end() { # NAME...: all at once
  local name pid i
  for name in "$@"; do ! alive "$name" || kill -TERM -- "-$(cat "run/$name.pid")" 2>/dev/null || true; done
  for name in "$@"; do
    [ -s "run/$name.pid" ] || continue
    pid=$(cat "run/$name.pid")
    for i in $(seq 80); do
      alive "$name" || break
      [ "$i" -lt 80 ] || kill -KILL -- "-$pid" 2>/dev/null || true
      sleep 0.25
    done
    rm -f "run/$name.pid"
    echo "ended $name"
  done
}
stores=(rabbitmq mariadb memcached)
others=()
for file in run/*.pid; do
  name=$(basename "$file" .pid)
  [[ ! -e $file || " ${stores[*]} epmd " == *" $name "* ]] || others+=("$name")
done
end "${others[@]}"
end "${stores[@]}"
end epmd

# A worker that outlived its master would keep the mounts busy: it is found by its root, like every process of the lab.
for root in /proc/[0-9]*/root; do
  [ "$(readlink "$root" 2>/dev/null)" != "$R" ] || kill -KILL "$(basename "$(dirname "$root")")" 2>/dev/null || true
done
for mount in var/cache/apt/archives dev/shm dev/pts dev sys proc; do
  for i in $(seq 20); do
    mountpoint -q "$R/$mount" || break
    umount "$R/$mount" 2>/dev/null || sleep 0.25
  done
done
