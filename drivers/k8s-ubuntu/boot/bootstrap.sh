#!/bin/bash
# Takes a machine from its first boot to a node of its cluster: claim, payload, volumes, runtime, kubeadm, joined.
#
# Every step leaves a file in the state folder and may be run again, so that a reboot or a restart of the unit goes on
# where it was. What can pass is tried again until the boot deadline; what cannot is reported once and ends the boot
# (exit 0 and the file `failed`, which keeps the unit from starting again). Any other exit is a crash: systemd restarts us.
#
# Few processes on purpose: bash reads, compares and waits by itself.
set -Eeuo pipefail
export LC_ALL=C
umask 022

# Prefix of every path of the machine; empty on a real one.
ROOT=${NODE_ROOT:-}
LIB=${BASH_SOURCE[0]%/*}
STATE=$ROOT/var/lib/jeroboam/state
KUBEADM_CONFIG=$ROOT/etc/jeroboam/kubeadm.yaml

set -a
# shellcheck source=/dev/null
. "$ROOT/etc/jeroboam/node.env"
set +a
: "${CLUSTER_ID:?}" "${NODE_ID:?}" "${NODE_NAME:?}" "${NODE_ROLE:?}" "${NODE_API_URL:?}" "${CLAIM_TOKEN:?}" "${BOOT_DEADLINE_SECONDS:?}"

# shellcheck source=state.sh
. "$LIB/state.sh"
# shellcheck source=node-api.sh
. "$LIB/node-api.sh"
# shellcheck source=payload.sh
. "$LIB/payload.sh"
# shellcheck source=volumes.sh
. "$LIB/volumes.sh"
# shellcheck source=runtime.sh
. "$LIB/runtime.sh"
# shellcheck source=kubeadm.sh
. "$LIB/kubeadm.sh"

trap 'log "stopped by an error (status $?) at line $LINENO"' ERR

open_state
is_done joined && exit 0
is_done failed && exit 0

PHASE=claimed
is_done claimed || { claim; mark_done claimed; }

PHASE=payload
is_done payload || { fetch_payload; mark_done payload; tell payload 'done' ''; }
read_boot_mode

if [[ $NODE_ROLE == control-plane ]]; then
  PHASE=volumes
  prepare_etcd_volume
fi

PHASE=runtime
prepare_runtime

PHASE=kubeadm
is_done kubeadm || { tell kubeadm running ''; "boot_$BOOT_MODE"; mark_done kubeadm; }

PHASE=joined
deliver joined 'done' "$NODE_NAME joined by $BOOT_MODE"
mark_done joined
log "this machine is node $NODE_NAME"
