"""What the command line asks for: a new job, one to go on with, or one that takes over from another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pydantic import ValidationError

from engine.cli.console import explain, read_schema_file
from engine.errors import InvalidRequest
from engine.extraction import ExtractionPlan
from engine.extraction.plan import INSTRUCTIONS
from engine.model.protocol import Sampling

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from engine.model.protocol import ModelInfo
    from engine.store import Job, Jobs

_OF_THE_JOB = ("sources", "schema", "instructions", "grounding", "second_look", "again", "after", "seed")
"""Options that a job which goes on has already."""


@dataclass(frozen=True)
class Asked:
    """A plan, and the job that it goes on with (`resumed`) or takes over from (`after`)."""

    plan: ExtractionPlan
    resumed: Job | None = None
    after: Job | None = None

    def with_model(self, model: ModelInfo, jobs: Jobs) -> Asked:
        """Return the same for the model that is loaded.

        A job of an older version of the program, which would ask otherwise today, is one to take over from. Raises
        InvalidRequest where a job that is to go on was begun with another model, or was begun anew since.
        """
        job = self.resumed
        if job is None:
            return self
        if job.plan.get("model") != model.identity:
            raise InvalidRequest(
                f"Job {job.id} was begun with another model than {model.name}.",
                advice=f"Name it with --model or --endpoint, or take over what it has: --after {job.id} --schema FILE.",
            )
        if self.plan.identity(model) != job.identity:
            return replace(self, after=job)
        newest = next(each for each in jobs.all() if each.identity == job.identity)
        if newest.id != job.id:
            raise InvalidRequest(f"Job {job.id} was begun anew as {newest.id}.", advice=f"--resume {newest.id}")
        return self


def read_asked(options: argparse.Namespace, jobs: Jobs) -> Asked:
    """Read what is asked for. Raises InvalidRequest and SchemaError; a wrong command line ends the program."""
    if options.resume is not None:
        given = [
            f"--{name.replace('_', '-')}" for name in _OF_THE_JOB if getattr(options, name) not in (None, False, [])
        ]
        if given:
            words = ", ".join(given).replace("--sources", "sources")
            options.refuse(f"--resume goes on with a job as it was begun: leave out {words}")
        job = _unfinished(jobs) if options.resume == 0 else get_job(jobs, options.resume)
        plan = ExtractionPlan.from_json(job.plan)
        if options.max_tokens is not None:
            plan = replace(plan, max_tokens=options.max_tokens)
        return Asked(plan, resumed=job)
    after = None if options.after is None else get_job(jobs, options.after)
    if options.schema is None:
        options.refuse("--schema is needed, unless a job goes on with --resume")
    if not options.sources and after is None:
        options.refuse("a folder or a document is needed")
    try:
        sampling = Sampling(seed=options.seed)
    except ValidationError as error:
        raise explain(error) from error
    before = None if after is None else ExtractionPlan.from_json(after.plan)
    sources: tuple[Path, ...] = tuple(options.sources)
    instructions: str | None = options.instructions
    if before is not None:
        sources = sources or before.sources
        instructions = before.instructions if instructions is None else instructions
    plan = ExtractionPlan(
        sources=sources,
        schema_text=read_schema_file(options.schema).text,
        instructions=INSTRUCTIONS if instructions is None else instructions,
        sampling=sampling,
        reproducible=options.seed is not None,
        max_tokens=options.max_tokens,
        grounding=options.grounding != "off",
        second_look=options.second_look,
    )
    return Asked(plan, after=after)


def get_job(jobs: Jobs, number: int) -> Job:
    """Return a job by its number. Raises InvalidRequest where there is none, or where it is in the bin."""
    job = jobs.get(number)
    if job is None or job.deleted:
        what = "is in the bin" if job else "is not there"
        raise InvalidRequest(f"Job {number} {what}.", advice="`espalier jobs` lists all that there are.")
    return job


def _unfinished(jobs: Jobs) -> Job:
    job = next((each for each in jobs.all() if each.finished is None), None)
    if job is None:
        raise InvalidRequest(
            "No job is unfinished.", advice="`espalier jobs` lists all; `--resume ID` tries one again."
        )
    return job
