/** The worker of crisp-sparse/browser: every handler. */
import { handlers } from "./handlers.js";
import { serve } from "./serve.js";

serve(handlers);
