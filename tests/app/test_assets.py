"""Static files: named by their content, so a browser may keep them for ever."""

import gzip
import re
from pathlib import Path

import brotli
import pytest

from app.assets import FOREVER, SHEET, STATIC, Assets, Unbuilt, build

NAMES = "Pelangi Café, Łódź, Őrség, Straße, Ñandú; − € “” – 0123456789"


@pytest.fixture(scope="module")
def assets() -> Assets:
    build()
    return Assets.load()


def written(folder: Path, **files: str) -> Path:
    (folder / "css").mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / "css" / f"{name}.css").write_text(text)
    return folder


def test_a_changed_file_has_another_name(tmp_path: Path) -> None:
    before = Assets.load(written(tmp_path, tokens="a { color: red }")).url(SHEET)

    after = Assets.load(written(tmp_path, tokens="a { color: blue }")).url(SHEET)

    assert re.fullmatch(r"/static/css/kekal\.[0-9a-f]{12}\.css", before)
    assert after != before


def test_a_file_is_found_under_its_own_name_only(assets: Assets) -> None:
    url = assets.url("js/once.js")

    found = assets.find(url)

    assert found is not None
    assert found.body == (STATIC / "js/once.js").read_bytes()
    assert assets.find("/static/js/once.js") is None
    assert assets.find(url + "/../../../pyproject.toml") is None


def test_layers_come_before_components_whatever_they_are_called(tmp_path: Path) -> None:
    folder = written(tmp_path, aside="/*4*/", base="/*3*/", reset="/*2*/", tokens="/*1*/")

    sheet = Assets.load(folder).find(Assets.load(folder).url(SHEET))

    assert sheet is not None
    assert sheet.body == b"/*1*/\n/*2*/\n/*3*/\n/*4*/"


def test_the_stylesheet_names_its_typefaces_by_their_content(assets: Assets) -> None:
    sheet = assets.find(assets.url(SHEET))

    assert sheet is not None
    named = re.findall(r'url\("([^"]+)"\)', sheet.body.decode())
    assert sorted(named) == sorted([assets.url("built/figtree.woff2"), assets.url("built/newsreader.woff2")])


def test_a_stylesheet_that_names_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    folder = written(tmp_path, base='@font-face { src: url("../built/nothing.woff2") }')

    with pytest.raises(Unbuilt, match=r"python -m app\.assets"):
        Assets.load(folder)


def test_each_encoding_unpacks_to_the_same_file(assets: Assets) -> None:
    sheet = assets.find(assets.url(SHEET))

    assert sheet is not None
    assert sheet.br is not None
    assert sheet.gzip is not None
    assert brotli.decompress(sheet.br) == gzip.decompress(sheet.gzip) == sheet.body
    assert sheet.encoded_for("gzip, deflate, br;q=1.0") == (sheet.br, "br")
    assert sheet.encoded_for("gzip") == (sheet.gzip, "gzip")
    assert sheet.encoded_for("br;q=0") == (sheet.body, None)
    assert sheet.encoded_for("") == (sheet.body, None)
    assert "immutable" in FOREVER


def test_a_typeface_is_not_packed_twice(assets: Assets) -> None:
    face = assets.find(assets.url("built/figtree.woff2"))

    assert face is not None
    assert face.encoded_for("br, gzip") == (face.body, None)
    assert face.content_type == "font/woff2"


def test_typefaces_are_small_and_speak_every_european_name(assets: Assets) -> None:
    from io import BytesIO

    from fontTools.ttLib import TTFont

    for name in ("figtree", "newsreader"):
        face = assets.find(assets.url(f"built/{name}.woff2"))
        assert face is not None
        letters = TTFont(BytesIO(face.body)).getBestCmap()

        assert len(face.body) < 90_000
        assert {letter for letter in NAMES if ord(letter) not in letters} == set()


def test_building_again_makes_nothing(assets: Assets) -> None:
    assert build() == []


def test_a_component_fits_in_the_head() -> None:
    long = {file.name for file in STATIC.rglob("*.css") if len(file.read_text().splitlines()) > 150}

    assert long == set()


def test_no_stylesheet_shouts_or_styles_by_id() -> None:
    sheets = "\n".join(file.read_text() for file in STATIC.rglob("*.css"))
    rules = re.sub(r"/\*.*?\*/", "", sheets, flags=re.S)

    assert "!important" not in rules
    assert re.findall(r"(?m)^\s*#[a-z][\w-]*\s*[{,.:]", rules) == []
