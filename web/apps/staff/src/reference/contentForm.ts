import { asApiError, type ApiError, type ReferenceContent } from '@yunzhen/client'
import { computed, nextTick, ref, shallowRef, type ComputedRef } from 'vue'

import { blank, differences, faultOf, faultsOf, refusedFields, type Fault, type FormField } from './schema'

/**
 * What is written into a form that a schema draws, and what is wrong with it: said when it is sent, taken back as it is
 * mended. `instead` may answer a refusal itself; it says whether it did. `changed` is whether something would be lost.
 */
export function useContentForm(
  fields: ComputedRef<FormField[]>,
  instead: (refusal: ApiError) => Promise<boolean> = () => Promise.resolve(false),
) {
  const written = shallowRef<ReferenceContent>({})
  const started = shallowRef<ReferenceContent>({})
  const changed = computed(() => differences(fields.value, started.value, written.value).length > 0)
  const faults = ref<Record<string, Fault>>({})
  const error = shallowRef<ApiError | null>(null)
  const saving = ref(false)

  function begin(content: ReferenceContent = {}): void {
    written.value = startedFrom(content)
    faults.value = {}
    error.value = null
  }

  /** What was written is measured by another ground from now on: what the hospital holds meanwhile. */
  function startedFrom(content: ReferenceContent): ReferenceContent {
    return (started.value = { ...blank(fields.value), ...content })
  }

  /** It was saved, or is given up: nothing is left to lose. */
  function settled(): void {
    started.value = written.value
  }

  function recheck(name: string): void {
    const field = fields.value.find((one) => one.name === name)
    if (!field || !(name in faults.value)) return
    const fault = faultOf(field, written.value[name])
    const { [name]: _, ...others } = faults.value
    faults.value = fault ? { ...others, [name]: fault } : others
  }

  /** Whether it may be sent; else the first field that is wrong has the focus. */
  async function check(): Promise<boolean> {
    faults.value = faultsOf(fields.value, written.value)
    return !(await showFaults())
  }

  /** Does it; what is refused of a field is said there, the rest below the form. */
  async function attempt(act: () => Promise<void>): Promise<void> {
    saving.value = true
    error.value = null
    try {
      await act()
    } catch (reason) {
      await refused(asApiError(reason))
    } finally {
      saving.value = false
    }
  }

  async function refused(refusal: ApiError): Promise<void> {
    if (await instead(refusal)) return
    faults.value = refusedFields(fields.value, refusal.code, refusal.facts)
    if (!(await showFaults())) error.value = refusal
  }

  async function showFaults(): Promise<boolean> {
    const first = fields.value.find(({ name }) => name in faults.value)
    if (!first) return false
    await nextTick()
    document.getElementById(`field-${first.name}`)?.focus()
    return true
  }

  return { written, changed, faults, error, saving, begin, startedFrom, settled, recheck, check, attempt }
}
