"""Making, knowing and revoking the tokens of the API."""

from __future__ import annotations

from datetime import timedelta
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from projects.models import ApiToken, Organisation, User
from projects.models.tokens import digest_of_token
from projects.services.audit import record_event

if TYPE_CHECKING:
    from datetime import date

# Tools that look for lost secrets know it by its beginning.
BEGINNING: Final = "kenshu_"
LONGEST: Final = timedelta(days=366)


def make_token(*, name: str, expires_on: date, by: User) -> tuple[ApiToken, str]:
    """Make a token; its secret is given here and kept nowhere.

    ValidationError for a day that is past or more than a year ahead, and for a name
    that another token of the person has: so a page sent twice makes one.
    """
    today = timezone.localdate()
    if not today <= expires_on <= today + LONGEST:
        raise ValidationError(
            {"expires_on": _("Choose a day from today to a year from now.")}
        )
    secret = BEGINNING + token_urlsafe(32)
    with transaction.atomic():
        # The person's row is the lock, so two of one name are not made at once.
        User.objects.select_for_update(no_key=True).get(pk=by.pk)
        if by.api_tokens.filter(name=name, revoked_at__isnull=True).exists():
            raise ValidationError(
                {
                    "name": _(
                        "You have a token of this name: revoke it, or name another."
                    )
                }
            )
        made = ApiToken.objects.create(
            user=by,
            name=name,
            digest=digest_of_token(secret),
            last_four=secret[-4:],
            expires_on=expires_on,
        )
        _tell("token.made", made)
    return made, secret


def revoke_token(*, token: ApiToken, by: User) -> None:
    """End a token of one's own at once. Twice is once.

    ApiToken.DoesNotExist for somebody else's.
    """
    with transaction.atomic():
        mine = by.api_tokens.select_for_update(no_key=True).get(pk=token.pk)
        if mine.revoked_at is None:
            mine.revoked_at = timezone.now()
            mine.save(update_fields=["revoked_at"])
            _tell("token.revoked", mine)


def known_token(*, secret: str) -> ApiToken:
    """The token with its person, and note the day it was used.

    ValidationError with the code ``token_unknown``, ``token_expired`` or
    ``token_revoked``. Of a person who may no longer sign in it is unknown.
    """
    known = ApiToken.objects.of_secret(secret).filter(user__is_active=True)
    token = known.select_related("user").first()
    if token is None:
        raise ValidationError(_("This token is not known."), code="token_unknown")
    today = timezone.localdate()
    state = token.state(today=today)
    if state == "revoked":
        raise ValidationError(_("This token was revoked."), code="token_revoked")
    if state == "expired":
        raise ValidationError(_("This token has expired."), code="token_expired")
    if token.last_used_on != today:
        ApiToken.objects.filter(pk=token.pk).update(last_used_on=today)
    return token


def _tell(verb: str, token: ApiToken) -> None:
    # Whose costs and runs it may write: those organisations' managers should know.
    for organisation in Organisation.objects.of_member(token.user):
        record_event(
            verb,
            by=token.user,
            for_organisation=organisation,
            name=str(token),
            until=token.expires_on.isoformat(),
        )
