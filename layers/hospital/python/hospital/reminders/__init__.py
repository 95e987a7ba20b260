"""Reminders: an absent person hears once, by a short line without content, that something waits for them; the choices
they made about it; the browsers that show it."""
