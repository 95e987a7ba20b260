import { wordsOf } from '@yunzhen/ui'

export const { t } = wordsOf({
  zh: {
    title: '通话组件',
    said: '这里只装了通话组件，换了颜色和按钮。先登录患者端，再请医生呼叫，这里就会响铃。',
    pressed: '按过：{acts}',
  },
  en: {
    title: 'Call component',
    said: 'The call component alone, in other colours and with fewer buttons. Sign in as a patient, have a doctor call, and it rings here.',
    pressed: 'Pressed: {acts}',
  },
})
