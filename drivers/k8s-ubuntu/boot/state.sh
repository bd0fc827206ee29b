# shellcheck shell=bash
# State files, the boot deadline, and the two ways in which a step does not succeed: try_again and give_up.

# Makes the state folder and starts the clock at the first start ever.
open_state() {
  mkdir -p "$STATE"
  chmod 0700 "$STATE"
  if [[ ! -s $STATE/started-at ]]; then
    printf '%s\n' "$EPOCHSECONDS" >"$STATE/started-at.new"
    mv -f "$STATE/started-at.new" "$STATE/started-at"
  fi
  local started
  read -r started <"$STATE/started-at"
  DEADLINE=$((started + BOOT_DEADLINE_SECONDS))
  # A pipe that nobody writes to: reading it with a time-out waits without a process.
  exec {SILENCE}<> <(:)
}

is_done() { [[ -e $STATE/$1 ]]; }

mark_done() { : >"$STATE/$1"; }

log() { printf '%s %s\n' "${PHASE:-boot}:" "$*" >&2; }

wait_seconds() { read -r -t "$1" -u "$SILENCE" || :; }

# try_again N MESSAGE: waits before the next try of the current phase, longer each time (N = tries so far), or gives up
# when the boot deadline would pass meanwhile.
try_again() {
  local tries=$1 message=$2
  local -a pauses=(0.5 1 2 4 8 15)
  local pause=${pauses[tries < ${#pauses[@]} ? tries : ${#pauses[@]} - 1]}
  log "try $((tries + 1)): $message"
  if ((EPOCHSECONDS + ${pause%.*} >= DEADLINE)); then
    give_up "the boot deadline of $BOOT_DEADLINE_SECONDS s passed; last: $message"
  fi
  wait_seconds "$pause"
}

# give_up MESSAGE: reports the current phase as failed and ends the boot for good.
give_up() {
  local pause
  log "giving up: $1"
  # Told without waiting long: who watches has a deadline of their own.
  for pause in 0.01 1 2; do
    wait_seconds "$pause"
    report "$PHASE" failed "$1" && break
    [[ $HTTP_STATUS == 4?? ]] && break
  done
  printf '%s: %s\n' "$PHASE" "$1" >"$STATE/failed"
  exit 0
}
