export const recordOpenings = {
  title: '谁查阅过我的记录',
  row: '谁查阅过我的记录',
  said: '下面的医生没有为您看诊，因紧急情况查阅过您的就诊记录。每次都由医院的隐私专员复核。',
  none: '没有人紧急查阅过您的记录',
  noneSaid: '只有为您看诊的医生能看您的记录。紧急情况下的查阅会显示在这里，并用短信告诉您。',
  reasons: {
    life_in_danger: '当时有生命危险',
    cannot_answer: '当时您无法回答医生的询问',
    severe_reaction: '当时有严重药物反应',
    taken_over: '当时接手急症，联系不上原医生',
  },
  waits: '复核中',
  verdicts: { justified: '复核结果：理由成立', not_justified: '复核结果：理由不成立，医院会处理' },
  when: '{from} 至 {to}',
  question: '有疑问请联系医院。',
}
