"""Jobs in the background: started and paid at once, read when they are done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sandbox.contactout.refusals import NOT_FOUND, refusal
from sandbox.exchange import Answer, Asked
from sandbox.world import World


@dataclass(frozen=True, slots=True)
class Job:
    """One job. Its result is what was known when it was started, and so is its price."""

    id: str
    uuid: str
    """Another name for the same job, which its result comes with."""
    operation: str
    since: dt.date
    asked: tuple[str, ...]
    result: Mapping[str, Any]
    credits: Mapping[str, float]
    word_for_done: str
    polled: int = 0


class Jobs:
    """All jobs of the account. A job is done after so many polls, or on another day than that of its start."""

    def __init__(self, world: World, polls: int) -> None:
        self._world = world
        self._polls = polls
        self._jobs: dict[str, Job] = {}
        self.version = 0

    def start(
        self,
        operation: str,
        asked: Sequence[str],
        result: Mapping[str, Any],
        credits: Mapping[str, float],
        words_for_done: Sequence[str],
    ) -> Answer:
        """Accept a job; it begins, and is charged, when the request is booked."""
        dice, number = self._world.population.dice, len(self._jobs)
        word = dice.pick(words_for_done, "job done", operation, number)
        identity = _uuid(dice.hexadecimal(32, "job", operation, number))
        uuid = _uuid(dice.hexadecimal(32, "result of job", operation, number))
        job = Job(identity, uuid, operation, self._world.calendar.today, tuple(asked), result, credits, word)
        body = {"status": "QUEUED", "job_id": job.id}
        return Answer(200, body, records=1, credits=credits, first_record=(), takes_effect=lambda: self._put(job))

    def read(self, operation: str, asked: Asked) -> Answer:
        """How far the job of the operation is that a path ends with, and its result when it is done."""
        name = asked.path.rsplit("/", 1)[-1]
        job = next((one for one in self._jobs.values() if name in (one.id, one.uuid)), None)
        if job is None or job.operation != operation or job.since > self._world.calendar.today:
            return refusal(404, NOT_FOUND)
        status = self._status(job)
        if not self._is_done(job):
            body = {"data": {"uuid": job.uuid, "status": status, **self._nothing_yet(job)}}
            return Answer(200, body, first_record=("data",), takes_effect=self._polled(job))
        # An empty map is written as an empty list, as in a search.
        body = {"data": {"uuid": job.uuid, "status": status, "result": dict(job.result) or []}}
        first = ("data", "result", next(iter(job.result))) if job.result else ("data",)
        return Answer(200, body, records=len(job.result), first_record=first)

    def as_truth(self, day: dt.date) -> list[dict[str, Any]]:
        """What was started by ``day``, for the answer key."""
        return [
            {
                "id": job.id,
                "uuid": job.uuid,
                "operation": job.operation,
                "on": job.since.isoformat(),
                "asked": list(job.asked),
                "result": dict(job.result),
                "credits": {credit: amount for credit, amount in job.credits.items() if amount},
            }
            for job in self._jobs.values()
            if job.since <= day
        ]

    def _is_done(self, job: Job) -> bool:
        return job.polled >= self._polls or job.since < self._world.calendar.today

    def _status(self, job: Job) -> str:
        if self._is_done(job):
            return job.word_for_done
        return "PROCESSING" if job.polled else "QUEUED"

    def _nothing_yet(self, job: Job) -> dict[str, Any]:
        """What stands in place of a result; the reference does not say."""
        return self._world.population.dice.pick(({"result": []}, {"result": None}, {}), "not done", job.id)

    def _put(self, job: Job) -> None:
        self._jobs[job.id] = job
        self.version += 1

    def _polled(self, job: Job) -> Callable[[], None]:
        return lambda: self._put(replace(job, polled=job.polled + 1))


def _uuid(digits: str) -> str:
    """A name in the form of UUIDs of version 4."""
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:32]}"
