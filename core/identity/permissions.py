"""Roles and what each may do. Every service function of ``core`` calls `require` first."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from core.errors import PermissionDenied

if TYPE_CHECKING:
    from core.identity.principal import Principal


class Role(StrEnum):
    """A person may hold several."""

    VIEWER = "viewer"
    SCIENTIST = "scientist"
    APPROVER = "approver"
    ADMIN = "admin"


class Permission(StrEnum):
    """What a role may do, named after the thing and the verb."""

    READ_VALUE = "value.read"  # portfolio, impact reports, approvals, deployments' state
    PROPOSE_VALUE = "value.propose"  # another value model than a project's newest; somebody who edits the project decides
    READ_DETAILS = "details.read"  # data, runs, models, monitoring, lineage, jobs
    EDIT_PROJECTS = "projects.edit"
    EDIT_DATA = "data.edit"
    START_RUNS = "runs.start"
    REGISTER_MODELS = "models.register"
    REQUEST_APPROVAL = "approvals.request"
    DECIDE_APPROVAL = "approvals.decide"
    OPERATE_DEPLOYMENTS = "deployments.operate"  # canary, promote, roll back, stop; never a version without approval
    EDIT_MONITORS = "monitors.edit"
    EDIT_POLICIES = "policies.edit"
    HANDLE_ALERTS = "alerts.handle"
    EDIT_SCHEDULES = "schedules.edit"
    MANAGE_USERS = "users.manage"
    READ_AUDIT = "audit.read"
    BACK_UP = "backups.make"
    REPLAY = "serving.replay"


_VIEWER = {Permission.READ_VALUE, Permission.PROPOSE_VALUE}
_SCIENTIST = _VIEWER | {
    Permission.READ_DETAILS,
    Permission.EDIT_PROJECTS,
    Permission.EDIT_DATA,
    Permission.START_RUNS,
    Permission.REGISTER_MODELS,
    Permission.REQUEST_APPROVAL,
    Permission.EDIT_MONITORS,
    Permission.EDIT_POLICIES,
    Permission.HANDLE_ALERTS,
    Permission.EDIT_SCHEDULES,
}
_APPROVER = _VIEWER | {
    Permission.READ_DETAILS,
    Permission.DECIDE_APPROVAL,
    Permission.OPERATE_DEPLOYMENTS,
    Permission.HANDLE_ALERTS,
}
_ADMIN = _VIEWER | {
    Permission.READ_DETAILS,
    Permission.EDIT_POLICIES,
    Permission.EDIT_SCHEDULES,
    Permission.HANDLE_ALERTS,
    Permission.MANAGE_USERS,
    Permission.READ_AUDIT,
    Permission.BACK_UP,
    Permission.OPERATE_DEPLOYMENTS,
    Permission.REPLAY,
}
GRANTS: dict[Role, frozenset[Permission]] = {
    Role.VIEWER: frozenset(_VIEWER),
    Role.SCIENTIST: frozenset(_SCIENTIST),
    Role.APPROVER: frozenset(_APPROVER),
    Role.ADMIN: frozenset(_ADMIN),
}


def allowed(actor: Principal, permission: Permission) -> bool:
    """Whether any of the actor's roles grants the permission (Kachi itself: everything but deciding approvals)."""
    if actor.is_system:
        return permission is not Permission.DECIDE_APPROVAL
    return any(permission in GRANTS[role] for role in actor.roles)


def require(actor: Principal, permission: Permission) -> None:
    """Let through or raise.

    Raises:
        PermissionDenied: names the roles that could, so that the reader knows whom to ask.
    """
    if not allowed(actor, permission):
        able = ", ".join(role.value for role in Role if permission in GRANTS[role])
        raise PermissionDenied(
            "This needs the role {roles}; you have {yours}. An admin can grant it.",
            roles=able,
            yours=", ".join(sorted(r.value for r in actor.roles)) or "none",
            permission=permission.value,
        )
