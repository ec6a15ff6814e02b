"""Kind: the words a routing is said in: its parts, the type of opportunity, and the strategy."""

from enum import StrEnum


class Part(StrEnum):
    """What is decided about a renewal before anything else, in this order: a later part may ask for an earlier."""

    SEGMENT = "segment"
    OPPORTUNITY = "opportunity"
    TOUCH = "touch"
    STRATEGY = "strategy"
    OWNER = "owner"

    @property
    def label(self) -> str:
        return self.value.capitalize()


class Opportunity(StrEnum):
    """Source: framework, "Jenis Peluang Menentukan Tindakan"."""

    FLAT = "flat"
    EXPANSION = "expansion"
    AT_RISK = "at_risk"
    EARLY = "early"

    @property
    def label(self) -> str:
        return {"flat": "Flat", "expansion": "Expansion", "at_risk": "At risk", "early": "Early"}[self.value]

    @property
    def motion(self) -> str:
        """How such a renewal is run."""
        return MOTIONS[self]


MOTIONS = {
    Opportunity.FLAT: "Confirm the value and turn it around fast.",
    Opportunity.EXPANSION: "Renewal and growth are one deal.",
    Opportunity.AT_RISK: "Save it first; growth is kept apart.",
    Opportunity.EARLY: "Lock the commitment in; the new term begins where the old one ends.",
}


class Strategy(StrEnum):
    """Source: timeline, "Pembangunan Strategi Renewal"."""

    STREAMLINED_CONFIRMATION = "streamlined_confirmation"
    VALUE_REINFORCEMENT = "value_reinforcement"
    ISSUE_RESOLUTION = "issue_resolution"
    RELATIONSHIP_REBUILD = "relationship_rebuild"
    SAVE_MODE = "save_mode"
    EXPANSION_FOCUS = "expansion_focus"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


class Relationship(StrEnum):
    """How strong our ties to their people are. Unknown is neither strong nor weak."""

    STRONG = "strong"
    MEDIUM = "medium"
    WEAK = "weak"
    UNKNOWN = "unknown"


class Model(StrEnum):
    """Four ways to answer who owns a renewal. Source: framework, "Siapa Yang Memiliki Renewal"."""

    SPECIALIST = "specialist"
    CSM = "csm"
    SALES = "sales"
    HYBRID = "hybrid"

    @property
    def label(self) -> str:
        return {
            "specialist": "Renewal specialists", "csm": "Customer success", "sales": "Sales", "hybrid": "Hybrid",
        }[self.value]


class SalesEngages(StrEnum):
    """When sales comes in."""

    FROM_THE_START = "from_the_start"
    AT_T90 = "at_t90"
    AT_T60 = "at_t60"
    FOR_EXPANSION = "for_expansion"
    NEVER = "never"

    @property
    def label(self) -> str:
        return {
            "from_the_start": "from the start", "at_t90": "90 days before", "at_t60": "60 days before",
            "for_expansion": "for an expansion", "never": "not at all",
        }[self.value]
