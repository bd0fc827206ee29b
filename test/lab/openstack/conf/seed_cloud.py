"""Flavors, images, networks, keypairs and a volume type. Finds what is there; plain REST."""
import os
import sys

import requests

PASSWORD = os.environ["LAB_PW"]
KEYSTONE = "http://127.0.0.1:5000/v3"
NOVA, GLANCE, NEUTRON = "http://127.0.0.1:8774/v2.1", "http://127.0.0.1:9292/v2", "http://127.0.0.1:9696/v2.0"
# Nobody has its other half: the machines of the lab are never logged in to.
PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAw lab"


class Account:
    def __init__(self, name):
        self.session = requests.Session()
        domain = {"id": "default"}
        answer = self.session.post(KEYSTONE + "/auth/tokens", json={"auth": {
            "identity": {"methods": ["password"], "password": {"user": {"name": name, "domain": domain, "password": PASSWORD}}},
            "scope": {"project": {"name": name, "domain": domain}}}})
        answer.raise_for_status()
        self.project = answer.json()["token"]["project"]["id"]
        self.session.headers["X-Auth-Token"] = answer.headers["X-Subject-Token"]

    def ask(self, method, url, **options):
        answer = self.session.request(method, url, **options)
        if answer.status_code >= 300:
            sys.exit(f"{method} {url}: {answer.status_code} {answer.text}")
        return answer.json() if answer.text else None

    def ensure(self, collection, key, name, **fields):
        """A network, subnet or router of this account's project, by name."""
        query = {"name": name, "project_id": self.project}
        found = self.ask("GET", f"{NEUTRON}/{collection}", params=query)[collection]
        return found[0]["id"] if found else self.ask("POST", f"{NEUTRON}/{collection}", json={key: {"name": name, **fields}})[key]["id"]


admin = Account("admin")
known = {flavor["name"] for flavor in admin.ask("GET", f"{NOVA}/flavors")["flavors"]}
for name, vcpus, ram, disk in (("m1.tiny", 1, 512, 1), ("m1.small", 2, 2048, 20), ("m1.medium", 2, 4096, 40), ("m1.large", 4, 8192, 80)):
    if name not in known:
        admin.ask("POST", f"{NOVA}/flavors", json={"flavor": {"name": name, "vcpus": vcpus, "ram": ram, "disk": disk}})

# Nothing ever boots from these: 64 kB of zeroes are image enough.
images = {image["name"]: image for image in admin.ask("GET", f"{GLANCE}/images?limit=100")["images"]}
for name, properties in (("ubuntu", {"os_distro": "ubuntu"}), ("fedora-coreos", {"os_distro": "fedora-coreos"}), ("no-distro", {})):
    image = images.get(name)
    if image and image["status"] == "active":
        continue
    image = image or admin.ask("POST", f"{GLANCE}/images", json={
        "name": name, "disk_format": "raw", "container_format": "bare", "visibility": "public", **properties})
    admin.ask("PUT", f"{GLANCE}/images/{image['id']}/file", data=b"\0" * 65536, headers={"Content-Type": "application/octet-stream"})

# Floating addresses out of 127.0.0.0/8 are addresses of this machine: whoever plays a server can listen on its own.
# Neutron takes such a range only where it serves no DHCP.
public = admin.ensure("networks", "network", "public", **{
    "router:external": True, "provider:network_type": "flat", "provider:physical_network": "public"})
admin.ensure("subnets", "subnet", "public-subnet", network_id=public, ip_version=4, cidr="127.100.0.0/16", gateway_ip="127.100.0.1", enable_dhcp=False)

for account in (Account("demo"), Account("other"), admin):
    if not any(entry["keypair"]["name"] == "lab" for entry in account.ask("GET", f"{NOVA}/os-keypairs")["keypairs"]):
        account.ask("POST", f"{NOVA}/os-keypairs", json={"keypair": {"name": "lab", "public_key": PUBLIC_KEY}})
    if account is admin:
        continue
    network = account.ensure("networks", "network", "private")
    subnet = account.ensure("subnets", "subnet", "private-subnet", network_id=network, ip_version=4, cidr="10.10.0.0/16", dns_nameservers=["127.0.0.1"])
    router = account.ensure("routers", "router", "router1", external_gateway_info={"network_id": public})
    legs = account.ask("GET", f"{NEUTRON}/ports", params={"device_id": router, "network_id": network})["ports"]
    if not legs:
        account.ask("PUT", f"{NEUTRON}/routers/{router}/add_router_interface", json={"subnet_id": subnet})

cinder = f"http://127.0.0.1:8776/v3/{admin.project}"
if not any(kind["name"] == "fake" for kind in admin.ask("GET", f"{cinder}/types")["volume_types"]):
    admin.ask("POST", f"{cinder}/types", json={"volume_type": {"name": "fake", "extra_specs": {"volume_backend_name": "fake"}}})
