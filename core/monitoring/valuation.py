"""What decisions are worth, each under the contract that was in force when it was made, summed by contract and hour."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute

from core.impact.ledger import reference_decisions
from core.impact.rule import rule_columns
from core.monitoring.bins import Floats, Ints
from core.monitoring.served import ServedModel, expected_gain, realised_gain
from core.monitoring.spool import PAYOFFS
from core.monitoring.summaries import HOUR_MS, Groups, codes_of, values_of

MONEY = pa.decimal128(24, 4)
PLACES = 4  # each case is rounded to this, so that sums are exact: whatever comes in whichever order, they are the same
Models = Mapping[str, ServedModel]  # by `ServedModel.key`


def add_contracts(table: pa.Table, contracts: Mapping[str, Sequence[ServedModel]]) -> pa.Table:
    """Add to predictions the contract (`contract_id`) under which each was decided; where one is noted already, it stays.

    A gateway notes the approval by whose certificate it decided (`approval_id`). Where that tells no contract, the time does: the one
    that was in force then, and before the first one (replayed history) the first.

    Args:
        contracts: by version, the oldest first.
    """
    versions, moments = _dictionary(table, "model_version_id"), values_of(table, "ms_at").astype(np.int64)
    names, places = [""], np.zeros(table.num_rows, dtype=np.int64)
    for place, version in enumerate(versions[1]):
        known = contracts.get(version, ())
        if known:
            mine = np.flatnonzero(versions[0] == place)
            since = np.asarray([model.since_ms for model in known[1:]], dtype=np.int64)
            places[mine] = np.searchsorted(since, moments[mine], side="right") + len(names)
            names += [model.contract_id for model in known]
    found = pa.DictionaryArray.from_arrays(pa.array(places), pa.array(names)).cast(pa.string())
    if "contract_id" in table.column_names:
        noted = pa.compute.coalesce(table.column("contract_id").combine_chunks(), found)
        return table.set_column(table.column_names.index("contract_id"), "contract_id", noted)
    noted = pa.compute.coalesce(_noted(table, contracts), found)
    return table.drop_columns(["approval_id"]).append_column("contract_id", noted)


def _noted(table: pa.Table, contracts: Mapping[str, Sequence[ServedModel]]) -> pa.Array:
    """The contracts of the approvals that gateways noted; null where there is none."""
    by_approval = {model.approval_id: model.contract_id for models in contracts.values() for model in models if model.approval_id}
    codes, approvals = _dictionary(table, "approval_id")
    names = pa.array([by_approval.get(name or "") for name in [*approvals, None]], type=pa.string())
    return names.take(pa.array(np.where(codes < 0, len(approvals), codes)))


def _dictionary(table: pa.Table, name: str) -> tuple[Ints, list[str]]:
    """Each row's place among a column's different values (-1 where there is none), and these values."""
    encoded = table.column(name).combine_chunks().dictionary_encode()
    return np.asarray(encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False), dtype=np.int64), encoded.dictionary.to_pylist()


def rows_by_model(table: pa.Table, models: Models) -> Iterator[tuple[ServedModel, Ints]]:
    """Rows (their places) of each version and contract that is known."""
    versions, contracts = _dictionary(table, "model_version_id"), _dictionary(table, "contract_id")
    pair = versions[0] * len(contracts[1]) + contracts[0]
    for found in np.unique(pair):
        version, contract = versions[1][found // len(contracts[1])], contracts[1][found % len(contracts[1])]
        model = models.get(contract or version)
        if model is not None:
            yield model, np.flatnonzero(pair == found)


def add_references(table: pa.Table, models: Models) -> pa.Table:
    """Add to predictions what the promised-against alternative would have decided, and the expected gain over it.

    Rows of a version that the registry doesn't know get the decision itself as reference: a gain of nothing.
    """
    decision, chances = values_of(table, "decision").astype(np.int64), values_of(table, "probability").astype(np.float64)
    reference, gain, variance = decision.copy(), np.zeros(table.num_rows), np.zeros(table.num_rows)
    own = _own_payoffs(table)
    for model, mine in rows_by_model(table, models):
        reference[mine] = _reference_of(table, mine, model)
        payoffs = model.payoffs(None if own is None else own[mine])
        gain[mine], variance[mine] = expected_gain(payoffs, chances[mine], decision[mine], reference[mine])
    table = table.append_column("reference", pa.array(reference, type=pa.int32()))
    return table.append_column("gain", pa.array(np.round(gain, PLACES))).append_column("gain_var", pa.array(variance))


def _own_payoffs(table: pa.Table) -> Floats | None:
    """What each case was decided with, shape (n, 4); None where all cases of these rows are worth the same."""
    if table.column(PAYOFFS[0]).null_count == table.num_rows:
        return None
    return np.stack([values_of(table, name).astype(np.float64) for name in PAYOFFS], axis=1)


def _reference_of(table: pa.Table, mine: Ints, model: ServedModel) -> Ints:
    columns: dict[str, Any] = {}
    for name in rule_columns(model.rule) if model.rule is not None else ():
        if f"x:{name}" in table.column_names:
            columns[name] = table.column(f"x:{name}").take(pa.array(mine)).to_pandas()
    frame = pd.DataFrame(columns, index=pd.RangeIndex(mine.size))
    return reference_decisions(model.reference, model.rule, frame).astype(np.int64)


def add_values(table: pa.Table, models: Models) -> pa.Table:
    """Add to joined truth what was earned over the reference by what was done in fact (`value`), and what would have been
    earned by what the model decided (`decided`), in the currency of each row's contract.
    """
    decision, action, reference, truth = (values_of(table, n).astype(np.int64) for n in ("decision", "action", "reference", "truth"))
    value, decided, own = np.zeros(table.num_rows), np.zeros(table.num_rows), _own_payoffs(table)
    for model, mine in rows_by_model(table, models):
        payoffs = model.payoffs(None if own is None else own[mine])
        value[mine] = realised_gain(payoffs, action[mine], reference[mine], truth[mine])
        decided[mine] = realised_gain(payoffs, decision[mine], reference[mine], truth[mine])
    table = table.append_column("value", pa.array(np.round(value, PLACES)))
    return table.append_column("decided", pa.array(np.round(decided, PLACES)))


def summarise_gains(table: pa.Table, models: Models) -> pa.Table | None:
    """What decisions are expected to bring, by version, contract and hour; None where no contract is known.

    Args:
        table: predictions with their contracts and gains (`add_references`).
    """
    found = _known(table, models)
    if found is None:
        return None
    rows, groups = found
    none = np.zeros(groups.count)
    return _value_rows(rows, groups, models, {
        "n": _counts(groups, np.ones(rows.num_rows)), "gain_sum": _money(groups, rows, "gain"), "gain_var": _floats(groups, rows, "gain_var"),
        "labelled": _whole(none), "positives": _whole(none), "overridden": _whole(none), "value_sum": _nothing(groups),
        "value_squares": pa.array(none), "decided_sum": _nothing(groups), "known_gain_sum": _nothing(groups),
        "known_gain_var": pa.array(none), "delay_s_sum": pa.array(none),
    })  # fmt: skip


def summarise_values(table: pa.Table, models: Models) -> pa.Table | None:
    """What labelled decisions brought, by version, contract and the hour in which they were made; None where no contract is known.

    Args:
        table: joined truth with its values (`add_values`).
    """
    found = _known(table, models)
    if found is None:
        return None
    rows, groups = found
    value, none = values_of(rows, "value").astype(np.float64), np.zeros(groups.count)
    changed = values_of(rows, "action") != values_of(rows, "decision")
    return _value_rows(rows, groups, models, {
        "n": _whole(none), "gain_sum": _nothing(groups), "gain_var": pa.array(none),
        "labelled": _counts(groups, np.ones(rows.num_rows)), "positives": _counts(groups, values_of(rows, "truth")),
        "overridden": _counts(groups, changed), "value_sum": _money(groups, rows, "value"), "value_squares": pa.array(groups.sums(value**2)),
        "decided_sum": _money(groups, rows, "decided"), "known_gain_sum": _money(groups, rows, "gain"),
        "known_gain_var": _floats(groups, rows, "gain_var"), "delay_s_sum": _floats(groups, rows, "delay_s"),
    })  # fmt: skip


def _known(table: pa.Table, models: Models) -> tuple[pa.Table, Groups] | None:
    """Rows whose version is known, grouped by version, contract and hour."""
    places = [mine for _, mine in rows_by_model(table, models)]
    if not places:
        return None
    kept = np.sort(np.concatenate(places))
    rows = table if kept.size == table.num_rows else table.take(pa.array(kept))
    hours = values_of(rows, "ms_at").astype(np.int64) // HOUR_MS
    key = (hours * 4096 + codes_of(rows, "model_version_id")) * 4096 + codes_of(rows, "contract_id")
    _, first, of_row = np.unique(key, return_index=True, return_inverse=True)
    return rows, Groups(of_row.astype(np.int64), first.astype(np.int64))


def _value_rows(rows: pa.Table, groups: Groups, models: Models, sums: Mapping[str, pa.Array]) -> pa.Table:
    head = rows.select(["model_version_id", "version", "contract_id", "ms_at"]).take(pa.array(groups.first))
    hours = values_of(head, "ms_at").astype(np.int64) // HOUR_MS * HOUR_MS
    pairs = zip(head.column("contract_id").to_pylist(), head.column("model_version_id").to_pylist(), strict=True)
    heads = {
        "model_version_id": head.column("model_version_id"),
        "version": head.column("version"),
        "contract_id": head.column("contract_id"),
        "hour": pa.array(hours, type=pa.int64()).cast(pa.timestamp("ms", tz="UTC")),
        "currency": pa.array([models[contract or version].currency for contract, version in pairs], type=pa.string()),
    }
    return pa.table(heads | dict(sums))


def _whole(values: Floats) -> pa.Array:
    return pa.array(values.astype(np.int64))


def _counts(groups: Groups, flags: Any) -> pa.Array:
    return _whole(groups.sums(np.asarray(flags)))


def _floats(groups: Groups, rows: pa.Table, name: str) -> pa.Array:
    return pa.array(groups.sums(values_of(rows, name)))


def _money(groups: Groups, rows: pa.Table, name: str) -> pa.Array:
    return pa.array(np.round(groups.sums(values_of(rows, name)), PLACES)).cast(MONEY, safe=False)


def _nothing(groups: Groups) -> pa.Array:
    return pa.array(np.zeros(groups.count)).cast(MONEY, safe=False)
