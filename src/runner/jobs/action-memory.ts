/** What the actions of a job keep for their later stages: apart from them, so that a job can be put aside and taken up. */
import { firstStep, type StepOrder } from './step-order.ts';

export interface ActionMemory {
  /** What the stages of an action have saved. */
  stateOf(place: string): Map<string, string>;
  /** How far the steps of a composite action have come. */
  orderOf(place: string): StepOrder;
  setOrder(place: string, order: StepOrder): void;
  /** True for the first stage of an action: its last stage is to be registered then. */
  begins(place: string): boolean;
  /** How to register the last stage of an action that had begun. */
  canRegister(place: string, register: () => void): void;
  /** How to open an action that is opened only in its turn. */
  canOpen(place: string, open: (signal: AbortSignal) => Promise<void>): void;
}

/** As plain data. Actions are named by their place: the ids of their step, and of the steps around it, outermost first. */
export interface RememberedActions {
  readonly states: readonly (readonly [place: string, saved: readonly (readonly [name: string, value: string])[]])[];
  readonly orders: readonly (readonly [place: string, order: StepOrder])[];
  /** In the order in which they began. */
  readonly begun: readonly string[];
}

export interface KeptMemory extends ActionMemory {
  remembered(): RememberedActions;
  /** Registers again what had begun, in order; gives the places where there is nothing any more. */
  restore(signal: AbortSignal): Promise<readonly string[]>;
}

const NOTHING_REMEMBERED: RememberedActions = { states: [], orders: [], begun: [] };

export function createActionMemory(before = NOTHING_REMEMBERED): KeptMemory {
  const states = new Map(before.states.map(([place, saved]) => [place, new Map(saved)]));
  const orders = new Map(before.orders);
  const begun = new Set(before.begun);
  const registers = new Map<string, () => void>();
  const openers = new Map<string, (signal: AbortSignal) => Promise<void>>();
  const open = async (place: string, signal: AbortSignal): Promise<void> => {
    for (let end = place.indexOf('/'); end >= 0; end = place.indexOf('/', end + 1)) {
      await openers.get(place.slice(0, end))?.(signal);
    }
    await openers.get(place)?.(signal);
  };
  return {
    stateOf: (place) => {
      const state = states.get(place) ?? new Map<string, string>();
      states.set(place, state);
      return state;
    },
    orderOf: (place) => orders.get(place) ?? firstStep(),
    setOrder: (place, order) => void orders.set(place, order),
    begins: (place) => {
      const first = !begun.has(place);
      begun.add(place);
      return first;
    },
    canRegister: (place, register) => void registers.set(place, register),
    canOpen: (place, opener) => void openers.set(place, opener),
    remembered: () => ({
      states: [...states].map(([place, state]) => [place, [...state]] as const),
      orders: [...orders],
      begun: [...begun],
    }),
    restore: async (signal) => {
      const lost: string[] = [];
      for (const place of before.begun) {
        if (!registers.has(place)) await open(place, signal);
        const register = registers.get(place);
        if (register === undefined) lost.push(place);
        else register();
      }
      return lost;
    },
  };
}
