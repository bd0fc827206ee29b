"""nova-compute with the fake driver, whose node ids are the same at every start (it draws them at random)."""
import sys
import uuid

from oslo_utils.fixture import uuidsentinel

type(uuidsentinel).__getattr__ = lambda self, name: str(uuid.uuid5(uuid.NAMESPACE_DNS, name))
sys.argv[0] = "nova-compute"

from nova.cmd.compute import main  # noqa: E402

main()
