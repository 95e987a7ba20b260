"""What a measurement of the hospital's own comparison of faces said: the last one of this deployment."""
