"""Worth: what a year was worth, in a reader's language; "" is what is not known."""

from app.html import Language
from renewals.value import ValueStory


def hours_saved(story: ValueStory, said: Language) -> str:
    if story.hours is None:
        return ""
    count = int(story.hours.amount)
    return said.words.ngettext("%(num)s hour", "%(num)s hours", count) % {"num": said.number(count)}


def worth(story: ValueStory, said: Language) -> str:
    return said.money_short(story.worth) if story.worth else ""


def sentence(story: ValueStory, vendor: str, said: Language) -> str:
    """With money only where it is known."""
    _ = said.words.gettext
    told = {"vendor": vendor, "hours": hours_saved(story, said), "worth": worth(story, said)}
    if told["worth"] and told["hours"]:
        return _("This year %(vendor)s saved your team an estimated %(hours)s, worth about %(worth)s.") % told
    return _("This year %(vendor)s saved your team an estimated %(hours)s.") % told if told["hours"] else ""
