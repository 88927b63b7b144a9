"""What the site answers, as its client reads it."""

from pydantic import BaseModel, ConfigDict, TypeAdapter


class JobView(BaseModel):
    """The state of a job, as the site reports it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    job_status: str
    progress: int = 0
    error: str | None = None

    @property
    def ended(self) -> bool:
        """Whether the status is final."""
        return self.job_status in ("COMPLETED", "FAILED")


class SubmittedJob(BaseModel):
    """A job that the site has accepted. `url` is the address of its page."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    job_id: str
    url: str


class SiteContig(BaseModel):
    """A contig of a reference, as its manifest describes it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    aliases: list[str]
    length: int
    accession: str | None = None


class SiteReference(BaseModel):
    """A reference that the site offers; `fasta` is the path of its sequence in the bundle."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    version: str
    assembly: str
    fasta: str
    contigs: list[SiteContig]


REFERENCES = TypeAdapter(list[SiteReference])


class Upload(BaseModel):
    """A signed upload: where the file goes, and the form fields that go with it."""

    url: str
    fields: dict[str, str]
    token: str
