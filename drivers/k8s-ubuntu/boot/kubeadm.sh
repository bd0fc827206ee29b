# shellcheck shell=bash
# The three ways to become a node: init (first control-plane node), join (any other), resume (a new machine for a slot
# whose volume holds etcd's data).

# ignore_own_traces: sets IGNORE to the option that lets kubeadm's checks pass over what an earlier try of ours left behind.
ignore_own_traces() {
  local name checks=Port-10250,Port-10257,Port-10259,Port-2379,Port-2380,Port-${API_PORT:?},DirAvailable--var-lib-etcd
  for name in kube-apiserver kube-controller-manager kube-scheduler etcd; do
    checks+=,FileAvailable--etc-kubernetes-manifests-$name.yaml
  done
  # A joining member's data folder is known to the cluster by the first slot's name.
  for name in 0 "${SLOT:?}"; do
    name=$ETCD_MOUNT/$CLUSTER_ID/slot-$name/etcd
    checks+=,DirAvailable-${name//\//-}
  done
  IGNORE=--ignore-preflight-errors=$checks
}

# run_kubeadm WORDS: true when it succeeded; else KUBEADM_ERROR is what it printed.
run_kubeadm() {
  local status=0
  kubeadm "$@" --config "$KUBEADM_CONFIG" >"$STATE/kubeadm.log" 2>&1 || status=$?
  KUBEADM_ERROR=
  ((status != 0)) || return 0
  KUBEADM_ERROR=$(<"$STATE/kubeadm.log")
  printf '%s\n' "$KUBEADM_ERROR" >&2
  case $status:$KUBEADM_ERROR in
    # 3: kubeadm's own exit status for a configuration that it refuses.
    3:* | *'strict decoding error'* | *'error unmarshaling'* | *'no kind "'* | *'unsupported API spec'* | *'unable to load config'* | *'invalid configuration'*)
      give_up "kubeadm refuses its configuration: $KUBEADM_ERROR"
      ;;
    *'are pinned'*) give_up "the cluster that answers is not ours: $KUBEADM_ERROR" ;;
  esac
  return 1
}

# until_done WORDS: tries until it succeeds or the deadline passes, and lets the watchers see why it does not.
until_done() {
  local tries=0
  until run_kubeadm "$@"; do
    tell kubeadm running "kubeadm ${*:1:3}: $KUBEADM_ERROR"
    try_again $((tries++)) "kubeadm ${*:1:3}: $KUBEADM_ERROR"
  done
}

boot_init() {
  local tries=0
  local -a again=()
  while :; do
    if is_done kubeadm-tried; then
      ignore_own_traces
      again=("$IGNORE")
    fi
    mark_done kubeadm-tried
    run_kubeadm init "${again[@]}" && return
    tell kubeadm running "kubeadm init: $KUBEADM_ERROR"
    try_again $((tries++)) "kubeadm init: $KUBEADM_ERROR"
  done
}

boot_join() {
  local tries=0
  local -a again=()
  while :; do
    if is_done kubeadm-tried; then
      # A worker's credential from an earlier start says that the kubelet was let in and only our note of it is missing.
      [[ $NODE_ROLE == control-plane || $tries != 0 || ! -s $ROOT/etc/kubernetes/kubelet.conf || -e $ROOT/etc/kubernetes/bootstrap-kubelet.conf ]] || return 0
      clear_join
      if [[ $NODE_ROLE == control-plane ]]; then
        ignore_own_traces
        again=("$IGNORE")
      fi
    fi
    mark_done kubeadm-tried
    run_kubeadm join "${again[@]}" && return
    tell kubeadm running "kubeadm join: $KUBEADM_ERROR"
    try_again $((tries++)) "kubeadm join: $KUBEADM_ERROR"
  done
}

# Not `kubeadm reset`: that takes the etcd member and its data along.
clear_join() {
  systemctl stop kubelet || log 'the kubelet could not be stopped'
  rm -f "$ROOT/etc/kubernetes/kubelet.conf" "$ROOT/etc/kubernetes/bootstrap-kubelet.conf"
  [[ $NODE_ROLE == control-plane ]] || rm -f "$ROOT/etc/kubernetes/pki/ca.crt"
}

# The member is in etcd's data already, so nothing is begun: certificates, kubeconfigs, static pods, kubelet. Labels and
# taint come last, because they need the API that these bring up.
boot_resume() {
  local phase
  local -a words
  for phase in 'certs all' 'kubeconfig all' 'etcd local' 'control-plane all' kubelet-start mark-control-plane 'kubelet-finalize all'; do
    is_done "resumed-${phase// /-}" && continue
    read -ra words <<<"$phase"
    until_done init phase "${words[@]}"
    mark_done "resumed-${phase// /-}"
  done
}
