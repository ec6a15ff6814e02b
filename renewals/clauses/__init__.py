"""Clauses: the terms of a contract that act when their day comes, and what came of them."""
