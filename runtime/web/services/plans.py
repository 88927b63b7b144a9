"""What each plan allows."""

from dataclasses import dataclass

from runtime.common.input_size import MAX_INPUT_BYTES
from runtime.common.users import Role


@dataclass(frozen=True)
class Plans:
    """Limits of the plans, in bytes."""

    free_max_upload_bytes: int

    @property
    def most(self) -> int:
        """Return the size of the largest file that one job takes, whatever the plan."""
        return MAX_INPUT_BYTES

    def max_upload_bytes(self, role: Role) -> int:
        """Return the size of the largest file that a user of this role may upload."""
        return min(self.free_max_upload_bytes, self.most) if role is Role.FREE_USER else self.most
