"""Restating: what decisions that were counted under one contract would have brought under another. The records stay as they are;
restated figures stand beside them, marked with who made them and when.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute

from core.errors import Conflict, NotFound
from core.identity import Permission, Principal, require
from core.impact.valued import row_payoffs
from core.monitoring import intake, restated_store, valuation
from core.monitoring.catalogue import Catalogue, Live, load_under
from core.monitoring.intake import VALUE_SUMS
from core.monitoring.lake import Lake, read_files
from core.monitoring.restated_store import Restated, RestatedDay
from core.monitoring.served import ServedModel
from core.monitoring.spool import PAYOFFS
from core.project.payoffs import CELLS
from core.registry import contract_store
from core.registry import store as registry_rows
from core.registry.contract import Contract
from core.store import Transaction
from core.store.lineage import Node
from core.workspace import Workspace

COLUMNS = "id, ms_at, version, model_version_id, contract_id, score, coalesce(probability, score) AS probability, decision"


def restate(ws: Workspace, actor: Principal, deployment_id: str, contract_id: str) -> Restated:
    """Value what a contract's version has decided under its other contracts by this one, and keep it beside the records.

    Args:
        contract_id: in force, proposed, or one that was in force; only decisions of its own version are restated.

    Raises:
        NotFound: no such deployment or contract. Conflict: the contract is another model's, or there is nothing to restate.
        InvalidInput: what a case is worth under it can't be worked out from what was kept of the cases.
    """
    require(actor, Permission.READ_DETAILS)
    live = Catalogue(ws).live(deployment_id)
    contract = contract_store.get_contract(ws.store, contract_id)
    if contract is None:
        raise NotFound("contract", contract_id)
    version = registry_rows.get_version(ws.store, contract.model_version_id)
    if version is None or version.project_id != live.project_id:
        raise Conflict("Contract {number} is for another model than this deployment serves. Choose one of its own.", number=contract.number)
    days = tuple(_restated_days(ws, live, contract, load_under(ws, version, contract)))
    decisions = sum(day.sums[VALUE_SUMS.index("n")] for day in days)
    if not decisions:
        raise Conflict(
            "Nothing was decided here under another contract than {number}, so there is nothing to restate.", number=contract.number
        )

    def work(tx: Transaction) -> Restated:
        made = Restated(live.id, contract.id, actor.user_id, actor.name, tx.at, int(decisions))
        restated_store.put_restatement(tx, made, days)
        details = {"model": contract.model_name, "number": contract.number, "decisions": made.decisions, "deployment": live.name}
        tx.audit(actor.event("ledger.restate", Node.CONTRACT, contract.id, project_id=live.project_id, details=details))
        return made

    return ws.store.write(work)


def _restated_days(ws: Workspace, live: Live, contract: Contract, model: ServedModel) -> Iterator[RestatedDay]:
    lake = Lake(ws.settings)
    days = sorted({file.day for file in intake.list_files(ws.store, "predictions", live.id)})
    for day in days:
        table = _read_day(ws, lake, live.id, day, model)
        if table is None or not table.num_rows:
            continue
        counted = pa.compute.coalesce(table.column("contract_id"), pa.scalar(""))
        for instead_of in pa.compute.unique(counted).to_pylist():
            if instead_of != contract.id:
                yield _value_day(table.filter(pa.compute.equal(counted, pa.scalar(instead_of))), day, instead_of, model)


def _read_day(ws: Workspace, lake: Lake, deployment_id: str, day: date, model: ServedModel) -> pa.Table | None:
    """A day's decisions of the contract's version, with their outcomes where they are known."""
    files = [lake.url(f.path) for f in intake.list_files(ws.store, "predictions", deployment_id, days=[day])]
    told = [lake.url(f.path) for f in intake.list_files(ws.store, "truth", deployment_id, days=[day])]
    features = ", COLUMNS(lambda c: starts_with(c, 'x:'))" if model.payoff.columns or model.rule else ""
    outcomes = read_files("$told") if told else "(SELECT '' AS prediction_id, 0 AS truth, 0 AS action, 0.0 AS delay_s WHERE false)"
    with lake.connect() as con:
        return con.sql(
            "SELECT p.*, t.truth, coalesce(t.action, p.decision) AS action, t.delay_s FROM"
            f" (SELECT {COLUMNS}{features} FROM {read_files('$files')} WHERE model_version_id = $version) p"
            f" LEFT JOIN (SELECT prediction_id, truth, action, delay_s FROM {outcomes}) t ON t.prediction_id = p.id",
            params={"files": files, "version": model.model_version_id} | ({"told": told} if told else {}),
        ).to_arrow_table()


def _value_day(table: pa.Table, day: date, instead_of: str, model: ServedModel) -> RestatedDay:
    models = {model.key: model}
    named = pa.array([model.contract_id] * table.num_rows, type=pa.string())
    table = table.set_column(table.column_names.index("contract_id"), "contract_id", named)
    table = valuation.add_references(_add_payoffs(table, model), models)
    known = table.filter(pa.compute.is_valid(table.column("truth")))
    parts = [valuation.summarise_gains(table, models)]
    if known.num_rows:
        parts.append(valuation.summarise_values(valuation.add_values(known, models), models))
    return RestatedDay(day, instead_of, _add([part for part in parts if part is not None]))


def _add_payoffs(table: pa.Table, model: ServedModel) -> pa.Table:
    """What each case is worth under the contract, worked out anew where that differs from case to case."""
    amounts: list[Any] = [pa.nulls(table.num_rows, type=pa.float64())] * len(PAYOFFS)
    if not model.payoff.is_constant:
        names = [name for name in model.payoff.columns if f"x:{name}" in table.column_names]
        frame = table.select([f"x:{name}" for name in names]).rename_columns(names).to_pandas()
        worked_out = row_payoffs(model.payoff, frame)
        amounts = [pa.array(getattr(worked_out, cell)) for cell in CELLS]
    for name, amount in zip(PAYOFFS, amounts, strict=True):
        table = table.append_column(name, amount)
    return table


def _add(parts: Sequence[pa.Table]) -> tuple[Any, ...]:
    sums = restated_store.zero_sums()
    for part in parts:
        for name in VALUE_SUMS:
            sums[name] += pa.compute.sum(part.column(name)).as_py()
    return tuple(sums[name] for name in VALUE_SUMS)
