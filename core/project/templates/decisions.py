"""Templates of yes-or-no decisions: churn, credit, marketing, fraud, maintenance.

Payoffs are compared with a world in which nobody is treated. A default is either what a source that is cited says, or an
assumption of ours, and then says so.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from core.project.model import Nouns, Task
from core.project.templates.model import Condition, Example, Kind, Option, Question, Rule, Template
from core.words import mark

D = Decimal
EMPC: Final = "Verbraken, Verbeke, Baesens (2013), IEEE Transactions on Knowledge and Data Engineering 25(5), 961–973"
EMP_CREDIT: Final = "Verbraken, Bravo, Weber, Baesens (2014), European Journal of Operational Research 238(2), 505–513: ROI 0.2644"
BASEL: Final = "Basel Committee on Banking Supervision (2006), International Convergence of Capital Measurement, paragraph 287: LGD 45%"
KDD98: Final = "KDD Cup 1998, direct mailing: USD 0.68 a letter (Zadrozny, Elkan 2001, ACM SIGKDD, 204–213)"
BMR: Final = "Correa Bahnsen, Stojanovic, Aouada, Ottersten (2013), Cost Sensitive Credit Card Fraud Detection, ICMLA, 333–338"
SCANIA: Final = "IDA 2016 Industrial Challenge, APS Failure at Scania Trucks (UCI Machine Learning Repository): cost 10 and 500"
NESLIN: Final = "Neslin, Gupta, Kamakura, Lu, Mason (2006), Defection Detection, Journal of Marketing Research 43(2), 204–211"

_MONTHLY = Condition("basis", "monthly")

CHURN: Final = Template(
    "churn", mark("Keep customers who may leave"),
    mark("For sales and service teams that contact customers with an offer before they leave."),
    mark("Which customers should we call before they leave?"), Task.BINARY,
    Nouns(mark("customer"), mark("customers"), mark("would leave"), mark("would have stayed"), mark("call"), mark("calls")), NESLIN,
    (
        Question(
            "basis", mark("How do you count what a customer is worth who stays?"), Kind.CHOICE, "lump",
            options=(Option("lump", mark("One sum")), Option("monthly", mark("A sum a month, for some months"))),
        ),
        Question(
            "worth", mark("What does a customer bring who stays?"), Kind.MONEY, D(200), mark("Margin after costs, over the time that you count on."),
            low=D("0.01"), source=f"{EMPC}: CLV 200", by_row=True, asked_if=Condition("basis", "lump"),
        ),
        Question(
            "monthly", mark("What does a customer pay a month?"), Kind.MONEY, D(50), mark("From your data it differs from customer to customer."),
            low=D("0.01"), by_row=True, asked_if=_MONTHLY,
        ),
        Question("months", mark("How many more months does a customer stay who was kept?"), Kind.NUMBER, D(12), low=D(1), high=D(120),
                 unit=mark("months"), asked_if=_MONTHLY),
        Question("margin", mark("How much of what a customer pays is margin?"), Kind.SHARE, D("0.5"), low=D("0.01"), high=D(1), asked_if=_MONTHLY),
        Question(
            "accepts", mark("Of ten customers who would leave and are contacted, how many stay?"), Kind.SHARE, D("0.3"),
            mark("As a share: 30% is three of ten."), low=D("0.01"), high=D(1), source=f"{EMPC}: beta(6, 14), mean 0.30",
        ),
        Question("offer", mark("What does the offer cost you, for one who takes it?"), Kind.MONEY, D(10), mark("A discount, a gift, free months."),
                 source=f"{EMPC}: d = 10"),
        Question(
            "takers", mark("How many of those who would have stayed anyway take the offer?"), Kind.SHARE, D(1),
            mark("They cost the offer and change nothing."), high=D(1), source=f"{NESLIN}: all of them",
        ),
        Question("contact", mark("What does it cost to contact one customer?"), Kind.MONEY, D(1), mark("Working time, telephone, postage."),
                 low=D("0.01"), source=f"{EMPC}: f = 1"),
    ),
    (
        Rule("tp", "accepts * (months * margin * monthly - offer) - contact", _MONTHLY),
        Rule("tp", "accepts * (worth - offer) - contact"),
        Rule("fp", "-takers * offer - contact"),
        Rule("fn", "0"),
        Rule("tn", "0"),
    ),
    Example(
        "EUR", {},
        mark("A telephone company earns €200 from a customer who stays. Three of ten who would leave accept an offer that costs €10; a call costs €1. "
             "So a call to one who would leave is worth {tp} on average, and a call to one who would have stayed {fp}, because the offer is taken all the same."),
    ),
)  # fmt: skip

CREDIT: Final = Template(
    "credit", mark("Decide on loan applications"),
    mark("For lenders that decide whom to refuse before they pay out."),
    mark("Which applications should we refuse?"), Task.BINARY,
    Nouns(mark("application"), mark("applications"), mark("would default"), mark("would be repaid"), mark("refusal"), mark("refusals")), EMP_CREDIT,
    (
        Question("amount", mark("How much is lent?"), Kind.MONEY, D(10_000), mark("From your data it differs from loan to loan."), low=D(1), by_row=True),
        Question(
            "lost", mark("How much of a loan that defaults is lost in the end?"), Kind.SHARE, D("0.45"),
            mark("After collateral and recovery."), low=D("0.01"), high=D(1), source=BASEL,
        ),
        Question(
            "earned", mark("How much does a loan that is repaid earn, over all its years?"), Kind.SHARE, D("0.2644"),
            mark("Interest and fees less funding, as a share of the amount."), low=D("0.01"), high=D(2), source=EMP_CREDIT,
        ),
        Question("refusal", mark("What does it cost to refuse somebody?"), Kind.MONEY, D(0), mark("Handling, and goodwill that is lost.")),
    ),
    (Rule("tp", "-refusal"), Rule("fp", "-refusal"), Rule("fn", "-lost * amount"), Rule("tn", "earned * amount")),
    Example(
        "EUR", {},
        mark("A bank lends €10,000. Of a loan that defaults 45% are lost; a loan that is repaid earns 26.44% over its life. "
             "So a loan that defaults is worth {fn}, one that is repaid {tn}, and one that was refused {tp}."),
    ),
)  # fmt: skip

MARKETING: Final = Template(
    "marketing", mark("Choose whom a campaign goes to"),
    mark("For marketing teams that write to or call people about an offer."),
    mark("Whom should the campaign go to?"), Task.BINARY,
    Nouns(mark("customer"), mark("customers"), mark("would buy"), mark("would not buy"), mark("letter"), mark("letters")), KDD98,
    (
        Question("sale", mark("What does one sale bring?"), Kind.MONEY, D(20), mark("Margin after the cost of the goods."), low=D("0.01"), by_row=True),
        Question(
            "anyway", mark("How many of the buyers would have bought without being contacted?"), Kind.SHARE, D(0),
            mark("Their sale isn't the campaign's. A test with a group that gets nothing tells."), high=D("0.99"),
        ),
        Question("contact", mark("What does it cost to contact one customer?"), Kind.MONEY, D("0.68"), mark("Working time, telephone, postage."),
                 low=D("0.01"), source=KDD98, currency="USD"),
    ),
    (Rule("tp", "(1 - anyway) * sale - contact"), Rule("fp", "-contact"), Rule("fn", "0"), Rule("tn", "0")),
    Example(
        "USD", {"anyway": "10%"},
        mark("A shop earns $20 from a sale, and a letter costs $0.68. One buyer in ten would have bought without it. "
             "So a letter to one who would buy is worth {tp}, and a letter to one who would not {fp}."),
    ),
)  # fmt: skip

FRAUD: Final = Template(
    "fraud", mark("Stop fraudulent payments"),
    mark("For payment and insurance teams that check suspicious cases before they pay."),
    mark("Which payments should we check before they go out?"), Task.BINARY,
    Nouns(mark("payment"), mark("payments"), mark("would turn out fraudulent"), mark("would turn out genuine"), mark("check"), mark("checks")), BMR,
    (
        Question("amount", mark("How much money is in one payment?"), Kind.MONEY, D(100), mark("From your data it differs from payment to payment."),
                 low=D(1), by_row=True),
        Question("borne", mark("How much of a fraud that gets through do you bear?"), Kind.SHARE, D(1), mark("The rest is borne by insurers or partners."),
                 low=D("0.01"), high=D(1), source=BMR),
        Question("saved", mark("How much of a fraud that is checked is saved?"), Kind.SHARE, D(1), high=D(1), source=BMR),
        Question("check", mark("What does one check cost?"), Kind.MONEY, D(5), mark("Working time of those who look into it."), low=D("0.01")),
        Question("upset", mark("What does it cost to hold up a genuine customer?"), Kind.MONEY, D(0), mark("Calls, and payments that go elsewhere.")),
    ),
    (
        Rule("tp", "-check - (1 - saved) * borne * amount"),
        Rule("fp", "-check - upset"),
        Rule("fn", "-borne * amount"),
        Rule("tn", "0"),
    ),
    Example(
        "EUR", {"amount": "250", "upset": "2"},
        mark("A card company checks a payment of €250 for €5, and holding up a genuine customer costs another €2. "
             "So a fraud that is checked is worth {tp}, one that gets through {fn}, and a genuine payment that is held up {fp}."),
    ),
)  # fmt: skip

MAINTENANCE: Final = Template(
    "maintenance", mark("Inspect machines before they fail"),
    mark("For plants and fleets that plan inspections instead of waiting for breakdowns."),
    mark("Which machines should we inspect this month?"), Task.BINARY,
    Nouns(mark("machine"), mark("machines"), mark("would fail"), mark("would keep running"), mark("inspection"), mark("inspections")), SCANIA,
    (
        Question("inspection", mark("What does one inspection cost?"), Kind.MONEY, D(10), low=D("0.01"), source=SCANIA),
        Question("breakdown", mark("What does a breakdown cost?"), Kind.MONEY, D(500), mark("Repair, standstill, damage that follows."), source=SCANIA, by_row=True),
        Question("repair", mark("What does a planned repair cost?"), Kind.MONEY, D(50)),
        Question("found", mark("Of ten failures ahead, how many does an inspection find?"), Kind.SHARE, D("0.9"), high=D(1)),
    ),
    (
        Rule("tp", "-inspection - found * repair - (1 - found) * breakdown"),
        Rule("fp", "-inspection"),
        Rule("fn", "-breakdown"),
        Rule("tn", "0"),
    ),
    Example(
        "EUR", {},
        mark("An inspection costs €10, a planned repair €50, a breakdown €500; an inspection finds nine of ten failures ahead. "
             "So inspecting a machine that would fail is worth {tp}, leaving it alone {fn}, and inspecting a sound one {fp}."),
    ),
)  # fmt: skip

DECISIONS: Final = (CHURN, CREDIT, MARKETING, FRAUD, MAINTENANCE)
