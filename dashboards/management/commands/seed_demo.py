"""The demo: customers, people and generated data, sent through the real pipeline."""

from __future__ import annotations

import hashlib
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from costs.services.budgets import set_budget
from dashboards import demo_costs
from dashboards.demo import CUSTOMERS, HOURS, PASSWORD, PEOPLE, PROVIDER
from dashboards.demo_bookings import share_gpus
from dashboards.demo_feasibility import (
    begin_second_round,
    issue_plainly,
    issue_with_conditions,
)
from dashboards.demo_labels import spend_on
from dashboards.demo_operation import accept_stage, bring, operate, promise_errors
from evaluation.acceptances import USUAL, accept_errors
from evaluation.curve import cheapest, curve_of
from evaluation.ingest.mapping import recognise
from evaluation.metrics import finished_from_json
from evaluation.models import Run
from evaluation.pipeline import evaluate
from evaluation.services import receive_upload, submit_run
from projects.catalogue import Terms
from projects.models import (
    Agreement,
    Engagement,
    Membership,
    Organisation,
    Side,
    Stage,
    User,
)
from projects.services import agreement as agreements
from projects.services import engagement as engagements
from projects.services import intake as intakes
from projects.services import organisation as organisations
from projects.services.agreement import CriterionDraft
from projects.services.skills import cover_skills

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


def press_line(spread: float, missed: int = 1) -> bytes:
    """Shifts of three presses: 40 failures, so many missed; too few to prove 5 %.

    ``spread``: how far the scores lie apart from what is true.
    """
    random = np.random.default_rng(20260401)
    truth = np.zeros(1638, int)
    truth[random.choice(1638, 40, replace=False)] = 1
    score = np.clip(random.normal(0.25 + 0.5 * truth, spread), 0, 1)
    predicted = (score >= 0.5).astype(int)
    predicted[truth == 1] = 1
    predicted[np.flatnonzero(truth)[:missed]] = 0
    lines = ["y_true,y_pred,y_score,segment"]
    for row, (t, p, s) in enumerate(zip(truth, predicted, score, strict=True)):
        lines.append(f"{t},{p},{s:.4f},プレス{row % 3 + 1}号機")
    return "\n".join(lines).encode()


def forecast(error: float, rows: int) -> bytes:
    """Hours of demand with a forecast that misses by ``error`` (a share)."""
    random = np.random.default_rng(20260402)
    hours = np.arange(rows)
    truth = 3000 + 600 * np.sin(hours * 2 * np.pi / 24) + random.normal(0, 50, rows)
    predicted = truth * (1 + random.normal(0, error, rows))
    first = np.datetime64("2026-04-01T00:00")
    lines = ["timestamp,y_true,y_pred"]
    for hour, t, p in zip(hours, truth, predicted, strict=True):
        stamp = str(first + np.timedelta64(int(hour), "h")).replace("T", " ")
        lines.append(f"{stamp},{t:.1f},{p:.1f}")
    return "\n".join(lines).encode()


def spare_parts() -> bytes:
    """Two years of twelve parts under a policy that runs short too often."""
    random = np.random.default_rng(20260403)
    lines = ["sku,period,demand,demand_met_from_stock,on_hand_end,order_qty"]
    for part in range(12):
        mean = 4 + 3 * part
        level, held, coming = round(1.5 * mean), round(1.5 * mean), 0
        for month in range(24):
            held += coming
            demand = int(random.poisson(mean))
            met = min(held, demand)
            held -= met
            coming = level - held
            period = f"{2024 + month // 12}-{month % 12 + 1:02d}-01"
            sku = f"P-{4100 + 7 * part}"
            lines.append(f"{sku},{period},{demand},{met},{held},{coming}")
    return "\n".join(lines).encode()


class Command(BaseCommand):
    """Write the demo; only where DEMO is on."""

    help = "Write the demo and send its runs through the real pipeline."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-empty", action="store_true")
        parser.add_argument("--list", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["list"]:
            for key, _ja, name, organisation, role in PEOPLE:
                side = CUSTOMERS.get(organisation, "Kaname Giken")
                self.stdout.write(
                    f"{key}@demo.kenshu.example  {PASSWORD}  {name}, {role}, {side}"
                )
            return
        if not settings.DEMO:
            raise CommandError("The demo is only written where DEMO=1 is set.")
        if options["if_empty"] and Engagement.objects.exists():
            return
        if Engagement.objects.exists():
            raise CommandError("There are engagements here already. Reset first.")
        # All or nothing, so that a start that broke off can be tried again.
        with transaction.atomic():
            self.write()

    def write(self) -> None:
        """People first, then one engagement for each outcome."""
        sides = {
            PROVIDER: Organisation.objects.create(
                name=PROVIDER, name_en="Kaname Giken", kind="provider"
            )
        }
        for name, name_en in CUSTOMERS.items():
            sides[name] = Organisation.objects.create(
                name=name, name_en=name_en, kind="customer"
            )
        people = {}
        for key, name, name_en, organisation, role in PEOPLE:
            user = User.objects.create_user(
                f"{key}@demo.kenshu.example", PASSWORD, name=name, name_en=name_en
            )
            Membership.objects.create(
                user=user, organisation=sides[organisation], role=role
            )
            people[key] = user
        line = CriterionDraft
        ninety_five = Decimal("0.95")
        self.engage(
            people,
            people["yamamoto"],
            sides,
            "三河精機",
            (
                "プレスライン異常検知",
                "Press line anomaly detection",
                "anomaly",
                "岡崎工場",
            ),
            line("miss_rate", "at_most", Decimal("0.05"), ninety_five),
            ("press_april.csv", press_line(0.26, missed=6)),
            Terms(
                yen_false_alarm=3_000.0,
                yen_miss=180_000.0,
                yen_miss_low=120_000.0,
                yen_miss_high=260_000.0,
                cases_a_day=54.0,
            ),
        )
        press = Engagement.objects.get(kind="anomaly")
        for month, spread, missed in (("may", 0.22, 4), ("june", 0.2, 2)):
            file = (f"press_{month}.csv", press_line(spread, missed))
            self.submit(press, file, people["kato"])
        self.submit(press, ("press.csv", press_line(0.14)), people["kato"])
        self.bear(press, people["yamamoto"])
        for key, hours in HOURS.items():
            cover_skills(
                engagement=press,
                person=people[key],
                hours={skill: Decimal(each) for skill, each in hours.items()},
                by=people["kato"],
            )
        begin_second_round(press, people)
        spend_on(press, people)
        self.engage(
            people,
            people["kitagawa"],
            sides,
            "北越電力",
            ("翌日の電力需要予測", "Day-ahead demand", "demand_forecast", "北越エリア"),
            line("wape", "at_most", Decimal("3.5"), ninety_five, stage=Stage.INITIAL),
            ("power_first.csv", forecast(0.05, 2400)),
            Terms(season=24, yen_over=2.0, yen_under=6.0, cases_a_day=24.0),
        )
        power = Engagement.objects.get(kind="demand_forecast")
        for name, error in (("power_weather", 0.035), ("power", 0.02)):
            file = (f"{name}.csv", forecast(error, 2400))
            self.submit(power, file, people["kato"])
        self.operate(power, people)
        self.engage(
            people,
            people["maruyama"],
            sides,
            "丸橋ストア",
            ("補修部品の在庫最適化", "Spare-parts stock", "inventory", "中央倉庫"),
            line("cycle_service_level", "at_least", Decimal("0.99"), ninety_five),
            ("parts.csv", spare_parts()),
            Terms(holding_rate=0.02, unit_cost=1_800.0, yen_shortage=5_200.0),
        )
        self.offer(
            people,
            self.take_on(
                people["kato"],
                sides,
                "若葉ベーカリー",
                ("値引きの最適化", "Markdown optimisation", "sales", "駅前店"),
            ),
            line(
                "improvement_percent",
                "at_least",
                Decimal(3),
                ninety_five,
                smallest_cases=60,
            ),
            Terms(smaller_is_better=False),
        )
        declined = self.take_on(
            people["kato"],
            sides,
            "青葉フーズ",
            ("給食厨房の動線最適化", "Kitchen layout", "layout", "第一厨房"),
        )
        engagements.decline(
            engagement=declined,
            because="動線の正解を後から確かめる方法がありません。",
            because_en="Nobody can tell afterwards whether a layout was right.",
            by=people["kato"],
        )
        demo_costs.spend(sides[PROVIDER], people)
        share_gpus(sides[PROVIDER], people)
        self.ask(people, sides)

    def ask(self, people: dict[str, User], sides: dict[str, Organisation]) -> None:
        """Two intakes: one that waits for the manager, one sent back to its asker."""
        organisations.allow_visitors(
            organisation=sides[PROVIDER], allowed=True, by=people["ono"]
        )
        intakes.file_intake(
            by=people["aoki"],
            provider=sides[PROVIDER],
            customer=sides["青葉フーズ"],
            problem="冷凍品の廃棄が月80万円あり、発注量を前日までに決めたい。",
            kind="inventory",
            place_kind="kitchen",
            place="第二厨房",
            believed_data="発注と廃棄の記録が3年分、表計算のファイルにあります。",
            decider="購買部長 林 誠",
            asker_name="青木 進",
            asker_email=people["aoki"].email,
        )
        asked = intakes.file_intake(
            by=people["yamamoto"],
            provider=sides[PROVIDER],
            customer=sides["三河精機"],
            problem="塗装の色むらを出荷前に見つけたい。",
            kind="anomaly",
            place_kind="line",
            place="豊田工場 塗装ライン",
            believed_data="検査の写真が半年分あるはずです。",
            decider="工場長 西村 徹",
            asker_name="山本 健一",
            asker_email=people["yamamoto"].email,
        )
        intakes.ask(
            intake=asked,
            question="色むらと判定された写真は何枚ありますか。",
            by=people["kato"],
        )

    def take_on(
        self,
        manager: User,
        sides: dict[str, Organisation],
        customer: str,
        words: tuple[str, str, str, str],
    ) -> Engagement:
        """One engagement of the demo, at its beginning."""
        name, name_en, kind, place = words
        return engagements.create_engagement(
            by=manager,
            provider=sides[PROVIDER],
            customer=sides[customer],
            name=name,
            name_en=name_en,
            problem=f"{place}の{name}を、合意した精度で一年運用する。",
            kind=kind,
            place=place,
            placement="on_prem",
            owner=manager,
            starts_on=date(2026, 3, 2),
            ends_on=date(2027, 3, 31),
        )

    def engage(
        self,
        people: dict[str, User],
        executive: User,
        sides: dict[str, Organisation],
        customer: str,
        words: tuple[str, str, str, str],
        criterion: CriterionDraft,
        file: tuple[str, bytes],
        terms: Terms,
    ) -> None:
        """From the first answer to a queued run."""
        manager = people["kato"]
        engagement = self.take_on(manager, sides, customer, words)
        draft = self.offer(people, engagement, criterion, terms)
        agreements.sign(
            agreement=draft, side=Side.CUSTOMER, password=PASSWORD, by=executive
        )
        set_budget(engagement=engagement, budget_yen=Decimal(4_000_000), by=manager)
        self.submit(engagement, file, manager)

    def bear(self, engagement: Engagement, executive: User) -> None:
        """The runs measured at once, and the errors of the newest accepted."""
        for run in Run.objects.filter(agreement__engagement=engagement):
            evaluate(run.pk)
        newest = Run.objects.filter(agreement__engagement=engagement).latest("number")
        curve = curve_of(finished_from_json(newest.result.finished))
        best = None if curve is None else cheapest(curve)
        if best is None:
            raise CommandError("The demo's run has no cheapest point.")
        accept_errors(
            run=newest,
            at=best.at,
            until=timezone.localdate() + USUAL,
            password=PASSWORD,
            by=executive,
        )

    def operate(self, engagement: Engagement, people: dict[str, User]) -> None:
        """Two stages accepted on the newest run, then six weeks of operation."""
        signers = (people["kato"], people["kitagawa"])
        self.bear(engagement, people["kitagawa"])
        run = Run.objects.filter(agreement__engagement=engagement).latest("number")
        for stage in (Stage.INITIAL, Stage.ACCURACY):
            accept_stage(run, stage, *signers)
        operate(engagement, *signers)
        bring(engagement, people["kitagawa"])

    def submit(
        self, engagement: Engagement, file: tuple[str, bytes], manager: User
    ) -> None:
        """One file of the demo, uploaded and queued."""
        name, content = file
        upload = receive_upload(
            engagement=engagement,
            file=ContentFile(content, name=name),
            name=name,
            sha256=hashlib.sha256(content).hexdigest(),
            by=manager,
        )
        columns = recognise(upload.seen.columns, engagement.shape)
        submit_run(upload=upload, columns=columns, note="", by=manager)

    def offer(
        self,
        people: dict[str, User],
        engagement: Engagement,
        criterion: CriterionDraft,
        terms: Terms,
    ) -> Agreement:
        """From the first answer to a version that waits for the customer."""
        manager = people["kato"]
        # One engagement shows all that can hang on an answer.
        issue = issue_with_conditions if engagement.kind == "anomaly" else issue_plainly
        issue(engagement, people)
        draft = agreements.draft_agreement(
            engagement=engagement,
            reason="初版",
            terms=terms,
            criteria=[criterion],
            by=manager,
        )
        if engagement.kind == "demand_forecast":
            promise_errors(draft, manager)
        agreements.sign(
            agreement=draft, side=Side.PROVIDER, password=PASSWORD, by=manager
        )
        draft.refresh_from_db()
        return draft
