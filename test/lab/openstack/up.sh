#!/bin/bash
# A real OpenStack control plane on loopback, without a hypervisor: Debian's packages in a chroot, every service on
# 127.0.0.1 at its usual port. What is there or runs already is left alone, so a second run takes seconds.
#   LAB_DIR      where everything lives (needed; 3 GB)
#   LAB_PW       password of every account (default labpass)
#   STOP_AFTER   end after this phase, e.g. packages: the last one that needs a network
set -euo pipefail
HERE=$(dirname "$(readlink -f "$0")")
: "${LAB_DIR:?names the folder that the lab lives in}"
export LAB_PW=${LAB_PW:-labpass}
SUITE=trixie
APIS="5000 9292 8778 8774 9696 8004 8776 9876"
[ "$(id -u)" = 0 ] || { echo "The lab needs root: it makes a chroot and mounts into it." >&2; exit 1; }
command -v apt-get >/dev/null || { echo "The lab needs a Debian or Ubuntu host: it installs Debian's packages of OpenStack." >&2; exit 1; }
mkdir -p "$LAB_DIR"/{run,log,packages/partial}
cd "$LAB_DIR"
LAB=$(pwd -P)
R=$LAB/$SUITE
CONF=$HERE/conf
. "$HERE/processes.sh"

# Somebody else's lab on the same ports is as good as ours, and ours could not run beside it.
if [ -z "${STOP_AFTER:-}" ] && ! alive keystone && curl -s -o /dev/null -m 20 http://127.0.0.1:5000/v3; then
  for port in $APIS; do
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "Port 5000 is taken, but nothing listens on $port: that is no lab." >&2; exit 1; }
  done
  echo "A lab that was not started from $LAB is up; using it."
  exit 0
fi

BEGUN=$(date +%s%N); PHASE_BEGUN=$BEGUN; PHASE=
: > run/timings
phase() { # NAME: ends the phase before and says how long it took
  local now; now=$(date +%s%N)
  if [ -n "$PHASE" ]; then
    printf '== %-14s %4d s\n' "$PHASE" $(((now - PHASE_BEGUN) / 1000000000)) | tee -a run/timings
    [ "$PHASE" != "${STOP_AFTER:-}" ] || exit 0
  fi
  PHASE=$1; PHASE_BEGUN=$now
}

phase host
needed=()
for command in debootstrap curl; do command -v "$command" >/dev/null || needed+=("$command"); done
if [ ${#needed[@]} -gt 0 ]; then
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${needed[@]}"; } >log/host.log 2>&1 \
    || { tail -5 log/host.log >&2; exit 1; }
fi

phase debootstrap
# The mirrors of the host's own apt, or the one that is named.
# shellcheck disable=SC2016 # apt's own placeholder
uris=$(apt-get indextargets --format '$(REPO_URI)')
MIRROR=${LAB_MIRROR:-$(grep -v security <<<"$uris" | grep debian | head -1 || true)}
SECURITY=$(grep debian-security <<<"$uris" | head -1 || true)
[ -n "$MIRROR" ] || { echo "The host's apt knows no Debian mirror: name one with LAB_MIRROR." >&2; exit 1; }
if [ ! -e "$R/.bootstrapped" ]; then
  rm -rf "$R"
  debootstrap --variant=minbase --include=ca-certificates --cache-dir="$LAB/packages" "$SUITE" "$R" "$MIRROR" >log/debootstrap.log 2>&1 \
    || { tail -5 log/debootstrap.log >&2; exit 1; }
  touch "$R/.bootstrapped"
fi
mount_in() { mountpoint -q "$R/$2" || { mkdir -p "$R/$2"; mount "${@:3}" "$1" "$R/$2"; }; }
mount_in proc proc -t proc
mount_in sysfs sys -t sysfs
mount_in /dev dev --bind
mount_in /dev/pts dev/pts --bind
mount_in /dev/shm dev/shm --bind
# Packages outlive the chroot: removing that alone makes a fresh lab without downloading anything again.
mount_in "$LAB/packages" var/cache/apt/archives --bind
cp /etc/resolv.conf "$R/etc/resolv.conf"
grep -qs localhost "$R/etc/hosts" || echo '127.0.0.1 localhost lab' > "$R/etc/hosts"
# Packages must not start their services: this script does.
printf '#!/bin/sh\nexit 101\n' > "$R/usr/sbin/policy-rc.d"; chmod +x "$R/usr/sbin/policy-rc.d"
{ echo "deb $MIRROR $SUITE main"; echo "deb $MIRROR $SUITE-updates main"
  [ -z "$SECURITY" ] || echo "deb $SECURITY $SUITE-security main"; } > "$R/etc/apt/sources.list"
cat > "$R/etc/apt/apt.conf.d/99lab" <<'END'
APT::Install-Recommends "false";
APT::Keep-Downloaded-Packages "true";
Acquire::Languages "none";
Dpkg::Use-Pty "false";
END
# The lab may lose its data in a crash, and nobody reads manuals in it.
printf '%s\n' force-unsafe-io path-exclude='/usr/share/doc/*' path-include='/usr/share/doc/*/copyright' path-exclude='/usr/share/man/*' \
  path-exclude='/usr/share/locale/*' > "$R/etc/dpkg/dpkg.cfg.d/lab"

phase packages
packages=(
  mariadb-server rabbitmq-server memcached uwsgi-core uwsgi-plugin-python3 python3-pymysql
  keystone glance-api placement-api nova-api nova-conductor nova-scheduler neutron-api heat-api heat-engine
  cinder-api cinder-scheduler python3-cinder python3-ddt python3-oslotest octavia-api octavia-worker
)
if [ "$(cat "$R/.packages" 2>/dev/null)" != "${packages[*]}" ]; then
  { in_chroot apt-get update -qq && in_chroot apt-get install -y "${packages[@]}"; } >log/packages.log 2>&1 || { tail -20 log/packages.log >&2; exit 1; }
  echo "${packages[*]}" > "$R/.packages"
fi

phase configuration
. "$HERE/configure.sh"

phase stores
# Database, messages and cache: what all services stand on.
mkdir -p "$R/run/mysqld"; chown "$(in_chroot id -u mysql):$(in_chroot id -g mysql)" "$R/run/mysqld"
[ -d "$R/var/lib/mysql/mysql" ] || in_chroot mariadb-install-db --user=mysql --datadir=/var/lib/mysql >log/mariadb-install.log 2>&1
daemon mariadb root mariadbd --user=mysql
daemon memcached root memcached -u nobody -l 127.0.0.1 -p 11211 -m 256 -c 4096
daemon epmd rabbitmq env HOME=/var/lib/rabbitmq epmd -address 127.0.0.1
wait_port epmd 4369
daemon rabbitmq rabbitmq env HOME=/var/lib/rabbitmq RABBITMQ_NODENAME=rabbit@localhost RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 RABBITMQ_NODE_PORT=5672 \
  ERL_EPMD_ADDRESS=127.0.0.1 RABBITMQ_LOGS=- 'RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=-kernel inet_dist_use_interface {127,0,0,1}' /usr/lib/rabbitmq/bin/rabbitmq-server
wait_port mariadb 3306; wait_port memcached 11211
until_true 40 'the database lets root in' sql 'select 1'
{ echo "CREATE USER IF NOT EXISTS lab@'127.0.0.1' IDENTIFIED BY '$LAB_PW'; ALTER USER lab@'127.0.0.1' IDENTIFIED BY '$LAB_PW';"
  echo "GRANT ALL ON *.* TO lab@'127.0.0.1';"
  for name in keystone glance placement neutron heat cinder octavia nova nova_api nova_cell0; do
    echo "CREATE DATABASE IF NOT EXISTS $name CHARACTER SET utf8mb3;"
  done; } | in_chroot mariadb -uroot
wait_port rabbitmq 5672

phase tables
once() { # NAME COMMAND...: runs it in the chroot unless it succeeded in an earlier run
  local name=$1; shift
  [ ! -e "$R/.done-$name" ] || return 0
  in_chroot "$@" >"log/$name.log" 2>&1 || { echo "$name failed:" >&2; tail -15 "log/$name.log" >&2; return 1; }
  touch "$R/.done-$name"
}
nova_tables() {
  once nova-api-tables nova-manage api_db sync
  once nova-cell0 nova-manage cell_v2 map_cell0 --database_connection "mysql+pymysql://lab:$LAB_PW@127.0.0.1/nova_cell0"
  once nova-tables nova-manage db sync
  once nova-cell1 nova-manage cell_v2 create_cell --name cell1
}
# Three lines side by side, about equally long.
(set -e; once keystone-tables keystone-manage db_sync; once glance-tables glance-manage db_sync; once placement-tables placement-manage db sync
  once heat-tables heat-manage db_sync) & first=$!
(set -e; once neutron-tables neutron-db-manage --config-file /etc/neutron/neutron.conf --config-file /etc/neutron/plugins/ml2/ml2_conf.ini upgrade heads
  once octavia-tables octavia-db-manage upgrade head) & second=$!
(set -e; nova_tables; once cinder-tables cinder-manage db sync) & third=$!
for pid in $first $second $third; do wait "$pid"; done

phase keystone
once fernet-keys keystone-manage fernet_setup --keystone-user root --keystone-group root
once credential-keys keystone-manage credential_setup --keystone-user root --keystone-group root
once bootstrap keystone-manage bootstrap --bootstrap-password "$LAB_PW" --bootstrap-public-url http://127.0.0.1:5000/v3 \
  --bootstrap-internal-url http://127.0.0.1:5000/v3 --bootstrap-admin-url http://127.0.0.1:5000/v3 --bootstrap-region-id RegionOne
api keystone 5000 /usr/bin/keystone-wsgi-public 3 4
wait_answer keystone http://127.0.0.1:5000/v3
in_chroot python3 /opt/lab/seed_identity.py

phase services
api glance 9292 /usr/bin/glance-wsgi-api 1 4
api placement 8778 /usr/bin/placement-api 1 4
api neutron 9696 /usr/bin/neutron-api 2 1 --pyargv "--config-file=/etc/neutron/neutron.conf --config-file=/etc/neutron/plugins/ml2/ml2_conf.ini"
api nova-api 8774 /usr/bin/nova-api-wsgi 2 1
daemon nova-conductor root nova-conductor
daemon nova-scheduler root nova-scheduler
api heat-api 8004 /usr/bin/heat-wsgi-api 2 4
daemon heat-engine root heat-engine
api cinder-api 8776 /usr/bin/cinder-wsgi 1 4
daemon cinder-scheduler root cinder-scheduler
api octavia-api 9876 /usr/bin/octavia-wsgi 1 4
daemon octavia-worker root octavia-worker
wait_answer placement http://127.0.0.1:8778/
# No package holds these two commands without a hypervisor's or a disk array's dependencies; their modules are there.
# Nova refuses to start twice on one host with different node ids, and its fake driver invents one each time: it gets one that stays.
in_chroot python3 -c 'import uuid; print(uuid.uuid5(uuid.NAMESPACE_DNS, "node_lab"))' > "$R/var/lib/nova/compute_id"
daemon nova-compute root python3 /opt/lab/nova_compute.py
daemon cinder-volume root python3 -c 'import sys; sys.argv[0] = "cinder-volume"; from cinder.cmd.volume import main; main()'
wait_answer glance http://127.0.0.1:9292/versions
wait_answer neutron http://127.0.0.1:9696/
wait_answer nova-api http://127.0.0.1:8774/
wait_answer heat-api http://127.0.0.1:8004/
wait_answer cinder-api http://127.0.0.1:8776/
wait_answer octavia-api http://127.0.0.1:9876/

phase cloud
until_true 240 'nova-compute reports itself' has_rows nova.compute_nodes
[ "$(sql 'select count(*) from nova_api.host_mappings')" -gt 0 ] || in_chroot nova-manage cell_v2 discover_hosts >log/discover.log 2>&1
in_chroot python3 /opt/lab/seed_cloud.py
phase end
printf '== %-14s %4d s\n' total $((($(date +%s%N) - BEGUN) / 1000000000)) | tee -a run/timings
