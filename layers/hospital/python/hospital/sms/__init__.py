"""Sms: messages that leave the house, each with its way from the request to the receipt of whoever delivered it."""
