"""Stripe's objects, one noun a file, each with its verbs and its states."""
