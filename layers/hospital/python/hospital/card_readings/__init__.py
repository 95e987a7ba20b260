"""What was read from photographs of identity cards, for as long as its owner needs it to show who they are."""
