"""The rules by which groups change their size."""

from typing import Annotated

from pydantic import AfterValidator, Field

from scaling.policies import DEFAULT, PRESETS, preset
from scaling.rules import FleetName
from stacks.settings.base import Settings


def _preset_of(fleet: FleetName) -> AfterValidator:
    def check(name: str) -> str:
        return preset(fleet, name).name

    return AfterValidator(check)


class ScalingRules(Settings):
    """Scaling presets; docs/scaling.md says when each is right."""

    web: Annotated[str, _preset_of(FleetName.WEB)] = Field(
        default=DEFAULT,
        description=f"Preset of the web group: {', '.join(PRESETS[FleetName.WEB])}.",
    )
    annotator: Annotated[str, _preset_of(FleetName.ANNOTATOR)] = Field(
        default=DEFAULT,
        description=f"Preset of the annotator group: {', '.join(PRESETS[FleetName.ANNOTATOR])}.",
    )
