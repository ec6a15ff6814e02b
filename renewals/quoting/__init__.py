"""Quoting: a negotiated renewal: what is quoted, who must approve it, and what both sides say about it."""
