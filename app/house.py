"""House: the wires of one process: settings, database, templates, windows to the outside."""

from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace

from app import jobs, logs
from app.assets import Assets
from app.html import Html
from app.keys import Keys
from app.locale import Catalogue
from app.settings import Settings
from app.transaction import Database
from app.vendor import Vendors
from gateways.document import Papers
from gateways.mail import Mail
from gateways.stripe import Stripe


@dataclass(frozen=True)
class Furniture:
    """What is read from files and is the same for every house of this process."""

    assets: Assets
    html: Html
    papers: Papers
    locales: tuple[str, ...]


@cache
def furniture() -> Furniture:
    """Raises: Unbuilt."""
    assets, catalogue = Assets.load(), Catalogue.load()
    html = Html(assets, catalogue)
    return Furniture(assets, html, Papers(html.language), tuple(catalogue.locales))


@dataclass(frozen=True)
class House:
    """Made once at start; safe to share between threads."""

    settings: Settings
    database: Database
    vendors: Vendors
    html: Html
    assets: Assets
    keys: Keys
    stripe: Stripe
    mail: Mail
    papers: Papers
    locales: tuple[str, ...]

    @classmethod
    def build(cls, settings: Settings, *, pool: int | None = None) -> "House":
        logs.configure()
        known, options = furniture(), {"pool": pool} if pool else {}
        database = Database(settings.database_url, jobs.follow, **options)
        return cls(
            settings=settings,
            database=database,
            vendors=Vendors(database),
            html=known.html,
            assets=known.assets,
            keys=Keys(settings.secret_key),
            stripe=Stripe(settings.stripe_key, settings.stripe_webhook_secret, settings.stripe_base),
            mail=Mail(settings.smtp_url, settings.mail_from),
            papers=known.papers,
            locales=known.locales,
        )

    def cookie_name(self, name: str) -> str:
        """In production a cookie is bound to this very host and to https."""
        return f"__Host-kekal_{name}" if self.settings.is_production else f"kekal_{name}"

    @property
    def vendor(self) -> SimpleNamespace:
        """The company whose portal this is, as its policy says."""
        return self.vendors.now()

    def close(self) -> None:
        self.database.close()
        self.stripe.close()
