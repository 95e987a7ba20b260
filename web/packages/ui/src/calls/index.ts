/** Calls: one component for the whole of a call, one to check the devices before it. A part of its own: few pages need it at once. */
export { default as CallRoom } from './CallRoom.vue'
export { BAR as CALL_BAR } from './controls'
export type { CallAct } from './controls'
export { default as DeviceCheck } from './DeviceCheck.vue'
