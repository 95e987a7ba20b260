"""People: a `Person` is an account, platform-wide; a `Patient` that person's file at one organisation; a
`PractitionerRole` ties a member of staff to an organisation."""
