"""The windows: one file for each outside party, met over its real protocol."""
