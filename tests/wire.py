"""Wire: to programs on this machine. There is no certificate to check, and reading all that there are costs ten times
what a call does."""

from functools import partial

import httpx

local = partial(httpx.Client, verify=False, trust_env=False)
"""A browser of one's own."""
wire = local(timeout=60)
"""For whoever only asks."""
