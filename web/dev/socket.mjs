/** The least of a WebSocket server (RFC 6455): text frames, ping, close. Development only. */
import { createHash } from 'node:crypto'

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/** Accepts the upgrade; `onText(text)` and `onClose()` are called, `send` and `close` returned. */
export function accept(request, socket, { onText, onClose }) {
  const key = createHash('sha1')
    .update(request.headers['sec-websocket-key'] + GUID)
    .digest('base64')
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\n\r\n`,
  )
  let held = Buffer.alloc(0)
  let parts = []
  socket.on('data', (bytes) => {
    held = Buffer.concat([held, bytes])
    for (let frame = take(held); frame; frame = take(held)) {
      held = held.subarray(frame.size)
      if (frame.opcode === 8) return socket.end()
      if (frame.opcode === 9) socket.write(head(10, frame.body))
      if (frame.opcode > 2) continue
      parts.push(frame.body)
      if (frame.final) {
        onText(Buffer.concat(parts).toString('utf8'))
        parts = []
      }
    }
  })
  socket.on('close', onClose)
  socket.on('error', () => socket.destroy())
  return {
    send: (value) => socket.writable && socket.write(head(1, Buffer.from(JSON.stringify(value)))),
    close: () => socket.end(head(8, Buffer.alloc(0))),
  }
}

function take(bytes) {
  if (bytes.length < 2) return null
  let length = bytes[1] & 127
  let at = 2
  if (length === 126) {
    if (bytes.length < 4) return null
    length = bytes.readUInt16BE(2)
    at = 4
  } else if (length === 127) {
    if (bytes.length < 10) return null
    length = Number(bytes.readBigUInt64BE(2))
    at = 10
  }
  const masked = (bytes[1] & 128) !== 0
  const size = at + (masked ? 4 : 0) + length
  if (bytes.length < size) return null
  const mask = masked ? bytes.subarray(at, at + 4) : null
  const body = Buffer.from(bytes.subarray(size - length, size))
  if (mask) for (let n = 0; n < body.length; n += 1) body[n] ^= mask[n & 3]
  return { final: (bytes[0] & 128) !== 0, opcode: bytes[0] & 15, body, size }
}

function head(opcode, body) {
  if (body.length < 126) return Buffer.concat([Buffer.from([128 | opcode, body.length]), body])
  const long = Buffer.alloc(4)
  long[0] = 128 | opcode
  long[1] = 126
  long.writeUInt16BE(body.length, 2)
  return Buffer.concat([long, body])
}
