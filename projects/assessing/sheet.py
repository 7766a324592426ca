"""One round as its page shows it; read in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import get_language

from projects.answer_words import answer_words, number_remark
from projects.assessing.shapes import (
    Bar,
    Because,
    Heading,
    InHand,
    Question,
    Step,
    choices_of,
)
from projects.checklist import DUE_NAMES, AnswerType, Due
from projects.hints import SAMPLED, hints
from projects.screening import Verdict
from projects.services.feasibility import unplanned
from projects.standing import Answers, Given
from projects.templatetags.parts import named

if TYPE_CHECKING:
    from collections.abc import Mapping

    from projects.catalogue import Text
    from projects.checklist import Checklist, Item
    from projects.hints import Hint
    from projects.models import Answer, Assessment, Engagement, Evidence, Task, User
    from projects.screening import Screened
    from projects.services.assignments import Answering

# Cases and months of data, by which other answers are explained.
COUNTED = ("T2", "T3")


class Sheet:
    """A round: as it is while open, and for ever as it was once it is issued."""

    def __init__(
        self, assessment: Assessment, reader: User, answering: Answering
    ) -> None:
        self.assessment = assessment
        self.reader = reader
        self.engagement: Engagement = assessment.engagement
        self.answering = answering
        self.language = get_language() or "ja"
        self.is_issued = assessment.issued_at is not None

    # What the rows say --------------------------------------------------------------

    @cached_property
    def checklist(self) -> Checklist:
        return self.assessment.checklist

    @cached_property
    def all_answers(self) -> list[Answer]:
        return list(self.assessment.answers.select_related("answered_by"))

    @cached_property
    def answers(self) -> dict[str, Answer]:
        fitting = self.assessment.fitting(self.all_answers)
        return {answer.item_id: answer for answer in fitting}

    @cached_property
    def apart(self) -> list[Answer]:
        """Answers that no question takes any more; an upgrade set them apart."""
        return [
            answer
            for answer in self.all_answers
            if answer.item_id not in self.answers and answer.is_given
        ]

    @property
    def seen(self) -> int:
        """Grows with every change of an answer; see services.feasibility.seen_now."""
        return sum(answer.revision for answer in self.all_answers)

    @cached_property
    def tasks(self) -> list[Task]:
        tasks = self.engagement.tasks.select_related("owner", "done_by", "proof")
        return list(tasks)

    @property
    def undone(self) -> list[Task]:
        return [task for task in self.tasks if task.done_at is None]

    @property
    def done(self) -> list[Task]:
        return [task for task in self.tasks if task.done_at is not None]

    @cached_property
    def late(self) -> frozenset[int]:
        """Tasks whose day is over."""
        today = timezone.localdate()
        return frozenset(task.pk for task in self.undone if task.due_on < today)

    @cached_property
    def my_tasks(self) -> frozenset[str]:
        """Items about which the reader has something to do."""
        mine = (task for task in self.undone if task.owner_id == self.reader.pk)
        return frozenset(task.item_id for task in mine)

    @cached_property
    def in_hand(self) -> dict[str, InHand]:
        """Who does what by when: now, or when the round was issued."""
        if self.is_issued:
            english = self.language != "ja"
            return {
                task["item"]: InHand(
                    what=task["what"],
                    owner=(english and task["owner_en"]) or task["owner"],
                    due_on=date.fromisoformat(task["due_on"]),
                    is_late=False,
                )
                for task in self.assessment.record.get("tasks", ())
            }
        return {
            task.item_id: InHand(
                what=task.what,
                owner=named(task.owner),
                due_on=task.due_on,
                is_late=task.pk in self.late,
            )
            for task in self.undone
        }

    @cached_property
    def waived(self) -> frozenset[str]:
        """Items that management has waived: now, or when the round was issued."""
        if self.is_issued:
            return frozenset(self.assessment.record.get("waived", ()))
        waivers = self.engagement.waivers.in_force(today=timezone.localdate())
        return frozenset(waivers.values_list("item_id", flat=True))

    @cached_property
    def evidence(self) -> dict[str, list[Evidence]]:
        """Current pieces by item: of now, or of the moment of issue."""
        pieces = self.engagement.evidence.select_related("added_by", "superseded_by")
        by_item: defaultdict[str, list[Evidence]] = defaultdict(list)
        for piece in pieces:
            if piece.was_current(self.assessment.issued_at):
                by_item[piece.item_id].append(piece)
        return by_item

    @cached_property
    def assignees(self) -> dict[str, User]:
        assigned = self.engagement.assignments.select_related("assignee")
        return {each.item_id: each.assignee for each in assigned}

    @cached_property
    def hints(self) -> Mapping[str, Hint]:
        """What helps to answer; nothing beside a round that is closed."""
        if self.is_issued:
            return {}
        return hints(self.engagement, [a.given for a in self.answers.values()])

    # The verdict --------------------------------------------------------------------

    @cached_property
    def screened(self) -> Screened:
        return self.assessment.screened(self.all_answers, self.waived)

    @cached_property
    def standings(self) -> Answers:
        return Answers(self.checklist, [a.given for a in self.answers.values()])

    @property
    def verdict(self) -> str:
        return self.assessment.verdict or self.screened.verdict.value

    @property
    def summary(self) -> str:
        return self._recorded("summary") or self.screened.summary.in_(self.language)

    @property
    def would_change(self) -> str:
        said = self.screened.would_change.in_(self.language)
        return self._recorded("would_change") or said

    def _recorded(self, name: str) -> str:
        words: Mapping[str, str] = self.assessment.record.get(name) or {}
        return words.get(self.language, "")

    @cached_property
    def missing(self) -> list[str]:
        """Conditions of an open round that nobody has in hand by a day."""
        if self.is_issued:
            return []
        reasons = unplanned(self.screened, self.waived, self.undone)
        return [reason.item_id for reason in reasons]

    @cached_property
    def reasons(self) -> list[Because]:
        """Every reason in the order of the checklist, also those outweighed."""
        kept = self.assessment.record.get("reasons")
        if kept is None:
            kept = [
                {"item": r.item_id, "leads_to": r.leads_to.value}
                | {"ja": r.why.ja, "en": r.why.en}
                for r in self.screened.reasons
            ]
        return [
            Because(
                item_id=reason["item"],
                why=reason[self.language],
                leads_to=reason["leads_to"],
                in_hand=self.in_hand.get(reason["item"]),
                is_waived=reason["item"] in self.waived,
            )
            for reason in kept
        ]

    @property
    def decided(self) -> list[Because]:
        """The reasons that lead to this very verdict."""
        return [r for r in self.reasons if r.leads_to == self.verdict]

    @property
    def outweighed(self) -> list[Because]:
        """What will stand in the way once the verdict is another."""
        return [r for r in self.reasons if r.leads_to != self.verdict]

    @property
    def due_name(self) -> Text:
        """The step the round is for."""
        return DUE_NAMES[Due(self.assessment.due)]

    @property
    def may_be_issued(self) -> bool:
        return self.verdict != Verdict.NOT_YET and not self.missing

    @property
    def bars(self) -> list[Bar]:
        steps = self.screened.progress.items()
        return [Bar(due, each.answered, each.total) for due, each in steps]

    @cached_property
    def progress(self) -> dict[str, int]:
        """Deciding questions due by now: answered, asked, in the way, set aside."""
        steps = Due(self.assessment.due).by_then()
        counted = [self.screened.progress[step] for step in steps]
        leads = [reason.leads_to for reason in self.reasons]
        return {
            "answered": sum(each.answered for each in counted),
            "total": sum(each.total for each in counted),
            "blocking": leads.count(Verdict.NO_GO),
            "conditions": leads.count(Verdict.CONDITIONAL),
            "set_aside": len(self.set_aside),
        }

    # The questions ------------------------------------------------------------------

    @cached_property
    def questions(self) -> dict[str, Question]:
        asked = self.checklist.asked(self.assessment.placement, self.assessment.kind)
        return {item.id: self._question(item) for item in asked}

    def _question(self, item: Item) -> Question:
        answer = self.answers.get(item.id)
        given = answer.given if answer else Given(item.id)
        is_number = item.type is AnswerType.NUMBER
        return Question(
            item=item,
            answer=answer,
            words=answer_words(item, given).in_(self.language),
            standing=self.standings.standing(item),
            choices=choices_of(item, self.language),
            remark=number_remark(item, given.number) if is_number else None,
            evidence=tuple(self.evidence.get(item.id, ())),
            in_hand=self.in_hand.get(item.id),
            assignee=self.assignees.get(item.id),
            waits_for=self._waits_for(item),
            may_answer=not self.is_issued
            and self.engagement.is_open
            and item.id in self.answering,
            may_back=self.engagement.is_open
            and (item.id in self.answering or item.id in self.my_tasks),
            needs_task=item.id in self.unowned,
            stops=item.id in self.stopping,
            is_waived=item.id in self.waived,
            is_asked_now=item.due in Due(self.assessment.due).by_then(),
            hint=self.hints.get(item.id),
        )

    @cached_property
    def unowned(self) -> frozenset[str]:
        """Conditions nobody has in hand, whatever verdict outweighs them now."""
        if self.is_issued:
            return frozenset()
        return frozenset(
            r.item_id
            for r in self.reasons
            if r.leads_to == Verdict.CONDITIONAL and not (r.in_hand or r.is_waived)
        )

    @cached_property
    def stopping(self) -> frozenset[str]:
        return frozenset(r.item_id for r in self.reasons if r.leads_to == Verdict.NO_GO)

    def _waits_for(self, item: Item) -> str:
        if item.when is None:
            return ""
        met = self.standings.given(item.when.item_id).value == item.when.answer
        return "" if met else item.when.item_id

    @cached_property
    def steps(self) -> list[Step]:
        """What is due now before what was and what will be."""
        now = Due(self.assessment.due)
        steps = [
            Step(
                due=due,
                headings=self._headings(due),
                is_due=due in now.by_then(),
                is_now=due is now,
            )
            for due in Due
        ]
        asked = [step for step in steps if step.headings]
        return sorted(asked, key=lambda step: not step.is_now)

    def _headings(self, due: Due) -> tuple[Heading, ...]:
        by_group: defaultdict[str, list[Question]] = defaultdict(list)
        for question in self.questions.values():
            if question.item.due is due:
                by_group[question.item.group.id].append(question)
        return tuple(
            Heading(number, group, tuple(by_group[group.id]))
            for number, group in enumerate(self.checklist.groups, start=1)
            if group.id in by_group
        )

    @cached_property
    def set_aside(self) -> list[Question]:
        """Questions due by now that were said not to apply."""
        due = Due(self.assessment.due).by_then()
        return [q for q in self.questions.values() if q.is_aside and q.item.due in due]

    @property
    def mine(self) -> list[Question]:
        """Questions that were assigned to the reader, who may not answer all."""
        return [q for q in self.questions.values() if q.assignee == self.reader]

    def depending_on(self, item_id: str) -> list[Question]:
        """Questions that the answer to this one asks, lifts, softens or explains."""
        counted = SAMPLED if item_id in COUNTED else ()
        return [
            question
            for question in self.questions.values()
            if question.item.id != item_id
            and (
                question.item.id in counted
                or any(
                    condition and condition.item_id == item_id
                    for condition in (question.item.when, question.item.unless)
                )
            )
        ]
