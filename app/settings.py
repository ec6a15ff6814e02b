"""Settings: everything the environment decides, read once and checked together."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

DEMO_KEY = "demo-only-secret-key-never-for-production"
NUMBERS = {"proxies": "KEKAL_PROXIES", "port": "KEKAL_PORT", "processes": "KEKAL_PROCESSES"}
DEMO_MARKS = ("demo", "change-me", "secret-key", "example")


class Misconfigured(Exception):
    """The environment can not be used; the message names every fault at once."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Units: addresses are complete URLs without a trailing slash; `proxies` counts those of our own in front."""

    mode: str
    database_url: str
    public_url: str
    secret_key: str
    stripe_key: str
    stripe_webhook_secret: str
    stripe_base: str | None
    smtp_url: str
    mail_from: str
    proxies: int = 0
    host: str = "127.0.0.1"
    port: int = 8000
    processes: int = 1

    @property
    def is_production(self) -> bool:
        return self.mode == "production"

    @property
    def is_demo(self) -> bool:
        return self.mode == "demo"

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> "Settings":
        """Raises: Misconfigured, one sentence for each fault."""
        numbers = {field: environment[name] for field, name in NUMBERS.items() if environment.get(name)}
        settings = cls(
            mode=environment.get("KEKAL_MODE", "production"),
            database_url=environment.get("KEKAL_DATABASE_URL", ""),
            public_url=environment.get("KEKAL_PUBLIC_URL", "").rstrip("/"),
            secret_key=environment.get("KEKAL_SECRET_KEY", ""),
            stripe_key=environment.get("STRIPE_SECRET_KEY", ""),
            stripe_webhook_secret=environment.get("STRIPE_WEBHOOK_SECRET", ""),
            stripe_base=environment.get("STRIPE_API_BASE") or None,
            smtp_url=environment.get("KEKAL_SMTP_URL", ""),
            mail_from=environment.get("KEKAL_MAIL_FROM", "renewals@localhost"),
            host=environment.get("KEKAL_HOST") or "127.0.0.1",
            **{field: int(text) for field, text in numbers.items() if text.isdecimal()},
        )
        odd = [f"{NUMBERS[field]} must be a whole number." for field, text in numbers.items() if not text.isdecimal()]
        if faults := settings.faults() + odd:
            raise Misconfigured("Kekal can not start:\n- " + "\n- ".join(faults))
        return settings

    def faults(self) -> list[str]:
        """Every reason not to start, as sentences."""
        missing = [f"{name} is missing." for name, value in self._required().items() if not value]
        if self.mode not in ("demo", "production"):
            missing.append(f"KEKAL_MODE is {self.mode!r}; it must be demo or production.")
        return missing + (self._unsafe() if self.is_production else self._not_a_demo())

    def _required(self) -> dict[str, str]:
        return {
            "KEKAL_DATABASE_URL": self.database_url,
            "KEKAL_PUBLIC_URL": self.public_url,
            "KEKAL_SECRET_KEY": self.secret_key,
            "STRIPE_SECRET_KEY": self.stripe_key,
            "STRIPE_WEBHOOK_SECRET": self.stripe_webhook_secret,
            "KEKAL_SMTP_URL": self.smtp_url,
        }

    def _unsafe(self) -> list[str]:
        faults = []
        if self.secret_key and (len(self.secret_key) < 32 or any(m in self.secret_key for m in DEMO_MARKS)):
            faults.append("KEKAL_SECRET_KEY is a demo key or shorter than 32 characters.")
        if self.secret_key and len(set(self.secret_key)) < 12:
            faults.append("KEKAL_SECRET_KEY is not random; make one with `openssl rand -base64 36`.")
        if self.stripe_key and not self.stripe_key.startswith(("sk_", "rk_")):
            faults.append("STRIPE_SECRET_KEY is no key of Stripe's; it begins with sk_ or rk_.")
        if self.stripe_webhook_secret and not self.stripe_webhook_secret.startswith("whsec_"):
            faults.append("STRIPE_WEBHOOK_SECRET is no secret of Stripe's; it begins with whsec_.")
        if "sandbox" in self.stripe_key or "demo" in self.stripe_webhook_secret:
            faults.append("The Stripe keys are the sandbox's; production needs your own.")
        if self.stripe_base and not _is_stripe(self.stripe_base):
            faults.append("STRIPE_API_BASE does not lead to Stripe; a production key must not be sent there.")
        if self.public_url and not self.public_url.startswith("https://"):
            faults.append("KEKAL_PUBLIC_URL must begin with https:// in production.")
        return faults

    def _not_a_demo(self) -> list[str]:
        if self.is_demo and "_live_" in self.stripe_key:
            return ["STRIPE_SECRET_KEY is a live key; a demo never moves real money."]
        return []


def _is_stripe(address: str) -> bool:
    parts = urlsplit(address)
    host = parts.hostname or ""
    return parts.scheme == "https" and (host == "stripe.com" or host.endswith(".stripe.com"))
