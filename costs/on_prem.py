"""What an hour of a GPU of one's own costs, with every step. No Django here.

Straight-line depreciation (定額法) of what the machine lost in worth, plus what room
and people cost, divided by the hours it is used; plus the power of such an hour.
Power is what the machine draws under load times PUE, the energy of the whole room for
one unit that reaches the machine (ISO/IEC 30134-2:2016). Power while it stands idle and
interest on what was paid are not counted.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from projects.catalogue import Text

HOURS_A_YEAR: Final = Decimal(8760)
YEN: Final = Decimal("0.0001")
WATTS_A_KILOWATT: Final = 1000
# Shares of the year for which the hour is worked out beside the typed one.
SHARES: Final = (Decimal("0.1"), Decimal("0.3"), Decimal("0.5"), Decimal("0.8"))


class MachineRefused(ValueError):
    """A number that no machine has; ``field`` is the one to mend."""

    def __init__(self, field: str, says: Text) -> None:
        super().__init__(says.en)
        self.field, self.says = field, says


ABOVE_NOTHING: Final = Text(ja="0より大きい数です。", en="It must be above 0.")
NOT_BELOW: Final = Text(ja="0以上の数です。", en="It must not be below 0.")
A_SHARE: Final = Text(ja="0から1までの割合です。", en="It is a share from 0 to 1.")
AT_LEAST_ONE: Final = Text(
    ja="PUEは1以上です。", en="A PUE is 1 or more: no room uses less than its machines."
)
MORE_THAN_A_YEAR: Final = Text(ja="1年は8,760時間です。", en="A year has 8,760 hours.")
WORTH_MORE: Final = Text(
    ja="残存価額は購入価格を超えません。",
    en="What is left over cannot be more than what was paid.",
)


@dataclass(frozen=True, slots=True)
class Machine:
    """What was paid for a machine and what a year of it takes; money in yen."""

    price_yen: Decimal
    life_years: Decimal
    salvage_yen: Decimal
    # Drawn by the whole machine at full load, and the share of it under usual load.
    power_w: Decimal
    load: Decimal
    pue: Decimal
    yen_a_kwh: Decimal
    space_yen_a_year: Decimal
    people_yen_a_year: Decimal
    hours_a_year: Decimal
    gpus: Decimal

    def __post_init__(self) -> None:
        for name in ("price_yen", "life_years", "hours_a_year", "gpus"):
            if getattr(self, name) <= 0:
                raise MachineRefused(name, ABOVE_NOTHING)
        for name in (
            "salvage_yen",
            "power_w",
            "yen_a_kwh",
            "space_yen_a_year",
            "people_yen_a_year",
        ):
            if getattr(self, name) < 0:
                raise MachineRefused(name, NOT_BELOW)
        if not 0 <= self.load <= 1:
            raise MachineRefused("load", A_SHARE)
        if self.pue < 1:
            raise MachineRefused("pue", AT_LEAST_ONE)
        if self.hours_a_year > HOURS_A_YEAR:
            raise MachineRefused("hours_a_year", MORE_THAN_A_YEAR)
        if self.salvage_yen > self.price_yen:
            raise MachineRefused("salvage_yen", WORTH_MORE)

    def to_json(self) -> dict[str, str]:
        """The typed numbers as text, to be kept beside the price."""
        return {name: f"{value:f}" for name, value in asdict(self).items()}

    @classmethod
    def from_json(cls, kept: dict[str, str]) -> Machine:
        """What ``to_json`` gave."""
        return cls(**{name: Decimal(value) for name, value in kept.items()})


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the working: what it is, how it comes about, how many yen."""

    name: Text
    working: Text
    yen: Decimal


@dataclass(frozen=True, slots=True)
class Hour:
    """An hour of one GPU in yen, to .0001, and how it was worked out."""

    yen: Decimal
    steps: tuple[Step, ...]
    # Share of the year → what the hour would cost if it were used so much.
    otherwise: tuple[tuple[Decimal, Decimal], ...]

    @property
    def sentence(self) -> Text:
        """What the price hangs on most: how much of the year the machine is used."""
        parts_ja = "、".join(f"{s * 100:.0f}%なら{y:,.0f}円" for s, y in self.otherwise)
        parts_en = ", ".join(f"¥{y:,.0f} at {s * 100:.0f}%" for s, y in self.otherwise)
        return Text(
            ja=f"GPU1基の1時間は、年間の利用率が{parts_ja}になります。",
            en=f"An hour of one GPU, by the share of the year it is used: {parts_en}.",
        )


def hour_of(machine: Machine) -> Hour:
    """What an hour of one GPU of the machine costs."""
    steps = tuple(_steps(machine))
    return Hour(
        yen=_yen(steps[-1].yen),
        steps=tuple(Step(step.name, step.working, _yen(step.yen)) for step in steps),
        otherwise=tuple(
            (share, _yen(_one(machine, share * HOURS_A_YEAR))) for share in SHARES
        ),
    )


def _yearly(machine: Machine) -> Decimal:
    lost = (machine.price_yen - machine.salvage_yen) / machine.life_years
    return lost + machine.space_yen_a_year + machine.people_yen_a_year


def _power(machine: Machine) -> Decimal:
    kilowatts = machine.power_w / WATTS_A_KILOWATT
    return kilowatts * machine.load * machine.pue * machine.yen_a_kwh


def _one(machine: Machine, hours: Decimal) -> Decimal:
    return (_yearly(machine) / hours + _power(machine)) / machine.gpus


def _yen(amount: Decimal) -> Decimal:
    return amount.quantize(YEN, rounding=ROUND_HALF_EVEN)


def _steps(m: Machine) -> list[Step]:
    lost = (m.price_yen - m.salvage_yen) / m.life_years
    yearly, power = _yearly(m), _power(m)
    an_hour = yearly / m.hours_a_year
    paid, left = f"{m.price_yen:,f}", f"{m.salvage_yen:,f}"
    both = _working(f"{lost:,.0f} + {m.space_yen_a_year:,f} + {m.people_yen_a_year:,f}")
    drawn = f"{m.power_w:,f} W ÷ 1,000 × {m.load:f} × {m.pue:f}"
    return [
        Step(
            Text(ja="1年あたりの償却", en="Worth lost in a year"),
            Text(
                ja=f"({paid} − {left}) ÷ {m.life_years:f}年",
                en=f"({paid} − {left}) ÷ {m.life_years:f} years",
            ),
            lost,
        ),
        Step(
            Text(ja="設置場所と人を加えた1年", en="A year with room and people"),
            both,
            yearly,
        ),
        Step(
            Text(ja="利用1時間あたりの固定費", en="Of it, an hour of use"),
            Text(
                ja=f"{yearly:,.0f} ÷ {m.hours_a_year:,f}時間",
                en=f"{yearly:,.0f} ÷ {m.hours_a_year:,f} hours",
            ),
            an_hour,
        ),
        Step(
            Text(ja="利用1時間の電力", en="Power of an hour of use"),
            Text(
                ja=f"{drawn} × {m.yen_a_kwh:,f}円/kWh",
                en=f"{drawn} × ¥{m.yen_a_kwh:,f}/kWh",
            ),
            power,
        ),
        Step(
            Text(ja="1台の1時間", en="An hour of the machine"),
            _working(f"{an_hour:,.2f} + {power:,.2f}"),
            an_hour + power,
        ),
        Step(
            Text(ja="GPU1基の1時間", en="An hour of one GPU"),
            Text(
                ja=f"{an_hour + power:,.2f} ÷ {m.gpus:f}基",
                en=f"{an_hour + power:,.2f} ÷ {m.gpus:f} GPUs",
            ),
            _one(m, m.hours_a_year),
        ),
    ]


def _working(figures: str) -> Text:
    return Text(ja=figures, en=figures)
