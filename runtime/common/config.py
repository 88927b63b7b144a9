"""Reading the settings of a process from its environment, once."""

import os
from collections.abc import Mapping
from typing import TypeVar

from pydantic import ValidationError

from runtime.contract.processes import Config

C = TypeVar("C", bound=Config)


class ConfigError(Exception):
    """The environment lacks a variable, or holds a malformed one; the message names every one."""


def read(config: type[C], environ: Mapping[str, str] = os.environ) -> C:
    """Read the settings of a process from `environ`.

    Raises:
        ConfigError: naming every variable that is missing or malformed, and what is wrong.
    """
    names = [str(field.alias) for field in config.model_fields.values()]
    try:
        return config.model_validate({name: environ[name] for name in names if name in environ})
    except ValidationError as error:
        faults = [f"  {fault['loc'][0]}: {fault['msg']}" for fault in error.errors()]
        raise ConfigError("\n".join(["the environment is wrong:", *faults])) from error
