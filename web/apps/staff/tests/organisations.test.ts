import type { Organisation } from '@yunzhen/client'
import { describe, expect, it } from 'vitest'

import { isOpen, turned } from '../src/organisations/businesses'
import { isCode, isDepartmentName, isOrganisationName } from '../src/organisations/checks'
import { placed } from '../src/organisations/tree'
import { saidReason } from '../src/syncs/said'

const one = (id: string, parent_id: string | null = null) => ({ id, parent_id }) as Organisation
const shown = (all: Organisation[], own: string | null) =>
  placed(all, own).map(({ organisation, depth }) => `${'-'.repeat(depth)}${organisation.id}`)

describe('the tree of organisations', () => {
  const all = [one('east', 'top'), one('ward', 'east'), one('other'), one('top'), one('west', 'top')]

  it('holds one’s own and what is below it, each after the one above', () => {
    expect(shown(all, 'top')).toEqual(['top', '-east', '--ward', '-west'])
    expect(shown(all, 'east')).toEqual(['east', '-ward'])
    expect(shown(all, 'elsewhere')).toEqual([])
  })

  it('holds everything for those who keep the platform', () => {
    expect(shown(all, null)).toEqual(['other', 'top', '-east', '--ward', '-west'])
    expect(shown([one('ward', 'not told')], null)).toEqual(['ward'])
  })

  it('ends, also where two stand above each other', () => {
    expect(shown([one('a', 'b'), one('b', 'a')], 'a')).toEqual(['a', '-b'])
  })
})

describe('businesses that are switched', () => {
  it('are closed everywhere or at one entrance', () => {
    const atWeb = turned([], 'nursing', 'web', false)
    expect(isOpen(atWeb, 'nursing', 'web')).toBe(false)
    expect(isOpen(atWeb, 'nursing', 'wechat_mini_program')).toBe(true)
    expect(isOpen(atWeb, 'nursing', null)).toBe(true)
    expect(isOpen(atWeb, 'checkup', 'web')).toBe(true)
    const nowhere = turned(atWeb, 'nursing', null, false)
    expect(isOpen(nowhere, 'nursing', 'wechat_mini_program')).toBe(false)
    expect(nowhere).toEqual([{ business: 'nursing', terminal: null }])
    expect(turned(nowhere, 'nursing', null, true)).toEqual([])
    expect(turned(atWeb, 'nursing', 'web', true)).toEqual([])
  })
})

describe('what is typed', () => {
  it('is asked as the hospital asks it', () => {
    expect([isCode('A-01_x.y'), isCode(''), isCode('a b'), isCode('科')]).toEqual([true, false, false, false])
    expect([isOrganisationName(' 院 '), isOrganisationName('医院'), isDepartmentName('科')]).toEqual([false, true, true])
  })
})

describe('what a run says', () => {
  it('is said in words, and an unknown word as it is', () => {
    expect(saidReason('name is missing')).toBe('名称缺失')
    expect(saidReason('department is in use')).toBe('科室仍在使用，未移除')
    expect(saidReason('cut_off')).toBe('同步中断')
    expect(saidReason('E-77')).toContain('E-77')
  })
})
