"""Touch: how much of a renewal is done by hand."""

from enum import StrEnum


class Touch(StrEnum):
    """Source: framework, "Padankan Touch Model Anda Dengan Realiti"."""

    AUTO = "auto"
    ASSISTED = "assisted"
    NEGOTIATED = "negotiated"

    @property
    def label(self) -> str:
        return self.value.capitalize()
