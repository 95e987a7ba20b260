export const callPage = {
  title: '通话',
  said: '医生呼叫时，这一页会响铃。医生呼叫过您以后，您也可以回拨。',
  closed: '这次问诊已经结束，不能再通话。',
  keep: '等待时请不要关闭这一页。',
}
