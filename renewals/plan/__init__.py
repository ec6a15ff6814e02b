"""Plan: what is to happen before a term ends, by whom and on which day, and what has happened of it."""
