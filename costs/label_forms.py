"""What people type about labels: the file, what was paid for it, what is planned."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from costs.fields import CurrencyField, DayInput, small_file
from costs.labels.pay import Fee
from costs.labels.planning import MOST_WORKERS, Plan
from costs.services.labels import Delivery

if TYPE_CHECKING:
    from datetime import date

    from django.core.files.base import File

ZERO: Final = Decimal(0)


class BatchForm(forms.Form):
    """A file of answers, and what the file does not say of its price."""

    file = forms.FileField(
        label=_("Answers (CSV)"),
        help_text=_(
            "Mechanical Turk's result, or a table of item_id, worker_id, label and, "
            "if you have them, gold, time, reward, approved."
        ),
    )
    gold = forms.FileField(
        label=_("Gold (CSV)"), required=False, help_text=_("Columns item_id and gold.")
    )
    title = forms.CharField(label=_("Title"), max_length=120)
    day = forms.DateField(
        label=_("Day of the cost"),
        required=False,
        widget=DayInput(),
        help_text=_("Empty: the last day of work in the file, else today."),
    )
    currency = CurrencyField(label=_("Currency of the rewards"), initial="USD")
    rate_yen = forms.DecimalField(
        label=_("Yen for one unit of it"),
        required=False,
        min_value=Decimal("0.00000001"),
        max_digits=18,
        decimal_places=8,
        help_text=_("Empty: the recorded rate of the day."),
    )
    fee_percent = forms.DecimalField(
        label=_("Marketplace fee (%)"),
        min_value=ZERO,
        max_value=Decimal(200),
        max_digits=6,
        decimal_places=3,
        help_text=_(
            "0 without a marketplace. Mechanical Turk usually asked 20 in 2026, and 40 "
            "from ten answers to an item on; your bill says what you paid."
        ),
    )
    fee_least = forms.DecimalField(
        label=_("Least fee for an answer"),
        required=False,
        min_value=ZERO,
        max_value=Decimal(1000),
        max_digits=10,
        decimal_places=6,
        help_text=_("In the same currency; Mechanical Turk usually asked 0.01."),
    )
    reward_each = forms.DecimalField(
        label=_("Reward for an answer"),
        required=False,
        min_value=ZERO,
        max_digits=12,
        decimal_places=6,
        help_text=_("Only where the file has no column for it."),
    )
    item_column = forms.CharField(
        label=_("Column that names the item"),
        required=False,
        max_length=120,
        help_text=_(
            "Empty: an id among Input.* if there is one for each HIT, else HITId."
        ),
    )

    def clean_file(self) -> File[bytes] | None:
        """The answers."""
        return small_file(self.cleaned_data["file"])

    def clean_gold(self) -> File[bytes] | None:
        """The gold, if there is any."""
        return small_file(self.cleaned_data["gold"])

    def clean_day(self) -> date | None:
        """A day that has been."""
        day: date | None = self.cleaned_data["day"]
        if day and day > timezone.localdate():
            raise forms.ValidationError(_("This day is still to come."))
        return day

    def delivery(self, sha256: str, content: bytes) -> Delivery:
        """What was typed, with the file it belongs to."""
        said = self.cleaned_data
        gold = said["gold"]
        return Delivery(
            content=content,
            sha256=sha256,
            name=said["file"].name,
            title=said["title"],
            currency=said["currency"],
            fee=Fee(said["fee_percent"], said["fee_least"] or ZERO),
            gold=gold.read() if gold else None,
            item_column=said["item_column"],
            reward_each=said["reward_each"],
            rate_yen=said["rate_yen"],
            day=said["day"],
        )


class PlanForm(forms.Form):
    """What labels will cost, and how many workers an item needs."""

    items = forms.IntegerField(label=_("Items"), min_value=1, max_value=100_000_000)
    workers = forms.IntegerField(
        label=_("Workers for each item"), min_value=1, max_value=MOST_WORKERS
    )
    reward = forms.DecimalField(
        label=_("Reward for an answer"),
        min_value=ZERO,
        max_digits=12,
        decimal_places=6,
    )
    rate_yen = forms.DecimalField(
        label=_("Yen for one unit of its currency"),
        min_value=Decimal("0.00000001"),
        max_digits=18,
        decimal_places=8,
        initial=1,
        help_text=_("1 for a reward in yen."),
    )
    fee_percent = forms.DecimalField(
        label=_("Marketplace fee (%)"),
        min_value=ZERO,
        max_value=Decimal(200),
        max_digits=6,
        decimal_places=3,
        help_text=_("Mechanical Turk usually asked 20, from ten answers on 40."),
    )
    fee_least = forms.DecimalField(
        label=_("Least fee for an answer"),
        required=False,
        min_value=ZERO,
        max_value=Decimal(1000),
        max_digits=10,
        decimal_places=6,
    )
    right = forms.DecimalField(
        label=_("How often a worker is right (%)"),
        required=False,
        min_value=ZERO,
        max_value=Decimal(100),
        max_digits=6,
        decimal_places=3,
        help_text=_("From a batch with gold. Two labels; workers independent."),
    )
    wanted = forms.DecimalField(
        label=_("How often the majority should be right (%)"),
        required=False,
        min_value=Decimal(50),
        max_value=Decimal("99.999"),
        max_digits=6,
        decimal_places=3,
    )

    def plan(self) -> Plan:
        """The wish, shares as parts of one."""
        said = self.cleaned_data
        return Plan(
            items=said["items"],
            reward=said["reward"],
            fee=Fee(said["fee_percent"], said["fee_least"] or ZERO),
            rate_yen=said["rate_yen"],
            workers=said["workers"],
            right=None if said["right"] is None else said["right"] / 100,
            wanted=None if said["wanted"] is None else said["wanted"] / 100,
        )
