import type { Socket } from 'node:net'

/** Calls back for each line. A line longer than allowed destroys the connection with an error. */
export function onMessage(socket: Socket, maxLineChars: number, receive: (line: string) => void): void {
  let rest = ''
  socket.setEncoding('utf8')
  socket.on('data', (chunk: string) => {
    rest += chunk
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
      const line = rest.slice(0, end)
      rest = rest.slice(end + 1)
      receive(line)
    }
    if (rest.length > maxLineChars) {
      socket.destroy(new Error(`a control message is longer than ${maxLineChars} characters`))
    }
  })
}

export function sendMessage(socket: Socket, message: object): void {
  if (socket.writable) socket.write(`${JSON.stringify(message)}\n`)
}
