"""A small client of the gateway, for pages, the demo and tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx

from core.errors import InvalidInput, KachiError, NotFound, NotSignedIn, TooLarge, Unavailable
from core.serving.replay import HEADER

_RAISED: dict[int, type[KachiError]] = {
    401: NotSignedIn,
    404: NotFound,
    413: TooLarge,
    400: InvalidInput,
    415: InvalidInput,
    422: InvalidInput,
}


class GatewayClient:
    """Asks one gateway.

    Args:
        url: its address. key: an API key of the deployment. grant: a replay grant instead of it.
        timeout_s: for one call.
    """

    def __init__(self, url: str, *, key: str = "", grant: str = "", timeout_s: float = 30.0) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        headers |= {HEADER: grant} if grant else {}
        self._http = httpx.Client(base_url=url.rstrip("/"), headers=headers, timeout=timeout_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def predict(self, name: str, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Answers for rows, in their order; each as in the gateway's description.

        Raises:
            KachiError: the gateway refused, or doesn't answer.
        """
        answer: list[dict[str, Any]] = self._call("POST", f"/v1/models/{quote(name, safe='')}/predict", {"rows": list(rows)})["predictions"]
        return answer

    def feedback(self, name: str, outcomes: Sequence[Mapping[str, Any]]) -> int:
        """Say what really happened: items with ``prediction_id`` and ``outcome``; how many were accepted."""
        return int(self._call("POST", f"/v1/models/{quote(name, safe='')}/feedback", {"feedback": list(outcomes)})["accepted"])

    def model(self, name: str) -> dict[str, Any]:
        """What a model takes, and what is served."""
        return self._call("GET", f"/v1/models/{quote(name, safe='')}")

    def ready(self) -> dict[str, Any]:
        """What the gateway serves, whether or not it has loaded everything."""
        return self._call("GET", "/readyz", fine=(200, 503))

    def _call(self, method: str, path: str, body: Any = None, *, fine: tuple[int, ...] = (200, 202)) -> dict[str, Any]:
        try:
            response = self._http.request(method, path, json=body)
        except httpx.HTTPError as error:
            raise Unavailable(
                "No gateway answers at {url}. Start one with 'kachi up' or 'kachi gateway'.", url=str(self._http.base_url)
            ) from error
        try:
            answer: dict[str, Any] = response.json()
        except ValueError:
            answer = {}
        if response.status_code not in fine:
            raise _error(response.status_code, str(answer.get("detail", response.text[:200])))
        return answer


def _error(status: int, detail: str) -> KachiError:
    if status == httpx.codes.NOT_FOUND:
        return NotFound("deployment", detail)
    kind = _RAISED.get(status, Unavailable)
    return kind("The gateway refused: {detail}", detail=detail)
