# shellcheck shell=bash
# The payload: files that only this node may have, one a line: mode, path, content in base64.

fetch_payload() {
  local tries=0
  while :; do
    send_signed GET /v1/bootstrap/payload ''
    if [[ $HTTP_STATUS == 200 ]]; then break; fi
    can_change $((tries)) || give_up "the payload was refused: $(answer_text)"
    honour_retry_after
    try_again $((tries++)) "$(answer_text)"
  done
  unpack "$STATE/answer"
  rm -f "$STATE/answer"
  require_files
}

unpack() {
  local mode path content target mask line=0
  while read -r mode path content || [[ -n $mode ]]; do
    line=$((line + 1))
    [[ $mode =~ ^0?[0-7]{3}$ && $path == /* && /$path/ != */../* ]] || give_up "line $line of the payload is no file"
    target=$ROOT$path
    [[ -d ${target%/*} ]] || mkdir -p "${target%/*}"
    # Removed, not overwritten: the mode of a file is that of its making.
    [[ ! -e $target ]] || rm -f "$target"
    printf -v mask %04o $((0777 & ~8#$mode))
    umask "$mask"
    base64 -d <<<"$content" >"$target" || give_up "line $line of the payload ($path) is no base64"
    umask 022
    [[ ! $mode =~ [1357] ]] || chmod "$mode" "$target"
  done <"$1"
}

# kubeadm makes a new CA where it misses one, and with it another cluster: so nothing may be missing.
require_files() {
  local file
  local -a files=(/etc/jeroboam/boot-mode /etc/jeroboam/kubeadm.yaml)
  if [[ $NODE_ROLE == control-plane ]]; then
    for file in ca etcd/ca front-proxy-ca; do files+=("/etc/kubernetes/pki/$file.crt" "/etc/kubernetes/pki/$file.key"); done
    files+=(/etc/kubernetes/pki/sa.key /etc/kubernetes/pki/sa.pub)
  fi
  for file in "${files[@]}"; do
    [[ -s $ROOT$file ]] || give_up "the payload has no $file"
  done
}

read_boot_mode() {
  read -r BOOT_MODE <"$ROOT/etc/jeroboam/boot-mode" || :
  case $NODE_ROLE/$BOOT_MODE in
    control-plane/init | control-plane/join | control-plane/resume | worker/join) ;;
    *) give_up "a $NODE_ROLE cannot boot by '$BOOT_MODE'" ;;
  esac
  # Written by the payload when the cluster has a proxy: kubeadm must not send calls to the cluster through it.
  if [[ -e $ROOT/etc/jeroboam/proxy.env ]]; then
    set -a
    # shellcheck source=/dev/null
    . "$ROOT/etc/jeroboam/proxy.env"
    set +a
  fi
}
