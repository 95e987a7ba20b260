import { computed, reactive, watch } from 'vue'
import type { ComputedRef } from 'vue'

export interface Column<Row> {
  key: string
  title: string
  /** What the cell says, also when exported. */
  text: (row: Row) => string
  /** Share of the width; 1 when absent. */
  share?: number
  /** Figures and times: never broken. */
  tight?: boolean
  /** Not shown until chosen. */
  hidden?: boolean
}

export interface TableHabits {
  /** Keys of columns that the person turned on or off against the standard. */
  turned: Record<string, boolean>
  compact: boolean
}

/** Column choice and row height, kept on this computer per table. */
export function useHabits(keptUnder: () => string): TableHabits {
  const habits = reactive<TableHabits>(read(keptUnder()))
  watch(keptUnder, (name) => Object.assign(habits, read(name)))
  watch(habits, (now) => {
    try {
      localStorage.setItem(keptUnder(), JSON.stringify(now))
    } catch {
      // Not kept; the choice holds for this page.
    }
  })
  return habits
}

export function shownColumns<Row>(columns: () => Column<Row>[], habits: TableHabits): ComputedRef<Column<Row>[]> {
  return computed(() => columns().filter((column, n) => n === 0 || isShown(column, habits)))
}

export function isShown<Row>(column: Column<Row>, habits: TableHabits): boolean {
  return habits.turned[column.key] ?? !column.hidden
}

/** The rows as CSV that spreadsheets open with Chinese intact. Formulas are kept from running. */
/** `last`: a line below the rows, for what the reader of the file has to know. */
export function asCsv<Row>(columns: Column<Row>[], rows: readonly Row[], last = ''): string {
  const cell = (text: string) => {
    const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
    return `"${harmless.replaceAll('"', '""')}"`
  }
  const lines = [columns.map((column) => cell(column.title)), ...rows.map((row) => columns.map((c) => cell(c.text(row)))), ...(last ? [[cell(last)]] : [])]
  return `\uFEFF${lines.map((line) => line.join(',')).join('\r\n')}\r\n`
}

export function saveFile(name: string, content: BlobPart, type = 'text/csv;charset=utf-8'): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([content], { type }))
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 1000)
}

function read(name: string): TableHabits {
  const standard = { turned: {}, compact: false }
  try {
    return { ...standard, ...(JSON.parse(localStorage.getItem(name) ?? '{}') as Partial<TableHabits>) }
  } catch {
    return standard
  }
}
