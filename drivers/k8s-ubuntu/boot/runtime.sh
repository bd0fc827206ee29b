# shellcheck shell=bash
# Kernel settings, the volume for container images, and containerd.

CONTAINERD_ROOT=/var/lib/containerd

prepare_runtime() {
  local tries=0
  prepare_docker_volume
  until start_runtime >"$STATE/runtime.log" 2>&1; do
    tell runtime running "$(<"$STATE/runtime.log")"
    try_again $((tries++)) "$(<"$STATE/runtime.log")"
  done
}

# Every command may be repeated; the first that fails ends the try. (`set -e` does not work in a condition.)
start_runtime() {
  swapoff -a &&
    modprobe -a overlay br_netfilter &&
    sysctl -q -p "$ROOT/etc/sysctl.d/90-jeroboam.conf" &&
    { [[ -z ${UNITS_CHANGED:-} && ! -e $ROOT/etc/jeroboam/proxy.env ]] || systemctl daemon-reload; } &&
    { [[ ! -e $ROOT/etc/jeroboam/proxy.env ]] || is_done runtime || systemctl restart containerd; } &&
    systemctl start containerd &&
    systemctl enable kubelet &&
    mark_done runtime
}

prepare_docker_volume() {
  if [[ -z ${DOCKER_VOLUME_ID:-} ]] || is_done docker-volume; then return 0; fi
  disk_of "$DOCKER_VOLUME_ID"
  wait_for_disk
  local type
  type=$(file_system 2>"$STATE/disk.log") || give_up "blkid could not read $DISK: $(<"$STATE/disk.log")"
  [[ -n $type ]] || make_file_system jeroboam-docker
  systemctl stop containerd
  mount_disk "$CONTAINERD_ROOT"
  mount_at_boot "$CONTAINERD_ROOT" containerd.service
  mark_done docker-volume
}
