"""Templates as the API shows and takes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints

from treadle.model.duration import Duration
from treadle.server.models.workflows import Body, Name, Note, Tag, Text, Validation, show_validation
from treadle.server.paging import Page
from treadle.service.templates.measured import find_measured
from treadle.service.templates.publishing import About, PublishedTemplate
from treadle.service.templates.reading import MOST_PARAMETERS
from treadle.service.templates.recommending import Context, Recommendation
from treadle.service.templates.standing import Statistics
from treadle.service.templates.template import Difficulty, Requirement
from treadle.service.templates.template import Template as ShownTemplate
from treadle.service.templates.templates import LONGEST_COMMENT, MOST_RECOMMENDED, Listed, Made
from treadle.store.templates import Review, TemplateUse

Title = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Description = Annotated[str, StringConstraints(min_length=1, max_length=5_000)]
Category = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Tags = Annotated[list[Tag], Field(max_length=50)]


class TemplateStatistics(BaseModel):
    """What was measured here. Null: nothing has been yet."""

    uses: int = Field(description="Workflows made of it.")
    completed: int = Field(description="Of the latest runs of each of them, tests left out.")
    failed: int
    success_rate: float | None = Field(default=None, description="The share of these runs that completed.")
    success_at_least: float | None = Field(
        default=None, description="The lower bound of that with 95 % confidence: few runs prove little."
    )
    ratings: int = Field(description="Users who rated it.")
    rating: float | None = Field(default=None, description="Their mean, from 1 to 5.")


class TemplateRequirement(BaseModel):
    """What has to be there for its runs."""

    kind: Literal["secret", "profile", "service", "workflow"]
    name: str
    description: str = ""


class TemplateMeasured(BaseModel):
    """What a trading template has come to on paper, in simulated markets, as it is shipped. No promise."""

    seed: int = Field(description="Of the simulated markets.")
    begins: str
    ends: str
    fees: str
    parameters: dict[str, Any] = Field(description="Those that were not as it is shipped.")
    runs: int
    orders: int
    fills: int
    profit_pct: float = Field(description="Of the equity at the beginning.")
    max_drawdown_pct: float = Field(description="How far the equity was below its highest at most, by day.")
    market_pct: float | None = Field(default=None, description="What holding its first market would have brought.")
    win_rate: float | None = Field(
        default=None, description="The share of the fills that closed something which did so with a profit."
    )
    currency: str
    began_with: float
    ended_with: float
    equity: list[float] = Field(description="Of every seventh day.")


class Template(BaseModel):
    """A template as a list shows it."""

    name: str
    title: str
    description: str
    category: str
    tags: list[str]
    difficulty: Difficulty
    duration_seconds: float | None = Field(default=None, description="About how long a run takes, as its author says.")
    source: Literal["shipped", "published"] = Field(description="With Treadle, or by somebody here.")
    author: str | None = None
    updated_at: datetime | None = None
    usable: bool = Field(description="False: something that it is made of is not installed here.")
    requirements: list[TemplateRequirement]
    statistics: TemplateStatistics
    measured: TemplateMeasured | None = Field(default=None, description="Of trading templates that come with Treadle.")


class TemplatePage(Page[Template]):
    """Templates by name."""


class TemplateDetail(Template):
    """A template with what is asked before it is used, and what it is made of."""

    parameters: dict[str, Any] = Field(description="The parameters as the JSON Schema of an object.")
    text: str = Field(description="Its file.")
    graph: dict[str, Any] = Field(description="Nodes and connections, for a canvas.")
    validation: Validation


class InstantiateTemplate(Body):
    name: Name = Field(description="Of the workflow to make.")
    parameters: dict[str, Any] = Field(default={}, max_length=MOST_PARAMETERS)
    title: Title | None = Field(default=None, description="Null: the template's.")
    tags: Tags = Field(default=[], description="Beside those of the template.")
    publish: bool = Field(default=False, description="Publish it at once; else it is a draft.")
    note: Note | None = None


class InstantiatedTemplate(BaseModel):
    """The workflow that was made."""

    workflow: str
    template: str
    published: bool
    requirements: list[TemplateRequirement]
    missing_secrets: list[str] = Field(
        description="To be set, or to be fields of the profile that a deployment is bound to."
    )


class RecommendTemplates(Body):
    """What is looked for."""

    about: str = Field(default="", max_length=2_000, description="In your own words: industry, goal, systems.")
    tags: Tags = Field(default=[])
    category: Category | None = None
    difficulty: Difficulty | None = None
    limit: int = Field(default=5, ge=1, le=MOST_RECOMMENDED)


class RecommendedTemplate(BaseModel):
    template: Template
    score: float = Field(description="From 0 to 1; it means something only beside others.")
    reasons: list[str]


class RecommendedTemplates(BaseModel):
    items: list[RecommendedTemplate]


class PublishTemplate(Body):
    """A template of a workflow."""

    workflow: Name
    version: Name | None = Field(default=None, description="A number, a digest, `latest` or `draft`.")
    name: Name | None = Field(default=None, description="Null: as the workflow is called.")
    title: Title | None = None
    description: Description | None = None
    category: Category = "general"
    tags: Tags | None = None
    difficulty: Difficulty = "beginner"
    duration: Duration | None = Field(default=None, ge=0, le=1e9, description="Seconds; about how long a run takes.")
    parameters: dict[str, dict[str, Any]] | None = Field(
        default=None,
        max_length=MOST_PARAMETERS,
        description="By name: JSON Schema, and `sets: nodes.fetch.config.url`. Null: every input with a default.",
    )
    replace: bool = False


class ImportTemplate(Body):
    text: Text = Field(description="A template's file.")
    replace: bool = False


class StrippedValue(BaseModel):
    """What was taken out of the workflow."""

    place: str
    why: Literal["profile", "credential", "secret", "address", "recorded"]
    parameter: str | None = Field(default=None, description="What asks for it now.")


class PublishedTemplateDetail(TemplateDetail):
    stripped: list[StrippedValue]


class RateTemplate(Body):
    rating: int = Field(ge=1, le=5)
    comment: Annotated[str, StringConstraints(max_length=LONGEST_COMMENT)] | None = None


class TemplateReview(BaseModel):
    name: str = Field(description="Who says so.")
    rating: int
    comment: str | None = None
    at: datetime


class TemplateReviewPage(Page[TemplateReview]):
    """The newest first."""


class UseOfTemplate(BaseModel):
    """A workflow that was made of it, and what its latest runs came to."""

    workflow: str
    at: datetime
    completed: int
    failed: int


class TemplateUsePage(Page[UseOfTemplate]):
    """The newest first."""


def context_of(body: RecommendTemplates) -> Context:
    return Context(body.about, tuple(body.tags), body.category, body.difficulty)


def about_of(body: PublishTemplate) -> About:
    return About(
        body.title, body.description, body.category, body.tags, body.difficulty, body.duration, body.parameters
    )


def show_template(listed: Listed) -> Template:
    one = listed.template
    return Template(
        name=one.name,
        title=one.title,
        description=one.description,
        category=one.category,
        tags=list(one.tags),
        difficulty=one.difficulty,
        duration_seconds=one.duration,
        source=one.source,
        author=one.author,
        updated_at=one.updated_at,
        usable=one.result.valid,
        requirements=_requirements(one.requirements),
        statistics=show_statistics(listed.statistics),
        measured=show_measured(one),
    )


def show_measured(one: ShownTemplate) -> TemplateMeasured | None:
    found = find_measured(one)
    return None if found is None else TemplateMeasured.model_validate(asdict(found))


def show_template_detail(listed: Listed, graph: dict[str, Any]) -> TemplateDetail:
    one = listed.template
    return TemplateDetail(
        **dict(show_template(listed)),
        parameters=one.form,
        text=one.text,
        graph=graph,
        validation=show_validation(one.result, [one.name]),
    )


def show_published_template(
    published: PublishedTemplate, listed: Listed, graph: dict[str, Any]
) -> PublishedTemplateDetail:
    stripped = [StrippedValue(place=one.place, why=one.why, parameter=one.parameter) for one in published.stripped]
    return PublishedTemplateDetail(**dict(show_template_detail(listed, graph)), stripped=stripped)


def show_statistics(one: Statistics) -> TemplateStatistics:
    return TemplateStatistics(
        uses=one.uses,
        completed=one.completed,
        failed=one.failed,
        success_rate=one.success_rate,
        success_at_least=one.success_at_least,
        ratings=one.ratings,
        rating=one.rating,
    )


def show_made(made: Made) -> InstantiatedTemplate:
    return InstantiatedTemplate(
        workflow=made.workflow,
        template=made.template,
        published=made.published,
        requirements=_requirements(made.requirements),
        missing_secrets=list(made.missing),
    )


def show_recommendation(one: Recommendation) -> RecommendedTemplate:
    shown = show_template(Listed(one.template, one.statistics))
    return RecommendedTemplate(template=shown, score=one.score, reasons=list(one.reasons))


def show_review(one: Review) -> TemplateReview:
    return TemplateReview(name=one.name, rating=one.rating, comment=one.comment, at=one.at)


def show_use(one: TemplateUse) -> UseOfTemplate:
    return UseOfTemplate(workflow=one.workflow, at=one.at, completed=one.completed, failed=one.failed)


def _requirements(found: Sequence[Requirement]) -> list[TemplateRequirement]:
    return [TemplateRequirement(kind=one.kind, name=one.name, description=one.description) for one in found]
