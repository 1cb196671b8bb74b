import { Reader, Writer } from './block.ts';
import { Handle } from './handle.ts';
import { layout } from './layout.gen.ts';
import type { Memory } from './memory.ts';
import type { Classified, ClassifierRules, ClassifyInput } from './types.ts';

const create = (memory: Memory, rules: ClassifierRules): number => {
  const w = new Writer();
  const channelRules = rules.channelRules ?? [];
  w.u32(channelRules.length);
  for (const r of channelRules) {
    w.str(r.channel)
      .str(r.source ?? '')
      .str(r.medium ?? '')
      .str(r.campaign ?? '');
  }
  for (const hosts of [rules.referralExclusions ?? [], rules.ownHosts ?? []]) {
    w.u32(hosts.length);
    for (const host of hosts) w.str(host);
  }
  return memory.exports.hw_wasm_rules_create(memory.send(w.bytes())) >>> 0;
};

/** Tells source and channel of visits, by a site's rules and then the default groups. */
export class Classifier extends Handle {
  readonly #writer = new Writer();

  constructor(memory: Memory, rules: ClassifierRules) {
    super(memory, 'classifier', create(memory, rules), memory.exports.hw_wasm_rules_destroy);
  }

  /** One call for all; odd URLs are no errors. */
  classify(items: readonly ClassifyInput[]): Classified[] {
    const w = this.#writer.reset().u32(items.length);
    for (const { url, referrer, source } of items) {
      w.str(url ?? '').str(referrer ?? '');
      w.str(source?.channel ?? '')
        .str(source?.source ?? '')
        .str(source?.medium ?? '');
      w.str(source?.campaign ?? '')
        .str(source?.term ?? '')
        .str(source?.content ?? '');
    }
    const { memory, address } = this;
    const status = memory.exports.hw_wasm_classify(address, memory.send(w.bytes()));
    const r = new Reader(memory.take(status));
    return Array.from({ length: r.u32() }, () => readOne(r));
  }
}

const readOne = (r: Reader): Classified => {
  const origin = layout.origins[r.u32()] ?? 'direct';
  const channel = r.str();
  const source = r.str();
  const medium = r.str();
  const campaign = r.str();
  const term = r.str();
  const content = r.str();
  const rule = r.str();
  const clickIds: Record<string, string> = {};
  for (let n = r.u32(); n > 0; n--) {
    const name = layout.clickIds[r.u32()] ?? '';
    clickIds[name] = r.str();
  }
  return { channel, source, medium, campaign, term, content, origin, rule, clickIds };
};
