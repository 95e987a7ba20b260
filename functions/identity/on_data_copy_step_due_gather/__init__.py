"""What the hospital keeps of a person is gathered, a section a step, each put into the bucket before the next begins: a
step that is cut off is done again. The last step packs them into one ZIP, with a page to read. Rules: PIPL-CONSENT.
"""
