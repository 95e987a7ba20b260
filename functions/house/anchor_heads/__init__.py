"""Each day the head of every chain of seals is put where nobody can change it before its date."""
