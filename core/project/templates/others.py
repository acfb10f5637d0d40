"""Templates of forecasts and of several classes: how much to order, and where a ticket goes."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from core.project.model import Nouns, Task
from core.project.templates.model import Condition, Example, Kind, Option, Question, Rule, Template
from core.words import mark

D = Decimal
NEWSVENDOR: Final = "Arrow, Harris, Marschak (1951), Optimal Inventory Policy, Econometrica 19(3), 250–272"
QUEUES: Final = "Kuhn, Johnson (2013), Applied Predictive Modeling, chapter 17: the cost of a wrong queue grows with how far it is off"
EUROSTAT: Final = "Eurostat (2024), Hourly labour costs: EU average of 2023, EUR 31.8"

_EXPRESS = Condition("short", "express")
_DISCOUNT, _KEPT = Condition("left", "discount"), Condition("left", "kept")
_ORDERED = Condition("order", "urgency")

DEMAND: Final = Template(
    "demand", mark("Order the right amount"),
    mark("For planners of goods, shifts or capacity that a forecast decides on."),
    mark("How much should we order for tomorrow?"), Task.REGRESSION,
    Nouns(mark("product"), mark("products"), mark("would sell out"), mark("would be left over"), mark("order"), mark("orders")), NEWSVENDOR,
    (
        Question(
            "short", mark("What happens when there isn't enough?"), Kind.CHOICE, "lost",
            options=(Option("lost", mark("The sale is lost")), Option("express", mark("More is brought at extra cost"))),
        ),
        Question("margin", mark("What do you earn on one unit sold?"), Kind.MONEY, D(3), mark("Price less what the unit cost you."), low=D("0.01"),
                 asked_if=Condition("short", "lost")),
        Question("express", mark("What does it cost extra to bring one more unit?"), Kind.MONEY, D(2), low=D("0.01"), asked_if=_EXPRESS),
        Question("goodwill", mark("What else does it cost to send somebody away?"), Kind.MONEY, D(0), mark("Customers who don't come back.")),
        Question(
            "left", mark("What happens with what is left over?"), Kind.CHOICE, "thrown",
            options=(
                Option("thrown", mark("It is thrown away")), Option("discount", mark("It is sold at a lower price")),
                Option("kept", mark("It is kept and sold later")),
            ),
        ),
        Question("cost", mark("What does one unit cost you?"), Kind.MONEY, D(5), low=D("0.01")),
        Question("salvage", mark("How much of its cost comes back at the lower price?"), Kind.SHARE, D("0.5"), high=D(1), asked_if=_DISCOUNT),
        Question("holding", mark("What does it cost to keep one unit until it is sold?"), Kind.MONEY, D("0.5"), mark("Storage, capital, spoilage."),
                 asked_if=_KEPT),
        Question("tolerance", mark("Up to how many units off does nobody notice?"), Kind.NUMBER, D(0), high=D(1_000_000), unit=mark("units")),
    ),
    (
        Rule("under", "express + goodwill", _EXPRESS),
        Rule("under", "margin + goodwill"),
        Rule("over", "(1 - salvage) * cost", _DISCOUNT),
        Rule("over", "holding", _KEPT),
        Rule("over", "cost"),
        Rule("tolerance", "tolerance"),
    ),
    Example(
        "EUR", {},
        mark("A bakery earns €3 on a loaf that costs it €5 and throws away what is left. So each loaf too few costs {under}, each loaf too many {over}: "
             "it pays to bake so many that the day is covered in {share} of cases."),
    ),
)  # fmt: skip

TRIAGE: Final = Template(
    "triage", mark("Send tickets to the right place"),
    mark("For service desks that sort requests by urgency or by team."),
    mark("Where should a ticket go first?"), Task.MULTICLASS,
    Nouns(mark("ticket"), mark("tickets"), mark("would be urgent"), mark("could wait"), mark("assignment"), mark("assignments")), QUEUES,
    (
        Question(
            "labels", mark("Which classes are there?"), Kind.LABELS, ("urgent", "normal", "low"),
            mark("As your data names them, separated by commas; the most urgent first."),
        ),
        Question(
            "order", mark("Is there an order among them?"), Kind.CHOICE, "urgency",
            options=(Option("urgency", mark("Yes, the first is the most urgent")), Option("none", mark("No, they are teams or topics"))),
        ),
        Question("hourly", mark("What does an hour of working time cost?"), Kind.MONEY, D("31.8"), low=D(1), source=EUROSTAT),
        Question("minutes", mark("How many minutes does it take to move a ticket that went wrong?"), Kind.NUMBER, D(15), low=D(1), high=D(1440),
                 unit=mark("minutes")),
        Question("wait", mark("What does it cost when a ticket waits one class too low?"), Kind.MONEY, D(50), mark("Standstill at the customer, penalties."),
                 asked_if=_ORDERED),
        Question("rush", mark("What does it cost when a ticket is put one class too high?"), Kind.MONEY, D(5), mark("Others wait, people are called out."),
                 asked_if=_ORDERED),
    ),
    (
        Rule("right", "0"),
        Rule("lower", "-minutes / 60 * hourly - wait * steps", _ORDERED),
        Rule("lower", "-minutes / 60 * hourly"),
        Rule("higher", "-minutes / 60 * hourly - rush * steps", _ORDERED),
        Rule("higher", "-minutes / 60 * hourly"),
    ),
    Example(
        "EUR", {"labels": ("urgent", "normal", "low")},
        mark("At a service desk an hour costs €31.80 and moving a ticket takes 15 minutes. A ticket that waits one class too low costs another €50, "
             "one class too high €5. So a ticket one class too low is worth {lower}, one class too high {higher}."),
    ),
)  # fmt: skip

OTHERS: Final = (DEMAND, TRIAGE)
