"""The whole house in a real browser: the demo as anybody starts it, met only by its published addresses."""
