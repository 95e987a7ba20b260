"""The far ends of the payment channels, and where their callbacks arrive."""
