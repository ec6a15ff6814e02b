"""What each object of Stripe's looks like when it is new, field by field."""
