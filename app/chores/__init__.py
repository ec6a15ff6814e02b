"""Chores: what the worker does, each a function that may be run twice and does its work once."""
