"""Settings of a stage: models with a description on every key, and the reader of stage files."""

from stacks.settings.base import Settings
from stacks.settings.data_settings import Data
from stacks.settings.events import Events
from stacks.settings.instances import Fleet, ProcessName, Software, architecture
from stacks.settings.network_settings import (
    ENDPOINTS,
    EVERYWHERE,
    EndpointName,
    Firewall,
    Network,
    Site,
)
from stacks.settings.scaling_settings import ScalingRules
from stacks.settings.service import (
    EMBEDDED,
    Budget,
    Mail,
    Observability,
    Plans,
    Reference,
    SignIn,
    SignInIssuer,
    Stripe,
)
from stacks.settings.stage import EMULATED_STAGE, Stage
from stacks.settings.stage_file import STAGES, SettingsError, load

__all__ = [
    "EMBEDDED",
    "EMULATED_STAGE",
    "ENDPOINTS",
    "EVERYWHERE",
    "STAGES",
    "Budget",
    "Data",
    "EndpointName",
    "Events",
    "Firewall",
    "Fleet",
    "Mail",
    "Network",
    "Observability",
    "Plans",
    "ProcessName",
    "Reference",
    "ScalingRules",
    "Settings",
    "SettingsError",
    "SignIn",
    "SignInIssuer",
    "Site",
    "Software",
    "Stage",
    "Stripe",
    "architecture",
    "load",
]
