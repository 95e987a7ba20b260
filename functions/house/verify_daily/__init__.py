"""Each night every chain of seals is verified; an alarm rings when something is not as it was sealed."""
