"""OpenApi: the document that describes the API, drawn from its doors, its shapes and the importer's columns."""

import re
from collections.abc import Sequence
from typing import Any

import msgspec
from litestar import Response, get

from app.api import health, page, people, record, told
from app.api.door import Door
from app.api.problem import MEDIA_TYPE
from gateways.browser import PUBLIC
from renewals.importing.kind import KINDS, Column, Kind
from renewals.renewal import RenewalState

PATH = "/api/openapi.json"
TYPES = {"boolean": ["boolean", "string"], "integer": ["integer", "string"], "bigint": ["integer", "string"]}
PARAMETERS: dict[str, dict[str, Any]] = {
    "after": {"description": "The id of the last thing you were told.", "schema": {"type": "string", "format": "uuid"}},
    "limit": {"schema": {"type": "integer", "minimum": 1, "maximum": page.MOST, "default": page.DEFAULT}},
    "stage": {"schema": {"type": "string", "enum": [stage.value for stage in RenewalState]}},
    "account": {"description": "Your own id of the company.", "schema": {"type": "string"}},
}
REFUSALS = {
    "GET": {"401": "No token, or one that opens nothing", "403": "The person may not do this",
            "404": "There is no such thing", "422": "Something in the request can not be understood",
            "429": "Too often; Retry-After says when to come again"},
    "POST": {"400": "The body is no JSON", "401": "No token, or one that opens nothing",
             "403": "The person may not do this", "409": "Not now", "413": "The body is too large",
             "404": "There is no such thing", "422": "Something that can not be, with its reason; nothing was changed",
             "429": "Too often; Retry-After says when to come again"},
}
IDEMPOTENCY = {
    "name": "Idempotency-Key", "in": "header", "required": False, "schema": {"type": "string", "maxLength": 255},
    "description": "The same key with the same request within 24 hours gives the same answer and does nothing twice.",
}


def document(doors: Sequence[Door]) -> Any:
    body = msgspec.json.encode(describe(doors))

    @get(PATH, opt={"access": PUBLIC}, sync_to_thread=False)
    def show() -> Response[bytes]:
        return Response(body, media_type="application/json", headers={"Cache-Control": "no-cache"})

    return show


def describe(doors: Sequence[Door]) -> dict[str, Any]:
    paths: dict[str, dict[str, Any]] = {}
    for door in doors:
        paths.setdefault(_path(door), {})[door.method.lower()] = _operation(door)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Kekal", "version": "1", "description": "Renewals for programs. Money is decimal text."},
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": _schemas(),
        },
    }


def _path(door: Door) -> str:
    return re.sub(r"\{(\w+):\w+\}", r"{\1}", door.path)


def _operation(door: Door) -> dict[str, Any]:
    about = door.about
    said: dict[str, Any] = {"operationId": about["operationId"], "summary": about["summary"]}
    if parameters := _parameters(door):
        said["parameters"] = parameters
    if name := about.get("body"):
        said["requestBody"] = {"required": True, "content": {"application/json": {"schema": _ref(name)}}}
    return said | {"responses": _responses(door)}


def _parameters(door: Door) -> list[dict[str, Any]]:
    inside = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
        for name in re.findall(r"\{(\w+):", door.path)
    ]
    behind = [{"name": name, "in": "query", **PARAMETERS[name]} for name in door.about.get("parameters", ())]
    return [*inside, *behind, *([IDEMPOTENCY] if door.writes else [])]


def _responses(door: Door) -> dict[str, Any]:
    shape = door.about["answer"].__name__
    answer = {"description": "Done", "content": {"application/json": {"schema": _ref(shape)}}}
    problem = {MEDIA_TYPE: {"schema": _ref("Problem")}}
    refusals = {status: {"description": words, "content": problem} for status, words in REFUSALS[door.method].items()}
    return {str(door.about.get("status", 200)): answer} | refusals


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _schemas() -> dict[str, Any]:
    shapes = (
        told.Renewals, told.Accounts, told.Readings, told.People, told.Imported, *record.BODIES, *health.BODIES,
        *people.BODIES,
    )
    _, drawn = msgspec.json.schema_components(shapes, ref_template="#/components/schemas/{name}")
    rows = {f"{kind.name.capitalize()}Row": _row(kind) for kind in KINDS}
    return drawn | rows | {"Book": _book(), "Problem": PROBLEM}


def _book() -> dict[str, Any]:
    lists = {
        kind.name: {"type": "array", "items": _ref(f"{kind.name.capitalize()}Row")} for kind in KINDS
    }
    return {"type": "object", "minProperties": 1, "additionalProperties": False, "properties": lists}


def _row(kind: Kind) -> dict[str, Any]:
    columns = {column.name: _column(column) for column in kind.columns}
    return {"type": "object", "required": list(kind.needed), "properties": columns}


def _column(column: Column) -> dict[str, Any]:
    types = TYPES.get(column.sql, ["string"])
    said = {"type": types if column.required else [*types, "null"], "description": column.says}
    return said | {"examples": [column.example]}


PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457. `rejections` names every row of an import that can not go in.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"},
        "detail": {"type": "string"}, "field": {"type": "string"},
        "rejections": {"type": "array", "items": _ref("ToldWarning")},
        "warnings": {"type": "array", "items": _ref("ToldWarning")},
    },
}
