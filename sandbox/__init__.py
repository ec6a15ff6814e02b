"""The Stripe stand-in: a small program on its own port that behaves like Stripe and moves no money."""
