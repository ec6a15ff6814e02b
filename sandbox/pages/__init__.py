"""The pages of the sandbox: checkout, the bank, the hosted invoice. They work without JavaScript."""
