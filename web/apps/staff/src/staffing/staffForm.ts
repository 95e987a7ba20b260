import type { NewStaff, StaffContent, StaffDetail } from '@yunzhen/client'

import type { FormField } from '../reference/schema'
import { t } from '../words'

/** Whom an organisation takes on. */
export const ROLES: NewStaff['role'][] = ['doctor', 'nurse', 'pharmacist', 'clerk', 'org_admin', 'auditor']
const PHONE = '^\\+?[0-9][0-9 -]{5,18}[0-9]$'
const ACCOUNT = '^[A-Za-z0-9._@-]+$'

export const isPhone = (text: string) => new RegExp(PHONE).test(text.trim())

type Rules = FormField['rules']

/** What is written of a member of staff; role and account of a new one alone, and leave of one who is there. */
export function staffFields(member: StaffDetail | null, departments: Record<string, string>): FormField[] {
  const written = member ? [] : [choice('role', saidRoles(), true), text('account', { minLength: 3, maxLength: 60, pattern: ACCOUNT }, true)]
  const leave: FormField[] = member ? [{ ...text('on_leave'), widget: 'switch', hint: t('staffing.onLeaveSaid') }] : []
  const phone = text('phone', { maxLength: 20, pattern: PHONE })
  const kept = member?.phone_masked ? { hint: t('staffing.phoneStays', { phone: member.phone_masked }) } : {}
  return [
    text('name', { minLength: 2, maxLength: 40 }, true),
    ...written,
    text('title', { maxLength: 20 }),
    choice('department_id', { '': t('staffing.noDepartment'), ...departments }),
    { ...phone, ...kept },
    { ...text('specialities', { maxLength: 200 }), widget: 'textarea', hint: t('staffing.specialitiesSaid') },
    { ...text('introduction', { maxLength: 1000 }), widget: 'textarea' },
    { ...text('order', { type: 'integer', minimum: 0, maximum: 999999 }, true), widget: 'number', standard: 1000, hint: t('staffing.orderSaid') },
    ...leave,
  ]
}

/** What the form begins with; a number that is kept is never shown. */
export function contentOfMember(member: StaffDetail): StaffContent & Record<string, unknown> {
  const { name, title, department_id, specialities, introduction, order, on_leave } = member
  return { name, title, department_id, specialities, introduction, order, on_leave, phone: '' }
}

function text(name: keyof typeof titles, rules: Rules = {}, required = false): FormField {
  const title = titles[name]()
  return { name, zh: title, en: title, widget: 'text', required, choices: [], standard: undefined, rules }
}

function choice(name: keyof typeof titles, said: Record<string, string>, required = false): FormField {
  return { ...text(name, {}, required), widget: 'select', choices: Object.keys(said), said, standard: required ? undefined : '' }
}

const saidRoles = () => Object.fromEntries(ROLES.map((role) => [role, t(`role.${role}`)]))

const titles = {
  name: () => t('staffing.name'),
  role: () => t('staffing.role'),
  account: () => t('staffing.account'),
  title: () => t('staffing.jobTitle'),
  department_id: () => t('staffing.department'),
  phone: () => t('staffing.phone'),
  specialities: () => t('staffing.specialities'),
  introduction: () => t('staffing.introduction'),
  order: () => t('staffing.order'),
  on_leave: () => t('staffing.onLeave'),
}
