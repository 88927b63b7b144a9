"""The operator's pages about queues and dead letters. For everybody else they don't exist (404)."""

from functools import partial
from uuid import UUID

from botocore.exceptions import BotoCoreError, ClientError
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import ValidationError

from runtime.common.audit import Action
from runtime.common.counted import counted
from runtime.common.job import Job
from runtime.common.jobs import ClaimRefused, JobMissing
from runtime.common.log import get_logger
from runtime.common.users import User
from runtime.contract.work_queues import WorkQueue
from runtime.web.access import operator_required
from runtime.web.blueprints.operator import REASONS, Reason
from runtime.web.context import services
from runtime.web.extensions.audit import about_job, audited, nothing_changed
from runtime.web.services.operations.answers import ask
from runtime.web.services.operations.dead_letters import MOST_HELD, DeadLetter, LetterGone
from runtime.web.services.operations.letter_facts import GIVING_UP

blueprint = Blueprint("operations", __name__, url_prefix="/operator")

log = get_logger(__name__)

GONE = "The message isn't there any more, or many others are before it. Look again in a minute."


@blueprint.get("/queues")
@operator_required()
def queues(user: User) -> ResponseReturnValue:
    """Show every queue, with its depth and its dead letters."""
    rows, problem = services().operations.queues.rows(user.user_id)
    return render_template("operator/queues.html", rows=rows, problem=problem)


@blueprint.get("/queues/<name>")
@operator_required()
def queue(user: User, name: str) -> ResponseReturnValue:
    """Show the dead letters of a queue."""
    found = _queue(name)
    read = partial(services().operations.dead_letters.listed, user.user_id, found)
    letters = ask(f"The dead-letter queue of {name}", read)
    jobs = {letter.message_id: _job_of(letter) for letter in letters.value or ()}
    return render_template(
        "operator/queue.html",
        queue=found,
        letters=letters,
        jobs=jobs,
        most=MOST_HELD,
        giving_up=GIVING_UP.get(name),
    )


@blueprint.post("/queues/<name>/redrive")
@audited(Action.LETTERS_REDRIVEN)
@operator_required()
def redrive_all(user: User, name: str) -> ResponseReturnValue:
    """Send the dead letters of a queue back to it, up to MOST_HELD of them."""
    found = _queue(name)
    sent, problem = 0, ""
    try:
        with services().operations.dead_letters.held(user.user_id, found) as held:
            for letter in tuple(held.letters):
                held.send_back(letter)
                sent += 1
                _note(letter)
    except (ClientError, BotoCoreError):
        # Those that went back have gone, and the audit log must have them.
        log.exception("not all dead letters redriven", queue=name, sent=sent)
        problem = " Then AWS refused, or didn't answer. Those that are left are safe: try again."
    if not sent:
        nothing_changed()
    flash(f"{counted(sent, 'message')} sent back to {name}.{problem}")
    return _back_to(found)


@blueprint.post("/queues/<name>/letters/<uuid:message_id>/redrive")
@audited(Action.LETTERS_REDRIVEN)
@operator_required()
def redrive_letter(user: User, name: str, message_id: UUID) -> ResponseReturnValue:
    """Send one dead letter back to its queue."""
    found = _queue(name)
    try:
        with services().operations.dead_letters.held(user.user_id, found) as held:
            letter = held.one(str(message_id))
            held.send_back(letter)
    except LetterGone:
        abort(409, GONE)
    _note(letter)
    flash(f"The message was sent back to {name}.")
    return _back_to(found)


@blueprint.post("/queues/<name>/letters/<uuid:message_id>/give-up")
@audited(Action.LETTER_GIVEN_UP)
@operator_required()
def give_up_letter(user: User, name: str, message_id: UUID) -> ResponseReturnValue:
    """Delete a dead letter. If its job still waits, that ends as failed, with a reason."""
    found = _queue(name)
    if name not in GIVING_UP:
        abort(409, f"A message of {name} can't be given up. Send it back to its queue.")
    try:
        reason = Reason.model_validate(request.form.to_dict()).reason
    except ValidationError:
        abort(400, f"Give a reason of up to {REASONS[1]} characters.")
    try:
        with services().operations.dead_letters.held(user.user_id, found) as held:
            letter = held.one(str(message_id))
            ended = _end_job(found, letter, reason)
            held.delete(letter)
    except LetterGone:
        abort(409, GONE)
    except ClaimRefused:
        abort(409, "An annotator is working on the job. Look again in a minute.")
    _note(letter)
    log.warning("dead letter given up", queue=name, message_id=str(message_id), reason=reason)
    flash(
        "The job has been ended. Its owner gets an email with your reason."
        if ended
        else "The message was given up."
    )
    return _back_to(found)


def _end_job(queue: WorkQueue, letter: DeadLetter, reason: str) -> bool:
    """End the job of a dead request, unless it has ended; return whether it did."""
    job = _job_of(letter)
    if queue.name != "JobRequests" or job is None or job.ended:
        return False
    try:
        services().operator.give_up(job, reason)
    except JobMissing:
        return False
    return True


def _job_of(letter: DeadLetter) -> Job | None:
    job_id = letter.facts.job_id
    return services().jobs.get(job_id) if job_id else None


def _note(letter: DeadLetter) -> None:
    """Have the audit log of the job's owner say what was done."""
    job = _job_of(letter)
    if job is not None:
        about_job(job)


def _queue(name: str) -> WorkQueue:
    found = services().operations.queues.queue(name)
    if found is None:
        abort(404)
    return found


def _back_to(queue: WorkQueue) -> ResponseReturnValue:
    return redirect(url_for("operations.queue", name=queue.name), code=303)
