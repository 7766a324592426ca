"""The demo's engagements, one for each outcome, as they went over eight months."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from costs.services.budgets import set_budget
from dashboards.demo import HOURS
from dashboards.demo_acts import (
    Wanted,
    agree,
    bear,
    measure,
    newest_of,
    offer,
    submit,
    take_on,
)
from dashboards.demo_clock import ago, on
from dashboards.demo_feasibility import (
    begin_second_round,
    finish_first_task,
    issue_plainly,
    issue_with_conditions,
)
from dashboards.demo_files import forecast, press_line, spare_parts
from dashboards.demo_labels import spend_on
from dashboards.demo_operation import (
    STARTED,
    accept_stage,
    bring,
    operate,
)
from projects.catalogue import Terms
from projects.models import Stage
from projects.services import engagement as engagements
from projects.services.agreement import CriterionDraft
from projects.services.skills import cover_skills

if TYPE_CHECKING:
    from collections.abc import Iterable

    from projects.models import Engagement, Organisation, User

BUDGET: Final = Decimal(4_000_000)
NINETY_FIVE: Final = Decimal("0.95")
PRESS_TERMS: Final = Terms(
    yen_false_alarm=3_000.0,
    yen_miss=180_000.0,
    yen_miss_low=120_000.0,
    yen_miss_high=260_000.0,
    cases_a_day=54.0,
)
# Days ago, how far scores lie from the truth, failures missed, what was changed.
PRESS_RUNS: Final = (
    (150, 0.30, 9, "最初の測定"),
    (127, 0.28, 7, "振動の特徴を追加"),
    (103, 0.26, 6, "2号機の学習データを追加"),
    (76, 0.24, 6, "第2版の基準で測定"),
    (55, 0.22, 4, "しきい値を見直し"),
    (36, 0.20, 3, "写真のラベルを付け直し"),
    (19, 0.17, 2, "全データで再学習"),
    (5, 0.14, 1, "3号機を追加"),
)
# Days ago, the share by which the forecast misses, what was changed.
POWER_FIRST: Final = (
    (205, 0.05, "前年同日との比較から"),
    (188, 0.042, "曜日と祝日を追加"),
    (170, 0.035, "気温の予報を追加"),
    (154, 0.031, "地域を3つに分割"),
)
POWER_LATER: Final = (
    (112, 0.029, "運用1か月の実績で再学習"),
    (80, 0.026, "需要家の契約変更を反映"),
    (47, 0.024, "湿度の予報を追加"),
    (12, 0.02, "全期間で再学習"),
)
# Days ago, months of demand that are ordered, what was changed.
PARTS_RUNS: Final = (
    (92, 1.1, "今の発注のまま"),
    (64, 1.25, "安全在庫を見直し"),
    (31, 1.4, "納期のばらつきを反映"),
    (0, 1.5, "月2回の発注に変更"),
)


def write(people: dict[str, User], sides: dict[str, Organisation]) -> None:
    """All of them, each by itself from its first day on."""
    _press(people, sides)
    _power(people, sides)
    _parts(people, sides)
    _markdowns(people, sides)
    _layout(people, sides)


def _press(people: dict[str, User], sides: dict[str, Organisation]) -> None:
    """Undecided: too few failures; its line was drawn tighter on the way."""
    manager, executive = people["kato"], people["yamamoto"]
    wanted = Wanted(
        "三河精機",
        "プレスライン異常検知",
        "Press line anomaly detection",
        "anomaly",
        "岡崎工場",
        190,
    )
    press = take_on(wanted, manager, sides)
    with on(ago(180)):
        issue_with_conditions(press, people)
    agree(press, _press_lines("0.1"), PRESS_TERMS, manager, executive, since=170)
    with on(ago(168)):
        set_budget(engagement=press, budget_yen=BUDGET, by=manager)
    with on(ago(165)):
        for key, hours in HOURS.items():
            cover_skills(
                engagement=press,
                person=people[key],
                hours={skill: Decimal(each) for skill, each in hours.items()},
                by=manager,
            )
    before, after = PRESS_RUNS[:3], PRESS_RUNS[3:]
    _measure_presses(press, before, manager)
    with on(ago(140)):
        finish_first_task(press, people["tanaka"])
    reason = "予防保全に使うため、見逃しの上限を5%に引き下げ"
    five = _press_lines("0.05")
    agree(press, five, PRESS_TERMS, manager, executive, since=85, reason=reason)
    with on(ago(70)):
        begin_second_round(press, people)
    _measure_presses(press, after, manager)
    with on(ago(4)):
        bear(press, executive)
    spend_on(press, people)


def _press_lines(most: str) -> list[CriterionDraft]:
    """Few false alarms to begin with; then few failures missed."""
    alarms, misses = Decimal("0.12"), Decimal(most)
    return [
        CriterionDraft(
            "false_positive_rate", "at_most", alarms, NINETY_FIVE, stage=Stage.INITIAL
        ),
        CriterionDraft("miss_rate", "at_most", misses, NINETY_FIVE),
    ]


def _measure_presses(
    press: Engagement, runs: Iterable[tuple[int, float, int, str]], manager: User
) -> None:
    for days, spread, missed, note in runs:
        file = (f"press_{ago(days)}.csv", press_line(spread, missed))
        measure(press, file, note, manager, ago(days))


def _power(people: dict[str, User], sides: dict[str, Organisation]) -> None:
    """Passed and in operation: two stages accepted, and watched since."""
    manager, executive = people["kato"], people["kitagawa"]
    wanted = Wanted(
        "北越電力",
        "翌日の電力需要予測",
        "Day-ahead demand",
        "demand_forecast",
        "北越エリア",
        240,
    )
    power = take_on(wanted, manager, sides)
    with on(ago(232)):
        issue_plainly(power, people)
    agree(
        power,
        [
            CriterionDraft(
                "wape", "at_most", Decimal("3.5"), NINETY_FIVE, stage=Stage.INITIAL
            )
        ],
        Terms(season=24, yen_over=2.0, yen_under=6.0, cases_a_day=24.0),
        manager,
        executive,
        since=222,
    )
    with on(ago(220)):
        set_budget(engagement=power, budget_yen=BUDGET, by=manager)
    _measure_forecasts(power, POWER_FIRST, manager)
    with on(ago(STARTED + 10)):
        bear(power, executive)
    run = newest_of(power)
    for stage, days in ((Stage.INITIAL, 8), (Stage.ACCURACY, 3)):
        with on(ago(STARTED + days)):
            accept_stage(run, stage, manager, executive)
    operate(power, manager, executive)
    _measure_forecasts(power, POWER_LATER, manager)
    bring(power, executive)


def _measure_forecasts(
    power: Engagement, runs: Iterable[tuple[int, float, str]], manager: User
) -> None:
    for days, error, note in runs:
        day = ago(days)
        file = (f"power_{day}.csv", forecast(error, day))
        measure(power, file, note, manager, day)


def _parts(people: dict[str, User], sides: dict[str, Organisation]) -> None:
    """Short of what was agreed; its newest run is left to the worker."""
    manager, executive = people["kato"], people["maruyama"]
    wanted = Wanted(
        "丸橋ストア",
        "補修部品の在庫最適化",
        "Spare-parts stock",
        "inventory",
        "中央倉庫",
        150,
    )
    parts = take_on(wanted, manager, sides)
    with on(ago(143)):
        issue_plainly(parts, people)
    agree(
        parts,
        [
            CriterionDraft(
                "cycle_service_level",
                "at_least",
                Decimal("0.99"),
                NINETY_FIVE,
                stage=Stage.INITIAL,
            )
        ],
        Terms(holding_rate=0.02, unit_cost=1_800.0, yen_shortage=5_200.0),
        manager,
        executive,
        since=130,
    )
    with on(ago(128)):
        set_budget(engagement=parts, budget_yen=BUDGET, by=manager)
    for days, cover, note in PARTS_RUNS:
        file = (f"parts_{ago(days)}.csv", spare_parts(cover, ago(days)))
        if days:
            measure(parts, file, note, manager, ago(days))
        else:
            submit(parts, file, note, manager)


def _markdowns(people: dict[str, User], sides: dict[str, Organisation]) -> None:
    """An agreement that waits for the customer's signature."""
    wanted = Wanted(
        "若葉ベーカリー",
        "値引きの最適化",
        "Markdown optimisation",
        "sales",
        "駅前店",
        24,
    )
    markdowns = take_on(wanted, people["kato"], sides)
    with on(ago(17)):
        issue_plainly(markdowns, people)
    line = CriterionDraft(
        "improvement_percent", "at_least", Decimal(3), NINETY_FIVE, smallest_cases=60
    )
    with on(ago(6)):
        offer(markdowns, [line], Terms(smaller_is_better=False), people["kato"], "初版")


def _layout(people: dict[str, User], sides: dict[str, Organisation]) -> None:
    """Declined: nobody could say afterwards what was right."""
    wanted = Wanted(
        "青葉フーズ", "給食厨房の動線最適化", "Kitchen layout", "layout", "第一厨房", 58
    )
    layout = take_on(wanted, people["kato"], sides)
    with on(ago(49)):
        engagements.decline(
            engagement=layout,
            because="動線の正解を後から確かめる方法がありません。",
            because_en="Nobody can tell afterwards whether a layout was right.",
            by=people["kato"],
        )
