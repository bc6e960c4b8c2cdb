export interface Axis {
  readonly label: string
  /** A linear axis starts at 0. */
  readonly scale: 'linear' | 'log'
}

export interface LinePlot {
  readonly kind: 'lines'
  /** The name of the file. */
  readonly name: string
  readonly title: string
  readonly x: Axis
  readonly y: Axis
  /** The first series has the thickest line. */
  readonly series: readonly { readonly name: string; readonly points: readonly (readonly [number, number])[] }[]
}

export interface BarPlot {
  readonly kind: 'bars'
  readonly name: string
  readonly title: string
  readonly x: Axis
  /** From top to bottom. The spread is a thin line across the end of the bar. */
  readonly bars: readonly {
    readonly name: string
    readonly value: number
    readonly spread?: readonly [number, number]
    /** Whether the bar is about this action. It then has the colour of its lines. */
    readonly own?: boolean
  }[]
}

export type Plot = LinePlot | BarPlot

/** Maps a range of numbers to a range of pixels. */
interface Scale {
  readonly ticks: readonly number[]
  at(value: number): number
}

const width = 760
const frame = { left: 70, right: 740, top: 44, bottom: 330 }
const barHeight = 22
const barLabelWidth = 300

/** Colours that all kinds of colour vision can distinguish, on light and on dark background. Dashes help if colours do not. */
const colours = ['#d55e00', '#0072b2', '#009e73', '#cc79a7', '#b58900', '#7f7f7f']
const dashes = ['', '7 3', '2 3', '9 3 2 3', '4 4', '1 4']

/** The drawing has a background of its own, so that it can be read everywhere. */
const style = `
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.title { font-size: 15px; font-weight: 600 }
.ground { fill: #ffffff }
.grid { stroke: #d8dee4 }
.axis, .whisker { stroke: #59636e; fill: none }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .ground { fill: #0d1117 }
  .grid { stroke: #2d333b }
  .axis, .whisker { stroke: #9198a1 }
}`

export function svgOf(plot: Plot): string {
  return plot.kind === 'lines' ? linesSvg(plot) : barsSvg(plot)
}

function linesSvg({ title, x, y, series }: LinePlot): string {
  const points = series.flatMap((one) => one.points)
  const across = scaleOf(
    x,
    points.map(([value]) => value),
    [frame.left, frame.right],
  )
  const up = scaleOf(
    y,
    points.map(([, value]) => value),
    [frame.bottom, frame.top],
  )
  const middle = (frame.top + frame.bottom) / 2
  const lines = series.map(({ points }, index) => {
    const path = points.map(([px, py]) => `${round(across.at(px))},${round(up.at(py))}`).join(' ')
    return `<polyline points="${path}" ${strokeOf(index)}/>`
  })
  const columns = 3
  const legend = series.map(({ name }, index) => {
    const left = frame.left + (index % columns) * 225
    const top = frame.bottom + 64 + Math.floor(index / columns) * 22
    return `<line x1="${left}" y1="${top - 4}" x2="${left + 30}" y2="${top - 4}" ${strokeOf(index)}/>${text(name, left + 38, top)}`
  })
  const height = frame.bottom + 80 + Math.floor((series.length - 1) / columns) * 22
  return document(title, height, [
    ...across.ticks.map((tick) => gridLine(across.at(tick), frame.top, across.at(tick), frame.bottom)),
    ...up.ticks.map((tick) => gridLine(frame.left, up.at(tick), frame.right, up.at(tick))),
    ...across.ticks.map((tick) => text(tickLabel(tick), across.at(tick), frame.bottom + 18, 'middle')),
    ...up.ticks.map((tick) => text(tickLabel(tick), frame.left - 8, up.at(tick) + 4, 'end')),
    `<path class="axis" d="M${frame.left},${frame.top} V${frame.bottom} H${frame.right}"/>`,
    text(x.label, (frame.left + frame.right) / 2, frame.bottom + 38, 'middle'),
    `<g transform="rotate(-90 18 ${middle})">${text(y.label, 18, middle, 'middle')}</g>`,
    ...lines.toReversed(),
    ...legend,
  ])
}

function barsSvg({ title, x, bars }: BarPlot): string {
  const values = bars.flatMap(({ value, spread = [value, value] }) => [value, ...spread])
  const left = barLabelWidth
  const across = scaleOf(x, values, [left, frame.right - 60])
  const step = barHeight + 12
  const bottom = frame.top + bars.length * step
  const drawn = bars.map(({ name, value, spread = [value, value], own = false }, index) => {
    const top = frame.top + index * step + 6
    const middle = top + barHeight / 2
    const [low, high] = spread.map((bound) => round(across.at(bound)))
    const whisker = low === high ? '' : `<path class="whisker" d="M${low},${middle} H${high}"/>`
    const bar = `<rect x="${left}" y="${top}" width="${round(across.at(value) - left)}" height="${barHeight}" fill="${colours[own ? 0 : 1]}"/>`
    const end = Math.max(across.at(value), Number(high)) + 6
    return `${text(name, left - 8, middle + 4, 'end')}${bar}${whisker}${text(tickLabel(value), end, middle + 4)}`
  })
  return document(title, bottom + 50, [
    ...across.ticks.map((tick) => gridLine(across.at(tick), frame.top, across.at(tick), bottom)),
    ...across.ticks.map((tick) => text(tickLabel(tick), across.at(tick), bottom + 18, 'middle')),
    `<path class="axis" d="M${left},${frame.top} V${bottom} H${frame.right}"/>`,
    text(x.label, (left + frame.right) / 2, bottom + 38, 'middle'),
    ...drawn,
  ])
}

function document(title: string, height: number, elements: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${escaped(title)}</title>
<style>${style}
</style>
<rect class="ground" width="${width}" height="${height}"/>
<text class="title" x="${frame.left}" y="24">${escaped(title)}</text>
${elements.join('\n')}
</svg>
`
}

/** A scale that spans the values and begins and ends on ticks, so that no line touches the frame. */
function scaleOf(axis: Axis, values: readonly number[], [start, end]: readonly [number, number]): Scale {
  const [least, greatest] = [Math.min(...values), Math.max(...values)]
  const ticks = axis.scale === 'log' ? logTicks(least, greatest) : linearTicks(greatest)
  const position = axis.scale === 'log' ? Math.log10 : (value: number) => value
  const [low, high] = [position(ticks[0] ?? 0), position(ticks.at(-1) ?? 1)]
  return { ticks, at: (value) => start + ((position(value) - low) / (high - low)) * (end - start) }
}

/** 1, 2 and 5 times each power of ten, or only the powers if that would be too many. */
export function logTicks(least: number, greatest: number): number[] {
  const from = Math.floor(Math.log10(least))
  const to = Math.ceil(Math.log10(greatest))
  const steps = Math.log10(greatest / least) > 3 ? [1] : [1, 2, 5]
  const ticks = Array.from({ length: to - from + 1 }, (_, index) => steps.map((step) => step * 10 ** (from + index)))
    .flat()
    .map((tick) => Number(tick.toPrecision(1)))
  const first = ticks.findLastIndex((tick) => tick <= least)
  const last = ticks.findIndex((tick) => tick >= greatest)
  return ticks.slice(Math.max(0, first), last < 0 ? undefined : last + 1)
}

/** From 0 in 4 to 8 round steps. */
export function linearTicks(greatest: number): number[] {
  if (!(greatest > 0)) return [0, 1]
  const magnitude = 10 ** Math.floor(Math.log10(greatest / 4))
  const step = [1, 2, 5, 10].map((factor) => factor * magnitude).find((size) => greatest / size <= 8) ?? magnitude
  const steps = Math.ceil(greatest / step)
  return Array.from({ length: steps + 1 }, (_, index) => Number((index * step).toPrecision(6)))
}

function strokeOf(index: number): string {
  const colour = colours[index % colours.length]
  return `fill="none" stroke="${colour}" stroke-width="${index === 0 ? 3 : 1.8}" stroke-dasharray="${dashes[index % dashes.length]}"`
}

function gridLine(x1: number, y1: number, x2: number, y2: number): string {
  return `<line class="grid" x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}"/>`
}

function text(content: string, x: number, y: number, anchor: 'start' | 'middle' | 'end' = 'start'): string {
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}">${escaped(content)}</text>`
}

function tickLabel(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: value < 10 ? 2 : 0 })
}

const round = (pixels: number) => Math.round(pixels * 10) / 10

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
