export const faceRequest = {
  title: 'Face check',
  asks: '{system} asks you to show your face',
  whom: 'Who is to be checked',
  until: 'Please finish before',
  told: 'They are told the result only. They get no picture of your card or your face.',
  also: 'Once it has passed, you are verified on this platform too.',
  how: 'First both sides of your ID card, then three movements before the camera: about two minutes.',
  begin: 'Begin',
  otherwise: 'You need not show your face: ask them for another way. It does not change your treatment.',
  passed: 'It has passed. Please go back to where you came from.',
  failed: 'It did not pass three times. Please go back to where you came from, and take another way.',
}
