"""The demo's book of business: CSV files as a vendor would bring them, and what they were written from."""
