export const calls = {
  calls: {
    invite: '邀请',
    inviteTitle: '邀请同事加入通话',
    inviteSaid: '同事只加入这次通话，看不到病历和对话内容。',
    inviteNow: '呼叫',
    checked: '检查完了',
  },
}
