"""The demo: customers, people and generated data, sent through the real pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import F

from dashboards import demo_costs, demo_engagements
from dashboards.demo import CUSTOMERS, PASSWORD, PEOPLE, PROVIDER
from dashboards.demo_bookings import share_gpus
from dashboards.demo_clock import ago, on
from dashboards.demo_intakes import ask
from projects.models import Engagement, Membership, Notice, Organisation, User

if TYPE_CHECKING:
    from django.core.management.base import CommandParser

# So many days ago everything began.
BEGAN = 250
# What somebody was told longer ago than this, they have read.
READ = 14


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
        """People first, then one engagement for each outcome, then what they cost."""
        with on(ago(BEGAN)):
            sides = self.organisations()
            people = self.people(sides)
        demo_engagements.write(people, sides)
        demo_costs.spend(sides[PROVIDER], people)
        share_gpus(sides[PROVIDER], people)
        ask(people, sides)
        old = Notice.objects.unread().filter(at__date__lt=ago(READ))
        old.update(read_at=F("at"))

    def organisations(self) -> dict[str, Organisation]:
        """The provider and its customers."""
        provider = Organisation.objects.create(
            name=PROVIDER, name_en="Kaname Giken", kind="provider"
        )
        return {PROVIDER: provider} | {
            name: Organisation.objects.create(
                name=name, name_en=name_en, kind="customer"
            )
            for name, name_en in CUSTOMERS.items()
        }

    def people(self, sides: dict[str, Organisation]) -> dict[str, User]:
        """Everybody, each in a role."""
        people = {}
        for key, name, name_en, organisation, role in PEOPLE:
            people[key] = User.objects.create_user(
                f"{key}@demo.kenshu.example", PASSWORD, name=name, name_en=name_en
            )
            Membership.objects.create(
                user=people[key], organisation=sides[organisation], role=role
            )
        return people
