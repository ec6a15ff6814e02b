"""Routing: which kind of renewal it is, how much of it is done by hand, and who runs it; each by the first rule that
fits, or by a person with a reason."""
