"""The stacks that every fleet needs."""

from dataclasses import dataclass

from stacks.messaging import MessagingStack
from stacks.monitoring import MonitoringStack
from stacks.network import NetworkStack
from stacks.storage import StorageStack


@dataclass(frozen=True, kw_only=True)
class Foundations:
    """The stacks that every fleet needs."""

    network: NetworkStack
    storage: StorageStack
    messaging: MessagingStack
    monitoring: MonitoringStack
