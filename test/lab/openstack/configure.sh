# shellcheck shell=bash
# Sourced by up.sh: writes the services' configuration into the chroot.

# `@PW@` becomes the password, `@AUTHTOKEN name@` the section by which a service checks tokens.
render() { # FILE-IN-CONF TARGET
  mkdir -p "$(dirname "$R$2")"
  awk -v pw="$LAB_PW" '
    /^@AUTHTOKEN / { service = $2; sub(/@$/, "", service)
      print "[keystone_authtoken]"
      print "www_authenticate_uri = http://127.0.0.1:5000"
      print "auth_type = password\nauth_url = http://127.0.0.1:5000/v3"
      print "username = " service "\npassword = " pw "\nproject_name = service"
      print "user_domain_name = Default\nproject_domain_name = Default\nregion_name = RegionOne"
      print "memcached_servers = 127.0.0.1:11211"
      print "service_token_roles = service\nservice_token_roles_required = true"
      next }
    { gsub(/@PW@/, pw); print }' "$CONF/$1" > "$R$2"
}

render my.cnf /etc/mysql/mariadb.conf.d/99-lab.cnf
for service in keystone placement nova neutron heat cinder octavia; do render "$service.conf" "/etc/$service/$service.conf"; done
render glance-api.conf /etc/glance/glance-api.conf
render ml2_conf.ini /etc/neutron/plugins/ml2/ml2_conf.ini

# Neutron and Octavia find drivers by the entry points of installed distributions: the lab's are made to look like one. Cinder goes by the class.
site=$R/usr/lib/python3/dist-packages
mkdir -p "$site/lab_drivers-1.dist-info" "$R/opt/lab"
cp "$CONF"/lab_{ports,load_balancers,volumes}.py "$site/"
printf 'Metadata-Version: 2.1\nName: lab_drivers\nVersion: 1\n' > "$site/lab_drivers-1.dist-info/METADATA"
cat > "$site/lab_drivers-1.dist-info/entry_points.txt" <<'END'
[neutron.ml2.mechanism_drivers]
lab = lab_ports:BindsEverything
[octavia.network.drivers]
lab = lab_load_balancers:RealAddresses
END
cp "$CONF"/seed_*.py "$CONF/nova_compute.py" "$R/opt/lab/"

# Octavia wants a CA for its amphorae, which are only pretended.
[ -e "$R/etc/octavia/ca.pem" ] || in_chroot openssl req -x509 -newkey rsa:2048 -passout pass:lab -days 3650 -subj /CN=lab \
  -keyout /etc/octavia/ca.key -out /etc/octavia/ca.pem >log/octavia-ca.log 2>&1
mkdir -p "$R"/var/lib/lab-lock "$R"/var/lib/{nova,neutron,cinder}/lock "$R"/var/lib/glance/{images,staging,tasks}
