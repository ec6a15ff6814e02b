"""Every record there is, in one import: what the migrations and the tests compare the database with."""

from app.apitoken import ApiToken, KeptAnswer
from app.quota import Quota
from app.session import Link, SignIn, WebSession
from renewals.acceptance import Acceptance
from renewals.account import Account, Card, Consent
from renewals.activity import Activity
from renewals.addition import Addition
from renewals.base import Record
from renewals.billing import BillingDetails
from renewals.bulk import Bulk, BulkPart
from renewals.clock import Clock
from renewals.event import Event
from renewals.feed import Feed
from renewals.importing import BookImport
from renewals.inbox import Inbox
from renewals.instalment import Instalment
from renewals.message import Message
from renewals.notice import Notice
from renewals.objection import Objection
from renewals.offer import Approval, Offer
from renewals.pace import Pace
from renewals.paper import Agreement, Document, Invoice
from renewals.payment import Payment
from renewals.person import Person
from renewals.plan.action import Action
from renewals.plan.milestone import Milestone
from renewals.plan.plan import Plan
from renewals.plan.step import Step
from renewals.plan.sweep import Sweep
from renewals.plan.task import Task
from renewals.policy import Policy
from renewals.quoting.concession import Concession
from renewals.quoting.delegation import Delegation
from renewals.quoting.envelope import EnvelopeGrant
from renewals.quoting.guest_link import GuestLink
from renewals.quoting.preliminary import PreliminaryTerms
from renewals.quoting.quote import Quote
from renewals.quoting.remark import Remark
from renewals.quoting.review import Review
from renewals.reading import HealthReading
from renewals.renewal import Renewal
from renewals.routing.routing import Routing
from renewals.routing.team import TeamMember
from renewals.seal import Anchor, Seal
from renewals.snooze import Snooze
from renewals.stake import Stake
from renewals.subscription import Line, Subscription, Term
from renewals.value import Figure, Usage

ALL = (
    Acceptance, Account, Action, Activity, Addition, Agreement, Anchor, ApiToken, Approval, BillingDetails, BookImport,
    Bulk, BulkPart, Card, Clock, Concession, Consent, Delegation, Document, EnvelopeGrant, Event, Feed, Figure,
    GuestLink, HealthReading, Inbox, Instalment, Invoice, KeptAnswer, Line, Link, Message, Milestone, Notice,
    Objection, Offer, Pace, Payment, Person, Plan, Policy, PreliminaryTerms, Quota, Quote, Remark, Renewal, Review,
    Routing, Seal, SignIn, Snooze, Stake, Step, Subscription, Sweep, Task, TeamMember, Term, Usage, WebSession,
)
METADATA = Record.metadata
