"""Templates: found, filled in, published, rated."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from treadle.authoring.saving import workflow_data
from treadle.server.caller import Called
from treadle.server.models.templates import (
    Category,
    ImportTemplate,
    InstantiatedTemplate,
    InstantiateTemplate,
    PublishedTemplateDetail,
    PublishTemplate,
    RateTemplate,
    RecommendedTemplates,
    RecommendTemplates,
    TemplateDetail,
    TemplatePage,
    TemplateReviewPage,
    TemplateStatistics,
    TemplateUsePage,
    about_of,
    context_of,
    show_made,
    show_published_template,
    show_recommendation,
    show_review,
    show_statistics,
    show_template,
    show_template_detail,
    show_use,
)
from treadle.server.paging import DEFAULT_LIMIT, Cursor, Limit
from treadle.server.slices import by_time, cut
from treadle.server.yaml_body import YAML_TOO, YamlRoute
from treadle.service.templates.publishing import PublishedTemplate, TemplatePublishing
from treadle.service.templates.template import Difficulty
from treadle.service.templates.templates import Listed, Templates

router = APIRouter(prefix="/templates", tags=["templates"], route_class=YamlRoute)

TemplateName = Annotated[str, Path(max_length=100, description="What the template is called.")]


@router.get("", operation_id="listTemplates", summary="List templates", response_model=TemplatePage)
async def list_templates(
    caller: Called,
    search: Annotated[
        str | None, Query(max_length=200, description="In name, title, description, category or tags; every word.")
    ] = None,
    category: Annotated[Category | None, Query()] = None,
    tag: Annotated[str | None, Query(max_length=60)] = None,
    difficulty: Annotated[Difficulty | None, Query()] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> TemplatePage:
    """Those that come with Treadle and those that were published here, with what has become of each."""
    found = await Templates(caller.application).list(search=search, category=category, tag=tag, difficulty=difficulty)
    page, following = cut(found, limit, cursor, order=lambda one: (one.template.name,))
    return TemplatePage(items=[show_template(one) for one in page], next=following)


@router.post(
    "",
    operation_id="publishTemplate",
    summary="Make a template of a workflow",
    status_code=201,
    response_model=PublishedTemplateDetail,
)
async def publish_template(caller: Called, body: PublishTemplate, response: Response) -> PublishedTemplateDetail:
    """Everybody sees it then. Profile ids, recorded data and what is or looks like a credential are taken out; the
    answer lists what, and which parameters ask for it now."""
    published = await TemplatePublishing(caller.application).publish(
        body.workflow, name=body.name, version=body.version, about=about_of(body), replace=body.replace
    )
    return await _published(caller, published, response)


@router.post(
    "/import",
    operation_id="importTemplate",
    summary="Publish a template from its file",
    status_code=201,
    response_model=PublishedTemplateDetail,
    openapi_extra=YAML_TOO,
)
async def import_template(caller: Called, body: ImportTemplate, response: Response) -> PublishedTemplateDetail:
    """Nothing is taken out of it; 422 lists everything that is wrong."""
    published = await TemplatePublishing(caller.application).import_text(body.text, replace=body.replace)
    return await _published(caller, published, response)


@router.post(
    "/recommend",
    operation_id="recommendTemplates",
    summary="Recommend templates",
    response_model=RecommendedTemplates,
)
async def recommend_templates(caller: Called, body: RecommendTemplates) -> RecommendedTemplates:
    """Those that fit what is looked for, the best first, each with the reasons."""
    found = await Templates(caller.application).recommend(context_of(body), limit=body.limit)
    return RecommendedTemplates(items=[show_recommendation(one) for one in found])


@router.get("/{name}", operation_id="getTemplate", summary="Read a template", response_model=TemplateDetail)
async def get_template(caller: Called, name: TemplateName) -> TemplateDetail:
    """With the form of its parameters, its graph and its file."""
    return _detail(await Templates(caller.application).get(name))


@router.delete("/{name}", operation_id="deleteTemplate", summary="Take a template back", status_code=204)
async def delete_template(caller: Called, name: TemplateName) -> None:
    """One's own, or any as an administrator. Workflows made of it stay."""
    await TemplatePublishing(caller.application).delete(name)


@router.get(
    "/{name}/export",
    operation_id="exportTemplate",
    summary="Export a template as a file",
    response_class=Response,
    responses={
        200: {
            "description": "The file.",
            "content": {"application/yaml": {"schema": {"description": "A template's file."}}},
        }
    },
)
async def export_template(caller: Called, name: TemplateName) -> Response:
    """One file, which `import` takes at another installation."""
    text = await Templates(caller.application).export(name)
    headers = {"Content-Disposition": f'attachment; filename="{name}.yaml"'}
    return Response(text, media_type="application/yaml", headers=headers)


@router.post(
    "/{name}/instantiate",
    operation_id="instantiateTemplate",
    summary="Make a workflow of a template",
    status_code=201,
    response_model=InstantiatedTemplate,
)
async def instantiate_template(
    caller: Called, name: TemplateName, body: InstantiateTemplate, response: Response
) -> InstantiatedTemplate:
    """A draft, or published at once. It belongs to whoever makes it; 422 lists everything that is wrong with the
    parameters."""
    made = await Templates(caller.application).instantiate(
        name,
        body.name,
        parameters=body.parameters,
        title=body.title,
        tags=body.tags,
        publish=body.publish,
        note=body.note,
    )
    response.headers["Location"] = f"/api/v1/workflows/{made.workflow}"
    return show_made(made)


@router.get(
    "/{name}/uses", operation_id="listTemplateUses", summary="List what was made of it", response_model=TemplateUsePage
)
async def list_template_uses(
    caller: Called, name: TemplateName, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> TemplateUsePage:
    """The workflows that one may see, the newest first, and what their latest runs came to."""
    found = await Templates(caller.application).uses(name)
    page, following = cut(found, limit, cursor, order=lambda one: by_time(one.at, one.workflow, newest_first=True))
    return TemplateUsePage(items=[show_use(one) for one in page], next=following)


@router.get(
    "/{name}/reviews",
    operation_id="listTemplateReviews",
    summary="List what users say of it",
    response_model=TemplateReviewPage,
)
async def list_template_reviews(
    caller: Called, name: TemplateName, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> TemplateReviewPage:
    found = await Templates(caller.application).reviews(name)
    page, following = cut(found, limit, cursor, order=lambda one: by_time(one.at, one.user_id, newest_first=True))
    return TemplateReviewPage(items=[show_review(one) for one in page], next=following)


@router.put("/{name}/review", operation_id="rateTemplate", summary="Rate it", response_model=TemplateStatistics)
async def rate_template(caller: Called, name: TemplateName, body: RateTemplate) -> TemplateStatistics:
    """One's own review, over the one before."""
    return show_statistics(await Templates(caller.application).rate(name, body.rating, comment=body.comment))


@router.delete("/{name}/review", operation_id="unrateTemplate", summary="Take one's rating back", status_code=204)
async def unrate_template(caller: Called, name: TemplateName) -> None:
    await Templates(caller.application).unrate(name)


async def _published(caller: Called, published: PublishedTemplate, response: Response) -> PublishedTemplateDetail:
    template = published.template
    response.headers["Location"] = f"/api/v1/templates/{template.name}"
    listed = await Templates(caller.application).get(template.name)
    return show_published_template(published, listed, workflow_data(template.workflow))


def _detail(listed: Listed) -> TemplateDetail:
    return show_template_detail(listed, workflow_data(listed.template.workflow))
