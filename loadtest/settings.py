"""The settings of the Locust process, passed as environment variables."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PREFIX = "GAS_LOADTEST_"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the users need.

    Attributes:
        folder: where they write.
        max_requests: ends the run.
        vcf: the file that researchers upload; None without researchers.
        outbox_url: the emulator's list of sent emails; None without researchers.
    """

    folder: Path
    max_requests: int
    vcf: Path | None = None
    outbox_url: str | None = None

    @property
    def accounts_file(self) -> Path:
        """The file for the addresses of the accounts that researchers open."""
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
            KeyError: a variable is missing.
        """
        vcf = environment.get(f"{PREFIX}VCF")
        return cls(
            folder=Path(environment[f"{PREFIX}FOLDER"]),
            max_requests=int(environment[f"{PREFIX}MAX_REQUESTS"]),
            vcf=None if vcf is None else Path(vcf),
            outbox_url=environment.get(f"{PREFIX}OUTBOX_URL"),
        )
