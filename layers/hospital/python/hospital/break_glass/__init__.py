"""Rule BREAK-GLASS: a doctor opens a record without a care relation, in an emergency, with a reason, for an hour."""
