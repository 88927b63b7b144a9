"""What WES 1.1 takes and answers: https://ga4gh.github.io/workflow-execution-service-schemas/

A run is a job. There is one workflow, which annotates a VCF file.
"""

from typing import Annotated, Any, Literal, Self

from flask_openapi3.models.file import FileStorage
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from runtime.common.job import Job, JobState
from runtime.contract.job_status import FailureKind
from runtime.web.api.models.base import Answer, Body, Query, Time
from runtime.web.api.models.jobs import ReferenceName
from runtime.web.api.models.service_info import ServiceInfo
from runtime.web.job_forms import Note, check_cursor

WORKFLOW_TYPE = "GAS"
WORKFLOW_VERSION = "1"
WORKFLOW_URL = "gas:annotate"
ENGINE = "gas"
TASK = "annotate"

RunState = Literal[
    "QUEUED", "RUNNING", "COMPLETE", "EXECUTOR_ERROR", "SYSTEM_ERROR", "CANCELED", "CANCELING"
]
_STATES: dict[JobState, RunState] = {
    JobState.PENDING: "QUEUED",
    JobState.RUNNING: "RUNNING",
    JobState.COMPLETED: "COMPLETE",
    JobState.ARCHIVED: "COMPLETE",
    JobState.RESTORING: "COMPLETE",
    JobState.CANCELLED: "CANCELED",
}
_OF_THE_FILE = (FailureKind.INPUT, FailureKind.ENGINE, FailureKind.TIME_LIMIT)


def run_state(job: Job) -> RunState:
    """Return where a job stands, in the terms of WES.

    EXECUTOR_ERROR: the file or the annotation of it is at fault. SYSTEM_ERROR: the service is.
    """
    if job.cancel_requested and not job.ended:
        return "CANCELING"
    if job.state in _STATES:
        return _STATES[job.state]
    return "EXECUTOR_ERROR" if job.failure in _OF_THE_FILE else "SYSTEM_ERROR"


class RunParams(Body):
    """Parameters of the workflow."""

    input: str | None = Field(default=None, max_length=1000, description="The attachment's name.")
    ticket: str | None = Field(
        default=None, max_length=4000, description="Of an upload that POST /api/v1/jobs opened."
    )
    reference: ReferenceName | None = None
    note: Note = ""

    @model_validator(mode="after")
    def _check_input(self) -> Self:
        if (self.input is None) == (self.ticket is None):
            raise ValueError("Name an input, which is an attachment, or a ticket of an upload.")
        if self.ticket and self.reference:
            raise ValueError("A ticket has a reference already, so name none.")
        return self


class RunForm(BaseModel):
    """A run to start. Other fields of WES's RunRequest have no meaning here, and must be empty."""

    model_config = ConfigDict(extra="ignore")

    workflow_type: Literal["GAS"]
    workflow_type_version: Annotated[Literal["1"], BeforeValidator(str)]
    workflow_url: Literal["gas:annotate"]
    workflow_params: RunParams
    workflow_engine: Literal["gas"] | None = None
    workflow_engine_version: Annotated[Literal["1"], BeforeValidator(str)] | None = None
    workflow_engine_parameters: Annotated[dict[str, str], Field(max_length=0)] = {}
    tags: Annotated[dict[str, str], Field(max_length=0)] = {}
    workflow_attachment: list[FileStorage] = Field(
        default=[], description="The VCF file, up to 1 MiB."
    )


class RunQuery(Query):
    """A part of the list of runs."""

    page_size: int = Field(default=25, ge=1, le=100)
    page_token: Annotated[str, StringConstraints(max_length=4000)] = ""

    @model_validator(mode="after")
    def _check_token(self) -> Self:
        check_cursor(self.page_token)
        return self


class RunPath(BaseModel):
    """A run in a URL."""

    run_id: str


class TaskPath(RunPath):
    """A task of a run."""

    task_id: str


class RunId(Answer):
    """A run."""

    run_id: str


class RunStatus(RunId):
    """Where it stands."""

    state: RunState


class RunSummary(RunStatus):
    """A run in a list."""

    start_time: Time | None = None
    end_time: Time | None = None
    tags: dict[str, str] = Field(description="Always empty.")

    @classmethod
    def of(cls, job: Job) -> Self:
        """Return what is answered of a job in a list."""
        times = {"start_time": job.start_time, "end_time": job.complete_time}
        return cls.model_validate(
            {"run_id": job.job_id, "state": run_state(job), "tags": {}, **times}
        )


class RunList(Answer):
    """A part of the runs, newest first."""

    runs: list[RunSummary]
    next_page_token: str = Field(description="Leads to older ones; empty at the end.")


class RunRequest(Answer):
    """What was asked for."""

    workflow_type: str = WORKFLOW_TYPE
    workflow_type_version: str = WORKFLOW_VERSION
    workflow_url: str = WORKFLOW_URL
    workflow_params: dict[str, str]
    tags: dict[str, str] = Field(default={})


class RunTask(Answer):
    """The one task of a run, and the log of the run."""

    id: str = TASK
    name: str = TASK
    start_time: Time | None = None
    end_time: Time | None = None
    stdout: str | None = Field(
        default=None, description="Presigned address of the log, once there is one."
    )
    exit_code: int | None = Field(
        default=None, description="Of a run that has ended: 0 if it is COMPLETE."
    )
    system_logs: list[str] = Field(description="The sentence on why it failed.")

    @classmethod
    def of(cls, job: Job, *, stdout: str | None) -> Self:
        """Return what is answered of a job's work."""
        code = None if not job.ended else 0 if run_state(job) == "COMPLETE" else 1
        return cls.model_validate(
            {
                "start_time": job.start_time,
                "end_time": job.complete_time,
                "stdout": stdout,
                "exit_code": code,
                "system_logs": [job.error] if job.error else [],
            }
        )


class TaskList(Answer):
    """The tasks of a run."""

    task_logs: list[RunTask]
    next_page_token: str = ""


class RunLog(Answer):
    """All about a run."""

    run_id: str
    request: RunRequest
    state: RunState
    run_log: RunTask
    task_logs_url: str
    outputs: dict[str, Any] = Field(description="By kind, the drs:// address of each file.")


class WorkflowVersions(Answer):
    """Versions of a type of workflow."""

    workflow_type_version: list[str]


class EngineVersions(Answer):
    """Versions of an engine."""

    workflow_engine_version: list[str]


class WesServiceInfo(ServiceInfo):
    """The WES service."""

    workflow_type_versions: dict[str, WorkflowVersions]
    supported_wes_versions: list[str]
    supported_filesystem_protocols: list[str] = Field(description="None: no URL is fetched.")
    workflow_engine_versions: dict[str, EngineVersions]
    default_workflow_engine_parameters: list[dict[str, str]]
    system_state_counts: dict[str, int] = Field(description="Empty: they aren't published.")
    auth_instructions_url: str
    tags: dict[str, str]
