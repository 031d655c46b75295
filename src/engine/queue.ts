/** First in, first out, never changed in place; every operation is cheap, amortised. */
interface Cell<T> {
  readonly item: T;
  readonly next: Cell<T> | undefined;
}

export interface Queue<T> {
  readonly length: number;
  readonly front: Cell<T> | undefined;
  /** Newest first. */
  readonly back: Cell<T> | undefined;
}

export function emptyQueue<T>(): Queue<T> {
  return { length: 0, front: undefined, back: undefined };
}

export function enqueued<T>(queue: Queue<T>, item: T): Queue<T> {
  if (queue.front === undefined) return { length: 1, front: { item, next: undefined }, back: undefined };
  return { length: queue.length + 1, front: queue.front, back: { item, next: queue.back } };
}

/** Without its first item. */
export function dequeued<T>(queue: Queue<T>): Queue<T> {
  if (queue.front === undefined) return queue;
  const front = queue.front.next;
  if (front !== undefined || queue.back === undefined) return { length: queue.length - 1, front, back: queue.back };
  let turned: Cell<T> | undefined;
  for (let cell: Cell<T> | undefined = queue.back; cell; cell = cell.next) turned = { item: cell.item, next: turned };
  return { length: queue.length - 1, front: turned, back: undefined };
}

/** The first items, at most `count`, without taking them out. */
export function peek<T>(queue: Queue<T>, count: number): readonly T[] {
  const items: T[] = [];
  for (let cell = queue.front; cell && items.length < count; cell = cell.next) items.push(cell.item);
  if (items.length < count && queue.back) {
    const rest: T[] = [];
    for (let cell: Cell<T> | undefined = queue.back; cell; cell = cell.next) rest.push(cell.item);
    items.push(...rest.reverse().slice(0, count - items.length));
  }
  return items;
}

export function filtered<T>(queue: Queue<T>, keep: (item: T) => boolean): Queue<T> {
  let result = emptyQueue<T>();
  for (const item of peek(queue, queue.length)) if (keep(item)) result = enqueued(result, item);
  return result;
}
