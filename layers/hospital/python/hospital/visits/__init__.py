"""Visits (问诊; FHIR Encounter): a patient asks, a doctor answers. Now the text consultation, later its siblings."""
