# shellcheck shell=bash
# Sourced by up.sh and down.sh, which set LAB, R (the chroot) and LAB_PW: running things in the chroot and finding them again.

in_chroot() {
  chroot "$R" /usr/bin/env -i HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive PATH=/usr/sbin:/usr/bin:/sbin:/bin \
    PYTHONWARNINGS=ignore OSLO_LOCK_PATH=/var/lib/lab-lock LAB_PW="${LAB_PW:-}" "$@"
}

# A number in a pid file may be somebody else's by now: ours is the one whose root is the chroot.
alive() { # NAME
  local pid; pid=$(cat "$LAB/run/$1.pid" 2>/dev/null) || return 1
  [ -n "$pid" ] && [ "$(readlink "/proc/$pid/root" 2>/dev/null)" = "$R" ]
}

# Starts a service unless it runs, in a process group of its own, with its pid in run/NAME.pid.
daemon() { # NAME USER COMMAND...
  local name=$1 user=$2; shift 2
  ! alive "$name" || return 0
  setsid chroot --userspec="$user:$user" "$R" /usr/bin/env -i HOME=/root LC_ALL=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin PYTHONWARNINGS=ignore "$@" \
    >>"$LAB/log/$name.log" 2>&1 </dev/null &
  echo $! > "$LAB/run/$name.pid"
  # The root changes a moment after the fork; until then the process does not count as alive.
  until_true 40 "$name starts" alive "$name"
}

api() { # NAME PORT WSGI-FILE PROCESSES THREADS [further options of uwsgi]
  local name=$1 port=$2 file=$3 processes=$4 threads=$5; shift 5
  daemon "$name" root uwsgi_python3 --http-socket "127.0.0.1:$port" --wsgi-file "$file" --procname "lab-$name" --master \
    --processes "$processes" --threads "$threads" --enable-threads --lazy-apps --thunder-lock --buffer-size 65535 --listen 100 \
    --die-on-term --no-orphans --close-on-exec --disable-logging --add-header 'Connection: close' "$@"
}

until_true() { # QUARTER-SECONDS WHAT COMMAND...
  local tries=$1 what=$2; shift 2
  while ! "$@" >/dev/null 2>&1; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || { echo "Waited in vain: $what" >&2; exit 1; }
    sleep 0.25
  done
}

give_up() { # NAME SENTENCE
  echo "$2; the end of $LAB/log/$1.log:" >&2
  tail -20 "$LAB/log/$1.log" >&2
  exit 1
}

wait_port() { # NAME PORT
  for _ in $(seq 240); do
    (exec 3<>"/dev/tcp/127.0.0.1/$2") 2>/dev/null && return 0
    alive "$1" || give_up "$1" "$1 ended"
    sleep 0.25
  done
  give_up "$1" "$1 does not listen on $2"
}

wait_answer() { # NAME URL
  for _ in $(seq 480); do
    case "$(curl -s -o /dev/null -m 20 -w '%{http_code}' "$2" || true)" in 2* | 3* | 401) return 0 ;; esac
    alive "$1" || give_up "$1" "$1 ended"
    sleep 0.25
  done
  give_up "$1" "$1 does not answer at $2"
}

sql() { in_chroot mariadb --protocol=socket -uroot -N -e "$1"; }
has_rows() { [ "$(sql "select count(*) from $1")" -gt 0 ]; }
