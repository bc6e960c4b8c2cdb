/**
 * The largest sizes of what a runner downloads for every job, in bytes. They are about a tenth above today's sizes, so that growth is
 * noticed. To raise a size, say in the message of the same commit what the bytes are for.
 */
export const maxBytes = {
  /** `dist/index.js`, which every run reads and compiles. */
  entry: 391_000,
  /** All files of `dist/`, licences included. */
  dist: 1_291_000,
  /** The archive of a tag, compressed. */
  archive: 408_000,
}
