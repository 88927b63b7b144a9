"""What the process that runs Locust is told, as environment variables."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PREFIX = "GAS_LOADTEST_"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the users need to know.

    Attributes:
        folder: where they write.
        max_requests: after which the run ends.
        vcf: what a researcher uploads; None where nobody does.
        outbox_url: lists what was mailed, as the emulator keeps it; None where there is none.
    """

    folder: Path
    max_requests: int
    vcf: Path | None = None
    outbox_url: str | None = None

    @property
    def accounts_file(self) -> Path:
        """Where the addresses of the accounts go that researchers make."""
        return self.folder / "accounts.jsonl"

    def variables(self) -> dict[str, str]:
        """Return the settings as environment variables."""
        values = {
            "FOLDER": self.folder,
            "MAX_REQUESTS": self.max_requests,
            "VCF": self.vcf,
            "OUTBOX_URL": self.outbox_url,
        }
        return {PREFIX + name: str(value) for name, value in values.items() if value is not None}

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Read the settings back.

        Raises:
            KeyError: the variables are those of no load test.
        """
        vcf = environment.get(f"{PREFIX}VCF")
        return cls(
            folder=Path(environment[f"{PREFIX}FOLDER"]),
            max_requests=int(environment[f"{PREFIX}MAX_REQUESTS"]),
            vcf=None if vcf is None else Path(vcf),
            outbox_url=environment.get(f"{PREFIX}OUTBOX_URL"),
        )
