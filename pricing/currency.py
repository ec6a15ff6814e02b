"""A currency is an ISO 4217 code and the number of decimals its minor unit has."""


class UnknownCurrency(ValueError):
    """The code is not an active ISO 4217 currency with 0, 2 or 3 decimals."""


_NONE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"
_TWO = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY
    COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF
    IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR
    MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG
    SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES
    WST XCD XCG YER ZAR ZMW ZWG
"""

DECIMALS: dict[str, int] = {
    **dict.fromkeys(_NONE.split(), 0),
    **dict.fromkeys(_TWO.split(), 2),
    **dict.fromkeys(_THREE.split(), 3),
}
"""Source: ISO 4217, list one, 2026; without its accounting units, funds and metals."""


def decimals(code: str) -> int:
    """How many decimals an amount of this currency has: 0, 2 or 3."""
    try:
        return DECIMALS[code]
    except (KeyError, TypeError):
        raise UnknownCurrency(
            f"{code!r} is no currency Kekal knows; write an ISO 4217 code, such as USD."
        ) from None


def coin(code: str) -> int:
    """The smallest sum that can be charged, in minor units: cards of three-decimal currencies know two decimals.

    Source: Stripe's documentation, "Three-decimal currencies".
    """
    return 10 if decimals(code) == 3 else 1
