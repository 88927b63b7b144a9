"""What is counted of the accounts: how many there are, by plan."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, Field

from runtime.common.users import Role


class PlanFigures(BaseModel):
    """The accounts on a plan. Each is counted once; one that is being deleted isn't.

    Attributes:
        active: people can sign in.
        unconfirmed: the email address isn't confirmed yet.
        suspended: by an operator.
    """

    active: int = 0
    unconfirmed: int = 0
    suspended: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.active + self.unconfirmed + self.suspended


class AccountFigures(BaseModel):
    """All accounts; `counted_at` is the epoch second at which they were counted."""

    counted_at: int
    plans: dict[Role, PlanFigures] = Field(default_factory=dict)
    deleting: int = 0

    def add(self, user: Mapping[str, Any]) -> None:
        """Count an item of the users table; one that has no plan is no account, but an address."""
        if "role" not in user:
            return
        if "deleted_at" in user:
            self.deleting += 1
            return
        plan = self.plans.setdefault(Role(user["role"]), PlanFigures())
        if "suspended_at" in user:
            plan.suspended += 1
        elif user["email_verified"]:
            plan.active += 1
        else:
            plan.unconfirmed += 1

    @property
    def total(self) -> int:
        """All accounts, those that are being deleted too."""
        return self.deleting + sum(plan.total for plan in self.plans.values())
