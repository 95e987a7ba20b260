export const pastVisits = {
  title: '过往就诊',
  row: '过往就诊',
  years: '看多久以前的',
  within: { y1: '近一年', y3: '近三年', y10: '近十年' },
  none: '这段时间没有就诊记录',
  noneSaid: '在医院看过病以后，会显示在这里。更早的可以换个时间看。',
  doctor: '{name} 医生',
  diagnoses: '诊断',
  number: '就诊号 {number}',
  source: '来自医院内部系统。有出入请到医院病案室核对。',
}
