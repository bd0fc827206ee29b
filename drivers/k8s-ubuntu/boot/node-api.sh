# shellcheck shell=bash
# Calls to node-api. Each leaves HTTP_STATUS (000 = no answer), CURL_ERROR and the body in $STATE/answer.

CLOCK_TRIES=5
DIGEST_OF_NOTHING=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855

# sign TEXT: base64 of the DER signature (ECDSA, SHA-256) with this machine's key.
sign() {
  printf %s "$1" >"$STATE/to-sign"
  openssl dgst -sha256 -sign "$STATE/node.key" "$STATE/to-sign" | base64 -w 0
}

# send METHOD PATH BODY [CURL OPTIONS]: one call, no retry. The body goes by a file: arguments are readable by everybody.
send() {
  local method=$1 path=$2
  local -a options=("${@:4}")
  printf %s "$3" >"$STATE/body"
  [[ -z $3 ]] || options+=(--header 'Content-Type: application/json' --data-binary "@$STATE/body")
  HTTP_STATUS=$(curl --silent --show-error --connect-timeout 5 --max-time 30 --cacert "$ROOT/etc/jeroboam/node-api-ca.pem" \
    --request "$method" "${options[@]}" --dump-header "$STATE/headers" --output "$STATE/answer" --write-out '%{http_code}' \
    "$NODE_API_URL$path" 2>"$STATE/curl-error") || HTTP_STATUS=000
  CURL_ERROR=
  [[ $HTTP_STATUS != 000 ]] || CURL_ERROR=$(<"$STATE/curl-error")
}

# send_signed METHOD PATH BODY
send_signed() {
  local timestamp=$EPOCHSECONDS digest=$DIGEST_OF_NOTHING signature
  if [[ -n $3 ]]; then
    printf %s "$3" >"$STATE/body"
    digest=$(sha256sum "$STATE/body")
  fi
  signature=$(sign "$1"$'\n'"$2"$'\n'"$timestamp"$'\n'"${digest%% *}")
  send "$1" "$2" "$3" --header "X-Jeroboam-Node: $NODE_ID" --header "X-Jeroboam-Timestamp: $timestamp" --header "X-Jeroboam-Signature: $signature"
}

# What node-api or curl said about the last call.
answer_text() {
  if [[ $HTTP_STATUS == 000 ]]; then
    printf 'node-api cannot be reached: %s' "$CURL_ERROR"
    return
  fi
  local body=
  [[ ! -s $STATE/answer ]] || body=$(<"$STATE/answer")
  local pattern='"message":"(([^"\\]|\\.)*)"'
  [[ $body =~ $pattern ]] && body=${BASH_REMATCH[1]}
  printf 'node-api answered %s: %s' "$HTTP_STATUS" "${body:0:300}"
}

# Waits as long as a 429 asks for (at most a minute), besides the pause of try_again.
honour_retry_after() {
  [[ $HTTP_STATUS == 429 ]] || return 0
  local name value
  while read -r name value; do
    value=${value%$'\r'}
    if [[ ${name,,} == retry-after: && $value =~ ^[0-9]+$ ]]; then wait_seconds $((value < 60 ? value : 60)); fi
  done <"$STATE/headers"
}

# Makes this machine's key once and binds the node to it.
claim() {
  local key=$STATE/node.key public_key signature tries=0
  if [[ ! -s $key ]]; then
    umask 077
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$key.new" 2>"$STATE/openssl-error" || give_up "openssl made no key: $(<"$STATE/openssl-error")"
    mv -f "$key.new" "$key"
    umask 022
  fi
  public_key=$(openssl pkey -in "$key" -pubout -outform DER | base64 -w 0)
  signature=$(sign "jeroboam-claim"$'\n'"$NODE_ID"$'\n'"$CLAIM_TOKEN")
  while :; do
    send POST /v1/bootstrap/claim "{\"node_id\":\"$NODE_ID\",\"token\":\"$CLAIM_TOKEN\",\"public_key\":\"$public_key\",\"signature\":\"$signature\"}"
    case $HTTP_STATUS in
      200) return ;;
      400 | 401 | 409 | 410) give_up "the claim was refused: $(answer_text)" ;;
      *) honour_retry_after ;;
    esac
    try_again $((tries++)) "$(answer_text)"
  done
}

# json_string TEXT: the last 1000 characters as the inside of a JSON string. Everything but printable ASCII is replaced:
# terminal codes and broken UTF-8 come out of failing programs.
json_string() {
  local text=$1
  text=${text//$'\r'/}
  text=${text//$'\n'/ | }
  text=${text//[^ -~]/?}
  ((${#text} <= 1000)) || text=${text: -1000}
  text=${text//\\/\\\\}
  printf %s "${text//\"/\\\"}"
}

# report PHASE STATUS MESSAGE: one try; true when node-api took it.
report() {
  [[ -s $STATE/node.key ]] || { HTTP_STATUS=000; CURL_ERROR='no key yet'; return 1; }
  send_signed POST /v1/bootstrap/progress "{\"phase\":\"$1\",\"status\":\"$2\",\"message\":\"$(json_string "$3")\"}"
  [[ $HTTP_STATUS == 2?? ]]
}

# tell PHASE STATUS MESSAGE: for the watchers only; the boot goes on whether or not it arrives.
tell() { report "$@" || log "this report was not taken ($(answer_text)): $*"; }

# deliver PHASE STATUS MESSAGE: tried until the deadline, since the other side waits for it.
deliver() {
  local tries=0
  until report "$@"; do
    [[ $HTTP_STATUS != 410 ]] || { log "node-api counts this boot as ended"; return 0; }
    can_change $((tries)) || give_up "the report was refused: $(answer_text)"
    honour_retry_after
    try_again $((tries++)) "$(answer_text)"
  done
}

# can_change TRIES: false when the last answer of a signed call will not change. A 401 may: the clock is perhaps
# being set just now, and the signature carries the time.
can_change() {
  case $HTTP_STATUS in
    401) (($1 < CLOCK_TRIES)) ;;
    400 | 409 | 410 | 413) return 1 ;;
    *) return 0 ;;
  esac
}
