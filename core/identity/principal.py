"""Who asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.identity.permissions import Permission, Role, allowed
from core.store.audit import AuditEvent


@dataclass(frozen=True, slots=True)
class Principal:
    """A signed-in person, an API token's owner, or Kachi itself.

    Args:
        via: how they came: ``session``, ``token``, ``system``.
        credential: SHA-256 of the session's cookie or the token's id, to tell the own session from others; empty for Kachi itself.
    """

    user_id: str
    name: str
    email: str
    roles: frozenset[Role]
    via: str = "session"
    language: str = "en"
    credential: str = ""

    @property
    def is_system(self) -> bool:
        """Whether this is Kachi acting on a schedule or a policy."""
        return self.via == "system"

    def may(self, permission: Permission) -> bool:
        """Whether the permission is granted (for pages that show a disabled button with the reason)."""
        return allowed(self, permission)

    def event(
        self, action: str, target_kind: str, target_id: str, *, project_id: str | None = None, details: Mapping[str, Any] | None = None
    ) -> AuditEvent:
        """An audit event of this actor."""
        return AuditEvent(self.user_id, self.name, self.via, action, target_kind, target_id, project_id, details or {})


SYSTEM = Principal("system", "Kachi", "", frozenset(), via="system")
