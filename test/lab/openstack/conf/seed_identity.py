"""Roles, projects, people, the services' users and the catalogue. Finds what is there; plain REST to Keystone."""
import os
import sys

import requests

PASSWORD = os.environ["LAB_PW"]
KEYSTONE = "http://127.0.0.1:5000/v3"
keystone = requests.Session()


def log_in():
    domain = {"id": "default"}
    user = {"name": "admin", "domain": domain, "password": PASSWORD}
    answer = keystone.post(KEYSTONE + "/auth/tokens", json={"auth": {
        "identity": {"methods": ["password"], "password": {"user": user}},
        "scope": {"project": {"name": "admin", "domain": domain}}}})
    answer.raise_for_status()
    keystone.headers["X-Auth-Token"] = answer.headers["X-Subject-Token"]


def ask(method, path, **options):
    answer = keystone.request(method, KEYSTONE + path, **options)
    if answer.status_code >= 300:
        sys.exit(f"{method} {path}: {answer.status_code} {answer.text}")
    return answer.json() if answer.text else None


def ensure(collection, key, identity, **more):
    """The id of the object with this identity (name, perhaps domain), made when it is missing."""
    found = ask("GET", f"/{collection}", params=identity)[collection]
    return found[0]["id"] if found else ask("POST", f"/{collection}", json={key: {**identity, **more}})[key]["id"]


def user(name, domain="default"):
    return ensure("users", "user", {"name": name, "domain_id": domain}, password=PASSWORD)


def project(name):
    return ensure("projects", "project", {"name": name, "domain_id": "default"})


def grant(user_id, where, *names):
    for name in names:
        ask("PUT", f"/{where}/users/{user_id}/roles/{roles[name]}")


log_in()
roles = {name: ensure("roles", "role", {"name": name}) for name in (
    "admin", "manager", "member", "reader", "service", "heat_stack_owner", "heat_stack_user",
    "load-balancer_member", "load-balancer_admin", "creator")}

services = "projects/" + project("service")
for name in ("glance", "placement", "nova", "neutron", "heat", "cinder", "octavia"):
    grant(user(name), services, "admin", "service")

# People: two projects, a reader besides, and admin in both worlds.
person = ("member", "heat_stack_owner", "load-balancer_member", "creator")
demo, other = "projects/" + project("demo"), "projects/" + project("other")
grant(user("demo"), demo, *person)
grant(user("demo_reader"), demo, "reader")
grant(user("other"), other, *person)
grant(user("admin"), "projects/" + project("admin"), "heat_stack_owner", "member", "load-balancer_admin")
grant(user("admin"), demo, "admin")

# Heat keeps users for signals in a domain of its own, and does not start without its admin.
heat = ensure("domains", "domain", {"name": "heat"})
grant(user("heat_domain_admin", heat), f"domains/{heat}", "admin")

HOST = "http://127.0.0.1"
known = {service["type"]: service["id"] for service in ask("GET", "/services")["services"]}
endpoints = {(endpoint["service_id"], endpoint["interface"]) for endpoint in ask("GET", "/endpoints")["endpoints"]}
for kind, name, url in (
        ("identity", "keystone", f"{HOST}:5000/v3"),
        ("image", "glance", f"{HOST}:9292"),
        ("placement", "placement", f"{HOST}:8778"),
        ("compute", "nova", f"{HOST}:8774/v2.1"),
        ("network", "neutron", f"{HOST}:9696"),
        ("orchestration", "heat", f"{HOST}:8004/v1/$(project_id)s"),
        ("volumev3", "cinderv3", f"{HOST}:8776/v3/$(project_id)s"),
        ("block-storage", "cinder", f"{HOST}:8776/v3/$(project_id)s"),
        ("load-balancer", "octavia", f"{HOST}:9876")):
    service = known.get(kind) or ask("POST", "/services", json={"service": {"type": kind, "name": name}})["service"]["id"]
    for interface in ("public", "internal", "admin"):
        if (service, interface) not in endpoints:
            ask("POST", "/endpoints", json={"endpoint": {
                "service_id": service, "interface": interface, "url": url, "region_id": "RegionOne"}})
