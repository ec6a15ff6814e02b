"""An invoice as the plainest PDF there is: one page, one font, no library."""

from sandbox.book import Document
from sandbox.currency import written

_HEAD = b"%PDF-1.4\n"
_FONTS = b"<< /Font << /F1 5 0 R >> >>"


def print_invoice(invoice: Document) -> bytes:
    money = invoice["currency"]
    lines = [
        "Sandbox: no money moves",
        "",
        f"Invoice {invoice['number']}",
        f"To: {invoice['customer_name'] or invoice['customer']}",
        "",
        *(f"{line['description'] or 'Item'}: {written(line['amount'], money)}" for line in invoice["lines"]["data"]),
        "",
        f"Total {written(invoice['total'], money)}",
        f"Paid {written(invoice['amount_paid'], money)}",
        f"Due {written(invoice['amount_remaining'], money)}",
        f"Status {invoice['status']}",
    ]
    return _file(_objects(lines))


def _objects(lines: list[str]) -> list[bytes]:
    content = "BT /F1 11 Tf 16 TL 60 780 Td " + " ".join(f"({_escaped(line)}) '" for line in lines) + " ET"
    stream = content.encode("cp1252", "replace")
    return [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources %s >>" % _FONTS,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]


def _file(objects: list[bytes]) -> bytes:
    """The objects, the table of where each begins, and the trailer."""
    body, places = _HEAD, []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    end = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(body))
    return body + b"xref\n0 %d\n0000000000 65535 f \n" % size + table + end


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
