"""A network driver for Octavia: the address of a load balancer is a real port in Neutron, its amphorae are pretended."""
from octavia.network.drivers.neutron import allowed_address_pairs
from octavia.network.drivers.noop_driver import driver as pretended


class RealAddresses(pretended.NoopNetworkDriver):
    _neutron = None

    def neutron(self):
        # Made when it is first needed: it asks Keystone for a token.
        if self._neutron is None:
            self._neutron = allowed_address_pairs.AllowedAddressPairsDriver()
        return self._neutron

    def allocate_vip(self, load_balancer):
        return self.neutron().allocate_vip(load_balancer)

    def deallocate_vip(self, vip):
        return self.neutron().deallocate_vip(vip)


def _real_or_pretended(name):
    def look_up(self, *args, **options):
        try:
            return getattr(self.neutron(), name)(*args, **options)
        except Exception:  # what belongs to an amphora exists only in the other driver
            return getattr(pretended.NoopNetworkDriver, name)(self, *args, **options)

    return look_up


for _name in ("get_network", "get_subnet", "get_port", "get_network_ip_availability"):
    setattr(RealAddresses, _name, _real_or_pretended(_name))
