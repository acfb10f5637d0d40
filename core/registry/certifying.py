"""From an approved version to the policy that its certificate carries: all that a gateway needs to decide."""

from __future__ import annotations

from core.identity.principal import SYSTEM
from core.impact.decision import Resource, policy_to_json
from core.project import service as projects
from core.project.payoffs import CELLS
from core.project.value_json import cell_to_text
from core.registry import source
from core.registry.certificate import Policy
from core.registry.model import ModelVersion
from core.workspace import Workspace


def certified_policy(ws: Workspace, version: ModelVersion, value_model_id: str | None = None) -> Policy:
    """A version's policy, payoffs and the columns that these read.

    Args:
        value_model_id: what its contract agrees on; None takes the one that it was registered with.

    Raises:
        NotFound: the value model is gone.
    """
    value = projects.get_value_model(ws, SYSTEM, value_model_id or version.value_model_id)
    tp, fp, fn, tn = (cell_to_text(getattr(value.matrix, cell)) for cell in CELLS)
    cost = value.limits.action_cost if version.policy.resource is Resource.MONEY else None
    names = tuple(dict.fromkeys((*value.matrix.columns, *(value.limits.columns if cost is not None else ()))))
    return Policy(
        version.threshold, tp, fp, fn, tn, value.currency, value.id, policy_to_json(version.policy),
        "" if cost is None else cell_to_text(cost), source.column_examples(ws, version.dataset_version_id, names),
    )  # fmt: skip
