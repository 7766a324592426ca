"""Filing an intake, and what a provider answers to it."""

from __future__ import annotations

from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from projects.models import (
    Engagement,
    Intake,
    IntakeStatus,
    Invitation,
    Membership,
    Organisation,
    OrganisationKind,
    User,
)
from projects.permissions import MANAGING, require_role
from projects.services.audit import record_event
from projects.services.engagement import create_engagement
from projects.services.notices import tell, write_to

if TYPE_CHECKING:
    from django.db.models import QuerySet

UNDECIDED = (IntakeStatus.FILED, IntakeStatus.ASKED)


def may_file(user: User) -> bool:
    """Whoever belongs to an organisation may ask."""
    return bool(user.belonging.held)


def providers_for(user: User) -> QuerySet[Organisation]:
    """Whom the user may ask: any provider as a customer, else their own."""
    own = Organisation.objects.of_member(user)
    if own.filter(kind=OrganisationKind.CUSTOMER).exists():
        return Organisation.objects.providers()
    return own.providers()


def customers_for(user: User) -> QuerySet[Organisation]:
    """For whom the user may ask: themselves, and the customers they work for."""
    served = Engagement.objects.visible_to(user).values("customer")
    own = Organisation.objects.of_member(user)
    known = own.filter(kind=OrganisationKind.CUSTOMER) | (
        Organisation.objects.filter(pk__in=served)
    )
    return known.distinct()


def file_intake(
    *,
    by: User,
    provider: Organisation,
    customer: Organisation | None,
    customer_name: str = "",
    **words: str,
) -> Intake:
    """Ask a provider for something, in one's own name or for a customer of one's own.

    PermissionDenied for sides one may not speak for, ValidationError without customer.
    Filing the same once more while it waits gives back what waits already.
    """
    if not providers_for(by).filter(pk=provider.pk).exists():
        raise PermissionDenied(_("You cannot file an intake with this organisation."))
    if customer and not customers_for(by).filter(pk=customer.pk).exists():
        raise PermissionDenied(_("You cannot file an intake for this organisation."))
    if customer is None:
        if not Organisation.objects.of_member(by).filter(pk=provider.pk).exists():
            raise PermissionDenied(
                _("You cannot file an intake for this organisation.")
            )
        _require_words(customer_name, _("Say for which customer it is."))
    with transaction.atomic():
        return _file(
            provider,
            by.name,
            by=by,
            customer=customer,
            customer_name="" if customer else customer_name,
            asked_by=by,
            language=by.language,
            **words,
        )


def file_by_visitor(
    *, invitation: Invitation, customer_name: str, language: str, **words: str
) -> Intake:
    """Take an intake from somebody without an account, who has a link that holds.

    They get a link of their own by e-mail. ValidationError when theirs holds no more.
    """
    with transaction.atomic():
        usable = Invitation.objects.usable(now=timezone.now())
        held = usable.select_for_update(of=("self",)).filter(pk=invitation.pk).first()
        if held is None:
            raise ValidationError(_("This link is no longer valid."))
        customer = held.customer
        if customer is None:
            _require_words(customer_name, _("Say which organisation you ask for."))
        return _file(
            held.organisation,
            words["asker_name"],
            by=None,
            customer=customer,
            customer_name="" if customer else customer_name,
            invitation=held,
            language=language,
            **words,
        )


# Any: columns of an intake.
def _file(provider: Organisation, who: str, by: User | None, **fields: Any) -> Intake:
    # The provider's row is the lock, so that a double press files one.
    Organisation.objects.select_for_update().get(pk=provider.pk)
    known = Intake.objects.filter(
        provider=provider,
        status=IntakeStatus.FILED,
        asked_by=by,
        invitation=fields.get("invitation"),
        problem=fields["problem"],
        asker_email=fields["asker_email"],
    ).first()
    if known:
        return known
    filed = Intake.objects.create(provider=provider, token=token_urlsafe(32), **fields)
    told: dict[str, Any] = {"who": who, "problem": str(filed)}
    record_event("intake.filed", by=by, for_organisation=provider, **told)
    tell(
        managers_of(provider),
        "intake.filed",
        path=filed.get_absolute_url(),
        but=by,
        **told,
    )
    if by is None:
        _tell_asker(
            filed,
            "intake.received",
            problem=str(filed),
            organisation=_name_of(provider, filed.language),
        )
    return filed


def ask(*, intake: Intake, question: str, by: User) -> Intake:
    """Send an intake back with a question; it waits for the asker then."""
    _require_manager(by, intake)
    _require_words(question, _("Write the question."))
    with transaction.atomic():
        asked = _move(intake, (IntakeStatus.FILED,), status=IntakeStatus.ASKED)
        asked.remarks.create(text=question, by=by, is_question=True)
        _record(asked, "intake.asked", by, question=question)
    return asked


def answer(*, intake: Intake, text: str, by: User | None) -> Intake:
    """Answer the question an intake came back with; the provider's turn again.

    ``by``: the asker; nobody for a visitor, whom the link has let in.
    """
    require_asker(by, intake)
    _require_words(text, _("Write the answer."))
    with transaction.atomic():
        answered = _move(intake, (IntakeStatus.ASKED,), status=IntakeStatus.FILED)
        answered.remarks.create(text=text, by=by, is_question=False)
        who = by.name if by else answered.asker_name
        told: dict[str, Any] = {"who": who, "problem": str(answered), "text": text}
        record_event(
            "intake.answered", by=by, for_organisation=answered.provider, **told
        )
        tell(
            managers_of(answered.provider),
            "intake.answered",
            path=answered.get_absolute_url(),
            but=by,
            **told,
        )
    return answered


def require_asker(user: User | None, intake: Intake) -> None:
    """Refuse with PermissionDenied unless it is theirs; nobody is a visitor."""
    if intake.asked_by != user:
        raise PermissionDenied(_("Only who filed this intake can answer."))


def decline(*, intake: Intake, because: str, by: User) -> Intake:
    """Say no to an intake, with the reason its asker will read."""
    _require_manager(by, intake)
    _require_words(because, _("Give the reason, in words the customer can use."))
    with transaction.atomic():
        declined = _move(
            intake,
            UNDECIDED,
            status=IntakeStatus.DECLINED,
            reason=because,
            decided_by=by,
            decided_at=timezone.now(),
        )
        _record(declined, "intake.declined", by, reason=because)
    return declined


def accept(
    *,
    intake: Intake,
    by: User,
    customer: Organisation | None = None,
    new_customer: str = "",
    **fields: Any,  # what an engagement says besides
) -> Engagement:
    """Take an intake on: it becomes an engagement, nothing typed again.

    The customer is the intake's own, else the one given, else a new organisation.
    ValidationError for an intake decided already, and a new name that is taken.
    """
    _require_manager(by, intake)
    with transaction.atomic():
        locked = _locked(intake, UNDECIDED)
        made = create_engagement(
            by=by,
            provider=locked.provider,
            customer=locked.customer
            or customer
            or _new_customer(locked.provider, new_customer, by),
            problem=locked.problem,
            kind=locked.kind,
            place=locked.place,
            **fields,
        )
        accepted = _move(
            locked,
            UNDECIDED,
            status=IntakeStatus.ACCEPTED,
            engagement=made,
            decided_by=by,
            decided_at=timezone.now(),
        )
        _record(accepted, "intake.accepted", by, name=made.name)
    return made


def managers_of(provider: Organisation) -> QuerySet[User]:
    """Those who answer for all of a provider's work."""
    managing = Membership.objects.managing().filter(organisation=provider)
    return User.objects.filter(pk__in=managing.values("user"), is_active=True)


def _new_customer(provider: Organisation, name: str, by: User) -> Organisation:
    name = name.strip()
    _refuse_at("new_customer", not name, _("Choose the customer or name a new one."))
    taken = Organisation.objects.filter(name__iexact=name).exists()
    _refuse_at(
        "new_customer", taken, _("There is an organisation of this name already.")
    )
    made = Organisation.objects.create(name=name, kind=OrganisationKind.CUSTOMER)
    record_event("organisation.added", by=by, for_organisation=provider, name=name)
    return made


def _refuse_at(field: str, refused: bool, why: str) -> None:
    if refused:
        raise ValidationError({field: why})


def _require_words(words: str, otherwise: str) -> None:
    if not words.strip():
        raise ValidationError(otherwise)


def _require_manager(user: User, intake: Intake) -> None:
    require_role(user, intake.provider, *MANAGING)


def _locked(intake: Intake, allowed: tuple[IntakeStatus, ...]) -> Intake:
    locked = Intake.objects.select_for_update(of=("self",)).get(pk=intake.pk)
    if locked.is_decided:
        raise ValidationError(_("This intake was decided already."))
    if locked.status not in allowed:
        raise ValidationError(
            _("The question was answered already.")
            if locked.status == IntakeStatus.FILED
            else _("A question is out already; its answer is awaited.")
        )
    return locked


def _move(intake: Intake, allowed: tuple[IntakeStatus, ...], **fields: Any) -> Intake:
    """Change a locked intake; ValidationError when it is somewhere else by now."""
    locked = _locked(intake, allowed)
    for name, value in fields.items():
        setattr(locked, name, value)
    locked.save()
    return locked


def _record(intake: Intake, verb: str, by: User, **params: str) -> None:
    """Write what the provider did, and tell the asker."""
    told: dict[str, Any] = {"problem": str(intake), **params}
    record_event(verb, by=by, for_organisation=intake.provider, **told)
    _tell_asker(intake, verb, but=by, who=by.name, **told)


def _tell_asker(
    intake: Intake, verb: str, but: User | None = None, **params: str
) -> None:
    if intake.asked_by is None:
        path = reverse("projects:visit_intake", args=[intake.token])
        write_to(intake.asker_email, intake.language, verb, path=path, **params)
        return
    tell(
        [intake.asked_by],
        verb,
        path=intake.get_absolute_url(),
        engagement=intake.engagement,
        but=but,
        **params,
    )


def _name_of(organisation: Organisation, language: str) -> str:
    return (language == "en" and organisation.name_en) or organisation.name
