import { language, type Language } from './language'

/** English needs a singular; Chinese never does. */
export interface Counted {
  one: string
  other: string
}
export type Leaf = string | Counted
export interface WordTree {
  [name: string]: Leaf | WordTree
}

/** The same names in another language. */
export type SameNames<Tree> = {
  [Name in keyof Tree]: Tree[Name] extends string ? Leaf : SameNames<Tree[Name]>
}

/** Dotted names of all words in a tree: `'visit.state.applied'`. */
export type WordName<Tree> = {
  [Name in keyof Tree & string]: Tree[Name] extends string ? Name : `${Name}.${WordName<Tree[Name]>}`
}[keyof Tree & string]

export type Facts = Record<string, string | number>
export type Say<Tree> = (name: WordName<Tree>, facts?: Facts, inLanguage?: Language) => string

/**
 * The words of one app: `const { t } = wordsOf({ zh, en })`.
 *
 * Chinese is the model, English must have the same names. `t` reads the language of the page,
 * so that what it says in a template changes at once with the switch. `{name}` in a word is
 * replaced by that fact; the fact `n` chooses between `one` and `other`.
 */
export function wordsOf<Tree extends WordTree>(trees: { zh: Tree; en: SameNames<Tree> }): { t: Say<Tree> } {
  const t: Say<Tree> = (name, facts = {}, inLanguage = language.value) => {
    const leaf = leafAt(trees[inLanguage] as WordTree, name) ?? leafAt(trees.zh, name)
    return leaf === undefined ? name : fill(formOf(leaf, facts), facts)
  }
  return { t }
}

/** Puts facts into `{name}` places; a place without a fact stays empty. */
export function fill(words: string, facts: Facts): string {
  return words.replace(/\{(\w+)\}/g, (_, name: string) => String(facts[name] ?? ''))
}

/** All dotted names of a tree, for tests that compare languages. */
export function namesIn(tree: WordTree, before = ''): string[] {
  return Object.entries(tree).flatMap(([name, value]) =>
    isLeaf(value) ? [before + name] : namesIn(value, `${before}${name}.`),
  )
}

function leafAt(tree: WordTree, name: string): Leaf | undefined {
  let at: Leaf | WordTree | undefined = tree
  for (const part of name.split('.')) {
    if (at === undefined || isLeaf(at)) return undefined
    at = at[part]
  }
  return at !== undefined && isLeaf(at) ? at : undefined
}

function isLeaf(value: Leaf | WordTree): value is Leaf {
  if (typeof value === 'string') return true
  // A group may have words of these names among others.
  return typeof value['one'] === 'string' && typeof value['other'] === 'string' && Object.keys(value).length === 2
}

function formOf(leaf: Leaf, facts: Facts): string {
  if (typeof leaf === 'string') return leaf
  return facts['n'] === 1 ? leaf.one : leaf.other
}
