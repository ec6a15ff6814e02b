"""The demo: everything at once, with a company to play with; absent in production."""
