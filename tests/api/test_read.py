"""What programs read: renewals and accounts, page by page, in the shapes the document promises."""

import msgspec
import pytest

from app import api
from app.api.told import Accounts, Renewals, ToldRenewal
from tests.api.conftest import Knock
from tests.world import World

pytestmark = pytest.mark.whole_book

RENEWALS, ACCOUNTS = "/api/v1/renewals", "/api/v1/accounts"


def test_a_renewal_is_told_with_everything_that_was_worked_out(world: World, maya: Knock) -> None:
    answer = maya("GET", f"{RENEWALS}/{world.renewal('northwind-freight')}")

    said = answer.json()
    assert answer.status_code == 200
    assert said["account"] == "northwind-freight"
    assert (said["stage"], said["renews_on"], said["segment"]) == ("proposed", "2026-09-24", "mid-market")
    assert said["value"] == {"amount": "60000.00", "currency": "USD"}
    assert (said["health"], said["health_score"], said["probability"], said["risk"]) == ("yellow", 62, 70, "medium")
    assert said["owner"] == "omar@lumen.example"
    assert said["lines"][0]["quantity"] == 75


def test_every_renewal_is_told_once_page_by_page(world: World, maya: Knock) -> None:
    path: str | None = f"{RENEWALS}?limit=150"
    told: list[str] = []

    while path:
        page = msgspec.json.decode(maya("GET", path).content, type=Renewals)
        told, path = told + [str(one.id) for one in page.renewals], page.next

    assert len(told) == len(set(told)) == 424
    assert told == sorted(told)


def test_renewals_are_asked_for_by_stage_and_account(maya: Knock) -> None:
    won = maya("GET", f"{RENEWALS}?account=cedar-dental&stage=won").json()["renewals"]
    every = maya("GET", f"{RENEWALS}?account=cedar-dental").json()["renewals"]
    nobody = maya("GET", f"{RENEWALS}?account=nobody").json()

    assert [one["stage"] for one in won] == ["won"]
    assert [one["account"] for one in every] == ["cedar-dental"] * 2
    assert nobody == {"renewals": [], "next": None}


def test_what_can_not_be_understood_names_its_field(maya: Knock) -> None:
    wrong = ["limit=0", "limit=201", "limit=ten", "limit=%D9%A3", "after=last", "stage=happy", "colour=red",
             "account=a%00b"]

    answers = [maya("GET", f"{RENEWALS}?{query}") for query in wrong]

    assert {answer.status_code for answer in answers} == {422}
    assert [answer.json()["field"] for answer in answers] == [
        "limit", "limit", "limit", "limit", "after", "stage", "colour", "account"
    ]


def test_accounts_are_told_page_by_page(maya: Knock) -> None:
    first = msgspec.json.decode(maya("GET", f"{ACCOUNTS}?limit=200").content, type=Accounts)
    assert first.next
    second = msgspec.json.decode(maya("GET", first.next).content, type=Accounts)

    names = [one.name for one in first.accounts + second.accounts]
    assert len(names) == len(set(names)) == 212
    assert second.next is None
    assert "Pelangi Café" in names


def test_the_document_describes_every_door_and_nothing_else(world: World) -> None:
    answer = world.visitor().get("/api/openapi.json")

    described = {
        (method.upper(), path) for path, item in answer.json()["paths"].items() for method in item
    }
    assert answer.headers["content-type"].startswith("application/json")
    assert described == {(door.method, door.path.replace(":str", "")) for door in api.DOORS}


def test_every_reference_of_the_document_leads_somewhere(world: World) -> None:
    document = world.visitor().get("/api/openapi.json").json()

    wanted: set[str] = set()

    def follow(node: object) -> None:
        if isinstance(node, dict):
            wanted.update([node["$ref"]] if isinstance(node.get("$ref"), str) else [])
            for inner in node.values():
                follow(inner)
        elif isinstance(node, list):
            for inner in node:
                follow(inner)

    follow(document)
    assert wanted == {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}


def test_the_document_promises_exactly_what_a_renewal_has(world: World, maya: Knock) -> None:
    document = world.visitor().get("/api/openapi.json").json()
    promised = document["components"]["schemas"]["ToldRenewal"]

    said = maya("GET", f"{RENEWALS}/{world.renewal('cedar-dental')}").json()

    assert list(said) == promised["required"] == list(promised["properties"])
    assert msgspec.json.decode(msgspec.json.encode(said), type=ToldRenewal).account == "cedar-dental"
