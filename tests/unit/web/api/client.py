"""A program's side of the conversation with the API."""

import uuid
from collections.abc import Iterable
from typing import Any

from werkzeug.test import TestResponse

from runtime.common.api_tokens import Scope
from runtime.common.users import User
from tests.unit.web.site import Site


class Program:
    """Sends requests with a token of `user`; without one, if `user` is None."""

    def __init__(self, site: Site, user: User | None, scopes: Iterable[Scope] = Scope) -> None:
        self.client = site.app.test_client(use_cookies=False)
        self.headers: dict[str, str] = {}
        if user is not None:
            _, text = site.services.api_tokens.create(
                user.user_id, name=uuid.uuid4().hex, scopes=scopes, days=7
            )
            self.headers["Authorization"] = f"Bearer {text}"

    def ask(self, route: str, **kwargs: Any) -> TestResponse:
        """Send a request to a route such as "GET /jobs"; a POST without a body sends {}."""
        method, path = route.split(" ", 1)
        headers = {**self.headers, **kwargs.pop("headers", {})}
        if method in ("POST", "PUT") and not {"json", "data"} & kwargs.keys():
            kwargs["json"] = {}
        return self.client.open(f"/api/v1{path}", method=method, headers=headers, **kwargs)
