"""Charts: plain typed values in, an Altair chart out; `show_chart` draws it with its finding and its table.

Colours are roles, filled in by the theme in the browser; every chart fits light, dark, 1440 and 390 px.
"""

from app.ui.charts.base import Role
from app.ui.charts.cash import CashPoint, cash_flow
from app.ui.charts.heat import money_heat
from app.ui.charts.ledger import LedgerBar, WaterfallStep, ledger_bars, waterfall
from app.ui.charts.operations import DayPoint, category_bars, day_bars, importance_bars, latency_line, psi_over_time, share_area, sparkline
from app.ui.charts.quality import Bin, CurvePoint, RatePoint, calibration, confusion, histogram, pr, roc
from app.ui.charts.ranges import Estimate, Swing, interval_dots, tornado
from app.ui.charts.show import show_chart
from app.ui.charts.task import ClassCell, CurveSpot, Parts, adjustment_curve, class_heat, interval_bars, part_bars
from app.ui.charts.value import MonthValue, RunLine, value_lines, value_over_time

__all__ = [
    "Bin",
    "CashPoint",
    "ClassCell",
    "CurvePoint",
    "CurveSpot",
    "DayPoint",
    "Estimate",
    "LedgerBar",
    "MonthValue",
    "Parts",
    "RatePoint",
    "Role",
    "RunLine",
    "Swing",
    "WaterfallStep",
    "adjustment_curve",
    "calibration",
    "cash_flow",
    "category_bars",
    "class_heat",
    "confusion",
    "day_bars",
    "histogram",
    "importance_bars",
    "interval_bars",
    "interval_dots",
    "latency_line",
    "ledger_bars",
    "money_heat",
    "part_bars",
    "pr",
    "psi_over_time",
    "roc",
    "share_area",
    "show_chart",
    "sparkline",
    "tornado",
    "value_lines",
    "value_over_time",
    "waterfall",
]
