export const signUp = {
  title: 'Sign up',
  row: 'No account yet? Sign up',
  said: 'Make an account with your phone number.',
  name: 'Name',
  nameWrong: 'Please enter your name, at least two characters.',
  submit: 'Sign up',
  done: 'Your account is ready',
  signIn: 'Sign in with this code',
}
