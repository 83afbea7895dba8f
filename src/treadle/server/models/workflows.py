"""Workflows, versions and definitions as the API shows and takes them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from treadle.authoring.difference import Difference
from treadle.authoring.difference_text import write_difference
from treadle.authoring.document import Loaded
from treadle.authoring.saving import workflow_data
from treadle.model.issue import ValidationResult
from treadle.server.etag import etag_of
from treadle.server.paging import Page
from treadle.server.problem import ProblemIssue, show_issue
from treadle.service.definition import MOST, Definition
from treadle.service.migration import Migrated
from treadle.service.transfer import MOST as MOST_IN_BUNDLE
from treadle.service.transfer import Imported
from treadle.service.versions import Published, Standing
from treadle.store.versions import Version
from treadle.store.workflows import WorkflowSummary

Name = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Tag = Annotated[str, StringConstraints(min_length=1, max_length=60)]
Note = Annotated[str, StringConstraints(max_length=2_000)]
Text = Annotated[str, StringConstraints(max_length=MOST)]

EXAMPLE: dict[str, Any] = {
    "name": "order-desk",
    "inputs": {"size": "number"},
    "nodes": [{"id": "double", "type": "data.transform", "config": {"transform": "workflow.input.size * 2"}}],
}


class Body(BaseModel):
    """What a request says; a key that is not known is refused."""

    model_config = ConfigDict(extra="forbid")


class DeploymentOfWorkflow(BaseModel):
    name: str
    status: Literal["active", "paused", "stopped"]
    mode: str


class LastRunOfWorkflow(BaseModel):
    id: str
    status: str
    started_at: datetime


class Workflow(BaseModel):
    """A workflow as a list shows it."""

    name: str
    title: str | None = None
    description: str | None = None
    tags: list[str] = Field(description="Those in its file, and those it was given beside it.")
    given_tags: list[str] = Field(description="Those it was given: `PUT …/tags` replaces them.")
    owner: str | None = Field(default=None, description="A user's id; null: everybody's, as far as their role goes.")
    version: int | None = Field(default=None, description="The number of the latest version; null: not published yet.")
    digest: str | None = Field(default=None, description="Twelve hex digits of the latest version.")
    draft: int | None = Field(default=None, description="The revision of its draft; null: there is none.")
    created_at: datetime
    updated_at: datetime = Field(description="When it was last published or its draft changed.")
    deleted_at: datetime | None = Field(default=None, description="When it was put into the bin.")
    deployments: list[DeploymentOfWorkflow] = []
    last_run: LastRunOfWorkflow | None = None


class WorkflowPage(Page[Workflow]):
    """Workflows that one may see."""


class Validation(BaseModel):
    """Everything that is wrong, not the first thing."""

    valid: bool
    issues: list[ProblemIssue]
    names: list[str] = Field(default=[], description="What the workflows in it are called.")
    graphs: list[dict[str, Any]] = Field(
        default=[], description="Each of them as nodes and connections, for a canvas, as far as it can be read."
    )


class WorkflowDefinition(BaseModel):
    """What a version or a draft says."""

    workflow: str
    version: int | None = Field(default=None, description="The version's number; null: it is the draft.")
    digest: str | None = None
    revision: int | None = Field(default=None, description="The draft's revision; null: it is a version.")
    form: Literal["nodes", "steps"] = Field(description="How it was written.")
    text: str = Field(description="As it was written, YAML or JSON, comments and all.")
    definition: dict[str, Any] | None = Field(
        default=None, description="The same as JSON, in the form it was written in; null: it cannot be read."
    )
    graph: dict[str, Any] | None = Field(
        default=None, description="The same as nodes and connections, for a canvas; null: it cannot be read."
    )
    validation: Validation


class WorkflowDetail(Workflow):
    """A workflow with its definition."""

    definition: WorkflowDefinition


class DefinitionBody(Body):
    """A definition, as JSON or as a text in YAML or JSON; `application/yaml` sends the text alone."""

    model_config = ConfigDict(json_schema_extra={"example": {"definition": EXAMPLE}})

    definition: dict[str, Any] | None = None
    text: Text | None = None

    @model_validator(mode="after")
    def _one(self) -> DefinitionBody:
        if (self.definition is None) == (self.text is None):
            raise ValueError("send either `definition` or `text`")
        return self

    @property
    def given(self) -> str | dict[str, Any]:
        return self.text if self.text is not None else self.definition or {}


class CreateWorkflow(DefinitionBody):
    """A new workflow. It gets a draft, unfinished as that may be; `publish` publishes it at once."""

    name: Name | None = Field(default=None, description="Where the definition does not say it.")
    tags: list[Tag] = Field(default=[], max_length=50)
    publish: bool = False
    note: Note | None = None


class DuplicateWorkflow(Body):
    name: Name = Field(description="Of the new one.")
    version: Name | None = Field(default=None, description="A number, a digest, `latest` or `draft`.")


class PublishWorkflow(Body):
    revision: int | None = Field(
        default=None, ge=1, le=2**53, description="The draft that was read; another is refused."
    )
    note: Note | None = Field(default=None, description="What is new in it, or why.")


class RollBackWorkflow(Body):
    version: Name = Field(description="A number or a digest.", examples=["3"])
    note: Note | None = None


class SetTags(Body):
    tags: list[Tag] = Field(max_length=50)


class TagCount(BaseModel):
    tag: str
    workflows: int


class TagList(BaseModel):
    items: list[TagCount]


class RollBack(BaseModel):
    """That a version was made the latest again."""

    at: datetime
    note: str | None = None
    author: str | None = None


class WorkflowVersion(BaseModel):
    """A published version. It never changes."""

    workflow: str
    version: int
    digest: str
    is_latest: bool
    form: Literal["nodes", "steps"]
    note: str | None = None
    author: str | None = None
    created_at: datetime = Field(description="When it was last made the latest.")
    deployments: list[str] = Field(default=[], description="Those that use it, by name.")
    runs: dict[str, int] = Field(default={}, description="Unfinished runs of it, by status.")
    rolled_back: RollBack | None = Field(default=None, description="How it became the latest, if by rolling back.")


class VersionPage(Page[WorkflowVersion]):
    """Versions, the latest first."""


class PublishedVersion(BaseModel):
    """What publishing came to. `is_new`: it was not published before; `was_latest`: nothing has changed at all."""

    workflow: str
    version: int
    digest: str
    is_new: bool
    was_latest: bool
    note: str | None = None
    author: str | None = None
    created_at: datetime


class FieldDifference(BaseModel):
    """`before` or `after` is missing where there is nothing."""

    field: str
    before: Any = None
    after: Any = None


class NodeDifference(BaseModel):
    kind: Literal["added", "removed", "changed", "renamed"]
    path: str
    type: str
    before: str | None = Field(default=None, description="What a renamed node was called; a guess.")
    fields: list[FieldDifference]


class ConnectionDifference(BaseModel):
    added: list[str]
    removed: list[str]


class WorkflowDifference(BaseModel):
    """What is different, by node and field; `lines` says the same to people."""

    before: str
    after: str
    same: bool
    only_looks: bool = Field(description="Nothing of what a run does is different.")
    nodes: list[NodeDifference]
    connections: ConnectionDifference
    fields: list[FieldDifference]
    lines: list[str]


class BundleItem(Body):
    name: Name
    text: Text
    tags: list[Tag] = Field(default=[], max_length=50)


class Bundle(Body):
    """Several workflows in one file."""

    treadle: Literal[1] = Field(default=1, description="The bundle's format.")
    workflows: list[BundleItem] = Field(max_length=MOST_IN_BUNDLE)


class ExportWorkflows(Body):
    names: list[Name] | None = Field(default=None, max_length=MOST_IN_BUNDLE, description="Null: all one may see.")


class ImportWorkflows(Body):
    """A file, which may hold several workflows, or a bundle; each becomes a draft. A file of another program (bots,
    blocks, an export of n8n) is told by its content; credentials in it become profiles."""

    text: Text | None = None
    bundle: Bundle | None = None
    if_exists: Literal["refuse", "draft", "skip"] = "refuse"
    dry_run: bool = Field(default=False, description="Of a file of another program, only say what would become of it.")

    @model_validator(mode="after")
    def _one(self) -> ImportWorkflows:
        if (self.bundle is None) == (self.text is None):
            raise ValueError("send either `text` or `bundle`")
        return self


class ImportedWorkflow(BaseModel):
    name: str
    outcome: Literal["created", "drafted", "skipped"]
    problems: int = Field(description="How much is wrong in its draft.")


class FieldFate(BaseModel):
    """What became of a field of a document, and of all below it."""

    path: str
    fate: Literal["mapped", "kept", "credential"]
    to: str
    note: str | None


class ProfileFromDocument(BaseModel):
    name: str
    provider: str | None
    fields: list[str] = Field(description="Their names; what they hold is sealed.")


class ImportReport(BaseModel):
    """What became of a document of another program. What has no counterpart is kept as a note."""

    workflow: str
    format: Literal["bot", "blocks", "n8n", "workflow"]
    template: str | None
    fields: list[FieldFate]
    assumed: dict[str, Any] = Field(description="What the document does not say, and the template does.")
    profiles: list[ProfileFromDocument]
    bound: list[str] = Field(description="The profiles that a deployment of it is to be bound to.")
    remarks: list[str]
    text: str = Field(description="The workflow file.")
    problems: int = Field(description="How much is wrong in it.")


class ImportResult(BaseModel):
    items: list[ImportedWorkflow]
    reports: list[ImportReport] = Field(default=[], description="Of documents of other programs.")


def show_migrated(one: Migrated) -> ImportReport:
    errors = sum(issue.severity == "error" for issue in one.problems)
    return ImportReport(**one.report.to_dict(), text=one.report.text, problems=errors)


def etag_of_workflow(summary: WorkflowSummary) -> str:
    """Another one after whatever of it may be edited."""
    return etag_of(summary.name, summary.version, summary.revision, summary.given_tags, summary.deleted_at is None)


def show_workflow(summary: WorkflowSummary) -> Workflow:
    return Workflow(
        name=summary.name,
        title=summary.title,
        description=summary.description,
        tags=list(summary.tags),
        given_tags=list(summary.given_tags),
        owner=summary.owner,
        version=summary.number,
        digest=summary.version,
        draft=summary.revision,
        created_at=summary.created_at,
        updated_at=summary.updated_at,
        deleted_at=summary.deleted_at,
        deployments=[DeploymentOfWorkflow.model_validate(one, from_attributes=True) for one in summary.deployments],
        last_run=None
        if summary.last_run is None
        else LastRunOfWorkflow.model_validate(summary.last_run, from_attributes=True),
    )


def show_detail(summary: WorkflowSummary, definition: Definition) -> WorkflowDetail:
    return WorkflowDetail(**dict(show_workflow(summary)), definition=show_definition(definition))


def show_definition(one: Definition) -> WorkflowDefinition:
    return WorkflowDefinition(
        workflow=one.workflow,
        version=one.number,
        digest=one.digest,
        revision=one.revision,
        form="steps" if one.form == "steps" else "nodes",
        text=one.text,
        definition=None if one.content is None else dict(one.content),
        graph=None if one.graph is None else dict(one.graph),
        validation=show_validation(one.result),
    )


def show_validation(result: ValidationResult, names: list[str] | None = None) -> Validation:
    issues = [ProblemIssue.model_validate(show_issue(issue)) for issue in result.issues]
    return Validation(valid=result.valid, issues=issues, names=names or [])


def show_loaded(loaded: Loaded) -> Validation:
    found = show_validation(loaded.result, [workflow.name for workflow in loaded.workflows])
    return found.model_copy(update={"graphs": [workflow_data(workflow) for workflow in loaded.workflows]})


def show_version(standing: Standing) -> WorkflowVersion:
    one = standing.version
    return WorkflowVersion(
        workflow=one.workflow,
        version=one.number,
        digest=one.version,
        is_latest=standing.is_latest,
        form="steps" if one.form == "steps" else "nodes",
        note=one.note,
        author=one.author,
        created_at=one.created_at,
        deployments=list(standing.deployments),
        runs=dict(standing.runs),
        rolled_back=None
        if standing.rolled_back is None
        else RollBack.model_validate(standing.rolled_back, from_attributes=True),
    )


def show_published(published: Published) -> PublishedVersion:
    return _published(published.version, is_new=published.is_new, was_latest=published.was_latest)


def show_rolled_back(version: Version) -> PublishedVersion:
    return _published(version, is_new=False, was_latest=False)


def _published(version: Version, *, is_new: bool, was_latest: bool) -> PublishedVersion:
    return PublishedVersion(
        workflow=version.workflow,
        version=version.number,
        digest=version.version,
        is_new=is_new,
        was_latest=was_latest,
        note=version.note,
        author=version.author,
        created_at=version.created_at,
    )


def show_difference(difference: Difference, before: str, after: str) -> WorkflowDifference:
    return WorkflowDifference.model_validate(
        {
            "before": before,
            "after": after,
            "only_looks": difference.is_looks,
            "lines": write_difference(difference),
            **difference.to_dict(),
        }
    )


def show_imported(found: Imported) -> ImportedWorkflow:
    return ImportedWorkflow.model_validate(found, from_attributes=True)
