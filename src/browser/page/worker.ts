/** The explorer's worker: paths and the LCA, a third of the code of every handler. */
import { watchLca } from "../lca.js";
import { codePath } from "../path.js";
import { serve } from "../serve.js";

serve({ path: codePath, lca: watchLca });
