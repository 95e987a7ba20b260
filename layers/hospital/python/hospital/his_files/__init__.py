"""A person's file in the hospital's own system (HIS), and how they keep the cards it holds for them."""
