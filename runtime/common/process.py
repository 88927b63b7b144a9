"""How every process begins: logs first, then the settings, and an end that names what is wrong."""

import sys

from runtime.common import metrics, tracing
from runtime.common.config import C, ConfigError, read
from runtime.common.log import configure, get_logger
from runtime.contract.processes import ProcessConfig

EXIT_CONFIG = 78
"""EX_CONFIG of sysexits.h: starting again can't help."""


def start(config: type[C], *, traced: bool = True) -> C:
    """Set up logs, metrics and traces and read the settings; end the process when they are wrong.

    Args:
        traced: whether this process makes spans, where the stage has traces.
    """
    configure(config.process)
    try:
        settings = read(config)
    except ConfigError as error:
        get_logger(__name__).critical("can't start", reason=str(error))
        sys.exit(EXIT_CONFIG)
    metrics.configure(settings.stage)
    if traced and isinstance(settings, ProcessConfig):
        tracing.start(settings)
    return settings
