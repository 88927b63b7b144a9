"""The end of an account, and of everything in it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from runtime.common.messages import Removal
from runtime.common.queues import Queue
from runtime.common.users import User, UserStore


@dataclass(frozen=True)
class AccountDeletion:
    """Has an account deleted; who may ask for it is the caller's to check.

    Args:
        before: called with the user first; what they raise stops the deletion.
    """

    users: UserStore
    removals: Queue
    before: Sequence[Callable[[User], None]] = ()

    def delete(self, user: User) -> None:
        """End all sessions of the user, and have the removal process delete what is theirs.

        The removal is asked for first: it marks the account itself where this ends in between,
        and an account that is marked could not ask again.
        """
        for step in self.before:
            step(user)
        self.removals.send(Removal(user_id=user.user_id))
        self.users.mark_deleted(user.user_id)
