/** A binary heap: takes out the smallest item in O(log n). */
export interface Heap<T> {
  readonly push: (item: T) => void
  readonly peek: () => T | undefined
  readonly pop: () => T | undefined
}

/** Creates an empty heap. `compare` orders two items as the argument of `Array.sort` does. */
export const createHeap = <T>(compare: (a: T, b: T) => number): Heap<T> => {
  const items: T[] = []

  const isBefore = (a: T | undefined, b: T | undefined) => a !== undefined && b !== undefined && compare(a, b) < 0

  const swap = (a: number, b: number) => {
    const [itemA, itemB] = [items[a], items[b]]
    if (itemA === undefined || itemB === undefined) return
    items[a] = itemB
    items[b] = itemA
  }

  const siftDown = () => {
    for (let at = 0; ; ) {
      let smallest = at
      for (const child of [2 * at + 1, 2 * at + 2]) if (isBefore(items[child], items[smallest])) smallest = child
      if (smallest === at) return
      swap(at, smallest)
      at = smallest
    }
  }

  return {
    push: (item) => {
      items.push(item)
      for (let at = items.length - 1; at > 0; ) {
        const parent = (at - 1) >> 1
        if (!isBefore(items[at], items[parent])) return
        swap(at, parent)
        at = parent
      }
    },
    peek: () => items[0],
    pop: () => {
      const first = items[0]
      const last = items.pop()
      if (items.length > 0 && last !== undefined) {
        items[0] = last
        siftDown()
      }
      return first
    },
  }
}
