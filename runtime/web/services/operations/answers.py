"""What AWS answered for a part of a page, or a sentence that names what couldn't be read."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from typing import Generic, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from runtime.common.log import get_logger

T = TypeVar("T")

log = get_logger(__name__)

AT_ONCE = 8
"""Calls of AWS that a page makes side by side: where one hangs, the others don't wait for it."""


@dataclass(frozen=True)
class Answer(Generic[T]):
    """A part of a page. One of the two is None.

    Attributes:
        problem: a sentence for the operator.
    """

    value: T | None
    problem: str | None = None


def ask(what: str, read: Callable[[], T]) -> Answer[T]:
    """Return what `read` returns, or why AWS didn't give it.

    Args:
        what: is read, at the beginning of a sentence, such as "The queue Removals".
    """
    try:
        return Answer(read())
    except ClientError as error:
        log.warning("not shown to an operator", what=what, error=str(error))
        code = error.response.get("Error", {}).get("Code", "an error")
        return Answer(None, f"{what} couldn't be read: AWS answered {code}.")
    except BotoCoreError as error:
        log.warning("not shown to an operator", what=what, error=str(error))
        return Answer(None, f"{what} couldn't be read: AWS didn't answer.")


def ask_all(parts: Iterable[tuple[str, Callable[[], T]]]) -> list[Answer[T]]:
    """Return the answer to each part, as `ask` does for one, in their order."""
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="ask") as pool:
        # Each has a context of its own for the fields of its log lines.
        asked = [pool.submit(copy_context().run, ask, what, read) for what, read in parts]
    return [each.result() for each in asked]
