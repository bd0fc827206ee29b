# shellcheck shell=bash
# Disks: the slot's etcd volume with its refusal rules, and mounting in a way that survives reboots.

ETCD_MOUNT=/var/lib/etcd-volume

# disk_of VOLUME: the device that Nova's serial number gives a volume; virtio cuts it to 20 characters.
disk_of() { DISK=/dev/disk/by-id/virtio-${1:0:20}; }

# The volume is attached after the server is active, so it comes while we run.
wait_for_disk() {
  local tries=0
  until [[ -e $ROOT$DISK ]]; do try_again $((tries++)) "disk $DISK is not attached yet"; done
}

# file_system: prints the type on $DISK; nothing for an empty disk.
file_system() {
  local status=0
  # 2 = blkid found nothing it knows.
  blkid -o value -s TYPE "$ROOT$DISK" || status=$?
  ((status == 0 || status == 2)) || return "$status"
}

make_file_system() {
  mkfs.ext4 -q -L "$1" "$ROOT$DISK" >"$STATE/disk.log" 2>&1 || give_up "no file system could be made on $DISK: $(<"$STATE/disk.log")"
}

# mount_disk FOLDER: mounts $DISK now; again is no error.
mount_disk() {
  mkdir -p "$ROOT$1"
  mount "$ROOT$DISK" "$ROOT$1" >"$STATE/disk.log" 2>&1 && return
  local output
  output=$(<"$STATE/disk.log")
  [[ $output == *'already mounted'* ]] || give_up "$DISK could not be mounted at $1: $output"
}

# mount_at_boot FOLDER UNIT: mounts $DISK at every boot, and UNIT does not start without it: a kubelet that finds no disk
# would let etcd begin an empty cluster on the root disk.
mount_at_boot() {
  local folder=$1 unit=$2 table=
  [[ ! -s $ROOT/etc/fstab ]] || table=$(<"$ROOT/etc/fstab")
  if [[ $table != *" $folder "* ]]; then
    printf '%s %s ext4 defaults,nofail,x-systemd.device-timeout=60s 0 2\n' "$DISK" "$folder" >>"$ROOT/etc/fstab"
  fi
  mkdir -p "$ROOT/etc/systemd/system/$unit.d"
  printf '[Unit]\nRequiresMountsFor=%s\n' "$folder" >"$ROOT/etc/systemd/system/$unit.d/20-jeroboam-${folder##*/}.conf"
  # shellcheck disable=SC2034 # runtime.sh reads it
  UNITS_CHANGED=1
}

has_entries() {
  local -a entries
  shopt -s nullglob dotglob
  entries=("$1"/*)
  shopt -u nullglob dotglob
  local entry
  for entry in "${entries[@]}"; do
    case ${entry##*/} in
      # The second is our own marker, when the machine stopped before it got its name.
      lost+found | jeroboam-slot.new) ;;
      *) return 0 ;;
    esac
  done
  return 1
}

# The slot's volume holds etcd's data in a folder of this cluster and slot, and a marker that says whose it is.
# init and join need an empty one, resume needs this slot's: anything else stops the boot before etcd can do harm.
prepare_etcd_volume() {
  if [[ -z ${ETCD_VOLUME_ID:-} ]]; then
    [[ $BOOT_MODE != resume ]] || give_up 'resume needs an etcd volume, and this slot has none'
    return 0
  fi
  local marker=$ROOT$ETCD_MOUNT/jeroboam-slot owner="$CLUSTER_ID ${SLOT:?}"
  local data=$ROOT$ETCD_MOUNT/$CLUSTER_ID/slot-$SLOT/etcd
  disk_of "$ETCD_VOLUME_ID"
  wait_for_disk
  if is_done volumes; then
    # A later start of the same boot: what is on the volume now, we wrote ourselves.
    [[ -e $marker ]] || mount_disk "$ETCD_MOUNT"
    check_marker "$marker" "$owner"
    return 0
  fi
  local type
  type=$(file_system 2>"$STATE/disk.log") || give_up "blkid could not read $DISK: $(<"$STATE/disk.log")"
  case $BOOT_MODE/$type in
    */ext4) ;;
    resume/) give_up "the etcd volume $ETCD_VOLUME_ID is empty: nothing to resume" ;;
    */) make_file_system jeroboam-etcd ;;
    *) give_up "the etcd volume $ETCD_VOLUME_ID holds a file system that is not ours ($type)" ;;
  esac
  mount_disk "$ETCD_MOUNT"
  if [[ ! -e $marker ]]; then
    [[ $BOOT_MODE != resume ]] || give_up "the etcd volume $ETCD_VOLUME_ID has no marker of a slot: nothing to resume"
    ! has_entries "$ROOT$ETCD_MOUNT" || give_up "the etcd volume $ETCD_VOLUME_ID holds something that is not ours"
    printf '%s\n' "$owner" >"$marker.new"
    mv -f "$marker.new" "$marker"
  fi
  check_marker "$marker" "$owner"
  if has_entries "$data"; then
    [[ $BOOT_MODE == resume ]] || give_up "the etcd volume $ETCD_VOLUME_ID already holds the data of slot $SLOT: $BOOT_MODE would begin anew"
  else
    [[ $BOOT_MODE != resume ]] || give_up "the etcd volume $ETCD_VOLUME_ID holds no etcd data of slot $SLOT: nothing to resume"
  fi
  make_data_folder "$data"
  mount_at_boot "$ETCD_MOUNT" kubelet.service
  mark_done volumes
  tell volumes 'done' ''
}

check_marker() {
  local found=
  read -r found <"$1" || :
  [[ $found == "$2" ]] || give_up "the etcd volume $ETCD_VOLUME_ID belongs to '$found', not to '$2'"
}

make_data_folder() {
  umask 077
  mkdir -p "$1"
  umask 022
  # kubeadm keeps one data folder for the whole cluster, that of slot 0, and a joining member cannot name another.
  local first=$ROOT$ETCD_MOUNT/$CLUSTER_ID/slot-0
  [[ -e $first ]] || ln -s "slot-$SLOT" "$first"
}
