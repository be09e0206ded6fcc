const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  return value
})

/** CRC-32 (ISO 3309, as in gzip and PNG) of ASCII text, as an unsigned number. */
export function crc32(ascii: string): number {
  let value = 0xffffffff
  for (let i = 0; i < ascii.length; i++) {
    value = (value >>> 8) ^ (TABLE[(value ^ ascii.charCodeAt(i)) & 0xff] as number)
  }
  return (value ^ 0xffffffff) >>> 0
}

export const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** The CRC-32 as six digits in base 62: tells a typo or a cut copy from what was handed out. */
export function checksum(ascii: string): string {
  let rest = crc32(ascii)
  let digits = ''
  for (let i = 0; i < 6; i++) {
    digits = BASE62.charAt(rest % 62) + digits
    rest = Math.floor(rest / 62)
  }
  return digits
}
