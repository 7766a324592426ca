"""The price models: which numbers each target asks for, and its formula.

The formulas are those of the vendors' public price pages (AWS Lambda, API Gateway,
EC2 with Elastic Load Balancing, SageMaker real-time inference, Fargate), without free
tiers and discounts. No price stands here: each is typed, with its source.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from projects.catalogue import Text

NOTHING: Final = Decimal(0)
MOST: Final = Decimal(10) ** 12
NO_HINT: Final = Text("", "")
# A month as AWS's calculator has it: 8,760 hours by 12.
HOURS: Final = "730"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number of a price model. ``usual`` is what the form begins with.

    A number that is not ``needed`` may be left out. ``least`` is exclusive where
    ``above`` says so.
    """

    key: str
    label: Text
    hint: Text = NO_HINT
    usual: str = ""
    needed: bool = True
    above: bool = False
    most: Decimal = MOST


@dataclass(frozen=True, slots=True)
class PriceModel:
    """What a target is priced by: its numbers, and the formula in words."""

    target: str
    parameters: tuple[Parameter, ...]
    formula: Text


def _each(
    key: str, ja: str, en: str, hint_ja: str = "", hint_en: str = ""
) -> Parameter:
    return Parameter(key, Text(ja, en), Text(hint_ja, hint_en))


_HOURS: Final = Parameter(
    "hours",
    Text("1か月の稼働時間", "Hours a month"),
    Text("止めない場合は730時間です。", "730 when it never stops."),
    HOURS,
    above=True,
    most=Decimal(744),
)
_CAPACITY: Final = Parameter(
    "capacity",
    Text("1台が1か月に答えられる件数", "Predictions one can answer a month"),
    Text(
        "空なら台数は増えません。入れると、件数に応じて台数が増えます。",
        "Empty: their number stays. With it, more are counted as the volume needs.",
    ),
    needed=False,
    above=True,
    most=Decimal(10) ** 15,
)
_BALANCER: Final = Parameter(
    "balancer_hour",
    Text("ロードバランサーの時間単価", "Load balancer, an hour"),
    Text("LCUの分も含めます。使わなければ0です。", "Its LCUs included; 0 without one."),
    "0",
)


def _count(key: str, ja: str, en: str) -> Parameter:
    return Parameter(key, Text(ja, en), usual="1", above=True, most=Decimal(10) ** 6)


_MODELS: Final = (
    PriceModel(
        "lambda",
        (
            Parameter(
                "milliseconds",
                Text("1回の実行時間(ミリ秒)", "Milliseconds of one call"),
                Text(
                    "平均を1ミリ秒単位に切り上げます。", "The mean, rounded up to 1 ms."
                ),
                above=True,
                most=Decimal(900_000),
            ),
            Parameter(
                "megabytes",
                Text("メモリ(MB)", "Memory (MB)"),
                above=True,
                most=Decimal(10_240),
            ),
            _each("per_gb_second", "GB秒の単価", "A GB-second"),
            _each("per_million", "リクエスト100万件の単価", "A million requests"),
            Parameter(
                "gateway_per_million",
                Text("API Gateway 100万件の単価", "API Gateway, a million calls"),
                Text("使わなければ0です。", "0 without it."),
            ),
        ),
        Text(
            "件数 × (リクエスト単価 ÷ 100万 + 実行秒 × メモリGB × GB秒の単価 "
            "+ API Gateway単価 ÷ 100万)",
            "predictions × (request price ÷ 1,000,000 + seconds × GB × price of a "
            "GB-second + API Gateway price ÷ 1,000,000)",
        ),
    ),
    PriceModel(
        "beanstalk",
        (
            _count("instances", "インスタンス数", "Instances"),
            _each("per_hour", "1台の時間単価", "An instance, an hour"),
            _BALANCER,
            _HOURS,
            _CAPACITY,
        ),
        Text(
            "時間 × (台数 × 1台の単価 + ロードバランサーの単価)",
            "hours × (instances × price of one + price of the load balancer)",
        ),
    ),
    PriceModel(
        "sagemaker",
        (
            _count("instances", "エンドポイントの台数", "Instances of the endpoint"),
            _each("per_hour", "1台の時間単価", "An instance, an hour"),
            _HOURS,
            _CAPACITY,
        ),
        Text("時間 × 台数 × 1台の単価", "hours × instances × price of one"),
    ),
    PriceModel(
        "fargate",
        (
            _count("instances", "タスク数", "Tasks"),
            Parameter("vcpus", Text("1タスクのvCPU", "vCPUs of a task"), above=True),
            _each("per_vcpu_hour", "vCPUの時間単価", "A vCPU, an hour"),
            Parameter(
                "gigabytes", Text("1タスクのメモリ(GB)", "Memory of a task (GB)")
            ),
            _each("per_gb_hour", "GBの時間単価", "A GB, an hour"),
            _BALANCER,
            _HOURS,
            _CAPACITY,
        ),
        Text(
            "時間 × (タスク数 × (vCPU × 単価 + GB × 単価) + ロードバランサーの単価)",
            "hours × (tasks × (vCPUs × price + GB × price) + price of the load "
            "balancer)",
        ),
    ),
    PriceModel(
        "on_prem",
        (
            _count("instances", "台数", "Machines"),
            Parameter(
                "per_hour",
                Text("1台の時間単価", "A machine, an hour"),
                Text(
                    "購入額 ÷ 寿命 + 電気 + 設置場所。",
                    "Purchase ÷ life + power + space.",
                ),
            ),
            Parameter(
                "percent",
                Text("この用途の割合(%)", "Share of this use (%)"),
                usual="100",
                above=True,
                most=Decimal(100),
            ),
            _HOURS,
            _CAPACITY,
        ),
        Text(
            "時間 × 台数 × 1台の単価 × 割合",
            "hours × machines × price of one × share",
        ),
    ),
    PriceModel(
        "edge",
        (
            _count("devices", "端末数", "Devices"),
            _each("price", "1台の購入額", "Purchase of one"),
            Parameter(
                "life_months",
                Text("寿命(か月)", "Life (months)"),
                usual="60",
                above=True,
                most=Decimal(600),
            ),
            _each("watts", "消費電力(W)", "Power (W)"),
            _each("per_kwh", "電気1kWhの単価", "A kWh"),
            Parameter(
                "changes_a_year",
                Text("1台の電池交換(年間回数)", "Battery changes a year, of one"),
                usual="0",
            ),
            Parameter(
                "per_change",
                Text("電池交換1回の費用", "A battery change"),
                Text("電池と、替える人の時間です。", "Battery, and the hand's time."),
                "0",
            ),
        ),
        Text(
            "端末数 × (購入額 ÷ 寿命 + W ÷ 1000 × 730 × kWhの単価 "
            "+ 年間の交換回数 ÷ 12 × 1回の費用)",
            "devices × (purchase ÷ life + W ÷ 1000 × 730 × price of a kWh + changes a "
            "year ÷ 12 × price of one)",
        ),
    ),
)
MODELS: Final = {model.target: model for model in _MODELS}
