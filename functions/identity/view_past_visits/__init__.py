"""A patient reads when they were at the hospital before, as its own system holds it: where, whom they saw, what was
found. Only who has shown who they are, and only their own file; a system that does not answer is said to be away, never
to be empty. The evidence that a follow-up visit asks for (rule VISIT-FOLLOWUP-ONLY) will be read the same way."""
