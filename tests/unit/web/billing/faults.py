"""Faults of the network between us and Stripe, which nothing here can play by itself."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
import stripe

from tests.cards import REQUEST_SECONDS
from tests.unit.web.billing.shop import Shop


class LossyClient(stripe.RequestsClient):
    """Sends requests, and loses the answers to some: Stripe has done what was asked."""

    def __init__(self, path: str, method: str | None, most: int) -> None:
        super().__init__(timeout=REQUEST_SECONDS)
        self._path = path
        self._method = method
        self._left = most

    def request(  # type: ignore[override]  # as RequestsClient's own
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        answer = super().request(method, url, headers, post_data)
        concerned = url.partition("?")[0].endswith(self._path) and self._method in (None, method)
        if concerned and self._left > 0:
            self._left -= 1
            raise stripe.APIConnectionError(  # type: ignore[no-untyped-call]
                "the answer was lost", should_retry=True
            )
        return answer


@contextmanager
def losing_answers(
    shop: Shop, path: str, method: str | None = None, *, most: int = 1000
) -> Iterator[None]:
    """Lose the answers of a path: all, or the first `most`."""
    account = shop.billing.account
    client = stripe.StripeClient(
        account.key_store.keys().secret_key,
        base_addresses={"api": account.url},
        max_network_retries=1,
        http_client=LossyClient(path, method, most),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(account, "client", lambda: client)
        yield
