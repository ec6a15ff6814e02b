"""The arithmetic of a renewal: pure functions on frozen values, with no database, no clock and no float."""
