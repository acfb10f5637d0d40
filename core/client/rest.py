"""A client of one portal. It imports nothing else of Kachi, so it can be copied into any program."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

Json = Any
IDLE_S = 0.25


class Problem(Exception):
    """What the portal refused, as problem details (RFC 9457).

    Args:
        status: HTTP status.
        code: Kachi's stable code, ``not_found``, ``permission_denied`` …
        detail: the message for people.
        body: the whole document.
    """

    def __init__(self, status: int, code: str, detail: str, body: Mapping[str, Any]) -> None:
        super().__init__(f"{status} {code}: {detail}")
        self.status = status
        self.code = code
        self.detail = detail
        self.body = dict(body)


class KachiClient:
    """Speaks to ``<base_url>/api/v1`` with one API token.

    Args:
        base_url: address of the portal, ``http://127.0.0.1:8501``.
        token: an API token; its roles are what the calls may do.
        timeout_s: for one call.
        transport: how requests travel; over the network if missing.
    """

    def __init__(self, base_url: str, token: str, timeout_s: float = 60.0, transport: httpx.BaseTransport | None = None) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._http = httpx.Client(base_url=f"{base_url.rstrip('/')}/api/v1", headers=headers, timeout=timeout_s, transport=transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def request(self, method: str, path: str, **options: Any) -> Json:
        """One call; the decoded answer (None where it is empty).

        Raises:
            Problem: the portal refused it.
        """
        response = self._http.request(method, path, **options)
        if response.is_error:
            raise _problem(response)
        if not response.content:
            return None
        return response.json() if "json" in response.headers.get("content-type", "") else response.text

    def get(self, path: str, **params: Any) -> Json:
        """GET with query parameters; those that are None are left out."""
        return self.request("GET", path, params={k: v for k, v in params.items() if v is not None})

    def post(self, path: str, body: Json = None, *, key: str | None = None) -> Json:
        """POST JSON; with `key` it can be sent again safely."""
        headers = {"Idempotency-Key": key} if key else {}
        return self.request("POST", path, json={} if body is None else body, headers=headers)

    def put(self, path: str, body: Json) -> Json:
        """PUT JSON."""
        return self.request("PUT", path, json=body)

    def patch(self, path: str, body: Json) -> Json:
        """PATCH JSON."""
        return self.request("PATCH", path, json=body)

    def delete(self, path: str) -> Json:
        """DELETE."""
        return self.request("DELETE", path)

    def upload(self, path: str, file: Path, fields: Mapping[str, str]) -> Json:
        """POST a file as multipart, streamed from the disk."""
        with file.open("rb") as stream:
            return self.request("POST", path, files={"file": (file.name, stream)}, data=dict(fields))

    def pages(self, path: str, **params: Any) -> Iterator[Json]:
        """All items of a list, page after page."""
        before: str | None = None
        while True:
            page = self.get(path, before=before, **params)
            yield from page["items"]
            before = page["next"]
            if before is None:
                return

    def wait(self, path: str, done: Callable[[Json], bool], timeout_s: float) -> Json:
        """Read a path until `done` holds for the answer.

        Raises:
            TimeoutError: it didn't within the time; carries the last answer.
        """
        until = time.monotonic() + timeout_s
        while True:
            answer = self.get(path)
            if done(answer):
                return answer
            if time.monotonic() > until:
                raise TimeoutError(f"{path} was not ready after {timeout_s:g} s; last answer: {str(answer)[:400]}")
            time.sleep(IDLE_S)


def _problem(response: httpx.Response) -> Problem:
    try:
        body = response.json()
    except ValueError:
        body = {}
    if not isinstance(body, dict):
        body = {}
    return Problem(response.status_code, str(body.get("code", "http_error")), str(body.get("detail", response.text[:300])), body)
