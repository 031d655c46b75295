/** Tells the sinks: each event is numbered and dated once, and goes to all; a sink that throws is left out from then on. */
import type { RunEvent, RunEventBody } from './events.ts';
import type { EnginePorts, EventSink } from './ports.ts';

export interface LostSink {
  readonly name: string;
  /** What ended it. */
  readonly error: unknown;
}

export interface Telling {
  readonly tell: (body: RunEventBody) => void;
  /** Grows when a sink fails. */
  readonly lost: readonly LostSink[];
}

/** `after` is the number of the last event that was told. `onLost` hears of a sink that failed once the event at hand has reached the others, and the state its consequences. */
export function tellTo(
  { clock, sinks }: Pick<EnginePorts, 'clock' | 'sinks'>,
  onLost: (sink: EventSink, reason: string) => void,
  after = 0,
): Telling {
  const heard = [...sinks];
  const lost: LostSink[] = [];
  let seq = after;
  const drop = (sink: EventSink, error: unknown): void => {
    heard.splice(heard.indexOf(sink), 1);
    lost.push({ name: sink.name, error });
    const reason = error instanceof Error ? error.message : String(error);
    queueMicrotask(() => onLost(sink, reason));
  };
  const tell = (body: RunEventBody): void => {
    const event: RunEvent = { seq: ++seq, time: clock.time(), ...body };
    for (const sink of heard.slice()) {
      try {
        sink.event(event);
      } catch (error) {
        drop(sink, error);
      }
    }
  };
  return { tell, lost };
}
