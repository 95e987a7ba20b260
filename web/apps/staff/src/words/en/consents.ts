import type { consents as zh } from '../zh/consents'

/** What patients agree to, as it is worded; a guardian's paper at the counter; who acts for a patient. */
export const consents: typeof zh = {
  consents: {
    title: 'Consent texts',
    said: 'One text for each purpose. Patients see a new version at once; who signed before keeps the version signed.',
    purposes: {
      face_recognition: 'Face recognition',
      family_help: 'Help by the family',
      health_data: 'Use of health data',
      his_records: 'Reading earlier visits',
      recording: 'Recording of calls',
    },
    platform: 'The platform’s text is in use',
    version: 'Version {version} of your own',
    heading: 'Title',
    headingWrong: 'The title has 2 to 60 characters',
    text: 'Text',
    textWrong: 'The text has 10 to 5000 characters',
    asksAnew: 'It asks for more or something else: patients who agreed are asked again',
    save: 'Save a new version',
    saved: 'Saved; patients see the new version from now on',
  },
  children: {
    title: 'Guardian’s papers',
    said: 'Compare the paper itself: the child’s name, the guardian’s name and the number of the paper.',
    none: 'No child is waiting',
    line: '{name}, {number}',
    papers: { birth_certificate: 'Birth certificate', household_register: 'Household register', custody_order: 'Custody order' },
    paper: '{kind} {number}',
    confirm: 'The paper is good',
    confirmOf: 'The paper is good ({name})',
    done: 'The guardian of {name} is confirmed',
  },
  acting: { by: '{name} of the family acts for the patient' },
}
