"""Amounts as Stripe takes them: whole minor units of a currency it knows.

Source: Stripe, "Supported currencies": zero-decimal ones in whole units, three-decimal ones rounded to ten.
"""

from sandbox.errors import Invalid


def _codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


THREE_DECIMALS = frozenset({"bhd", "jod", "kwd", "omr", "tnd"})
ZERO_DECIMALS = _codes("bif clp djf gnf jpy kmf krw mga pyg rwf ugx vnd vuv xaf xof xpf")
TWO_DECIMALS = _codes(
    "aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob brl bsd bwp byn bzd cad cdf chf cny cop "
    "crc cve czk dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gtq gyd hkd hnl htg huf idr ils inr isk jmd kes "
    "kgs khr kyd kzt lak lbp lkr lrd lsl mad mdl mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd "
    "pab pen pgk php pkr pln qar ron rsd rub sar sbd scr sek sgd shp sle sos srd std szl thb tjs top try ttd twd "
    "tzs uah usd uyu uzs wst xcd yer zar zmw"
)
_MOST = 99_999_999


def known(currency: str, param: str = "currency") -> str:
    """In lower case. Raises: Invalid for a currency Stripe does not take."""
    lower = currency.lower()
    if lower not in ZERO_DECIMALS | TWO_DECIMALS | THREE_DECIMALS:
        raise Invalid(f"Invalid currency: {lower}", param=param)
    return lower


def payable(amount: int, currency: str, param: str = "amount") -> int:
    """Raises: Invalid for nothing, too much, or a three-decimal amount that does not end in 0."""
    if amount < 1:
        message = "This value must be greater than or equal to 1."
        raise Invalid(message, code="parameter_invalid_integer", param=param)
    if amount > _MOST:
        raise Invalid("Amount must be no more than 99999999.", code="amount_too_large", param=param)
    if currency in THREE_DECIMALS and amount % 10:
        raise Invalid(f"Invalid amount: in {currency} the last digit must be 0.", param=param)
    return amount


def written(amount: int, currency: str) -> str:
    """For people: USD 8,640.00."""
    places = 0 if currency in ZERO_DECIMALS else 3 if currency in THREE_DECIMALS else 2
    whole, part = divmod(abs(amount), 10**places)
    fraction = f".{part:0{places}}" if places else ""
    return f"{'-' if amount < 0 else ''}{currency.upper()} {whole:,}{fraction}"
