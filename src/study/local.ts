/** The items of a plan done in this process: each kind by its own `make`, dictionaries read from the store. */
import type { Tensor } from "../core/tensor.js";
import type { Item } from "../work/item.js";
import { type LocalWork, localRunner, type Runner } from "../work/runner.js";
import type { ItemStore } from "../work/store.js";
import { kindOf } from "./items/registry.js";
import type { NetworkItem, Workshop } from "./items/workshop.js";
import { dictionaryItem, geometryOf, type PlanContext } from "./plan.js";

/** Images, workers and listeners of a process; plan and store add the rest. */
export type LocalTools = Omit<Workshop, "store" | "network"> & Pick<LocalWork, "onBegin" | "onFailure">;

/** As many items at once as there are workers. */
export function studyRunner(plan: PlanContext, store: ItemStore, tools: LocalTools): Runner {
  const networks = networksOf(plan, store);
  return localRunner({
    lanes: tools.executor.workers,
    store,
    needs: (item) => (isNetworkItem(item) ? [dictionaryItem(plan, item.features, item.replicate)] : []),
    make: (item, signal) => kindOf(item).make(item, { ...tools, ...networks, store, signal }),
    onBegin: tools.onBegin,
    onFailure: tools.onFailure,
    signal: tools.signal,
  });
}

function isNetworkItem(item: Item): item is NetworkItem {
  return "dictionary" in item;
}

/** Networks by item; atoms are read once. */
function networksOf(plan: PlanContext, store: ItemStore): Pick<Workshop, "network"> {
  const known = new Map<string, Promise<Tensor>>();
  async function atomsOf({ features, replicate }: NetworkItem): Promise<Tensor> {
    const item: Item<{ readonly atoms: Tensor }> = dictionaryItem(plan, features, replicate);
    return (await store.read(item))!.atoms; // needed, and so done before
  }
  return {
    async network(item) {
      const atoms = known.get(item.dictionary) ?? atomsOf(item);
      known.set(item.dictionary, atoms);
      const geometry = geometryOf(plan, item);
      const id = `${item.dictionary} ${geometry.height}×${geometry.width}`;
      return { id, dictionary: { geometry, atoms: await atoms } };
    },
  };
}
