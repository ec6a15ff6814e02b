"""A static file as the browser gets it: named by its content, ready in each encoding, good for ever.

`python -m app.assets` makes the two typefaces in `static/built/` (some seconds; nothing when up to date).
"""

import gzip
import hashlib
import os
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import brotli
import fontpkg_figtree
import fontpkg_newsreader

STATIC = Path(__file__).resolve().parent.parent / "static"
FOREVER = "public, max-age=31536000, immutable"
SHEET = "css/kekal.css"
"""The one stylesheet that pages link: every file of `css/`, in the order of `LAYERS`."""
LAYERS = ("css/tokens.css", "css/reset.css", "css/base.css", "css/layout.css")
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
    ".woff2": "font/woff2",
}
TYPEFACES = {
    "newsreader": fontpkg_newsreader.ROOT / "files" / "Newsreader[opsz,wght].ttf",
    "figtree": fontpkg_figtree.ROOT / "files" / "Figtree[wght].ttf",
}
Limits = Mapping[str, float | tuple[float, float]]
LIMITS: dict[str, Limits] = {
    "newsreader": {"wght": (400, 600), "opsz": (18, 60)},
    "figtree": {"wght": (400, 700)},
}
LETTERS = (
    *range(0x0020, 0x007F),  # Latin
    *range(0x00A0, 0x0180),  # Latin-1 and Extended-A: every European and Malay name
    *(0x0218, 0x0219, 0x021A, 0x021B, 0x1E9E),  # Romanian, and the German capital sharp s
    *(0x2010, 0x2011, 0x2013, 0x2014, 0x2022, 0x2026, 0x2039, 0x203A),  # hyphens, dashes, dots
    *(0x2018, 0x2019, 0x201A, 0x201C, 0x201D, 0x201E),  # quotation marks
    *(0x20AC, 0x20B9, 0x2190, 0x2192, 0x2197, 0x2212, 0x00D7, 0x2264, 0x2265),
)

FEATURES = ["kern", "liga", "ccmp", "locl", "mark", "tnum", "rvrn"]


class Unbuilt(Exception):
    """A stylesheet names a file that is not there, most often a typeface nobody has built yet."""


@dataclass(frozen=True)
class Asset:
    """One file. `br` and `gzip` are None where packing gains nothing (typefaces are packed already)."""

    url: str
    content_type: str
    body: bytes
    br: bytes | None
    gzip: bytes | None
    etag: str

    @classmethod
    def of(cls, path: str, body: bytes) -> "Asset":
        digest = hashlib.sha256(body).hexdigest()[:12]
        stem, suffix = posixpath.splitext(path)
        packs = suffix != ".woff2"
        return cls(
            url=f"/static/{stem}.{digest}{suffix}",
            content_type=TYPES[suffix],
            body=body,
            br=brotli.compress(body, quality=11) if packs else None,
            gzip=gzip.compress(body, compresslevel=9, mtime=0) if packs else None,
            etag=f'"{digest}"',
        )

    def encoded_for(self, accepts: str) -> tuple[bytes, str | None]:
        """The bytes to send and their Content-Encoding, given the request's Accept-Encoding."""
        offers = set(_accepted(accepts))
        if self.br is not None and "br" in offers:
            return self.br, "br"
        if self.gzip is not None and "gzip" in offers:
            return self.gzip, "gzip"
        return self.body, None


class Assets:
    """All static files, in memory. A page asks `url`, the route asks `find`."""

    def __init__(self, assets: Mapping[str, Asset]) -> None:
        self._by_path = dict(assets)
        self._by_url = {asset.url: asset for asset in assets.values()}

    @classmethod
    def load(cls, folder: Path = STATIC) -> "Assets":
        """Raises: Unbuilt if a stylesheet names a file that is missing."""
        files = {path: (folder / path).read_bytes() for path in _paths(folder)}
        sheets = {path: files.pop(path) for path in list(files) if path.endswith(".css")}
        assets = {path: Asset.of(path, body) for path, body in files.items()}
        text = b"\n".join(_linked(path, sheets[path], assets) for path in _in_order(sheets))
        return cls({**assets, SHEET: Asset.of(SHEET, text)})

    def url(self, path: str) -> str:
        return self._by_path[path].url

    def find(self, path: str) -> Asset | None:
        """Units: `path` is the request's whole path, "/static/css/kekal.<hash>.css"."""
        return self._by_url.get(path)


def _accepted(accepts: str) -> Iterator[str]:
    """The encodings a browser takes; `q=0` means that it does not."""
    for part in accepts.lower().split(","):
        name, _, quality = part.partition(";")
        if quality.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000"):
            yield name.strip()


def _paths(folder: Path) -> Iterator[str]:
    for file in sorted(folder.rglob("*")):
        if file.suffix in TYPES:
            yield file.relative_to(folder).as_posix()


def _in_order(sheets: Mapping[str, bytes]) -> list[str]:
    first = [path for path in LAYERS if path in sheets]
    return first + sorted(path for path in sheets if path not in LAYERS)


def _linked(path: str, sheet: bytes, assets: Mapping[str, Asset]) -> bytes:
    """The sheet with each `url(...)` pointing to the hashed name of the file it meant."""

    def hashed(match: re.Match[str]) -> str:
        meant = posixpath.normpath(posixpath.join(posixpath.dirname(path), match[1]))
        if meant not in assets:
            raise Unbuilt(f"{path} names {meant}, which is not there. Run `python -m app.assets` first.")
        return f'url("{assets[meant].url}")'

    return re.sub(r'url\("([^"]+)"\)', hashed, sheet.decode()).encode()


def build(folder: Path = STATIC / "built") -> list[Path]:
    """Makes the typefaces that are missing or older than their source or this file; returns those made.

    Several processes may build at once: each makes its own file and the last one stays.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return [target for name in TYPEFACES if (target := _typeface(name, folder)) is not None]


def _typeface(name: str, folder: Path) -> Path | None:
    target, stamp = folder / f"{name}.woff2", folder / f"{name}.stamp"
    made_from = _fingerprint(name)
    if target.exists() and stamp.exists() and stamp.read_text() == made_from:
        return None
    _subset(TYPEFACES[name], LIMITS[name], target)
    stamp.write_text(made_from)
    return target


def _fingerprint(name: str) -> str:
    recipe = f"{LETTERS}{LIMITS[name]}".encode()
    return hashlib.sha256(TYPEFACES[name].read_bytes() + recipe).hexdigest()


def _subset(source: Path, limits: Limits, target: Path) -> None:
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    font: Any = TTFont(source)
    subsetter = Subsetter(Options(layout_features=FEATURES, hinting=False))
    subsetter.populate(unicodes=LETTERS)
    subsetter.subset(font)
    font = instantiateVariableFont(font, dict(limits))
    font.flavor = "woff2"
    part = target.with_suffix(f".{os.getpid()}.part")
    font.save(part)
    part.replace(target)


if __name__ == "__main__":
    for made in build():
        print(f"{made.name}: {made.stat().st_size // 1024} KB")
