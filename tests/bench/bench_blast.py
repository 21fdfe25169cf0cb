"""The blast radius of a draft over unfinished plans, and what it takes of memory as they grow.

Plans are made of the worked cases that are offered an option, in bulk; signing ten thousand of them
one by one would take longer than what is measured.
"""

import json
import time
import tracemalloc
import uuid
from datetime import date
from itertools import cycle, islice

import pytest
from django.utils import timezone
from django_scopes import scopes_disabled

from consultations.models import (
    BlastRun,
    Consultation,
    Patient,
    Plan,
    PlanSession,
    Proposal,
    SessionItem,
)
from consultations.services.blast import continue_run, start_run
from tests.consultations import changing
from tests.engine.cases import vignettes
from treatments.engine import canonical_json, digest_of, evaluate, parse_facts
from treatments.models import Area, Release, Treatment

PLANS = 10_000
SECONDS = 60
BATCH = 500
MEGABYTE = 1024 * 1024
MOST_MEMORY = 64 * MEGABYTE


@pytest.fixture(scope="module")
def offered(catalogue):
    """(request, response) of each worked case with options."""
    answered = [
        (case["request"], evaluate(catalogue, parse_facts(catalogue, case["request"])))
        for case in vignettes()
    ]
    return [pair for pair in answered if any(area["options"] for area in pair[1]["areas"])]


class Crowd:
    def __init__(self, clinic, by, offered):
        self.clinic, self.by = clinic, by
        self.offered = cycle(offered)
        self.release = Release.objects.get(key="2026.1")
        self.areas = {row.code: row for row in Area.objects.all()}
        self.treatments = {row.code: row for row in Treatment.objects.all()}
        self.made = 0

    def add(self, number):
        with scopes_disabled():
            for begin in range(0, number, BATCH):
                self._batch(min(BATCH, number - begin))

    def _batch(self, number):
        pairs = list(islice(self.offered, number))
        patients = Patient.objects.bulk_create(self._patient() for _pair in pairs)
        consultations = Consultation.objects.bulk_create(
            Consultation(
                clinic=self.clinic,
                patient=patient,
                clinician=self.by,
                consulted_on=date.fromisoformat(request["consulted_on"]),
            )
            for patient, (request, _response) in zip(patients, pairs, strict=True)
        )
        proposals = Proposal.objects.bulk_create(
            Proposal(
                clinic=self.clinic,
                consultation=row,
                number=1,
                facts_version=1,
                release=self.release,
                status=response["status"],
                request=canonical_json(request),
                response=canonical_json(response),
                receipt=response["receipt"],
                created_by=self.by,
            )
            for row, (request, response) in zip(consultations, pairs, strict=True)
        )
        now = timezone.now()
        keys = [row.pk for row in consultations]
        self._plans(proposals, pairs, now)
        Consultation.objects.filter(pk__in=keys).update(
            status="signed", signed_at=now, signed_by=self.by
        )

    def _patient(self):
        self.made += 1
        number = f"B{self.made:06d}"
        return Patient(
            clinic=self.clinic,
            number=number,
            family_name="Bench",
            given_name=number,
            sex="female",
            created_by=self.by,
            search_key=f" bench {number.lower()}",
            phone_digits="",
        )

    def _plans(self, proposals, pairs, now):
        plans, sessions, items = [], [], []
        for proposal, (_request, response) in zip(proposals, pairs, strict=True):
            plan = self._plan(proposal, response, now)
            plans.append(plan)
            for session, of_session in self._sessions(plan):
                sessions.append(session)
                items += of_session
        Plan.objects.bulk_create(plans)
        PlanSession.objects.bulk_create(sessions)
        SessionItem.objects.bulk_create(items)

    def _plan(self, proposal, response, now):
        decisions = [
            {
                "area": area["area"],
                "verdict": "accepted",
                "option_number": 1,
                "option": area["options"][0],
                "note": "",
            }
            for area in response["areas"]
            if area["options"]
        ]
        document = {"decisions": decisions}
        return Plan(
            id=uuid.uuid4(),
            clinic=self.clinic,
            consultation=proposal.consultation,
            proposal=proposal,
            patient=proposal.consultation.patient,
            document=canonical_json(document),
            digest=digest_of(document),
            signed_at=now,
            signed_by=self.by,
        )

    def _sessions(self, plan):
        by_day = {}
        for decision in json.loads(plan.document)["decisions"]:
            for course in decision["option"]["courses"]:
                for number, day in enumerate([*course["planned"], *course["optional"]], 1):
                    kind = "planned" if number <= len(course["planned"]) else "optional"
                    by_day.setdefault(day, []).append((decision["area"], course, number, kind))
        for number, day in enumerate(sorted(by_day), 1):
            session = PlanSession(
                id=uuid.uuid4(),
                clinic=self.clinic,
                plan=plan,
                number=number,
                planned_on=date.fromisoformat(day),
                kind="planned",
            )
            yield (
                session,
                [
                    SessionItem(
                        clinic=self.clinic,
                        session=session,
                        area=self.areas[area],
                        treatment=self.treatments[course["treatment"]],
                        kind=kind,
                        number_in_course=number_in_course,
                    )
                    for area, course, number_in_course, kind in by_day[day]
                ],
            )


@pytest.fixture
def crowd(clinic, make_member, offered):
    return Crowd(clinic, make_member("physician"), offered)


@pytest.fixture
def draft(make_member):
    draft = changing.draft_by(make_member("curator"))
    changing.change_everything()
    return draft


def test_ten_thousand_plans(benchmark, crowd, draft):
    crowd.add(PLANS)

    run = benchmark.pedantic(lambda: continue_run(start_run(draft, by=None)), rounds=1)

    print(f"\n{run.done} plans: {run.counts}")
    assert run.counts["plans"] == PLANS
    assert run.counts["plans.blocked"] > 0
    assert benchmark.stats.stats.max < SECONDS


def test_memory_stays_flat_as_plans_grow_tenfold(crowd, draft):
    peaks = []
    for number in (PLANS // 20, PLANS // 2):
        crowd.add(number - crowd.made)
        peaks.append(peak_of(draft))

    print(f"\npeak while evaluating: {[f'{peak / MEGABYTE:.1f} MB' for peak in peaks]}")
    assert peaks[1] < peaks[0] * 1.5 + MEGABYTE
    assert peaks[1] < MOST_MEMORY


def peak_of(draft):
    run = start_run(draft, by=None)
    continue_run(run, budget=0)  # what a first batch compiles is kept
    tracemalloc.start()
    begun = time.monotonic()
    try:
        continue_run(run)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    done, seconds = BlastRun.objects.get(pk=run.pk).done, time.monotonic() - begun
    print(f"\n{done} plans in {seconds:.0f} s, traced")
    return peak
