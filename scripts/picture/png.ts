import { crc32, deflateSync, inflateSync } from 'node:zlib'

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
const paletteSize = 256
/** Bits of each channel by which colours are told apart: what is lost of the edges of letters cannot be seen. */
const bits = 5

interface Picture {
  width: number
  height: number
  /** Three bytes a pixel, row after row. */
  rgb: Buffer
}

/**
 * The same picture, with at most 256 colours: a third of the size, where a page has few colours anyway.
 *
 * @throws Error when it is not a PNG as Chromium makes them: 8 bits a channel, RGB or RGBA, not interlaced
 */
export function withPalette(png: Buffer): Buffer {
  const { width, height, rgb } = decode(png)
  const keyAt = (pixel: number) => {
    const [r = 0, g = 0, b = 0] = rgb.subarray(pixel * 3, pixel * 3 + 3)
    return ((r >> (8 - bits)) << (2 * bits)) | ((g >> (8 - bits)) << bits) | (b >> (8 - bits))
  }

  const colours = new Map<number, { count: number; exact: Map<number, number> }>()
  const keys = new Uint16Array(width * height)
  for (let pixel = 0; pixel < keys.length; pixel++) {
    const key = keyAt(pixel)
    keys[pixel] = key
    const colour = colours.get(key) ?? { count: 0, exact: new Map<number, number>() }
    colours.set(key, colour)
    const exact = rgb.readUIntBE(pixel * 3, 3)
    colour.count += 1
    colour.exact.set(exact, (colour.exact.get(exact) ?? 0) + 1)
  }

  const ranked = [...colours].sort(([, a], [, b]) => b.count - a.count)
  // Of the colours that count as one, the most frequent stands for all, so that large areas keep theirs exactly.
  const palette = ranked.slice(0, paletteSize).map(([, { exact }]) => mostFrequent(exact))
  const indexOf = new Map(
    ranked.map(([key, { exact }], rank) => [key, rank < paletteSize ? rank : nearest(palette, mostFrequent(exact))]),
  )

  const rows = Buffer.alloc((width + 1) * height)
  for (let pixel = 0; pixel < keys.length; pixel++) {
    const row = Math.floor(pixel / width)
    rows[row * (width + 1) + 1 + (pixel % width)] = indexOf.get(keys[pixel] ?? 0) ?? 0
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 3], 8)
  const entries = Buffer.alloc(palette.length * 3)
  for (const [index, colour] of palette.entries()) entries.writeUIntBE(colour, index * 3, 3)
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('PLTE', entries),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function mostFrequent(counts: ReadonlyMap<number, number>): number {
  return [...counts].reduce((best, other) => (other[1] > best[1] ? other : best))[0]
}

function nearest(palette: readonly number[], colour: number): number {
  const distances = palette.map((other) =>
    [16, 8, 0].reduce((sum, shift) => sum + (((other >> shift) & 255) - ((colour >> shift) & 255)) ** 2, 0),
  )
  return distances.indexOf(Math.min(...distances))
}

function decode(png: Buffer): Picture {
  if (!png.subarray(0, 8).equals(signature)) throw new Error('Not a PNG')
  const data: Buffer[] = []
  let header: Buffer | undefined
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at)
    const type = png.toString('latin1', at + 4, at + 8)
    const body = png.subarray(at + 8, at + 8 + length)
    if (type === 'IHDR') header = body
    if (type === 'IDAT') data.push(body)
    at += length + 12
  }
  if (header === undefined || header[8] !== 8 || ![2, 6].includes(header[9] ?? 0) || header[12] !== 0) {
    throw new Error('A PNG of another kind than Chromium makes')
  }
  const width = header.readUInt32BE(0)
  const height = header.readUInt32BE(4)
  const channels = header[9] === 6 ? 4 : 3
  const raw = inflateSync(Buffer.concat(data))
  const stride = width * channels
  const rgb = Buffer.alloc(width * height * 3)
  let above = Buffer.alloc(stride)
  for (let row = 0; row < height; row++) {
    const start = row * (stride + 1)
    const line = unfiltered(raw[start] ?? 0, raw.subarray(start + 1, start + 1 + stride), above, channels)
    for (let column = 0; column < width; column++) {
      line.copy(rgb, (row * width + column) * 3, column * channels, column * channels + 3)
    }
    above = line
  }
  return { width, height, rgb }
}

/** Undoes a row's filter (https://www.w3.org/TR/png-3/#9Filter-types). */
function unfiltered(filter: number, row: Buffer, above: Buffer, channels: number): Buffer<ArrayBuffer> {
  const line = Buffer.alloc(row.length)
  for (let at = 0; at < row.length; at++) {
    const a = line[at - channels] ?? 0
    const b = above[at] ?? 0
    const c = at < channels ? 0 : (above[at - channels] ?? 0)
    const predicted = [0, a, b, (a + b) >> 1, paeth(a, b, c)][filter] ?? 0
    line[at] = ((row[at] ?? 0) + predicted) & 255
  }
  return line
}

function paeth(a: number, b: number, c: number): number {
  const [toA, toB, toC] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)]
  if (toA <= toB && toA <= toC) return a
  return toB <= toC ? b : c
}

function chunk(type: string, body: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), body])
  const lengthAndCheck = Buffer.alloc(8)
  lengthAndCheck.writeUInt32BE(body.length, 0)
  lengthAndCheck.writeUInt32BE(crc32(named), 4)
  return Buffer.concat([lengthAndCheck.subarray(0, 4), named, lengthAndCheck.subarray(4)])
}
