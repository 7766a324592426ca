"""How a reader wants each kind of notice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from projects.telling import KIND_WORDS, MailWay, NoticeKind, Wish

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class NoticeWishesForm(forms.Form):
    """Two questions for each kind: in the inbox or not, and when by e-mail."""

    report = forms.BooleanField(
        label=gettext_lazy("The report of the portfolio, once a month"),
        help_text=gettext_lazy(
            "On the first day of the month, shortly after 8:00, Japan time, as a PDF "
            "of what you see then."
        ),
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        wishes: Mapping[NoticeKind, Wish],
        has_report: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["report"].initial = has_report
        ways = [
            (MailWay.AT_ONCE.value, _("at once")),
            (MailWay.DAILY.value, _("in the daily letter")),
            (MailWay.NEVER.value, _("not at all")),
        ]
        language = get_language() or "ja"
        for kind, wish in wishes.items():
            name = KIND_WORDS[kind][0].in_(language)
            self.fields[f"inbox_{kind}"] = forms.BooleanField(
                label=_("%(kind)s: in the inbox") % {"kind": name},
                required=False,
                initial=wish.in_inbox,
            )
            self.fields[f"mail_{kind}"] = forms.ChoiceField(
                label=_("%(kind)s: by e-mail") % {"kind": name},
                choices=ways,
                initial=wish.mail.value,
                widget=forms.Select(attrs={"class": "in in-s"}),
            )

    def rows(self) -> Iterator[dict[str, Any]]:
        """A line for each kind, with its two fields."""
        language = get_language() or "ja"
        for kind in NoticeKind:
            name, about = KIND_WORDS[kind]
            yield {
                "name": name.in_(language),
                "about": about.in_(language),
                "inbox": self[f"inbox_{kind}"],
                "mail": self[f"mail_{kind}"],
            }

    def typed(self) -> dict[NoticeKind, Wish]:
        """What was chosen, as the service takes it."""
        chosen = self.cleaned_data
        return {
            kind: Wish(
                in_inbox=chosen[f"inbox_{kind}"],
                mail=MailWay(chosen[f"mail_{kind}"]),
            )
            for kind in NoticeKind
        }
