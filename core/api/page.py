"""One page of a list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict


class HasId(Protocol):
    """A thing with an id that sorts by time."""

    @property
    def id(self) -> str:
        """Its id."""


T = TypeVar("T")


class Out(BaseModel):
    """Base of all answers: read from the domain's dataclasses."""

    model_config = ConfigDict(from_attributes=True)


class In(BaseModel):
    """Base of all request bodies: unknown fields are refused, so a typo never passes in silence."""

    model_config = ConfigDict(extra="forbid", str_max_length=20_000)


class Page(BaseModel, Generic[T]):
    """Items, newest first, and the key of the next page (None: this is the last)."""

    items: list[T]
    next: str | None = None


def next_key(items: Sequence[HasId], limit: int) -> str | None:
    """`next` of a page: the id of its last item where the page is full."""
    return items[-1].id if items and len(items) >= limit else None
