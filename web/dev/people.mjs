/** Invented people and things to look at: lists of 0, 1 and 2,000 rows, every state of a visit. */
const SURNAMES = [...'王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗']
const GIVEN = [
  '秀兰',
  '建国',
  '丽华',
  '志强',
  '雨桐',
  '子轩',
  '桂英',
  '国栋',
  '晓燕',
  '文博',
  '思远',
  '敏',
  '涛',
  '静',
  '伟',
]
export const DEPARTMENTS = [
  ['respiratory', '呼吸内科'],
  ['cardiology', '心血管内科'],
  ['general', '全科医学科'],
  ['gastro', '消化内科'],
  ['endocrine', '内分泌科'],
  ['dermatology', '皮肤科'],
  ['paediatrics', '儿科'],
]
const TITLES = ['主任医师', '副主任医师', '主治医师', '住院医师']
const ABOUT = [
  '擅长慢性咳嗽、支气管哮喘、慢阻肺的诊治和长期管理，说话慢，讲得细。',
  '从事临床工作二十余年，擅长高血压、冠心病、心律失常的用药调整。',
  '擅长常见病、多发病以及多种慢病一起管理，适合不知道看哪一科的朋友。',
  '擅长胃食管反流、慢性胃炎、肠易激综合征。',
]

export const nameOf = (n) => SURNAMES[n % SURNAMES.length] + GIVEN[(n * 7 + Math.floor(n / 20)) % GIVEN.length]

export const doctors = Array.from({ length: 2000 }, (_, n) => ({
  id: `prr_${String(n).padStart(6, '0')}`,
  name: nameOf(n + 3),
  title: TITLES[n % 4],
  department: DEPARTMENTS[n % 7][1],
  organisation_id: 'org_1',
  organisation_name: '江城市第一人民医院',
  introduction: ABOUT[n % 4],
}))

export const patients = [
  { phone: '13800000001', name: '王秀兰' },
  { phone: '13800000002', name: null },
  { phone: '13800000003', name: '李建国' },
]

export const faqs = [
  ['图文问诊要等多久？', '医生一般在当天答复。页面会显示最晚答复时间，到时没有答复，申请会自动过期。'],
  ['可以给家人问诊吗？', '可以。申请时写家人的真实姓名，把家人的情况写清楚。'],
  ['急症可以在这里看吗？', '不可以。胸痛、呼吸困难、大出血、意识不清，请马上拨打 120 或去最近的急诊。'],
]

export const profile = {
  name: '江城市第一人民医院互联网医院',
  introduction: '三级甲等综合医院，三十二个科室的医生在线上接诊复诊和咨询。\n每天 8:00 – 22:00 有医生值班。',
  address: '江城市滨江区健康路 18 号',
  phone: '027-8888 1234',
}

export const notice = {
  title: '图文问诊须知',
  text: '一、图文问诊适合病情平稳的咨询和复诊，不能代替面对面的诊治。\n二、急症、重症请马上拨打 120 或去最近的急诊。\n三、请如实描述病情，提供真实的就诊人姓名。\n四、医生的答复供您参考，病情变化请及时去医院。\n五、您的资料只用于本次诊疗，依法保密。',
  applies_to: 'text_consultation',
}

const LINES = [
  ['p', '医生您好，我咳嗽三天了，晚上更厉害。'],
  ['d', '您好，我是您的接诊医生。有没有发烧？痰是什么颜色？'],
  ['p', '没有发烧，痰是白色的，不多。'],
  ['d', '以前有过敏或者哮喘吗？最近有没有换过环境、接触过猫狗？'],
  ['p', '有过敏性鼻炎，上周刚搬到新装修的房子。'],
  ['d', '明白了。先开窗通风，晚上把枕头垫高一点，多喝温水。如果出现气喘或者发烧，请马上去医院拍个胸片。'],
  ['p', '好的，谢谢医生！'],
]

export function linesOf(count) {
  return Array.from({ length: count }, (_, n) => {
    const [by, text] = LINES[n % LINES.length]
    return { by, text: n < LINES.length ? text : `${text}（${n + 1}）` }
  })
}
