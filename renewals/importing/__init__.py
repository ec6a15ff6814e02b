"""Importing: the book of business going in, from files or over the API, whole or not at all."""

from renewals.importing.book import Book
from renewals.importing.record import BookImport
from renewals.importing.rejection import Rejected, Rejection, Warned
from renewals.importing.sheet import Sheet

__all__ = ["Book", "BookImport", "Rejected", "Rejection", "Sheet", "Warned"]
