import { computed, ref } from 'vue'

const MOST = 6
const SWIPE_PX = 60

interface Point {
  x: number
  y: number
}

/** Pinch, wheel and drag of one picture; a swipe of a picture that is not zoomed goes on or closes. `most`: how often its size. */
export function useZoom(go: { previous: () => void; next: () => void; close: () => void }, most = () => MOST) {
  const scale = ref(1)
  const shift = ref<Point>({ x: 0, y: 0 })
  const fingers = new Map<number, Point>()
  let began: Point | null = null
  let pinched = false

  function reset(): void {
    scale.value = 1
    shift.value = { x: 0, y: 0 }
    fingers.clear()
  }

  function by(factor: number): void {
    scale.value = Math.min(most(), Math.max(1, scale.value * factor))
    if (scale.value === 1) shift.value = { x: 0, y: 0 }
  }

  function apart(): number {
    const [one, other] = [...fingers.values()]
    return one && other ? Math.hypot(one.x - other.x, one.y - other.y) : 0
  }

  function down(event: PointerEvent): void {
    if ((event.target as HTMLElement).closest('video, button')) return
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY })
    if (fingers.size === 1) [began, pinched] = [{ x: event.clientX, y: event.clientY }, false]
    ;(event.currentTarget as HTMLElement).setPointerCapture(event.pointerId)
  }

  function move(event: PointerEvent): void {
    const before = fingers.get(event.pointerId)
    if (!before) return
    const was = apart()
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY })
    if (fingers.size === 2 && was > 0) {
      pinched = true
      by(apart() / was)
    } else if (scale.value > 1) {
      shift.value = { x: shift.value.x + event.clientX - before.x, y: shift.value.y + event.clientY - before.y }
    }
  }

  function up(event: PointerEvent): void {
    if (!fingers.delete(event.pointerId) || fingers.size > 0 || !began || pinched || scale.value > 1) return
    const [across, along] = [event.clientX - began.x, event.clientY - began.y]
    if (Math.abs(across) > SWIPE_PX && Math.abs(across) > Math.abs(along)) {
      if (across > 0) go.previous()
      else go.next()
    } else if (along > SWIPE_PX * 1.5) go.close()
  }

  return {
    reset,
    by,
    down,
    move,
    up,
    wheel: (event: WheelEvent) => by(event.deltaY < 0 ? 1.15 : 1 / 1.15),
    toggle: () => (scale.value > 1 ? reset() : by(2.5)),
    style: computed(() => ({ transform: `translate(${shift.value.x}px, ${shift.value.y}px) scale(${scale.value})` })),
  }
}
