import { wordsOf } from '@yunzhen/ui'

/** Words of what only the local hospital shows. */
export const { t: tLocal } = wordsOf({
  zh: {
    title: '演示账号',
    said: '只在本机试用时出现。选一位，再取短信里的验证码。',
    inbox: '短信收件箱',
    waiting: '获取验证码后，短信会出现在这里。',
    fill: '填入 {code}',
    failed: '演示账号没有读出来。',
    people: '虚构的居民',
    peopleSaid: '只在本机试用时出现。登记册里有这些人，选一位试试。',
  },
  en: {
    title: 'Demo accounts',
    said: 'Only on a local trial. Choose a person, then take the code from the text message.',
    inbox: 'Text messages',
    waiting: 'The text message appears here once a code was sent.',
    fill: 'Fill in {code}',
    failed: 'The demo accounts could not be read.',
    people: 'Made-up people',
    peopleSaid: 'Only on a local trial. The register knows them; choose one to try.',
  },
})
