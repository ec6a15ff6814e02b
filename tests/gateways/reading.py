"""How a test reads a PDF: its text, its pages, its structure."""

from io import BytesIO

from pypdf import PageObject, PdfReader


def text_of(paper: bytes) -> str:
    """The text as a reader copies it, in one line."""
    pages = (page.extract_text() for page in PdfReader(BytesIO(paper)).pages)
    return " ".join(" ".join(pages).replace("\N{ZERO WIDTH SPACE}", "").split())


def pages_of(paper: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(paper)).pages]


def furthest_right(page: PageObject) -> float:
    """Where the last piece of text on a page begins. Units: points."""
    starts: list[float] = []
    page.extract_text(visitor_text=lambda text, cm, tm, *_: starts.append(tm[4] if text.strip() else 0.0))
    return max(starts)


def kinds_of(node: object) -> list[str]:
    """The kind of every element below a structure node."""
    found = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(found, list):
        return [kind for part in found for kind in kinds_of(part)]
    if not isinstance(found, dict):
        return []
    return [*([str(found["/S"])] if "/S" in found else []), *kinds_of(found.get("/K"))]
