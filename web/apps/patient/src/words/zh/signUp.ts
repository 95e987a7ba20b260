export const signUp = {
  title: '注册',
  row: '还没有账号？注册',
  said: '用手机号建立账号。',
  name: '姓名',
  nameWrong: '请填写姓名，至少两个字。',
  submit: '注册',
  done: '注册成功',
  signIn: '用这个验证码登录',
}
